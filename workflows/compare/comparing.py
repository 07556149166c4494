"""Every question, answered by every strategy: a few at a time, each answer written down at once."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...agents.models.cached_chat import Asked, Cached
from ...agents.models.chat import Chat
from ...tools.base.errors import AntiphonError, EndpointRefused
from .answering import Answer, Answerer
from .data import Item
from .metering import spent
from .plans import Row, for_scorer, program, settings_of
from .records import Record, Records, key_of
from .scoring import is_right

if TYPE_CHECKING:
    from ...agents.models.replies import Replies

_ABOUT_THE_QUESTION = (400, 413, 422)
"""What a server answers where it is the request it cannot take, one that is too long for it: others may be answered."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared.

    Attributes:
        model: A name for the model; answers of another one are others.
        settings: What else may change an answer, and stands in no plan: longest reply, tools.
    """

    items: Sequence[Item]
    rows: Sequence[Row]
    model: str
    settings: tuple[str, ...] = ()

    def key(self, row: Row, item: Item) -> str:
        """Names one answer by everything that may change it; how it is scored may not."""
        return key_of(
            question=item.question,
            instructions=item.instructions,
            language=item.language,
            plan=settings_of(for_scorer(row.plan, item.scorer)),
            model=self.model,
            settings=self.settings,
            program=program(),
        )


Known = dict[tuple[str, str], Record]
"""Answers by strategy and the id of the question."""
Tell = Callable[[Record, bool], None]
"""Told of every answer, and whether it was given now."""


async def compare(
    what: Comparison,
    answer: Answerer,
    chat: Chat,
    records: Records,
    *,
    replies: "Replies | None" = None,
    parallel: int = 1,
    tell: Tell = lambda record, fresh: None,
) -> Known:
    """Answer what is not answered yet, question by question, each by every strategy.

    Args:
        replies: Where replies of the model are kept; None asks everything anew.
        parallel: So many questions at a time.
    Raises:
        EndpointError: the server failed. What was answered before is kept.
        StorageError: an answer cannot be written down.
    """
    done: Known = {}
    for row, item in ((row, item) for item in what.items for row in what.rows):
        record = records.get(row.name, what.key(row, item))
        if record is not None:
            done[row.name, item.id] = record
            tell(_scored(record, item), False)
    left = iter([item for item in what.items if any((row.name, item.id) not in done for row in what.rows)])
    at_work = _Work(what, answer, chat, records, replies, done, tell)
    await _together([at_work.through(left) for _ in range(parallel)])
    return done


@dataclass(frozen=True, slots=True)
class _Work:
    what: Comparison
    answer: Answerer
    chat: Chat
    records: Records
    replies: "Replies | None"
    done: Known
    tell: Tell

    async def through(self, left: Iterator[Item]) -> None:
        """One question after another, until none is left."""
        for item in left:
            for row in self.what.rows:
                if (row.name, item.id) not in self.done:
                    record = await self._one(row, item)
                    self.records.put(record)
                    self.done[row.name, item.id] = record
                    self.tell(record, True)

    async def _one(self, row: Row, item: Item) -> Record:
        asked: list[Asked] = []
        chat = Cached(self.chat, self.replies, model=self.what.model, note=asked.append)
        began, failed = time.monotonic(), ""
        try:
            answer = await self.answer(for_scorer(row.plan, item.scorer), item, chat)
        except EndpointRefused as error:
            if error.status not in _ABOUT_THE_QUESTION:
                raise
            answer, failed = Answer(""), error.problem
        return Record(
            key=self.what.key(row, item),
            row=row.name,
            item=item.id,
            answer=answer.text,
            right=not failed and is_right(item.scorer, answer.text, item.expected),
            stopped=answer.stopped,
            failed=failed,
            notes=answer.notes,
            spent=spent(time.monotonic() - began, asked),
        )


def _scored(record: Record, item: Item) -> Record:
    """A record as the data set sees it now."""
    return replace(record, right=not record.failed and is_right(item.scorer, record.answer, item.expected))


async def _together(work: Sequence[object]) -> None:
    """All of it; the first error stops the others, and is the one that counts."""
    try:
        async with asyncio.TaskGroup() as group:
            for one in work:
                group.create_task(one)  # type: ignore[arg-type]
    except* AntiphonError as several:
        raise several.exceptions[0] from None

"""What a run does outside and is told by people, so that neither happens twice."""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from ...agents.events import Event, Returned, Warned
from ...agents.timeline.types import Part
from ...tools.base.errors import AntiphonError
from ...tools.base.finishing import to_its_end
from ..compile.failures import Repeated, kind_of, paused
from ..compile.step import Call, Question
from ..spec.kinds.common import ErrorKind
from .scribe import PERSON, Scribe
from .store import Store
from .types import CallRow, CallState, QuestionRow, RunRow


class RunJournal:
    """The journal of one run, as long as this process works at it.

    Args:
        row: With the epoch of this process.
        emit: Told what was known from before.
        is_tried_again: Whether the run had failed, and a person has it tried again.
    """

    def __init__(
        self, store: Store, row: RunRow, scribe: Scribe, emit: Callable[[Event], None], *, is_tried_again: bool
    ) -> None:
        self._store, self._row, self._scribe, self._emit = store, row, scribe, emit
        self._is_tried_again = is_tried_again

    async def once(self, call: Call, act: Callable[[str], Awaitable[Any]]) -> Any:
        """What a call gave before, or else gives now.

        An intention is written down before, the result after. What was intended by an owner that is gone and has no
        result may have happened or not: a keyed call is made again, any other waits for a person to say so.

        Raises:
            GraphBubbleUp: a person is to say whether it took place.
            RunLost: another process has taken the run over.
        """
        before = await self._store.calls.find(self._row.id, call.key)
        if before is None or before.state == "void" or (call.keyed and before.state != "done"):
            return await self._act(call, act)
        if before.state == "done":
            value = await self._kept(before.result_entry)
            self._emit(Returned(step=call.step, tool=call.tool, value=value, key=call.key, again=True))
            return value
        if before.state == "failed" and (not self._is_tried_again or before.epoch == self._row.epoch):
            told = await self._kept(before.result_entry) or {"problem": "it failed", "kind": "tool"}
            raise Repeated(told["problem"], cast(ErrorKind, told["kind"]), at=call.step)
        self._emit(Warned(problem=f"nobody knows whether {call.tool} of {call.step} took place"))
        await self._finish(call, "uncertain", before.result_entry)
        return paused(call.key)

    async def answer(self, key: str, question: Question) -> tuple[Mapping[str, Any] | None, float]:
        """The answer to a question, None while there is none; and when it was first asked."""
        row = await self._store.questions.find(self._row.id, key)
        if row is None:
            form = {name: shape.model_dump(exclude_defaults=True) for name, shape in question.form.items()}
            parts = (Part("text", question.text), Part("data", data={"form": form, "who": question.who}))
            entry = await self._scribe.add("question", question.step, *parts, heard=True)
            row = QuestionRow(
                run=self._row.id,
                key=key,
                step=question.step,
                who=question.who,
                asked=time.time(),
                question_entry=entry,
            )
            await self._store.questions.ask(row)
        return (await self._kept(row.answer_entry) if row.answer_entry else None), row.asked

    async def answered(self, key: str, given: Mapping[str, Any]) -> None:
        """Keep the answer."""
        entry = await self._scribe.add("utterance", PERSON, Part("data", data=dict(given)), heard=True)
        await self._store.questions.answer(self._row.id, key, entry)

    async def _act(self, call: Call, act: Callable[[str], Awaitable[Any]]) -> Any:
        given = await self._scribe.add("call", call.tool, Part("data", data=dict(call.arguments)))
        await self._store.calls.intend(
            CallRow(
                run=self._row.id,
                key=call.key,
                step=call.step,
                tool=call.tool,
                keyed=call.keyed,
                epoch=self._row.epoch,
                began=time.time(),
                given_entry=given,
            )
        )
        try:
            value = await act(f"{self._row.id}/{call.key}")
        except AntiphonError as error:
            told = {"problem": error.problem, "kind": kind_of(error) or "tool"}
            await self._kept_safe(call, "failed", told)
            raise
        await self._kept_safe(call, "done", value)
        self._emit(Returned(step=call.step, tool=call.tool, value=value, key=call.key))
        return value

    async def _kept_safe(self, call: Call, state: CallState, value: Any) -> None:
        """It has happened: that is written down even where the run is being cancelled."""

        async def keep() -> None:
            await self._finish(call, state, await self._scribe.add("result", call.tool, Part("data", data=value)))

        await to_its_end(keep())

    async def _finish(self, call: Call, state: CallState, entry: str) -> None:
        await self._store.calls.finish(self._row.id, call.key, self._row.epoch, state, entry)

    async def _kept(self, entry: str) -> Any:
        found = await self._store.timeline.entry(entry)
        return found.data if found is not None else None

"""What is kept of finished runs: entries of the timeline, beside what was said in them.

What is deleted is gone from the bytes of the files, with everything that was said and done in its run.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ...agents.timeline.query import Query
from ...agents.timeline.timeline import Timeline
from ...agents.timeline.types import Entry, Kind, Part
from ...tools.base.ids import sorted_id

_SAID: tuple[Kind, ...] = ("utterance", "answer")
"""Where the texts of a record may stand already."""


@dataclass(frozen=True, slots=True)
class Row:
    """One finished run.

    Attributes:
        began: With its time zone, which is UTC in what is read.
        seconds: How long it was at work.
        outcome: What the workflow calls its end, "" if it does not say.
        values: What the workflow's `record` declares, and what was noted on the way.
        conversation: Joins the turns of one conversation.
        run: Its name, by which the timeline knows what was said in it.
        id: That of its entry in the timeline, "" before the row is kept.
    """

    workflow: str
    began: datetime
    seconds: float
    outcome: str
    values: Mapping[str, Any]
    conversation: str = ""
    run: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Records:
    """The finished runs in a timeline; any number of processes may write at once.

    Every method raises StorageError where the database cannot be read or written.
    """

    timeline: Timeline

    async def append(self, row: Row, ended: datetime | None = None) -> None:
        """Keep a run, once. Values that JSON has no form for, such as sound, are left out; a text that was said in the
        run is only referred to.

        Args:
            ended: When it ended, where it was not at work all the time.
        """
        values = _plain(row.values)
        said = await self._said(row.run) if row.run else {}
        elsewhere = {name: said[text] for name, text in values.items() if isinstance(text, str) and text in said}
        own = {name: value for name, value in values.items() if name not in elsewhere}
        parts = [Part("data", data={"outcome": row.outcome, "seconds": row.seconds, "values": own})]
        if elsewhere:
            parts.append(Part("data", data=elsewhere))
        began = row.began.timestamp()
        entry = Entry(
            id=f"{row.run}.record" if row.run else sorted_id(),  # a run that was broken off here comes here again
            thread=row.conversation,
            run=row.run,
            who=row.workflow,
            kind="record",
            parts=tuple(parts),
            began=began,
            ended=ended.timestamp() if ended else began + row.seconds,
        )
        await self.timeline.append(entry)

    async def rows(self, workflow: str, since: datetime | None = None, until: datetime | None = None) -> list[Row]:
        """The runs of a workflow that began at `since` or later and before `until`, the earliest first."""
        begin, end = (when.timestamp() if when else None for when in (since, until))
        query = Query(who=workflow, kinds=["record"], since=begin, until=end, forgotten=False)
        found = [entry for entry in await self.timeline.find(query) if begin is None or entry.began >= begin]
        referred = [id for entry in found for id in _elsewhere(entry).values()]
        said = await self.timeline.entries(referred) if referred else {}
        return [_row(entry, said) for entry in found]

    async def delete(self, rows: Collection[Row]) -> None:
        """Forget runs for good: afterwards no file of the timeline holds what was said and done in them."""
        if rows:
            await self.timeline.forget(*(Query(run=row.run) if row.run else Query(ids=[row.id]) for row in rows))

    async def _said(self, run: str) -> dict[str, str]:
        """The entries of a run by their texts."""
        found = await self.timeline.find(Query(run=run, kinds=_SAID, forgotten=False))
        return {entry.text: entry.id for entry in found if entry.text}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as JSON gives them back."""
    written = json.dumps(dict(values), default=lambda _: None)
    plain: dict[str, Any] = json.loads(written, parse_constant=lambda _: None)
    return plain


def _elsewhere(entry: Entry) -> Mapping[str, str]:
    """Which values are the texts of other entries."""
    data: Sequence[Any] = [part.data for part in entry.parts[1:]]
    return data[0] if data else {}


def _row(entry: Entry, said: Mapping[str, Entry]) -> Row:
    texts = {name: said[id].text for name, id in _elsewhere(entry).items() if id in said}
    began = datetime.fromtimestamp(entry.began, UTC)
    data = entry.data
    return Row(
        entry.who,
        began,
        data["seconds"],
        data["outcome"],
        {**data["values"], **texts},
        entry.thread,
        entry.run,
        entry.id,
    )

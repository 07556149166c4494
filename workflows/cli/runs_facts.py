"""What is known of runs, gathered from where they are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .runs_told import call_told, status_of

if TYPE_CHECKING:
    from ...agents.timeline.types import Entry
    from ..compile.step import Question
    from ..storage.history import Point
    from ..storage.store import Store
    from ..storage.types import CallRow, QuestionRow, RunRow


@dataclass(frozen=True, slots=True)
class Line:
    """A run in a list.

    Attributes:
        about: What it waits for, or what went wrong.
    """

    row: "RunRow"
    is_held: bool
    about: str = ""

    @property
    def status(self) -> str:
        """How it stands."""
        return status_of(self.row, self.is_held)


@dataclass(frozen=True, slots=True)
class Open:
    """A question nobody has answered; `question` is None where a person had it forgotten."""

    row: "QuestionRow"
    question: "Question | None"


@dataclass(frozen=True, slots=True)
class Made:
    """A call, with its arguments and what it gave back."""

    row: "CallRow"
    given: Any
    result: Any


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one run.

    Attributes:
        given, output: None where it was forgotten, or there is none.
        told: What was said and done, the earliest first.
        points: Where it can be forked, the earliest first.
        forks: The names of its forks.
        refused: Where a person has said no, and may think better of it.
        refused_before: Where to fork it, if a person has said no in what it has gone past.
    """

    row: "RunRow"
    is_held: bool
    given: Mapping[str, Any] | None
    output: Mapping[str, Any] | None
    problem: str
    open: Sequence[Open]
    calls: Sequence[Made]
    points: "Sequence[Point]"
    told: "Sequence[Entry]"
    forks: Sequence[str]
    refused: Sequence[str] = ()
    refused_before: str = ""


async def lines_of(store: "Store", rows: "Sequence[RunRow]") -> list[Line]:
    """Each run with how it stands."""
    open_ = {one.run: one for one in reversed(await store.questions.open())}
    wanted = {
        row.id: open_[row.id].question_entry if row.id in open_ else row.problem_entry
        for row in rows
        if row.status in ("waiting", "failed", "stopped")
    }
    entries = await store.timeline.entries([id for id in wanted.values() if id])
    texts = {run: entries[id].text for run, id in wanted.items() if id in entries}
    return [Line(row, await _is_held(store, row), texts.get(row.id) or await _unknown(store, row)) for row in rows]


async def facts_of(store: "Store", id: str) -> Facts:
    """Everything about one run.

    Raises:
        NoSuchRun: there is none of that name.
    """
    from ...agents.timeline.query import Query
    from ..run.forking import points_of
    from ..run.keeping import TOLD
    from ..run.resuming import asked_again, forks_of, point_before, refused

    row = await store.runs.get(id)
    calls = await store.calls.of(row.id)
    wanted = [row.input_entry, row.output_entry, row.problem_entry]
    entries = await store.timeline.entries(
        [*wanted, *(id for one in calls for id in (one.given_entry, one.result_entry))]
    )
    given, output, problem = (entries.get(id) for id in wanted)
    no, again = await refused(store, row), await asked_again(store, row)
    return Facts(
        row,
        await _is_held(store, row),
        given.data if given else None,
        output.data if output else None,
        problem.text if problem else "",
        await open_of(store, row),
        [Made(one, _data(entries, one.given_entry), _result(entries, one)) for one in calls if one.tool],
        (await points_of(store, row))[::-1],
        await store.timeline.find(Query(run=row.id, kinds=TOLD)),
        await forks_of(store, row.id),
        [one.key for one in no if one in again],
        await point_before(store, row, no[0]) if no and no[0] not in again else "",
    )


async def open_of(store: "Store", row: "RunRow") -> list[Open]:
    """What a run asks, as far as nobody has answered."""
    return [Open(one, await _asked(store, one)) for one in await store.questions.open(row.id)]


async def again_of(store: "Store", row: "RunRow") -> tuple[list[Open], list[Open]]:
    """What may be answered anew: what a person has said no to, and all of it."""
    from ..run.resuming import asked_again, refused

    no = {one.key for one in await refused(store, row)}
    again = [Open(one, await _asked(store, one)) for one in await asked_again(store, row)]
    return [one for one in again if one.row.key in no], again


async def _is_held(store: "Store", row: "RunRow") -> bool:
    return row.status == "running" and await store.runs.is_held(row)


async def _asked(store: "Store", row: "QuestionRow") -> "Question | None":
    from ...tools.base.errors import InputError
    from ..run.resuming import questions_of

    try:
        return (await questions_of(store, [row]))[0]
    except InputError:  # it is forgotten
        return None


def _result(entries: "Mapping[str, Entry]", row: "CallRow") -> Any:
    """What a call gave back; of a look that changed nothing, what it found or why it failed."""
    found = _data(entries, row.result_entry)
    return next(iter(found.values()), None) if row.state == "known" and isinstance(found, dict) else found


async def _unknown(store: "Store", row: "RunRow") -> str:
    """The calls of which nobody knows whether they took place."""
    from ..storage.types import OPEN

    if row.status not in ("uncertain", "done"):
        return ""
    calls = [one for one in await store.calls.of(row.id) if one.state in OPEN]
    entries = await store.timeline.entries([one.given_entry for one in calls])
    return "; ".join(f"did {call_told(one.tool, _data(entries, one.given_entry))} take place?" for one in calls)


def _data(entries: "Mapping[str, Entry]", id: str) -> Any:
    return entries[id].data if id in entries else None

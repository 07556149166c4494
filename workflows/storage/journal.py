"""What a run does outside and is told by people, so that neither happens twice."""

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, cast

from ...agents.events import Event, Returned, Warned
from ...agents.timeline.types import Entry, Kind, Part
from ...tools.base.errors import AntiphonError, InputError, StorageError, ToolFailed
from ...tools.base.finishing import to_its_end
from ..compile.failures import Repeated, kind_of, paused
from ..compile.step import THOUGHT, Call, Question, Recalled
from ..spec.forms import Misfit, filled
from ..spec.kinds.common import ErrorKind
from .forgetting import needed
from .scribe import PERSON, Scribe
from .store import Store
from .types import CallRow, CallState, QuestionRow, RunRow, StateNotKept, WorkflowChanged


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
            WordsForgotten: what it gave before is forgotten.
            WorkflowChanged: it was another tool that was called in this place before.
        """
        before = await self._store.calls.find(self._row.id, call.key)
        if before is None or before.state == "void":
            return await self._act(call, act)
        if before.tool != call.tool or (call.exact and await self._was_other(call, before)):
            raise self._changed(call, before)
        if call.keyed and before.state != "done":
            return await self._act(call, act)
        if before.state == "done":
            value = await self._kept(before.result_entry, f"what {call.tool} of {call.step!r} gave back")
            self._emit(Returned(step=call.step, tool=call.tool, value=value, key=call.key, again=True))
            return value
        if before.state == "failed" and (not self._is_tried_again or before.epoch == self._row.epoch):
            told = await self._kept(before.result_entry, f"what {call.tool} of {call.step!r} failed with")
            told = told or {"problem": "it failed", "kind": "tool"}
            raise Repeated(told["problem"], cast(ErrorKind, told["kind"]), at=call.step)
        self._emit(Warned(problem=f"nobody knows whether {call.tool} of {call.step} took place"))
        await self._finish(call, "uncertain", before.result_entry)
        return paused(call.key)

    async def recalled(self, call: Call) -> Recalled | None:
        """What a call that changes nothing came to before: a run that goes on thinks and looks up nothing anew.

        Raises:
            WordsForgotten: what it came to is forgotten.
            WorkflowChanged: in this place stood a call before that changed something.
        """
        before = await self._store.calls.find(self._row.id, call.key)
        if before is None:
            return None
        if before.state != "known":
            raise self._changed(call, before)
        if before.tool != call.tool or await self._was_other(call, before):
            return None
        value = await self._kept(before.result_entry, f"what {call.tool or 'the model'} of {call.step!r} came to")
        if call.tool != THOUGHT:
            self._emit(Returned(step=call.step, tool=call.tool, value=value, key=call.key, again=True))
        return Recalled(value)

    async def noted(self, call: Call, value: Any) -> None:
        """Keep what a call that changes nothing came to: nothing was written before it, so it may be made again.

        Raises:
            RunLost: another process has taken the run over.
        """
        given, now = "", time.time()
        if call.tool != THOUGHT:
            given = self._scribe.add_soon("call", call.tool, Part("data", data=dict(call.arguments)))
        kind: Kind = "thought" if call.tool == THOUGHT else "result"
        result = await self._scribe.add(kind, call.tool or call.step, Part("data", data=value))
        row = CallRow(run=self._row.id, key=call.key, step=call.step, tool=call.tool, keyed=True, state="known")
        kept = replace(row, epoch=self._row.epoch, began=now, ended=now, given_entry=given, result_entry=result)
        await self._store.calls.intend(kept)

    async def answer(self, key: str, question: Question) -> tuple[Mapping[str, Any] | None, float]:
        """The answer to a question, None while there is none; and for how many seconds they were asked.

        An answer that does not fit the form as it is now stays in the timeline, and the question is put anew; so is one
        that nobody has answered and that had another form.

        Raises:
            WordsForgotten: the answer is forgotten.
        """
        row = await self._store.questions.find(self._row.id, key)
        if row is None:
            await self._store.questions.ask(await self._asked(key, question))
            return None, 0.0
        if not row.answer_entry:
            if await self._had_another_form(row, question):
                again = await self._asked(key, question)
                await self._store.questions.ask_again(replace(again, asked=row.asked))
            return None, time.time() - row.asked
        entry = await self._needed(row.answer_entry, f"the answer to {key!r}")
        if not _fits(question, entry.data):
            again = await self._asked(key, question)
            await self._store.questions.ask_again(replace(again, answer_entry=row.answer_entry))
            return None, 0.0
        return entry.data, entry.began - row.asked

    async def answered(self, key: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Keep the answer; the one that counts, where somebody else was quicker."""
        entry = await self._scribe.add("utterance", PERSON, Part("data", data=dict(given)), heard=True)
        if await self._store.questions.answer(self._row.id, key, entry):
            return given
        row = await self._store.questions.find(self._row.id, key)
        assert row is not None
        first: Mapping[str, Any] = await self._kept(row.answer_entry, f"the answer to {key!r}")
        return first

    async def _had_another_form(self, row: QuestionRow, question: Question) -> bool:
        entry = (await self._store.timeline.entries([row.question_entry])).get(row.question_entry)
        before = entry.data.get("form", {}) if entry is not None and not entry.forgotten else None
        return before is not None and before != _written(question.form)

    async def _asked(self, key: str, question: Question) -> QuestionRow:
        data = {"form": _written(question.form), "who": question.who}
        parts = (Part("text", question.text), Part("data", data=data))
        entry = await self._scribe.add("question", question.step, *parts, heard=True)
        return QuestionRow(run=self._row.id, key=key, step=question.step, asked=time.time(), question_entry=entry)

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
        try:
            await self._kept_safe(call, "done", value)
        except InputError as error:
            problem = f"it took place, and what {call.tool} gave back cannot be kept: {error.problem}"
            await self._kept_safe(call, "failed", {"problem": problem, "kind": "tool"})
            raise ToolFailed(problem, at=call.step) from error
        self._emit(Returned(step=call.step, tool=call.tool, value=value, key=call.key))
        return value

    async def _kept_safe(self, call: Call, state: CallState, value: Any) -> None:
        """It has happened: that is written down even where the run is being cancelled."""

        async def keep() -> None:
            await self._finish(call, state, await self._scribe.add("result", call.tool, Part("data", data=value)))

        try:
            await to_its_end(keep())
        except StorageError as error:  # no on_error may go on as if nothing had taken place
            problem = f"what became of {call.tool} cannot be written down: {error.problem}"
            raise StateNotKept(problem, at=error.at, hint=error.hint) from error

    async def _finish(self, call: Call, state: CallState, entry: str) -> None:
        await self._store.calls.finish(self._row.id, call.key, self._row.epoch, state, entry)

    async def _kept(self, id: str, what: str) -> Any:
        return (await self._needed(id, what)).data if id else None

    async def _needed(self, id: str, what: str) -> Entry:
        return needed(await self._store.timeline.entries([id]), id, self._row.id, what)

    async def _was_other(self, call: Call, before: CallRow) -> bool:
        """Whether the call in this place had other arguments; what is forgotten is taken to be the same."""
        if not before.given_entry:
            return False
        entry = (await self._store.timeline.entries([before.given_entry])).get(before.given_entry)
        return entry is not None and not entry.forgotten and entry.data != json.loads(json.dumps(dict(call.arguments)))

    def _changed(self, call: Call, before: CallRow) -> WorkflowChanged:
        what = f"not {call.tool}" if before.tool != call.tool else "with other arguments"
        problem = f"the workflow has changed: the run {self._row.id} called {before.tool} here, {what}"
        hint = f"Put that back, or go on from before it with: antiphon runs fork {self._row.id} --at STEP"
        return WorkflowChanged(problem, at=call.step, hint=hint)


def _written(form: Mapping[str, Any]) -> Any:
    """A form as it comes back from the timeline."""
    return {name: shape.model_dump(mode="json", exclude_defaults=True) for name, shape in form.items()}


def _fits(question: Question, given: Any) -> bool:
    try:
        filled(question.form, given)
    except Misfit:
        return False
    return True

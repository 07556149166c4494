"""Run a workflow whose state is kept after each step, in memory, as often as a test likes: as if after a crash."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

from langgraph.checkpoint.memory import InMemorySaver

from antiphon import Workflow
from antiphon.agents.events import Event
from antiphon.workflows.compile.spending import Spending
from antiphon.workflows.compile.step import Call, Engines, Question, Recalled, Turn
from antiphon.workflows.run.invoking import PAUSED, Kept, invoke


@dataclass
class Stored:
    """One run, and what is known of it outside: a journal that keeps calls and answers for as long as the test runs.

    Attributes:
        answers: By the key of the question.
        asked: The keys of all questions, in order, repeated where they were asked again.
        called: The keys of the calls that took place.
    """

    workflow: Workflow
    input: Mapping[str, Any] = field(default_factory=dict)
    answers: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    results: dict[str, Any] = field(default_factory=dict)
    saver: InMemorySaver = field(default_factory=InMemorySaver)

    async def go(self) -> Mapping[str, Any]:
        """Begin it, or go on where it was left; the state at its end or where it waits."""
        engines, spending = cast(Engines, SimpleNamespace(double=lambda: None)), Spending(self.workflow.spec.limits)
        turn = Turn(self.input, engines, self.events.append, spending, journal=self, durable=True)
        resumes = bool(self.saver.storage)
        return await invoke(self.workflow, turn, None, Kept(self.saver, "t", "sync", resumes))

    async def once(self, call: Call, act: Callable[[str], Awaitable[Any]]) -> Any:
        """What it gave before, or gives now."""
        if call.key not in self.results:
            self.called.append(call.key)
            self.results[call.key] = await act(call.key)
        return self.results[call.key]

    async def recalled(self, call: Call) -> Recalled | None:
        """What it came to before."""
        return Recalled(self.results[call.key]) if call.key in self.results else None

    async def noted(self, call: Call, value: Any) -> None:
        """Keep it."""
        self.called.append(call.key)
        self.results[call.key] = value

    async def answer(self, key: str, question: Question) -> tuple[Mapping[str, Any] | None, float]:
        """The answer, if there is one."""
        self.asked.append(key)
        return self.answers.get(key), 0.0

    async def answered(self, key: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Keep it."""
        self.answers[key] = given
        return given

    def steps(self, event: str = "StepStarted") -> list[str]:
        """The names of the steps that events of a kind tell of."""
        return [getattr(one, "step") for one in self.events if type(one).__name__ == event]  # noqa: B009


def waits(state: Mapping[str, Any]) -> list[str]:
    """The keys of what a person is to answer."""
    return sorted(one.value for one in state.get(PAUSED, ()))

"""Program of thought: the model writes a program, and the interpreter reckons.

Gao et al. 2022, "PAL: Program-aided Language Models", arXiv 2211.10435; Chen et al. 2022, "Program of Thoughts
Prompting", arXiv 2211.12588. Both show worked examples, and so does this one: it is few-shot by nature. PAL votes over
the results of programs that were run (its section 4); an error is fed back once (Chen et al. 2023, "Teaching Large
Language Models to Self-Debug", arXiv 2304.05128, in its simplest form).
"""

import re
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from pydantic import Field
from pydantic_core import from_json

from ..models.chat import ChatRequest, Message, Reply
from .chain_of_thought import reasoning
from .extracting import Kind, final_answer
from .messages import begun, said
from .program_words import AGAIN, FAILED, HOW, WORKED, WorkedProgram
from .settings import Strategy
from .types import Act, Call, Finish, Move, Observation, Observed, Task, Think, Thought, Transcript
from .voting import majority, sound

_FENCED = re.compile(r"```[ \t]*(?:python3?|py)?[ \t]*\n(.*?)(?:\n```|\Z)", re.DOTALL | re.IGNORECASE)
_SOLUTION = re.compile(r"^def\s+solution\s*\(\s*\)", re.MULTILINE)
_BARE = re.compile(r"^(?:def |import |from \w+ import |print\(|\w+ = )", re.MULTILINE)
_LAST_LINES, _LAST_CHARACTERS = 3, 400
"""How much of an error a small model is told."""


class Program(Strategy):
    """Write a Python program and answer with what it comes to. Needs the code interpreter."""

    USES: ClassVar[tuple[str, ...]] = ("python",)

    strategy: Literal["program"] = "program"
    answer: Kind = Field(default="text", description="text, one number, or a choice: a letter, yes or no")
    samples: int = Field(default=1, ge=1, le=64, description="so many programs are written; they vote (40 in PAL)")
    chains: int = Field(
        default=0, ge=0, le=64, description="so many chains of thought vote besides, if their sums hold"
    )
    temperature: float = Field(default=0.7, gt=0, le=2, description="of the sampling, where samples is above 1")
    seed: int = Field(default=0, ge=0, description="of the first sample; the others count on from it")
    exemplars: tuple[WorkedProgram, ...] = Field(
        default=(), max_length=16, description="questions with their programs; built-in ones where there are none"
    )
    repair: bool = Field(default=True, description="tell the model the error of a program, once")

    def next(self, so_far: Transcript, /) -> Move:
        """Write programs, run them, mend once those that failed, then count."""
        last = so_far.steps[-1] if so_far.steps else None
        if so_far.spent:
            return self._finish(so_far)
        if last is None:
            return Think(self._first(so_far))
        if isinstance(last, Thought):
            calls = tuple(Call("python", {"code": runnable(code_of(reply))}) for _, reply in self._written(last))
            return Act(calls) if calls else self._finish(so_far)
        mended = self._mended(so_far)
        return Think(mended) if mended else self._finish(so_far)

    def _first(self, so_far: Transcript) -> tuple[ChatRequest, ...]:
        """Programs and chains of thought, as many as the budget leaves; a single program is not sampled."""
        task, left = so_far.task, so_far.calls_left
        temperature = self.temperature if self.samples > 1 else 0.0
        programs = (
            self._program(task, temperature if sample else 0.0, self.seed + sample) for sample in range(self.samples)
        )
        chains = (
            reasoning(task, self.answer, temperature=self.temperature if chain else 0.0, seed=self.seed + chain)
            for chain in range(self.chains)
        )
        return (*programs, *chains)[: None if left is None else max(1, left)]

    def _program(self, task: Task, temperature: float, seed: int) -> ChatRequest:
        exemplars = self.exemplars or WORKED.get(task.language, WORKED["en"])
        worked = ((one.question, f"```python\n{one.program.strip()}\n```") for one in exemplars)
        messages = begun(task, said(HOW, task.language), worked=worked)
        return ChatRequest(messages, max_tokens=task.max_tokens, temperature=temperature, seed=seed)

    def _written(self, thought: Thought) -> list[tuple[ChatRequest, Reply]]:
        """The replies that hold a program; chains of thought stand behind the programs that were asked for."""
        asked = zip(thought.requests[: self.samples], thought.replies, strict=False)
        return [(request, reply) for request, reply in asked if code_of(reply)]

    def _mended(self, so_far: Transcript) -> tuple[ChatRequest, ...]:
        """Programs that failed and what they failed with, to be written anew: after the first runs only."""
        if not self.repair or so_far.calls_left == 0 or len(so_far.steps) != 2:
            return ()
        thought, seen = so_far.steps
        if not (isinstance(thought, Thought) and isinstance(seen, Observed)):
            return ()
        again = said(AGAIN, so_far.task.language)
        pairs = zip(self._written(thought), map(came_to, seen.observations), strict=False)
        requests = (
            replace(
                request,
                messages=(
                    *request.messages,
                    Message("assistant", reply.text),
                    Message("user", again.format(error=last_lines(ran.error))),
                ),
            )
            for (request, reply), ran in pairs
            if ran.error
        )
        return tuple(requests)[: so_far.calls_left]

    def _finish(self, so_far: Transcript) -> Finish:
        """Results and chains of thought are counted alike; without any, the words of the replies, or what failed."""
        runs = [came_to(one) for one in so_far.observations]
        results = [final_answer(ran.value, self.answer) for ran in runs if not ran.error]
        first = next((step for step in so_far.steps if isinstance(step, Thought)), Thought((), ()))
        chains = [final_answer(reply.text, self.answer) for reply in sound(first.replies[self.samples :])]
        found = majority((*results, *chains), self.answer)
        notes = {
            "votes": dict(found.votes),
            "ran": sum(not ran.error for ran in runs),
            "failed": sum(bool(ran.error) for ran in runs),
        }
        if found.answer:
            return Finish(found.answer, notes)
        words = [said_so for reply in so_far.replies if (said_so := without_code(reply.text))]
        spoken = majority((final_answer(one, self.answer) for one in words), self.answer)
        errors = [ran.error for ran in runs if ran.error]
        told = said(FAILED, so_far.task.language).format(error=last_lines(errors[-1], 1)) if errors else ""
        return Finish(spoken.answer or next(iter(words), told), notes)


@dataclass(frozen=True, slots=True)
class Came:
    """What a program came to: its value as text, and "" or the error it ended with."""

    value: str
    error: str


def came_to(observation: Observation) -> Came:
    """What the interpreter said, as JSON {value, output, error}; other text is taken as the value, or as the error."""
    try:
        found = from_json(observation.text, allow_partial="trailing-strings")  # a long one may have been cut off
    except ValueError:
        found = None
    if not isinstance(found, dict):
        return Came("", observation.text or "error") if observation.failed else Came(observation.text, "")
    error = found.get("error") or found.get("stopped") or ("error" if observation.failed else "")
    value, output = found.get("value"), str(found.get("output") or "").strip()
    return Came(str(value) if value not in (None, "", "None") else output, str(error))


def code_of(reply: Reply) -> str:
    """The last fenced block of a reply, whole or cut off; else the reply itself where it begins like a program."""
    blocks = [block for block in _FENCED.findall(reply.text) if block.strip()]
    if blocks:
        return str(blocks[-1])
    return reply.text if is_bare(reply.text) else ""


def is_bare(text: str) -> bool:
    """Whether it begins like a program, and no fence stands round it."""
    return not _FENCED.search(text) and bool(_BARE.match(text.lstrip()))


def runnable(code: str) -> str:
    """A program whose last expression is what its `solution` comes to, as text; "3/4" for a Fraction."""
    return f"{code.rstrip()}\n\nstr(solution())\n" if _SOLUTION.search(code) else code


def without_code(text: str) -> str:
    """What a reply says in words; a program without a fence says nothing."""
    return "" if is_bare(text) else _FENCED.sub("", text).replace("```", "").strip()


def last_lines(error: str, most: int = _LAST_LINES) -> str:
    """The end of a traceback."""
    return "\n".join(error.strip().splitlines()[-most:])[-_LAST_CHARACTERS:]

"""Chain of thought: the model writes down its steps before it answers.

Without exemplars: Kojima et al. 2022, "Large Language Models are Zero-Shot Reasoners", arXiv 2205.11916; the answer is
found by a marker in the same reply, where the paper asks a second time, and the words are those the makers of the
embedded model recommend. With exemplars: Wei et al. 2022, "Chain-of-Thought Prompting Elicits
Reasoning in Large Language Models", arXiv 2201.11903.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from pydantic import Field

from ...tools.base.checked import Strict
from ..models.chat import ChatRequest
from .extracting import Kind, final_answer, visible_answer
from .messages import begun, said
from .settings import Strategy
from .types import Finish, Move, Task, Think, Transcript

TRIGGER = {"en": "Please reason step by step.", "zh": "请一步一步地推理。"}
"""The words that make a model write down its steps, as the makers of Qwen2.5 recommend (model card of
Qwen2.5-Math-1.5B-Instruct). Told "Let's think step by step. At the end, write "Answer: " and the final number." the
0.5B wrote its answer first."""
ENDING = {
    "en": {
        "number": r"Put your final answer within \boxed{}.",
        "choice": r"Put the letter of the right choice, or yes or no, within \boxed{}.",
        "text": 'Only after that, write "Answer:" on a line of its own, and then the answer for the person who asks.',
    },
    "zh": {
        "number": r"把最终答案放在 \boxed{} 里。",
        "choice": r"把正确选项的字母，或者“是”或“否”，放在 \boxed{} 里。",
        "text": "推理之后，另起一行写“答案：”，再写给提问者的回答。",
    },
}
MARKER = {"en": "Answer:\n", "zh": "答案：\n"}


class Exemplar(Strict):
    """A question worked out, for a model to do likewise."""

    question: str = Field(min_length=1)
    chain_of_thought: str = Field(min_length=1, description="the steps, in words")
    answer: str = Field(min_length=1)


class ChainOfThought(Strategy):
    """Write down the steps, then answer. What comes before "Answer:" is not shown. It calls no tools."""

    strategy: Literal["chain_of_thought"] = "chain_of_thought"
    answer: Kind = Field(default="text", description="text, one number, or a choice: a letter, yes or no")
    trigger: str = Field(default="", description="the words that make it think, in place of the usual ones")
    exemplars: tuple[Exemplar, ...] = Field(
        default=(), max_length=16, description="questions worked out; none: zero-shot"
    )

    def next(self, so_far: Transcript, /) -> Move:
        """Ask, then answer."""
        reply = next(iter(so_far.replies), None)
        if reply is not None or so_far.spent:
            return Finish(concluded(reply.text, self.answer) if reply else "")
        request = reasoning(so_far.task, self.answer, trigger=self.trigger, exemplars=self.exemplars)
        return Think((request,), visible=visible_answer if self.answer == "text" else None)


def concluded(text: str, kind: Kind) -> str:
    """The answer of a reply in its normal form; where it has none of that kind, the reply as it is."""
    return final_answer(text, kind) or text.strip()


def reasoning(
    task: Task,
    kind: Kind,
    *,
    trigger: str = "",
    exemplars: Sequence[Exemplar] = (),
    temperature: float = 0.0,
    seed: int | None = None,
) -> ChatRequest:
    """A request for a chain of thought that ends in a marked answer."""
    language = task.language if task.language in TRIGGER else "en"
    worked = (
        (one.question, f"{one.chain_of_thought.strip()}\n{_marked(one.answer, kind, language)}") for one in exemplars
    )
    messages = begun(task, f"{trigger.strip() or TRIGGER[language]} {ENDING[language][kind]}", worked=worked)
    return ChatRequest(messages, max_tokens=task.max_tokens, temperature=temperature, seed=seed)


class Sampled(Strategy):
    """What strategies that think several times have in common: their chains are alike where these settings are."""

    answer: Kind = Field(default="text", description="text, one number, or a choice: a letter, yes or no")
    temperature: float = Field(default=0.7, gt=0, le=2, description="of the sampling")
    seed: int = Field(default=0, ge=0, description="of the first chain; the others count on from it")
    trigger: str = Field(default="", description="the words that make it think, as for chain_of_thought")
    exemplars: tuple[Exemplar, ...] = Field(
        default=(), max_length=16, description="questions worked out; none: zero-shot"
    )

    def chains(self, so_far: Transcript, many: int) -> Think:
        """So many chains of thought side by side, or as many as the budget leaves, with how sure the model was."""
        left = so_far.calls_left
        chain = reasoning(
            so_far.task,
            self.answer,
            trigger=self.trigger,
            exemplars=self.exemplars,
            temperature=self.temperature,
        )
        seeds = range(self.seed, self.seed + (many if left is None else max(1, min(many, left))))
        return Think(tuple(replace(chain, seed=seed, top_logprobs=1) for seed in seeds))


def _marked(answer: str, kind: Kind, language: str) -> str:
    return f"{said(MARKER, language)}{answer}" if kind == "text" else rf"\boxed{{{answer}}}"

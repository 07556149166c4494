"""Chain of thought: the model writes down its steps before it answers.

Without exemplars: Kojima et al. 2022, "Large Language Models are Zero-Shot Reasoners", arXiv 2205.11916; the answer is
found by a marker in the same reply, where the paper asks a second time. With exemplars: Wei et al. 2022,
"Chain-of-Thought Prompting Elicits Reasoning in Large Language Models", arXiv 2201.11903.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from pydantic import Field

from ...tools.base.checked import Strict
from ..models.chat import ChatRequest, Message
from .extracting import Kind, final_answer, visible_answer
from .messages import begun, said
from .settings import Strategy
from .types import Finish, Move, Task, Think, Transcript

TRIGGER = {"en": "Let's think step by step.", "zh": "让我们一步一步地思考。"}
"""The words that make a model write down its steps (Kojima et al. 2022, table 4, the best of them)."""
ENDING = {
    "en": {
        "number": 'At the end, write "Answer: " and the final number.',
        "choice": 'At the end, write "Answer: " and the letter of the right choice, or yes or no.',
        "text": 'At the end, write "Answer: " and the answer for the person who asks.',
    },
    "zh": {
        "number": "最后写“答案：”和最终的数字。",
        "choice": "最后写“答案：”和正确选项的字母，或者“是”或“否”。",
        "text": "最后写“答案：”和给提问者的回答。",
    },
}
MARKER = {"en": "Answer: ", "zh": "答案："}


class Exemplar(Strict):
    """A question worked out, for a model to do likewise."""

    question: str = Field(min_length=1)
    chain_of_thought: str = Field(min_length=1, description="the steps, in words")
    answer: str = Field(min_length=1)


class ChainOfThought(Strategy):
    """Write down the steps, then answer. What comes before "Answer:" is not shown. It calls no tools."""

    strategy: Literal["chain_of_thought"] = "chain_of_thought"
    answer: Kind = Field(default="text", description="text, one number, or a choice: a letter, yes or no")
    trigger: str = Field(default="", description="the words that make it think; the paper's own where empty")
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
    how = f"{trigger.strip() or TRIGGER[language]} {ENDING[language][kind]}"
    messages = begun(replace(task, question=f"{task.question}\n\n{how}"))
    shown = [
        message
        for one in exemplars
        for message in (
            Message("user", f"{one.question}\n\n{how}"),
            Message("assistant", f"{one.chain_of_thought.strip()}\n{said(MARKER, language)}{one.answer}"),
        )
    ]
    head = 1 if messages[0].role == "system" else 0
    return ChatRequest(
        (*messages[:head], *shown, *messages[head:]), max_tokens=task.max_tokens, temperature=temperature, seed=seed
    )

"""Which tool a request needs, or none, read from the log-probabilities of one token.

Even a tiny model has an opinion where it could not write a decision down. The tools are listed, and their examples, or
else their descriptions, shown as requests that were answered with their names, with mere talk between. Of the token's
alternatives only the tools' names count (renormalised over the labels, as in Brown et al. 2020, arXiv 2005.14165,
section 2.4); what they lack is likeness by meaning, where an embedding model is at hand.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, zip_longest

from ..models.chat import ChatRequest, Message, Reply
from .acting import parameters
from .grounding import lacks_number
from .messages import turns
from .types import Offered, Task

NONE = "none"
WEIGHT = 50.0
"""Of a cosine against a log-probability. This and the priors are fitted to 180 requests of our own (three sets of 8
tools, 60 of the requests for none; the 0.5B and multilingual-e5-small; benchmarks/tool_choice.py). Where tools have
examples, 160 to 165 of them are decided rightly with 20 to 80, and 163 where each set is judged by what the other two
would choose."""


@dataclass(frozen=True, slots=True)
class Prior:
    """Added to `none`, which the model says too readily; the more so where tools have no examples."""

    shown: float
    described: float

    def of(self, tools: Sequence[Offered]) -> float:
        """For tools of which some have examples."""
        share = sum(1 for tool in tools if tool.examples) / max(1, len(tools))
        return share * self.shown + (1 - share) * self.described


WITH_LIKENESS, ALONE = Prior(-1.25, -5.25), Prior(-1.5, -3.0)
FLOOR = -12.0
"""Of a label that is not among the alternatives."""
TOP = 20
"""Alternatives asked for: the most the API allows."""
SHOTS = 16
TALK = (
    "Hello!", "Why is the sea salty?", "写一首诗。", "Thank you.", "你是谁？", "Tell me a story.", "什么是重力？",
    "How do you feel?",
)  # fmt: skip
_HOW = "Which tool does the request need? Answer with its name only."
_TALKS = "talk, explain, write, or answer from general knowledge."


def choice(task: Task, *after: Message) -> ChatRequest:
    """Ask for the name of a tool; the beginning is the same for every question, so that a server keeps it."""
    names = labels(task.tools)
    tools = "\n".join(
        f"- {names[tool.name]}({', '.join(parameters(tool.parameters))}): {' '.join(tool.description.split())}"
        for tool in task.tools
    )
    shots = turns(
        pair
        for (said, name), talk in zip(_requests(task.tools)[:SHOTS], cycle(TALK))
        for pair in ((said, names[name]), (talk, NONE))
    )
    system = Message("system", f"{_HOW}\n{tools}\n- {NONE}: {_TALKS}")
    messages = (system, *shots, Message("user", task.question), *after)
    return ChatRequest(messages, max_tokens=1, top_logprobs=TOP)


def _requests(tools: Sequence[Offered]) -> list[tuple[str, str]]:
    """What people say, and the tool it needs: the first of every tool, then the second, and so on."""
    several = [[(said, tool.name) for said in tool.examples or (tool.description or tool.name,)] for tool in tools]
    return [one for round_ in zip_longest(*several) for one in round_ if one]


def chosen(task: Task, reply: Reply, *, prior: float = 0.0, seen: str = "", done: frozenset[str] = frozenset()) -> str:
    """The tool, "" for none.

    Args:
        prior: Added to the logarithm of the probability that no tool is needed.
        seen: Observations so far.
        done: Tools that have answered.
    """
    text = "\n".join((*(message.content for message in task.history), task.question, seen))
    scores = weighed(task, reply)
    scores[""] += prior
    for tool in task.tools:
        if tool.name in done or lacks_number(tool.parameters, text):
            del scores[tool.name]
    return max(scores, key=lambda name: scores[name])


def weighed(task: Task, reply: Reply) -> dict[str, float]:
    """How much speaks for each tool, and under "" for none; natural logarithms, not normalised."""
    alternatives = reply.logprobs[0] if reply.logprobs else _written(reply.text)
    names = labels(task.tools)
    scores = {tool.name: _score(names[tool.name], alternatives) for tool in task.tools}
    scores[""] = _score(NONE, alternatives)
    if not task.likeness:
        scores[""] += ALONE.of(task.tools)
        return scores
    scores = {name: score + WEIGHT * task.likeness.get(name, 0.0) for name, score in scores.items()}
    scores[""] += WITH_LIKENESS.of(task.tools)
    return scores


def labels(tools: Sequence[Offered]) -> Mapping[str, str]:
    """Names whose first tokens tell the tools from one another: get_weather and get_time become weather and time."""
    parts = {tool.name: [part for part in re.split(r"[^0-9A-Za-z\u0080-\uffff]+", tool.name) if part] for tool in tools}
    firsts = [pieces[0].lower() for pieces in parts.values() if pieces]
    short = {name: "_".join(p[1:] if len(p) > 1 and firsts.count(p[0].lower()) > 1 else p) for name, p in parts.items()}
    several = list(short.values())
    return {name: one if one and one != NONE and several.count(one) == 1 else name for name, one in short.items()}


def _score(label: str, alternatives: Mapping[str, float]) -> float:
    begins = [value for token, value in alternatives.items() if _is_start(token, label)]
    return max(FLOOR, math.log(sum(map(math.exp, begins)) or 1e-9)) if begins else FLOOR


def _is_start(token: str, label: str) -> bool:
    token = token.strip().lower()
    return bool(token) and label.lower().startswith(token)


def _written(text: str) -> Mapping[str, float]:
    """A server that gives no log-probabilities has at least said a token."""
    return {text: 0.0} if text.strip() else {}

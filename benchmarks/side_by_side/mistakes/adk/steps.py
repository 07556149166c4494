"""The Python functions which ADK's files name as nodes; conditions and state are Python there."""

from typing import Any

from pydantic import BaseModel


class State(BaseModel):
    """What the nodes share."""

    text: str = ""
    score: int = 0
    said: str = ""


def measure(ctx: Any, node_input: Any) -> None:
    text = "".join(part.text or "" for part in node_input.parts)
    ctx.state["text"], ctx.state["score"] = text, len(text)


def choose(ctx: Any, score: int) -> None:
    ctx.route = "long" if score > 5 else "short"


def choose_misspelt(ctx: Any, scor: int) -> None:
    ctx.route = "long" if scor > 5 else "short"


def choose_by_text(ctx: Any, text: Any) -> None:
    ctx.route = "long" if text > 5 else "short"


def praise(ctx: Any, text: str) -> None:
    ctx.state["said"] = f"A long one: {text}"


def encourage(ctx: Any) -> None:
    ctx.state["said"] = "Write a little more."


def forgotten(ctx: Any) -> None:
    ctx.state["said"] = "Nobody comes here."

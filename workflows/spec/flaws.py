"""What is wrong inside a text of a workflow: an expression, a template."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something against a text; `start` is its index in it, `width` how many characters are meant."""

    start: int
    width: int
    problem: str
    hint: str
    code: str

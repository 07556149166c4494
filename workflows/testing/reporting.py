"""What came of tests: for people, for programs, and for the machines that build software."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from ...tools.base.printable import printable, shortened
from ..compare.statistics import wilson
from .judging import told
from .outcomes import Outcome, Turned


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a test that was played several times has passed."""

    passed: int
    of: int

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.passed / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the share."""
        return wilson(self.passed, self.of)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.passed} of {self.of} passed ({self.share:.0%}; 95 % interval {low:.0%} to {high:.0%})"


_SIGNS = {"passed": "✓", "failed": "✗", "skipped": "-"}
_COLOURS = {"passed": "\x1b[32m", "failed": "\x1b[31m", "skipped": "\x1b[33m"}


def lines_of(outcome: Outcome, *, colour: bool = False) -> Iterator[str]:
    """A test on a line; one that failed with what was expected, what was said and what was called."""
    sign = _SIGNS[outcome.status]
    sign = f"{_COLOURS[outcome.status]}{sign}\x1b[0m" if colour else sign
    more = outcome.reason or f"{outcome.seconds:.2f} s"
    yield f"  {sign} {printable(outcome.name)}  {more}"
    if outcome.status == "failed":
        yield f"      at {outcome.at}"
        yield from (f"      {line}" for line in _details(outcome))


def _details(outcome: Outcome) -> Iterator[str]:
    turn = outcome.turns[-1]
    if len(outcome.turns) > 1 or turn.exchange.say:
        number = f"turn {len(outcome.turns)}: " if len(outcome.turns) > 1 else ""
        yield f"{number}{printable(turn.exchange.say)!r}"
    for problem in outcome.problems:
        yield from printable(problem).splitlines()
    yield from found(turn)


def found(turn: Turned) -> Iterator[str]:
    """What a turn said and called."""
    if turn.said:
        yield f"said:   {printable(shortened(' '.join(turn.said.split()), 400))}"
    for i, call in enumerate(turn.calls):
        yield f"{'called:' if not i else '       '} {printable(shortened(told(call.tool, call.arguments), 300))}"
    if not turn.calls and (turn.exchange.must_call or turn.exchange.must_not_call):
        yield "called: nothing"


def summary(outcomes: Sequence[Outcome], seconds: float) -> str:
    """How many passed, failed and were skipped."""
    counts = {status: sum(one.status == status for one in outcomes) for status in _SIGNS}
    told_ = ", ".join(f"{count} {status}" for status, count in counts.items() if count) or "no test"
    return f"{told_} in {seconds:.2f} s"


def as_data(outcomes: Sequence[Outcome], seconds: float) -> dict[str, Any]:
    """All there is to know, for programs."""
    counts = {status: sum(one.status == status for one in outcomes) for status in _SIGNS}
    return {**counts, "seconds": round(seconds, 3), "tests": [_as_data(one) for one in outcomes]}


def _as_data(outcome: Outcome) -> dict[str, Any]:
    return {
        "name": outcome.name,
        "file": str(outcome.file),
        "at": outcome.at,
        "status": outcome.status,
        "seconds": round(outcome.seconds, 3),
        "problems": list(outcome.problems),
        "reason": outcome.reason,
        "turns": [
            {
                "say": turn.exchange.say,
                "said": turn.said,
                "output": dict(turn.output),
                "calls": [{"tool": one.tool, "with": dict(one.arguments), "returned": one.value} for one in turn.calls],
                "error": str(turn.error) if turn.error is not None else "",
                "tokens": turn.tokens,
                "seconds": round(turn.seconds, 3),
            }
            for turn in outcome.turns
        ],
    }


def as_junit(outcomes: Sequence[Outcome]) -> bytes:
    """JUnit XML as build servers read it: https://github.com/testmoapp/junitxml"""
    root = ElementTree.Element("testsuites", _counts(outcomes))
    for file in dict.fromkeys(one.file for one in outcomes):
        of_file = [one for one in outcomes if one.file == file]
        suite = ElementTree.SubElement(root, "testsuite", {"name": str(file), **_counts(of_file)})
        for one in of_file:
            _junit(suite, one, file)
    ElementTree.indent(root)
    data: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _counts(outcomes: Sequence[Outcome]) -> dict[str, str]:
    return {
        "tests": str(len(outcomes)),
        "failures": str(sum(one.status == "failed" for one in outcomes)),
        "errors": "0",
        "skipped": str(sum(one.status == "skipped" for one in outcomes)),
        "time": f"{sum(one.seconds for one in outcomes):.3f}",
    }


def _junit(suite: ElementTree.Element, outcome: Outcome, file: Path) -> None:
    attributes = {"classname": str(file), "name": _xml(outcome.name), "time": f"{outcome.seconds:.3f}"}
    case = ElementTree.SubElement(suite, "testcase", attributes)
    if outcome.status == "failed":
        first = outcome.problems[0].splitlines()[0]
        failure = ElementTree.SubElement(case, "failure", {"message": _xml(first)})
        failure.text = _xml("\n".join([outcome.at, *_details(outcome)]))
    if outcome.status == "skipped":
        ElementTree.SubElement(case, "skipped", {"message": _xml(outcome.reason)})


def _xml(text: str) -> str:
    """Without what no XML may hold: https://www.w3.org/TR/xml/#charsets"""
    return "".join(
        char
        for char in text
        if char in "\t\n\r" or (char >= " " and char not in "\ufffe\uffff" and not "\ud800" <= char <= "\udfff")
    )

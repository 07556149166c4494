"""A damaged file is refused with codes and places, or means exactly what another reader of YAML finds in it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.scanner import ScannerError

from antiphon.tools.base.errors import Problem
from antiphon.tools.base.tool import tool
from antiphon.workflows.spec.reading import check_text, check_workflow
from antiphon.workflows.spec.rendering import as_data
from antiphon.workflows.workflow import known

from .strategies import often

ROOT = Path(__file__).parents[3]
FILES = [*sorted((ROOT / "examples").rglob("*.yaml")), *(ROOT / "workflows" / "library").rglob("workflow.yaml")]
TEXTS = {path: path.read_text(encoding="utf-8") for path in FILES}
PIECES = [
    *"\t \n#'\"-:,[]{}&*!|>%@`?~0-1ay月\u00a0\u2028\ufeff\x00",
    *(
        " #",
        ": ",
        "- ",
        "  ",
        "null",
        "true",
        "no",
        "012",
        "0x1f",
        "1e3",
        ".5",
        "'",
        "${",
        "}",
        "{{",
        "<<",
        "kind: end",
        "*a",
        "&a ",
    ),
]


@tool
def letters_of(text: str) -> str:
    """A function that an example names."""
    return text


@tool
def reads_the_same(letters: str) -> bool:
    """A tool that an example names."""
    return bool(letters)


KNOWN = known([reads_the_same], [letters_of])


@st.composite
def damaged(draw: st.DrawFn) -> tuple[Path, str]:
    """A file of ours, and its text with one to three wounds."""
    path = draw(st.sampled_from(FILES))
    text = TEXTS[path]
    for _ in range(draw(st.integers(1, 3))):
        wound: Callable[[st.DrawFn, str], str] = draw(st.sampled_from([_in_characters, _in_lines, _in_words]))
        text = wound(draw, text)
    return path, text


def _in_characters(draw: st.DrawFn, text: str) -> str:
    start = draw(st.integers(0, len(text)))
    piece: str = draw(st.sampled_from(["", *PIECES]))
    return text[:start] + piece + text[start + draw(st.integers(0, 3)) :]


def _in_lines(draw: st.DrawFn, text: str) -> str:
    lines = text.splitlines() or [""]
    a, b = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    line = lines[a]
    wounds = [[], [line, line], [lines[b]], [f"  {line}"], [line[2:]], [line[: len(line) // 2]]]
    lines[a : a + 1] = draw(st.sampled_from(wounds))
    return "\n".join(lines) + "\n"


def _in_words(draw: st.DrawFn, text: str) -> str:
    words = list(re.finditer(r"[\w.$']+", text))
    assume(words)
    a, b = draw(st.sampled_from(words)), draw(st.sampled_from(words))
    written: str = draw(st.sampled_from([str(b[0]), *PIECES, f"{a[0]}x", str(a[0])[:-1]]))
    return text[: a.start()] + written + text[a.end() :]


@settings(often, max_examples=150)
@given(damaged())
def test_damage_is_told_or_means_what_it_says(damaged: tuple[Path, str]) -> None:
    path, text = damaged
    source, problems = check_text(text, path, KNOWN)
    assert [one for one in problems if not is_placed(one, path, text)] == []
    if source is not None and not any(one.level == "error" for one in problems):
        try:
            meant = {"schema": "workflow/v1"} | second_reading(text)
        except ScannerError:
            assume("\t" not in text)  # inside a line YAML allows tabs, and ruamel.yaml does not
            raise
        assert same(as_data(source.spec), meant)


@often
@given(st.sampled_from(FILES), st.integers(0, 4000), st.binary(max_size=4), st.integers(0, 4))
def test_damaged_bytes_are_told(tmp_path_factory: Any, path: Path, start: int, bytes_: bytes, gone: int) -> None:
    data = TEXTS[path].encode()
    start %= len(data)
    file = tmp_path_factory.getbasetemp() / "workflow.yaml"
    file.write_bytes(data[:start] + bytes_ + data[start + gone :])
    _, problems = check_workflow(file, KNOWN)
    assert [one for one in problems if not re.fullmatch(r"[EW]\d{3}", one.code)] == []


def is_placed(problem: Problem, path: Path, text: str) -> bool:
    """Whether a problem has a code, and a place that is in the file it names."""
    file, line, column = problem.at.rsplit(":", 2)
    lines = (text if file == str(path) else Path(file).read_text(encoding="utf-8")).splitlines() or [""]
    there = lines[int(line) - 1] if int(line) <= len(lines) else ""
    inside = 1 <= int(line) <= len(lines) + 1 and 1 <= int(column) <= len(there) + 1
    return bool(re.fullmatch(r"[EW]\d{3}", problem.code)) and inside


def second_reading(text: str) -> Any:
    """The text as ruamel.yaml's own parser and the core schema of YAML 1.2 have it."""
    return _value(YAML(typ="safe", pure=True).compose(text))


def _value(node: Node) -> Any:
    if isinstance(node, MappingNode):
        return {key.value: _value(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [_value(item) for item in node.value]
    assert isinstance(node, ScalarNode)
    return str(node.value) if node.style else _plain(str(node.value))


def _plain(text: str) -> Any:
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    if re.fullmatch(r"[-+]?[0-9]+", text):
        return int(text)
    if found := re.fullmatch(r"0(?:o([0-7]+)|x([0-9a-fA-F]+))", text):
        return int(found[1], 8) if found[1] else int(found[2], 16)
    if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", text):
        return float(text)
    return text


def same(a: Any, b: Any) -> bool:
    """Equal all the way down, with the same keys; a truth value is no number."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return isinstance(a, bool) == isinstance(b, bool) and bool(a == b)

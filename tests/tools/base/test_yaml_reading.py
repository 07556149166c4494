"""YAML that people write is read with every position, and what they did not mean is told, all of it at once."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.tools.base.errors import FileError, InputError
from antiphon.tools.base.yaml_reading import parse_yaml, parsed, read_yaml

FILE = Path("f.yaml")


def told(text: str) -> list[str]:
    """Place, code and problem of each complaint, without the hint."""
    return [f"{one.at.removeprefix('f.yaml:')} {one.code} {one.problem}" for one in parsed(text, FILE)[1]]


VALUES = {
    "on: [on, no, yes]": {"on": ["on", "no", "yes"]},
    "a: 012": {"a": 12},
    "a: 0x1F": {"a": 31},
    "a: 0o17": {"a": 15},
    "a: -.inf": {"a": float("-inf")},
    "a: 1e3": {"a": 1000.0},
    "a: 12:30": {"a": "12:30"},
    "a: 2026-12-01": {"a": "2026-12-01"},
    "a: '1'": {"a": "1"},
    "a: ~": {"a": None},
    "a:": {"a": None},
    "": None,
    "# only a comment": None,
    "x: &k v\ny: *k": {"x": "v", "y": "v"},
}


@pytest.mark.parametrize(("text", "value"), VALUES.items())
def test_plain_values_follow_yaml_1_2(text: str, value: object) -> None:
    assert parse_yaml(text, FILE).value == value


WRONG = {
    "a: b: c": ["1:5 E101 this is not YAML: a colon cannot stand here"],
    "a: {x: ${y}}": ["1:9 E101 this is not YAML: the braces { } are not closed before this"],
    "a:\n\tb: 1": ["2:1 E101 this is not YAML: a tab stands where only spaces can"],
    "a: 'x": ["1:4 E101 this is not YAML: the quotation mark is never closed"],
    "a: @x": ["1:4 E101 this is not YAML: a text cannot begin with '@'"],
    "a: *b": ["1:4 E101 nothing is marked &b"],
    "a: 1\n---\nb: 2": ["2:1 E101 a second document begins here"],
    "a: \x01": ["1:4 E101 this is not YAML: the character U+0001 cannot stand in a text"],
    "a: \x1cb": ["1:4 E101 this is not YAML: the character U+001C cannot stand in a text"],
    "a: 1\nb: 2\na: 3\na: 4": [
        "3:1 E102 the key 'a' is here twice; it is also on line 1",
        "4:1 E102 the key 'a' is here twice; it is also on line 1",
    ],
    "[" * 100_000: ["1:65 E103 nested deeper than 64 levels"],
    "&a [1, *a]": ["1:8 E104 the alias *a is inside what it names"],
    "a: &a 1\nb: [" + "*a, " * 65 + "]": ["2:261 E104 more than 64 aliases (*name)"],
    "a: !!python/name:os.system x": ["1:4 E105 the tag '!!python/name:os.system' is not allowed"],
    "a: {{ x }}": ["1:5 E108 a key must be plain text"],
    "a: 1\n?\n: 2": ["2:2 E108 there is no key before the colon"],
    "a: " + "9" * 5_000: ["1:4 E203 a number of 5,000 digits is too large"],
    "a: !x 1\nb: 2\nb: 3\nc: [": [
        "1:4 E105 the tag '!x' is not allowed",
        "3:1 E102 the key 'b' is here twice; it is also on line 2",
        "5:1 E101 this is not YAML: a value is missing, or a bracket is left open",
    ],
}


@pytest.mark.parametrize(("text", "complaints"), WRONG.items(), ids=[key[:30] for key in WRONG])
def test_what_is_wrong_is_told_with_its_place(text: str, complaints: list[str]) -> None:
    assert told(text + ("\n" if text.endswith("[") and len(text) < 99 else "")) == complaints


def test_a_bomb_of_aliases_is_refused_before_it_is_built() -> None:
    lines = ["a0: &a0 [1, 2]", *(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 7)}]" for i in range(1, 9))]
    assert told("\n".join(lines))[-1].endswith("E104 aliases of aliases stand for too many values")


def test_a_byte_that_is_no_text_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "w.yaml"
    file.write_bytes("a: 1\n月: ".encode() + b"\xff\n")
    with pytest.raises(FileError) as caught:
        read_yaml(file)
    assert str(caught.value) == f"{file}:2:4: E107 byte 10 is not UTF-8 text. Save the file as UTF-8."


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(FileError, match="E106 the file is larger than the 1,000,000 bytes that are read"):
        read_yaml(tmp_path / "w.yaml")


def test_a_file_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_yaml(tmp_path / "w.yaml")


def test_a_byte_order_mark_and_windows_line_ends_shift_nothing(tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_bytes(b"\xef\xbb\xbfa: 1\r\nb: {c: 2}\r\n")
    assert read_yaml(tmp_path / "w.yaml").positions["b", "c"] == (2, 5)


@given(st.text(alphabet="a: -[]{},&*!'\"|>\n\t#月🌕?%@0.~<", max_size=40))
@settings(max_examples=300, deadline=None)
def test_no_text_at_all_gives_a_traceback(text: str) -> None:
    document, problems = parsed(text, FILE)
    assert all(one.code and one.at.startswith("f.yaml") for one in problems)
    assert document.path == FILE

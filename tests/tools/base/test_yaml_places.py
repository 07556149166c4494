"""A character of a text in a file is found where it is written, whatever the quotes and line breaks."""

from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from antiphon.tools.base.yaml_reading import Document, parse_yaml

FILE = Path("f.yaml")


def place_of(text: str, part: str) -> str:
    """Line and column of the beginning of `part` in the value of `a`."""
    document = parse_yaml(text, FILE)
    return document.within(("a",), document.value["a"].index(part)).removeprefix("f.yaml:")


PLACES = {
    "plain": ("a: one two", "two", "1:8"),
    "in single quotes": ("a: 'one two'", "two", "1:9"),
    "in double quotes": ('a: "one two"', "two", "1:9"),
    "behind a doubled quote": ("a: 'it''s two'", "two", "1:11"),
    "behind an escape": (r'a: "\"x\" \u6708 two"', "two", "1:18"),
    "behind Chinese and an emoji": ("a: 月亮🌕two", "two", "1:7"),
    "in a literal block": ("a: |\n  one\n\n    two\n", "two", "4:5"),
    "in a literal block with a comment behind its sign": ("a: |-  # why\n  one\n  two\n", "two", "3:3"),
    "in a folded block": ("a: >-\n  one\n  two\n", "two", "3:3"),
    "in a plain text of two lines": ("a: one\n   two", "two", "2:4"),
    "in double quotes of three lines": ('a: "one\n\n   two"', "two", "3:4"),
    "behind an escaped line break": ('a: "one \\\n   two"', "two", "2:4"),
    "in single quotes of two lines": ("a: 'one\n  it''s two'", "two", "2:9"),
    "behind an anchor": ("a: &x 'one two'", "two", "1:12"),
    "in flow style": ("{b: 1, a: 'one two'}", "two", "1:16"),
    "an expression behind its beginning": ("a: ${state.x}", "state", "1:6"),
}


@pytest.mark.parametrize(("text", "part", "place"), PLACES.values(), ids=PLACES)
def test_a_part_of_a_text_is_found(text: str, part: str, place: str) -> None:
    assert place_of(text, part) == place


def test_what_an_alias_stands_for_is_at_the_alias() -> None:
    document = parse_yaml("x: &k one two\na: *k", FILE)
    assert document.within(("a",), 4) == "f.yaml:2:4"


LETTERS = st.text(alphabet="ab'\"月🌕é\\:#", min_size=1, max_size=6)
TEXTS = st.lists(LETTERS, min_size=1, max_size=6).map(" ".join)


@pytest.mark.parametrize("style", ["'", '"', "|", ">"])
@given(text=TEXTS, indent=st.integers(0, 6))
@settings(max_examples=100, deadline=None)
def test_every_letter_is_found_where_it_is_written(style: str, text: str, indent: int) -> None:
    quoted = {
        "'": "'" + text.replace("'", "''").replace(" ", "\n   ") + "'",
        '"': '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace(" ", "\n   ") + '"',
    }
    pad = " " * (indent + 1)
    block = f"{style}\n" + "\n".join(pad + word for word in text.split(" ")) + "\n"
    document = parse_yaml(f"a: {quoted.get(style, block)}\n", FILE)
    value = document.value["a"]
    assume(not text.startswith(" "))
    assert [letter_at(document, i) for i, c in enumerate(value) if not c.isspace()] == [
        c for c in value if not c.isspace()
    ]


def letter_at(document: Document, shift: int) -> str:
    """The letter in the file where the value's is said to be; an escape stands for what it escapes."""
    line, column = map(int, document.within(("a",), shift).removeprefix("f.yaml:").split(":"))
    rest = document.lines[line - 1][column - 1 :]
    return rest[1] if rest[0] == "\\" and document.text.startswith('a: "') else rest[0]

"""The picture and the tables show every strategy."""

import itertools
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.agents.models.cached_chat import Asked
from antiphon.agents.models.chat import Usage
from antiphon.workflows.compare.figures import Figures
from antiphon.workflows.compare.metering import spent
from antiphon.workflows.compare.picture import HEIGHT_LEAST, LINE, RIGHT, WIDTH, picture
from antiphon.workflows.compare.statistics import difference, wilson
from antiphon.workflows.compare.table import markdown, notes_of

SVG = "{http://www.w3.org/2000/svg}"


def row(name: str, right: int, count: int, written: float, calls: float = 1.0) -> Figures:
    low, high = wilson(right, count)
    return Figures(name, right, count, low, high, 2 * written, written, calls, 1.5, 0.0, 0, 0)


def drawn(rows: list[Figures]) -> ElementTree.Element:
    return ElementTree.fromstring(picture(rows, title="Strategies on <sums> & more", about="a model"))


figures = st.builds(
    lambda name, right, more, written, calls: row(name, right, right + more, written, calls),
    st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp", "Zs", "Cn"), max_codepoint=0xFFFD), min_size=1),
    st.integers(0, 500),
    st.integers(0, 500),
    st.floats(0, 1e6),
    st.floats(0, 1000),
)


@given(st.lists(figures, min_size=1, max_size=12))
def test_a_picture_is_svg_and_shows_every_strategy_within_its_frame(rows: list[Figures]) -> None:
    root = drawn(rows)
    height = float(root.attrib["viewBox"].split()[3])
    points = [one for one in root.iter(f"{SVG}circle") if one.attrib["r"] == "6"]
    names = [one for one in root.iter(f"{SVG}text") if one.attrib.get("class") == "name"]
    assert len(points) == len(names) == len(rows)
    assert height >= HEIGHT_LEAST
    assert all(0 < float(one.attrib["cx"]) < RIGHT + 30 * len(rows) for one in points)
    assert all(0 < float(one.attrib["cy"]) < height for one in points)
    assert all(0 < float(one.attrib["y"]) < height - LINE / 2 for one in names)


def test_names_never_lie_over_one_another() -> None:
    root = drawn([row(f"row {i}", 30, 100, 100) for i in range(6)])
    at = sorted(float(one.attrib["y"]) for one in root.iter(f"{SVG}text") if one.attrib.get("class") == "name")
    assert all(b - a >= LINE - 0.11 for a, b in itertools.pairwise(at))


def test_every_name_is_in_the_picture_for_those_who_cannot_see_it() -> None:
    titles = [one.text or "" for one in drawn([row("direct", 30, 100, 100)]).iter(f"{SVG}title")]
    assert titles == [
        "Strategies on <sums> & more: accuracy over tokens written for a question",
        "direct: 30 of 100 right, 22% to 40%",
    ]


def test_without_tokens_the_calls_are_counted() -> None:
    assert "calls of the model" in picture([row("direct", 1, 2, 0)], title="", about="")


def test_it_is_as_wide_as_it_says() -> None:
    assert drawn([row("direct", 1, 2, 3)]).attrib["viewBox"].split()[2] == str(WIDTH)


def test_a_table_has_a_line_for_every_strategy() -> None:
    over = difference([True] * 4 + [False], [True] * 3 + [False] * 2)
    rows = [row("direct", 3, 5, 20), replace(row("thinking", 4, 5, 1234), over_first=over)]
    assert markdown(rows).splitlines()[2:] == [
        "| direct | 3/5 60.0% (23% to 88%) |  |  | 40 | 20 | 1.0 | 1.5 |",
        "| thinking | 4/5 80.0% (38% to 96%) | +20.0 (-28.5 to +58.8) | 1.000 | 2,468 | 1,234 | 1.0 | 1.5 |",
    ]


def test_what_was_known_from_before_is_told() -> None:
    rows = [replace(row("direct", 3, 5, 20), kept_calls=0.5)]
    assert notes_of(rows) == ["Calls that were known from before, counted as when first asked: direct 50%."]


def asked(began: float, ended: float, seconds: float, kept: bool) -> Asked:
    return Asked(Usage(10, 2), seconds, began, ended, kept)


@pytest.mark.parametrize(
    ("wall_s", "calls", "seconds"),
    [
        (5.0, [asked(0, 5, 5, False)], 5.0),
        (0.1, [asked(0, 0.1, 5, True)], 5.0),
        (0.3, [asked(0, 0.1, 5, True), asked(0.2, 0.3, 4, True)], 9.1),
        (0.1, [asked(0, 0.1, 5, True), asked(0.01, 0.1, 4, True)], 5.0),
        (6.0, [asked(0, 6, 6, False), asked(0, 0.1, 4, True)], 6.0),
        (3.0, [asked(0, 3, 3, False), asked(0, 0.1, 4, True)], 4.0),
    ],
)
def test_kept_replies_take_as_long_as_when_first_asked(wall_s: float, calls: list[Asked], seconds: float) -> None:
    """One after another they add up; side by side the longest counts."""
    assert spent(wall_s, calls).seconds == pytest.approx(seconds)

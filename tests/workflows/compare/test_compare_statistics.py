"""What chance may do: against published figures, and what holds for all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.workflows.compare.statistics import difference, holm, mcnemar, wilson

pairs = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60)


def test_wilson_gives_the_published_interval() -> None:
    """Newcombe 1998, Statistics in Medicine 17, p. 857, table I: 81 of 263."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


@given(st.integers(0, 300), st.integers(0, 300))
def test_an_interval_holds_the_share_and_stays_between_0_and_1(hits: int, misses: int) -> None:
    low, high = wilson(hits, hits + misses)
    assert 0 <= low <= hits / max(hits + misses, 1) <= high <= 1 or hits + misses == 0


def test_without_items_nothing_is_known() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_mcnemar_is_the_binomial_test() -> None:
    """10 against 2 of 12: 2 * (1 + 12 + 66) / 4096."""
    assert mcnemar(10, 2) == pytest.approx(158 / 4096)


@given(st.integers(0, 1200), st.integers(0, 1200))
def test_mcnemar_is_a_probability_and_does_not_care_who_is_who(ours: int, theirs: int) -> None:
    assert 0 <= mcnemar(ours, theirs) == mcnemar(theirs, ours) <= 1


def test_the_interval_of_a_paired_difference_is_the_published_one() -> None:
    """Newcombe 1998, Statistics in Medicine 17, p. 2635, table II, method 10: 36, 12, 2, 0."""
    ours = [True] * 48 + [False] * 2
    theirs = [True] * 36 + [False] * 12 + [True] * 2
    found = difference(ours, theirs)
    assert (found.by, found.low, found.high) == pytest.approx((0.2, 0.0569, 0.3404), abs=5e-5)


@given(pairs)
def test_a_difference_lies_in_its_interval(answers: list[tuple[bool, bool]]) -> None:
    ours, theirs = zip(*answers, strict=True)
    found = difference(ours, theirs)
    assert -1 <= found.low <= found.by + 1e-9
    assert found.by - 1e-9 <= found.high <= 1


@given(pairs)
def test_a_difference_turned_round_has_the_other_sign(answers: list[tuple[bool, bool]]) -> None:
    ours, theirs = zip(*answers, strict=True)
    one, other = difference(ours, theirs), difference(theirs, ours)
    assert (one.by, one.low, one.high) == pytest.approx((-other.by, -other.high, -other.low))


def test_holm_corrects_for_the_number_of_tests() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


@given(st.lists(st.floats(0, 1), max_size=8))
def test_corrected_p_values_are_never_smaller_and_keep_their_order(ps: list[float]) -> None:
    corrected = holm(ps)
    order = sorted(range(len(ps)), key=lambda i: ps[i])
    assert all(p <= q <= 1 for p, q in zip(ps, corrected, strict=True))
    assert [corrected[i] for i in order] == sorted(corrected)

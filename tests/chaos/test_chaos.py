"""Runs that are killed at any moment and gone on with: they come to the same, and nothing happens twice."""

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from .processes import PHASES, Forker, Fresh
from .suite import History, history_of

SEEDS = int(os.environ.get("ANTIPHON_CHAOS_SEEDS", "20"))
FRESH = 10
"""Every so manieth run has a new interpreter for each of its processes."""
AT_ONCE = 2


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory, undisturbed: History) -> Iterator[list[History]]:
    """What became of runs that were killed."""
    folder = tmp_path_factory.mktemp("chaos")

    def some(first: int) -> list[History]:
        with Forker() as forker:
            return [
                history_of(seed, folder / f"{seed}", forker if seed % FRESH else Fresh(), undisturbed)
                for seed in range(first, SEEDS + 1, AT_ONCE)
            ]

    with ThreadPoolExecutor(AT_ONCE) as threads:
        found = [one for some_ in threads.map(some, range(1, AT_ONCE + 1)) for one in some_]
    yield sorted(found, key=lambda history: history.seed)
    for line in summary(found):
        print(line)


def summary(found: list[History]) -> Iterator[str]:
    """Figures, shown with `pytest -s`."""
    where = Counter(phase for one in found for kill in one.kills for phase in kill)
    yield f"\n{len(found)} runs, {sum(one.processes for one in found)} processes"
    yield f"{sum(len(one.kills) for one in found)} kills: {dict(where)}"
    yield f"settled by a person: {dict(Counter(verdict for one in found for _, verdict in one.settled))}"
    seconds = [one.seconds for one in found]
    yield f"seconds for one run: {sum(seconds) / len(seconds):.1f} on average, {max(seconds):.1f} at most"


def test_every_run_comes_to_its_end(killed: list[History]) -> None:
    assert [one for one in killed if one.status != "done"] == []


def test_every_run_has_the_same_output(killed: list[History], undisturbed: History) -> None:
    assert [(one, one.output) for one in killed if one.output != undisturbed.output] == []


def test_every_effect_happens_once_with_a_key_or_without(killed: list[History], undisturbed: History) -> None:
    assert [(one, one.effects) for one in killed if one.effects != undisturbed.effects] == []


def test_every_key_is_in_the_ledger_once(killed: list[History]) -> None:
    keys = Counter(effect["key"] for one in killed for effect in one.ledger if effect["key"])
    assert [key for key, times in keys.items() if times > 1] == []


def test_what_a_person_said_did_not_happen_had_not_happened(killed: list[History]) -> None:
    """The effects that were settled as `void` are in the ledger once: as they were made after that."""
    said = [(one, what) for one in killed for what, verdict in one.settled if verdict == "void"]
    assert [one for one, what in said if sum(effect["what"] == what for effect in one.ledger) != 1] == []


def test_no_question_is_put_again_after_its_answer_was_stored(killed: list[History]) -> None:
    assert [one for one in killed if one.again] == []


def test_every_approval_and_question_is_asked_under_one_key(killed: list[History], undisturbed: History) -> None:
    assert [one for one in killed if one.questions != undisturbed.questions] == []


def test_every_call_is_known_to_have_been_made(killed: list[History], undisturbed: History) -> None:
    assert [one for one in killed if one.calls != undisturbed.calls] == []


def test_the_kills_fell_inside(killed: list[History]) -> None:
    """A suite that hits nothing shows nothing."""
    where = Counter(phase for one in killed for kill in one.kills for phase in kill)
    assert where.total() >= sum(len(one.kills) for one in killed) >= SEEDS
    assert where["before an effect"] + where["after an effect"] + where["while an effect is written down"] >= SEEDS / 5
    assert len(where) == len(PHASES) or SEEDS < 100

"""The programs that are shown to a model are right."""

import pytest

from antiphon.agents.planning.program_words import WORKED


@pytest.mark.parametrize("language", WORKED)
def test_the_programs_that_are_shown_come_to_the_right_answers(language: str) -> None:
    found = []
    for one in WORKED[language]:
        names: dict[str, object] = {}
        exec(one.program, names)
        solution = names["solution"]
        assert callable(solution)
        found.append(solution())
    assert found == [60, 30, 20]

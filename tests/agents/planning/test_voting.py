"""Answers are counted in their normal form."""

from antiphon.agents.planning.voting import Vote, majority


def test_the_answer_given_most_often_wins() -> None:
    assert majority(["3", "4", "", "4"], "number") == Vote("4", {"4": 2, "3": 1})


def test_of_answers_given_equally_often_the_first_wins() -> None:
    assert majority(["3", "4", "4", "3"], "number").answer == "3"


def test_of_answers_given_equally_often_the_surest_wins() -> None:
    assert majority(["3", "4", "4", "3"], "number", [-0.5, -0.9, -0.1, None]).answer == "4"


def test_texts_that_are_alike_vote_together_in_the_words_of_the_first() -> None:
    assert majority(["red", "The blue whale.", "blue whale"], "text").answer == "The blue whale."


def test_without_answers_nothing_wins() -> None:
    assert majority(["", ""], "number") == Vote("", {})

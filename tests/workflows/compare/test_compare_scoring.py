"""Whether an answer is right."""

import pytest

from antiphon.workflows.compare.scoring import is_right


@pytest.mark.parametrize(
    ("scorer", "answer", "expected"),
    [
        ("exact", " Paris. ", "paris"),
        ("exact", "Let me see. It lies on the Seine.\nAnswer: Paris", "Paris"),
        ("exact", "巴黎。", "巴黎"),
        ("exact", "３.５", "3.5"),
        ("number", "So she has 1,234.50 dollars.", "1234.5"),
        ("number", "16 - 3 - 4 = 9, 9 * 2 = 18. Answer: $18.00", "She makes <<9*2=18>>18.\n#### 18"),
        ("number", "答案：三十五个", "35"),
        ("number", "Answer: 1/2", "0.5"),
        ("contains", "It is in Paris, France.", "paris"),
        ("contains", "首都是巴黎", "巴黎"),
        ("choice", "Because it is blue. Answer: (C)", "C"),
        ("choice", "The answer is B.", "b"),
        ("choice", "答案：是", "yes"),
    ],
)
def test_this_is_right(scorer: str, answer: str, expected: str) -> None:
    assert is_right(scorer, answer, [expected])


@pytest.mark.parametrize(
    ("scorer", "answer", "expected"),
    [
        ("exact", "-5", "5"),
        ("exact", "Paris or London", "Paris"),
        ("exact", "", "Paris"),
        ("number", "I do not know", "5"),
        ("number", "5, and then 6", "5"),
        ("contains", "a party", "art"),
        ("contains", "51", "5"),
        ("choice", "I cannot tell", "C"),
        ("choice", "Answer: A", "C"),
    ],
)
def test_this_is_wrong(scorer: str, answer: str, expected: str) -> None:
    assert not is_right(scorer, answer, [expected])


def test_one_of_several_right_answers_is_enough() -> None:
    assert is_right("exact", "UK", ["United Kingdom", "UK"])

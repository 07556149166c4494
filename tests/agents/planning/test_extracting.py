"""One extractor reads the answer out of what any strategy wrote."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.agents.planning.extracting import alike, final_answer, final_number, visible_answer

NUMBERS = [
    ("3 * 12 = 36, less 6 is 30.\nAnswer: $1,234.50 dollars", "1234.5"),
    ("**Answer:** 18", "18"),
    ("**Answer**: **18 eggs**", "18"),
    ("Answer: 3 * 12 = 36 rolls in 2 days", "36"),
    ("Answer: 3\nNo, wait.\nAnswer: 4", "4"),
    ("Answer:\n\n42", "42"),
    ("The total is 100. Answer:", "100"),
    ("So the answer is 5. That leaves 7", "5"),
    ("She has 5.\n#### 540", "540"),
    (r"so \(\boxed{70,000}\)", "70000"),
    (r"\boxed{24 \text{ apples}}", "24"),
    (r"\boxed{\dfrac{3}{4}}", "0.75"),
    (r"\boxed{1{,}000}", "1000"),
    ("x = 4. Answer: $\\$18$", "18"),
    ("it loses −$5.00.", "-5"),
    ("$-7", "-7"),
    ("10 - 5", "5"),
    ("5-10", "10"),
    ("- 12 eggs", "12"),
    ("25%", "25"),
    ("2 1/2 cups", "2.5"),
    ("2½", "2.5"),
    ("33.333333333333336", "33.3333333333"),
    ("0.30000000000000004", "0.3"),
    ("0." + "3" * 5000, "0.333333333333"),
    ("1e-3", "0.001"),
    ("2 million people", "2000000"),
    ("Answer: twenty-one", "21"),
    ("答案：十二个", "12"),
    ("答案是三万五千", "35000"),
    ("答案：负五", "-5"),
    ("答案：三点五", "3.5"),
    ("答案：三分之一", "0.333333333333"),
    ("百分之二十五", "25"),
    ("一共1亿2000万", "120000000"),
    ("３５个", "35"),
]


@pytest.mark.parametrize(("text", "number"), NUMBERS)
def test_a_number_is_found_and_put_in_normal_form(text: str, number: str) -> None:
    assert final_number(text) == number


@pytest.mark.parametrize(
    "text", ["", "nothing", "Answer: 12/0", "9" * 5000, "\\boxed{" * 3000, "1e999", "一二三四五" * 300]
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert final_number(text) is None


@given(
    st.text(
        alphabet=st.sampled_from("0123456789.,-/%$ \n一二十百千万亿点分之负answer:答案：#\\boxedfrac{}*e½"), max_size=80
    )
)
def test_a_normal_form_stays_as_it_is(text: str) -> None:
    number = final_number(text)
    assert number is None or final_number(number) == number


@given(st.integers(-(10**15), 10**15))
def test_a_whole_number_with_separators_is_read_exactly(number: int) -> None:
    assert final_number(f"Answer: {number:,}") == str(number)


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("Answer: (B) blue", "B"),
        ("(b) is right. So the answer is (C).", "C"),
        ("Answer: Yes, it is", "yes"),
        ("答案：否", "no"),
        ("A cat", ""),
    ],
)
def test_a_choice_is_a_letter_or_yes_or_no(text: str, choice: str) -> None:
    assert final_answer(text, "choice") == choice


def test_a_text_is_what_stands_after_the_marker() -> None:
    assert final_answer("I think so.\n**Answer:** It is blue.\nReally. ", "text") == "It is blue.\nReally."


@pytest.mark.parametrize(
    "text",
    ["Answer: 4? No wait.\nAnswer: 5", "My answer: 4.\n**Answer**: 5", "答案：4。不对，答案：5", "Answer: 5\nAnswer:"],
)
def test_of_several_markers_the_last_with_an_answer_counts(text: str) -> None:
    assert final_answer(text, "text") == "5"


def test_what_is_taken_back_is_not_shown_further() -> None:
    text = "Answer: 4? No wait.\n**Answer:** 5"
    seen = [visible_answer(text[:end]) for end in range(len(text) + 1)]
    assert (seen[-1], max(seen, key=len)) == ("4? No wait.", "4? No wait.")


def test_a_text_without_a_marker_is_the_whole_of_it() -> None:
    assert final_answer(" It is blue. ", "text") == "It is blue."


@given(st.text(alphabet=st.sampled_from("Answer: 答案：*_ \nab"), max_size=60))
def test_what_is_shown_of_an_answer_only_grows(text: str) -> None:
    seen = [visible_answer(text[:end]) for end in range(len(text) + 1)]
    assert all(later.startswith(sooner) for sooner, later in pairwise(seen))


def test_texts_are_alike_but_for_case_width_articles_and_punctuation() -> None:
    assert alike("The  Blue, Ｗhale!") == alike("blue whale")

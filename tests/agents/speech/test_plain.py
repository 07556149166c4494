"""What is written for the eye, made fit for the ear."""

import pytest

from antiphon.agents.speech.plain import Plain, plain


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("# Bees\n- **They** make *honey*.", "Bees\nThey make honey."),
        ("See [the docs](https://a.b/c) now.", "See the docs now."),
        ("See https://example.org/a?b=1.", "See link."),
        ("Bees fly [1][2, 3].", "Bees fly."),
        ("蜜蜂会飞【1】。", "蜜蜂会飞。"),
        ("Call `print` now.", "Call print now."),
        ("Well done! 🎉👍🏽", "Well done!"),
        ("❤️", ""),
        ("a<br>b", "a b"),
        ("| Name | Age |\n|---|---|\n| Li | 8 |", "Name, Age\nLi, 8"),
        ("> It is so.\n\n---\nYes.", "It is so.\nYes."),
        ("3 * 4 = 12 and 2*3", "3 * 4 = 12 and 2*3"),
        ("x < 5 and y > 3", "x < 5 and y > 3"),
        ("It is 25°C → warm.", "It is 25°C → warm."),
        ("Code:\n```python\nprint('no.')\n```\nDone.", "Code:\nDone."),
        ("snake_case stays, _this_ does not", "snake_case stays, this does not"),
    ],
)
def test_marks_for_the_eye_are_not_spoken(written: str, spoken: str) -> None:
    assert plain(written) == spoken


def test_an_address_is_named_in_the_language_of_the_answer() -> None:
    assert plain("请看https://example.org/a，好吗？", "zh") == "请看链接，好吗？"


def test_code_is_left_out_clause_by_clause() -> None:
    strip = Plain()
    assert [strip.clause(clause) for clause in ("```", "x = 1;", "```", "Done.")] == ["", "", "", "Done."]

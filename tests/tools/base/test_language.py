"""Which language a text is in."""

import pytest

from antiphon.tools.base.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Why is the sky blue?", "en"),
        ("天空为什么是蓝色的？", "zh"),
        ("用Python写一个程序", "zh"),
        ("The word 你好 means hello, my friend", "en"),
        ("空はなぜ青いの？", "ja"),
        ("하늘은 왜 파란가요?", "ko"),
        ("Почему небо голубое?", "ru"),
        ("1 + 1 = 2", "en"),
        ("", "en"),
    ],
)
def test_the_language_is_that_of_most_of_the_text(text: str, language: str) -> None:
    assert language_of(text) == language


def test_a_text_without_letters_is_in_the_language_one_says() -> None:
    assert language_of("3.14", default="zh") == "zh"

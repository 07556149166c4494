"""A plain question is told by its words, so that no model need be asked."""

import pytest

from antiphon.tools.knowledge.questions import is_question


@pytest.mark.parametrize(
    "text", ["Why do cats purr?", "um, what is a quark", "Did Napoleon win?", "飞机为什么能飞？", "巧克力是谁发明的呀"]
)
def test_a_question_about_the_world_is_one(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize(
    "text",
    [
        *("Hello!", "How are you?", "Good night", "How do you spell because?", "Tom has 5 apples. How many are left?"),
        *("你好呀", "谢谢老师", "小明有十二颗糖，还剩几颗？", "帮我用“因为”造个句子"),
    ],
)
def test_small_talk_and_exercises_are_not(text: str) -> None:
    assert not is_question(text)

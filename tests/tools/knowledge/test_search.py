"""Search over the tutor's own articles, with questions as children ask them."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.tools.base.errors import InputError
from antiphon.tools.knowledge.folder import read_folder
from antiphon.tools.knowledge.passages import Passage, split
from antiphon.tools.knowledge.search import Search

KNOWLEDGE = Path(__file__).parents[3] / "workflows" / "library" / "child_tutor" / "knowledge"

ENGLISH = {
    "How come there are so many colors in a rainbow?": "rainbow",
    "Can I walk to where the rainbow touches the ground?": "rainbow",
    "Why don't clouds fall on our heads?": "cloud",
    "What is fog?": "cloud",
    "Why do I hear the boom after the flash in a storm?": "lightning",
    "Is it dangerous to be under a tree in a thunderstorm?": "lightning",
    "What do pandas like to eat for dinner?": "giant-panda",
    "How do bees make honey?": "honey-bee",
    "Will a bee die if it stings me?": "honey-bee",
    "how heavy is the heart of a blue whale": "blue-whale",
    "Is a whale a fish?": "blue-whale",
    "What killed all the dinosaurs?": "dinosaur",
    "Are chickens really dinosaurs?": "dinosaur",
    "How many hearts has an octopus got?": "octopus",
    "How do plants eat without a mouth?": "photosynthesis",
    "Why does my heart go so fast when I run?": "heart",
    "Who was the first man on the moon?": "moon",
    "How hot is the middle of the sun?": "sun",
    "Why isn't Pluto a planet any more?": "solar-system",
    "Can astronauts see the Great Wall of China?": "great-wall",
}
CHINESE = {
    "彩虹为什么是弯的呀": "rainbow",
    "为什么下过雨会有彩虹？": "rainbow",
    "云那么重，怎么不会掉下来呢？": "cloud",
    "天上的云是什么做的": "cloud",
    "打雷的时候可以躲到树底下吗": "lightning",
    "熊猫宝宝刚生下来有多大？": "giant-panda",
    "大熊猫一天到晚都在吃吗": "giant-panda",
    "蜜蜂蜇了人以后会怎么样": "honey-bee",
    "世界上最大的动物是哪一种": "blue-whale",
    "鲸鱼怎么喘气呀？": "blue-whale",
    "恐龙是怎么死光的？": "dinosaur",
    "现在还有活着的恐龙吗": "dinosaur",
    "章鱼的血是什么颜色的": "octopus",
    "树叶为什么是绿色的？": "photosynthesis",
    "小朋友的心脏一分钟跳多少次": "heart",
    "月亮为什么有时候圆有时候弯": "moon",
    "太阳离我们有多远？": "sun",
    "哪颗行星最热？": "solar-system",
    "火山为什么会喷火": "volcano",
    "磁铁能吸住铜吗？": "magnet",
}
OUTSIDE = {
    "Why is the sky blue?": "en",
    "How many legs does a spider have?": "en",
    "Who invented the telephone?": "en",
    "What is seven times eight?": "en",
    "Why do cats purr?": "en",
    "How do airplanes stay in the air?": "en",
    "What is the capital of France?": "en",
    "Why do I have to go to bed early?": "en",
    "How tall is a giraffe?": "en",
    "What are trains made of?": "en",
    "蜘蛛有几条腿？": "zh",
    "飞机为什么能飞起来": "zh",
    "一年有多少天？": "zh",
    "谁发明了电话？": "zh",
    "猫为什么会打呼噜": "zh",
    "法国的首都在哪里": "zh",
    "长颈鹿的脖子为什么那么长？": "zh",
    "人为什么要睡觉": "zh",
    "巧克力是怎么做出来的": "zh",
    "高铁一个小时能跑多远": "zh",
}


@pytest.fixture(scope="module")
def search() -> Iterator[Search]:
    with Search(passage for article in read_folder(KNOWLEDGE) for passage in split(article)) as search:
        yield search


def right(search: Search, questions: dict[str, str], language: str) -> int:
    """How many questions find their article first."""
    found = {question: search.find(question, language, limit=1) for question in questions}
    return sum([one.passage.article for one in found[question]] == [questions[question]] for question in questions)


def test_english_questions_find_their_article_first(search: Search) -> None:
    """The one that does not speaks of a boom and a flash: other words than the article's."""
    assert right(search, ENGLISH, "en") >= 19


def test_chinese_questions_find_their_article_first(search: Search) -> None:
    assert right(search, CHINESE, "zh") == 20


@pytest.mark.parametrize(("question", "language"), OUTSIDE.items())
def test_a_question_about_something_else_finds_nothing(search: Search, question: str, language: str) -> None:
    assert search.find(question, language) == []


def test_a_question_of_few_words_finds_the_article_it_names(search: Search) -> None:
    assert search.find("moon", "en")[0].passage.article == "moon"


def test_a_question_whose_language_was_mistaken_still_finds_its_article(search: Search) -> None:
    assert search.find("月亮有多远", "en")[0].passage.language == "zh"


def test_the_longest_name_wins(search: Search) -> None:
    assert {one.passage.article for one in search.find("太阳系有多大", "zh")} == {"solar-system"}


def test_a_name_of_one_character_is_not_named_inside_another_word(search: Search) -> None:
    assert search.find("云南好玩吗", "zh") == []


def test_a_plural_names_the_article_too(search: Search) -> None:
    assert search.find("Tell me about volcanoes", "en")[0].passage.article == "volcano"


def test_a_question_takes_less_than_5_ms(search: Search) -> None:
    """The median, so that a busy machine does not decide."""
    questions = [*((question, "en") for question in ENGLISH), *((question, "zh") for question in CHINESE)]
    times = []
    for question, language in questions:
        start = time.perf_counter()
        search.find(question, language)
        times.append(time.perf_counter() - start)
    assert sorted(times)[len(times) // 2] < 0.005


@given(st.text())
def test_any_text_may_be_asked(search: Search, question: str) -> None:
    assert all(0 < one.score <= 1.000001 for one in search.find(question, "en"))


@given(
    st.lists(
        st.sampled_from(['"', "moon", "月", "亮", "AND", "OR", "NOT", "NEAR(", "*", "title:", "^", "-", "(", "\0"])
    )
)
def test_the_search_language_has_no_meaning_in_a_question(search: Search, pieces: list[str]) -> None:
    for language in ("en", "zh"):
        assert len(search.find(" ".join(pieces), language)) <= 3


@given(st.text(), st.text(), st.text())
def test_any_text_may_be_indexed(title: str, text: str, question: str) -> None:
    with Search([Passage("id", title, "", text, "en", "a.md:1", also=(question,))]) as search:
        assert len(search.find(question, "en")) <= 1


def test_nothing_is_found_where_there_is_nothing() -> None:
    with Search([]) as search:
        assert search.find("Why is the Moon round?", "en") == []


def test_a_limit_below_1_is_refused(search: Search) -> None:
    with pytest.raises(InputError, match="at least 1 passage must be asked for, not 0"):
        search.find("moon", "en", limit=0)

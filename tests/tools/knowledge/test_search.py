"""Search over the tutor's own articles, with questions as children ask them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.tools.base.errors import InputError
from antiphon.tools.knowledge.embedding import Embed
from antiphon.tools.knowledge.passages import Article, Passage
from antiphon.tools.knowledge.search import Search, judged
from antiphon.tools.knowledge.store import Store

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
    "What is the capital of France?": "en",
    "Why do I have to go to bed early?": "en",
    "How tall is a giraffe?": "en",
    "蜘蛛有几条腿？": "zh",
    "飞机为什么能飞起来": "zh",
    "谁发明了电话？": "zh",
    "猫为什么会打呼噜": "zh",
    "法国的首都在哪里": "zh",
    "长颈鹿的脖子为什么那么长？": "zh",
    "巧克力是怎么做出来的": "zh",
    "高铁一个小时能跑多远": "zh",
}


@pytest.fixture(scope="module")
def by_words(tutor: Store) -> Search:
    return Search(tutor, ["tutor"])


@pytest.fixture(scope="module")
def hybrid(tutor: Store, embed: Embed) -> Search:
    return Search(tutor, ["tutor"], embed)


def right(search: Search, questions: dict[str, str], language: str) -> int:
    """How many questions find their article first."""
    found = {question: search.find(question, language, limit=1) for question in questions}
    return sum([one.passage.article for one in found[question]] == [questions[question]] for question in questions)


def answered(search: Search, question: str, language: str) -> bool:
    return any(one.is_evidence for one in search.find(question, language))


def test_english_questions_find_their_article_first(hybrid: Search) -> None:
    assert right(hybrid, ENGLISH, "en") >= 19


def test_chinese_questions_find_their_article_first(hybrid: Search) -> None:
    assert right(hybrid, CHINESE, "zh") >= 19


def test_words_alone_find_most_articles(by_words: Search) -> None:
    assert right(by_words, ENGLISH, "en") + right(by_words, CHINESE, "zh") >= 36


@pytest.mark.parametrize("way", ["by_words", "hybrid"])
def test_questions_about_something_else_have_no_evidence(way: str, request: pytest.FixtureRequest) -> None:
    """Some have words, or a meaning, that come near; most must not."""
    search = request.getfixturevalue(way)
    assert sum(answered(search, *one) for one in OUTSIDE.items()) <= 4


def test_what_another_word_means_is_found_too(hybrid: Search) -> None:
    assert hybrid.find("Why do stormy flashes boom?", "en")[0].passage.article == "lightning"


def test_meaning_crosses_languages_where_the_own_one_has_nothing(tutor: Store, embed: Embed) -> None:
    with Store() as store:
        store.put("b", Article("moon", "Moon", "en", "The Moon is about 384,000 km away from us."), stamp="", hash="")
        store.embed(["b"], embed)
        assert Search(store, ["b"], embed).find("月球离我们有多远", "zh")[0].passage.language == "en"


def test_a_question_of_few_words_finds_the_article_it_names(by_words: Search) -> None:
    assert by_words.find("moon", "en")[0].passage.article == "moon"


def test_a_question_whose_language_was_mistaken_still_finds_its_article(by_words: Search) -> None:
    assert by_words.find("月亮有多远", "en")[0].passage.language == "zh"


def test_the_longest_name_wins(by_words: Search) -> None:
    named = {one.passage.article for one in by_words.find("太阳系有多大", "zh", limit=50) if one.named}
    assert named == {"solar-system"}


def test_a_name_of_one_character_is_not_named_inside_another_word(by_words: Search) -> None:
    assert not any(one.named for one in by_words.find("云南好玩吗", "zh", limit=50))


def test_a_plural_names_the_article_too(by_words: Search) -> None:
    assert by_words.find("Tell me about volcanoes", "en")[0].named


@pytest.mark.parametrize("title", ["Where the wild geese go in winter", "大雁冬天到哪里去", "goose " * 25])
def test_a_long_name_is_named_by_a_question_that_holds_it(title: str) -> None:
    with Store() as store:
        store.put("b", Article("x", title, "en", "Far to the south."), stamp="", hash="")
        assert Search(store, ["b"]).find(f"Tell me: {title}, please", "en")[0].named


def test_a_question_about_a_moment_the_text_does_not_name_has_no_evidence(hybrid: Search) -> None:
    assert not answered(hybrid, "Did an octopus win a prize last Tuesday?", "en")


def test_a_base_is_searched_alone() -> None:
    with Store() as store:
        store.put("one", Article("moon", "Moon", "en", "The Moon is grey."), stamp="", hash="")
        store.put("two", Article("sun", "Sun", "en", "The Sun is hot."), stamp="", hash="")
        assert [one.passage.title for one in Search(store, ["two"]).find("moon or sun", "en")] == ["Sun"]


def test_vectors_of_another_model_are_not_mixed_with_ours(tutor: Store) -> None:
    class Other:
        name, dimensions = "other", 5

        def __call__(self, texts: Any, kind: Any) -> Any:
            raise AssertionError("there is nothing it could be compared with")

    assert Search(tutor, ["tutor"], Other()).find("How far is the moon?", "en")[0].near == ()


def test_the_same_question_finds_the_same(hybrid: Search) -> None:
    assert hybrid.find("How hot is the sun?", "en") == hybrid.find("How hot is the sun?", "en")


def test_pages_from_elsewhere_are_judged_by_their_meaning(embed: Embed) -> None:
    pages = [
        Passage("a", "Moon", "", "The Moon is about 384,000 km away from us.", "en", "web"),
        Passage("b", "Shop", "", "Our shop opens at nine and sells good shoes.", "en", "web"),
    ]
    assert [one.is_evidence for one in judged("How far is the moon?", pages, embed)] == [True, False]


@given(st.text())
def test_any_text_may_be_asked(by_words: Search, question: str) -> None:
    assert all(0 < one.score <= 1.000001 for one in by_words.find(question, "en"))


@given(st.text(max_size=30))
def test_any_text_may_be_asked_of_the_model(hybrid: Search, question: str) -> None:
    assert all(0 < one.score <= 1.000001 for one in hybrid.find(question, "en"))


@given(
    st.lists(
        st.sampled_from(['"', "moon", "月", "亮", "AND", "OR", "NOT", "NEAR(", "*", "title:", "^", "-", "(", "\0"])
    )
)
def test_the_search_language_has_no_meaning_in_a_question(by_words: Search, pieces: list[str]) -> None:
    for language in ("en", "zh"):
        assert len(by_words.find(" ".join(pieces), language)) <= 3


@given(st.text(), st.text(), st.text())
def test_any_text_may_be_indexed(title: str, text: str, question: str) -> None:
    clean = [part.encode(errors="replace").decode() for part in (title, text, question)]
    with Store() as store:
        store.put("b", Article("id", clean[0], "en", clean[1], (clean[2],)), stamp="", hash="")
        assert len(Search(store, ["b"]).find(question, "en")) <= 3


def test_nothing_is_found_where_there_is_nothing() -> None:
    with Store() as store:
        assert Search(store, ["none"]).find("Why is the Moon round?", "en") == []


def test_a_limit_below_1_is_refused(by_words: Search) -> None:
    with pytest.raises(InputError, match="at least 1 passage must be asked for, not 0"):
        by_words.find("moon", "en", limit=0)

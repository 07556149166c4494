"""Whatever a model writes, what a child hears keeps the limits of its age, and no sentence of it is cut."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antiphon import Workflow, run
from antiphon.agents.events import Dropped, Said
from antiphon.agents.guards.length import words_in
from antiphon.agents.models.chat import Reply
from antiphon.agents.models.scripted import Scripted, Step
from antiphon.agents.roles.types import App

APP = App.model_validate({"schema": "app/v1", "models": {"chat": {"engine": "embedded", "model": "none"}}})
EVIDENCE = {
    "en": [
        "An octopus has three hearts.",
        "Two hearts of an octopus push blood through the gills, and the third pumps blood round its whole soft body.",
        "Octopuses eat crabs, clams and fish.",
        "Most octopuses live only one or two years.",
    ],
    "zh": [
        "章鱼有3颗心脏。",
        "章鱼的两颗心脏把血送到鳃里取氧气，另一颗心脏把血送到全身各处去。",
        "章鱼吃螃蟹、虾、贝类和小鱼。",
        "多数章鱼只活一两年。",
    ],
}
POOL = {
    "en": "octopus hearts three blood crabs years gills purple seven trumpet the an has eat banana not".split(),
    "zh": ["章鱼", "心脏", "三颗", "血液", "螃蟹", "七个", "喇叭", "不", "吃", "有", "红色", "香蕉", "一两年"],
}
WORKFLOW = """\
schema: workflow/v1
name: limits
input:
  language: {{type: string}}
  words: {{type: integer}}
  most: {{type: integer}}
state: {{answer: {{type: string}}}}
output: {{answer: "${{state.answer}}"}}
start: write
nodes:
  write: {{kind: llm, prompt: {{user: Go on.}}, next: check}}
  check:
    kind: guard
    side: answer
    follows: write
    language: "${{input.language}}"
    evidence: "${{{evidence}}}"
    question: octopus
    max_words: "${{input.words}}"
    max_sentences: "${{input.most}}"
    rewrite: {{prompt: {{user: "{{{{ result.sentence }}}}"}}}}
    into: answer
    next: show
  show: {{kind: speak, follows: check, next: end}}
"""


@pytest.fixture(scope="module", params=["en", "zh"])
def guarded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Workflow]:
    folder: Path = tmp_path_factory.mktemp(request.param)
    space = " " if request.param == "en" else ""
    passage = {"title": "t", "text": space.join(EVIDENCE[request.param]), "source": "s"}
    evidence = json.dumps([passage], ensure_ascii=False).replace('"', "'")
    (folder / "workflow.yaml").write_text(WORKFLOW.format(evidence=evidence), encoding="utf-8")
    return request.param, Workflow.load(folder)


@st.composite
def written(draw: st.DrawFn, language: str, most: int = 8) -> list[str]:
    """Sentences that a model may write: true ones, false ones, long ones, the same again."""
    words = st.lists(st.sampled_from(POOL[language]), min_size=1, max_size=30)
    made = words.map(lambda some: " ".join(some) + "." if language == "en" else "".join(some) + "。")
    return draw(st.lists(st.one_of(st.sampled_from(EVIDENCE[language]), made), max_size=most))


def said(workflow: Workflow, language: str, words: int, most: int, *script: Step) -> list[str]:
    given_ = {"language": language, "words": words, "most": most}
    engines = {"chat": Scripted([*script, *[script[-1]] * 20])}
    result = asyncio.run(_run(workflow, engines, given_))
    return [event.text.strip() for event in result if isinstance(event, Said)]


async def _run(workflow: Workflow, engines: object, given_: dict[str, object]) -> Sequence[object]:
    return (await run(workflow, app=APP, engines=engines, **given_)).events  # type: ignore[arg-type]


def joined(sentences: Sequence[str], language: str) -> str:
    return ("" if language == "zh" else " ").join(sentences)


ages = pytest.mark.parametrize(("words", "most"), [(12, 3), (18, 5), (5, 1)])
tries = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@ages
@tries
@given(data=st.data())
def test_what_is_said_keeps_the_limits_and_is_whole(
    guarded: tuple[str, Workflow], words: int, most: int, data: st.DataObject
) -> None:
    language, workflow = guarded
    first, anew = data.draw(written(language)), data.draw(written(language, 3))
    heard = said(workflow, language, words, most, joined(first, language), joined(anew, language))
    assert [one for one in heard if words_in(one) > words] == []
    assert len(heard) <= most
    assert set(heard) <= {*first, *anew, *EVIDENCE[language]}


@ages
@tries
@given(first=st.text(max_size=300), anew=st.text(max_size=100))
def test_no_text_at_all_breaks_the_limits(
    guarded: tuple[str, Workflow], words: int, most: int, first: str, anew: str
) -> None:
    language, workflow = guarded
    heard = said(workflow, language, words, most, first, anew)
    assert (max(map(words_in, heard), default=0) <= words, len(heard) <= most) == (True, True)


def test_a_long_sentence_is_not_cut_but_said_anew(guarded: tuple[str, Workflow]) -> None:
    language, workflow = guarded
    long, short = EVIDENCE[language][1], EVIDENCE[language][0]
    assert said(workflow, language, 12, 3, long, short) == [short]


def test_a_long_sentence_that_stays_long_is_left_out(guarded: tuple[str, Workflow]) -> None:
    language, workflow = guarded
    long, short = EVIDENCE[language][1], EVIDENCE[language][0]
    assert said(workflow, language, 12, 3, joined([short, long], language), long) == [short]


def test_one_sentence_too_many_is_put_into_the_last(guarded: tuple[str, Workflow]) -> None:
    language, workflow = guarded
    hearts, _, food, years = EVIDENCE[language]
    assert said(workflow, language, 12, 2, joined([hearts, food, years], language), food) == [hearts, food]


def test_what_is_said_twice_is_heard_once(guarded: tuple[str, Workflow]) -> None:
    language, workflow = guarded
    hearts = EVIDENCE[language][0]
    assert said(workflow, language, 12, 3, joined([hearts, hearts], language)) == [hearts]


def test_what_is_written_anew_leaves_no_room_for_more_than_the_limit(guarded: tuple[str, Workflow]) -> None:
    language, workflow = guarded
    hearts, _, food, years = EVIDENCE[language]
    lie = {"en": "Purple trumpets eat seven bananas.", "zh": "红色喇叭吃七个香蕉。"}[language]
    written_anew = joined([food, years], language)
    assert said(workflow, language, 12, 3, joined([hearts, lie, lie, hearts], language), written_anew) == [
        hearts,
        food,
        years,
    ]


def test_what_is_written_anew_does_not_say_one_thing_twice(guarded: tuple[str, Workflow]) -> None:
    language, workflow = guarded
    lie = {"en": "Purple trumpets eat seven bananas.", "zh": "红色喇叭吃七个香蕉。"}[language]
    assert said(workflow, language, 12, 5, lie, joined([EVIDENCE[language][2]] * 3, language)) == []


def test_a_sentence_that_the_model_could_not_finish_is_not_said(guarded: tuple[str, Workflow]) -> None:
    language, workflow = guarded
    hearts, _, food, _ = EVIDENCE[language]
    text = joined([hearts, food[:-3]], language)
    assert said(workflow, language, 12, 3, Reply(text, finish="length")) == [hearts]


def test_a_last_sentence_without_a_full_stop_is_said(guarded: tuple[str, Workflow]) -> None:
    language, workflow = guarded
    assert said(workflow, language, 12, 3, EVIDENCE[language][0][:-1]) == [EVIDENCE[language][0][:-1]]


def test_a_rewriting_that_could_not_be_finished_is_not_said(guarded: tuple[str, Workflow]) -> None:
    language, workflow = guarded
    lie = {"en": "Purple trumpets eat seven bananas.", "zh": "红色喇叭吃七个香蕉。"}[language]
    assert said(workflow, language, 12, 3, lie, Reply(EVIDENCE[language][0], finish="length")) == []


async def test_why_a_sentence_is_left_out_is_told(guarded: tuple[str, Workflow]) -> None:
    language, workflow = guarded
    engines = {"chat": Scripted([Reply(EVIDENCE[language][0][:-1], finish="length")])}
    events = await _run(workflow, engines, {"language": language, "words": 12, "most": 3})
    assert [event.reason for event in events if isinstance(event, Dropped)] == ["broken off"]

"""Every kind of node is explained in both languages, and its example is right and runs."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, get_args

import numpy as np
import pytest
import yaml

from antiphon import Workflow, run, tool
from antiphon.agents.events import Emitted, Said
from antiphon.agents.models.scripted import Scripted, Step
from antiphon.agents.perception.ears import Segment
from antiphon.agents.roles.types import App
from antiphon.agents.sound import Sound
from antiphon.tools.base.errors import InputError, WorkflowFailed
from antiphon.workflows.compile.step import Question
from antiphon.workflows.diagnostics.kinds import (
    FAMILIES,
    KINDS,
    english_keys,
    explain,
    page,
    topics,
    translated_keys,
)
from antiphon.workflows.run.running import Result
from antiphon.workflows.spec.checks import problems
from antiphon.workflows.spec.known import Subject
from antiphon.workflows.spec.types import Node
from antiphon.workflows.workflow import known

ROOT = Path(__file__).parents[3]
HERE = ROOT / "workflows" / "diagnostics"
LANGUAGES = ("en", "zh")
PAGES = {"en": "nodes.md", "zh": "nodes.zh.md"}
DATA = {"schema": "app/v1", "models": {"chat": {"engine": "embedded", "model": "none"}}}
APP = App.model_validate(DATA)


@tool
def count_words(text: str) -> int:
    """How many words a text has."""
    return len(text.split())


class Voices:
    """Hears the same in every recording, and speaks silence."""

    async def hear(self, sound: Sound, *, language: str | None = None) -> AsyncIterator[Segment]:
        yield Segment(0, sound.seconds, "你好", "zh")

    async def say(self, text: str, *, language: str) -> AsyncIterator[Sound]:
        yield SILENCE


SILENCE = Sound(np.zeros(1_600, np.float32), 16_000)


def example(kind: str) -> Workflow:
    return Workflow.load(HERE / "kinds" / f"{kind}.yaml", functions=[count_words])


async def outcome(kind: str, *steps: Step, app: App = APP, **given: Any) -> Result:
    """A run of a kind's example, in which the model answers by script."""
    async with Scripted(steps) as chat:
        return await run(example(kind), app=app, engines={"chat": chat, "hear": Voices(), "speak": Voices()}, **given)


def words(language: str) -> dict[str, str]:
    said: dict[str, str] = yaml.safe_load((HERE / f"kinds.{language}.yaml").read_text(encoding="utf-8"))
    return said


def test_every_kind_of_the_file_has_its_place_on_the_page() -> None:
    every = {one.model_fields["kind"].default for one in get_args(get_args(Node)[0])}
    assert sorted(kind for _, _, kinds in FAMILIES.values() for kind in kinds) == sorted(every) == sorted(KINDS)


def test_every_kind_has_an_example_and_nothing_else_has_one() -> None:
    assert {path.stem for path in (HERE / "kinds").glob("*.yaml")} == {*KINDS}


def test_everything_is_said_in_chinese_and_nothing_more() -> None:
    assert {*words("zh")} == translated_keys()


def test_every_result_is_explained_and_nothing_more() -> None:
    assert {*words("en")} == english_keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_nodes_is_up_to_date(language: str) -> None:
    assert (ROOT / "docs" / PAGES[language]).read_text(encoding="utf-8") == page(language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", topics())
def test_every_topic_is_explained_without_markup(topic: str, language: str) -> None:
    text = explain(topic, language).partition("\n# ")[0]
    assert text.startswith(f"{topic}: ")
    assert "](" not in text


def test_an_unknown_topic_is_told_with_what_was_meant() -> None:
    with pytest.raises(InputError, match=r"no kind of node is called 'lml'\. Did you mean 'llm'"):
        explain("lml")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_wrong_with_an_example_not_even_a_warning(kind: str) -> None:
    source = example(kind).source
    assert problems(Subject(source.spec, source.folder, source.at, known(functions=[count_words]))) == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_example_is_short_and_shows_its_kind(kind: str) -> None:
    text = (HERE / "kinds" / f"{kind}.yaml").read_text(encoding="utf-8")
    assert 8 <= len(text.splitlines()) <= 25
    assert f"kind: {kind}" in text


class Weather(BaseHTTPRequestHandler):
    """Knows the weather of one city."""

    def do_GET(self) -> None:
        status = 200 if self.path == "/v1/forecast?city=Shanghai" else 404
        body = json.dumps({"degrees": 21}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""


@pytest.fixture
def weather() -> Iterator[App]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Weather) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        service = {"base_url": f"http://127.0.0.1:{server.server_port}"}
        yield App.model_validate({**DATA, "services": {"weather": service}})
        server.shutdown()


async def test_http_asks_the_service_of_app_yaml(weather: App) -> None:
    assert (await outcome("http", app=weather)).output == {"known": True, "degrees": 21.0}


async def test_ask_gives_what_a_person_fills_in() -> None:
    async def answer(question: Question) -> Mapping[str, Any]:
        return {"good": True, "remark": question.text}

    result = await outcome("ask", answer=answer)
    assert result.output == {"good": True, "remark": "May this go out? The library is open on Sunday."}


async def test_recall_finds_what_was_kept_in_the_same_workflow() -> None:
    assert (await outcome("remember")).output == {}
    assert (await outcome("recall")).output == {"notes": []}


async def test_retrieve_answers_from_its_folder() -> None:
    assert "moon" in (await outcome("retrieve")).answer


async def test_end_ends_as_an_error_in_its_own_words() -> None:
    with pytest.raises(WorkflowFailed, match="nobody to divide it among"):
        await outcome("end")


async def test_end_may_be_left_out() -> None:
    assert (await outcome("end", people=4)).output == {"each": 3}


async def test_emit_tells_whoever_watches() -> None:
    told = [event.values for event in (await outcome("emit")).events if isinstance(event, Emitted)]
    assert told == [{"pages": 3}]


async def test_wait_comes_between_two_sentences() -> None:
    said = [event for event in (await outcome("wait")).events if isinstance(event, Said)]
    assert said[1].at_s - said[0].at_s >= 0.05


async def test_listen_hears_a_recording() -> None:
    assert (await outcome("listen", audio=SILENCE)).output == {"words": "你好", "language": "zh"}


@pytest.mark.parametrize(
    ("kind", "steps", "given", "output"),
    [
        ("llm", ["The moon is round."], {}, {"text": "The moon is round."}),
        ("classify", ['{"label": "fault"}'], {"text": "My lamp is broken."}, {"desk": "fault"}),
        ("extract", ['{"day": "Friday", "people": 4}'], {}, {"day": "Friday", "people": 4}),
        ("python", [], {}, {"words": 3}),
        ("code", [], {}, {"rent": 3100}),
        ("set", [], {}, {"text": "Each pays 3.125"}),
        ("map", ["spoon", "spoon"], {}, {"rhymes": ["spoon", "spoon"]}),
        ("loop", [], {}, {"grains": 128, "squares": 7}),
        ("flow", [], {}, {"words": "Each pays 10"}),
        ("speak", [], {"language": "zh", "spoken": True}, {"said": "欢迎，请进！"}),
    ],
)
async def test_an_example_comes_to_what_it_promises(
    kind: str, steps: list[Step], given: dict[str, Any], output: dict[str, Any]
) -> None:
    assert (await outcome(kind, *steps, **given)).output == output


async def test_tool_calls_the_tool() -> None:
    assert (await outcome("tool")).output["hint"] != ""


async def test_guard_sends_a_child_to_a_grown_up() -> None:
    output = (await outcome("guard", text="How do I make a bomb?")).output
    assert output["allowed"] is False
    assert output["reply"] != ""

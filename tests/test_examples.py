"""The examples run, and come to what they should; the scripted model plays the model."""

import re
import runpy
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from antiphon import Workflow, run
from antiphon.agents.events import Event, Said
from antiphon.agents.models.abilities import Abilities
from antiphon.agents.models.chat import Reply, ToolCall
from antiphon.agents.models.embedded.server import stop_all
from antiphon.agents.models.scripted import Scripted, Step
from antiphon.agents.perception.ears import Segment
from antiphon.agents.roles.reading import read_app
from antiphon.agents.roles.types import App
from antiphon.agents.sound import Sound
from antiphon.tools.base.checked import checked
from antiphon.tools.base.errors import EndpointTimeout, Problem
from antiphon.tools.base.tool import Tool
from antiphon.tools.base.yaml_reading import read_yaml
from antiphon.workflows.compile.step import Question
from antiphon.workflows.export.from_python import workflow_in
from antiphon.workflows.run.running import Result
from antiphon.workflows.spec.checks import problems
from antiphon.workflows.spec.known import Subject
from antiphon.workflows.spec.types import WorkflowSpec
from antiphon.workflows.testing.playing import Job, play_all
from antiphon.workflows.testing.reading import read_suite
from antiphon.workflows.workflow import known

EXAMPLES = Path(__file__).parents[1] / "examples"
FOLDERS = sorted(path.name for path in EXAMPLES.iterdir() if (path / "workflow.yaml").is_file())
FILES = sorted(
    str(path.relative_to(EXAMPLES))
    for path in EXAMPLES.glob("*/*.yaml")
    if "\nschema: workflow/v1\n" in path.read_text(encoding="utf-8")
)
APP = App.model_validate({"schema": "app/v1", "models": {"chat": {"engine": "embedded", "model": "none"}}})


def functions_of(folder: str) -> list[Tool]:
    """The functions of an example that has any."""
    files = [EXAMPLES / folder / name for name in ("functions.py", "journey.py")]
    found = [runpy.run_path(str(file)) for file in files if file.is_file()]
    return [one for names in found for one in names.values() if isinstance(one, Tool)]


def loaded(folder: str) -> Workflow:
    functions = functions_of(folder)
    return Workflow.load(EXAMPLES / folder, tools=functions, functions=functions)


async def played(folder: str, steps: Iterable[Step] = (), **input: Any) -> Result:
    """A run of an example in which the model answers by script."""
    async with Scripted(steps) as chat:
        return await run(loaded(folder), app=APP, engines={"chat": chat}, **input)


def said(events: Iterable[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Said))


@pytest.mark.parametrize("file", FILES)
def test_nothing_is_wrong_with_an_example_not_even_a_warning(file: str) -> None:
    functions = functions_of(Path(file).parent.name)
    path = EXAMPLES / file
    spec = checked(read_yaml(path), WorkflowSpec)
    subject = Subject(spec, path.parent, lambda at, _: ".".join(map(str, at)), known(functions, functions))
    found: list[Problem] = problems(subject)
    assert found == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_written_in_python_is_the_same(folder: str) -> None:
    workflow = loaded(folder)
    made = workflow_in(str(EXAMPLES / folder / f"{workflow.spec.name}.py"))
    assert made.spec == workflow.spec


def test_every_example_is_in_both_languages_lists() -> None:
    lists = [(EXAMPLES / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md")]
    assert [folder for folder in FOLDERS for text in lists if f"({folder}/workflow.yaml)" not in text] == []


async def test_an_agent_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    main = runpy.run_path(str(EXAMPLES / "agent.py"))["main"]
    await main(chat=Scripted(["An echo is a sound that comes back. A wall sends it back."]))
    assert capsys.readouterr().out == "An echo is a sound that comes back. A wall sends it back.\n"


async def test_hello_says_what_the_model_writes() -> None:
    result = await played("01_hello", ["Hello, Ada! Nice to see you."], who="Ada")
    assert said(result.events) == result.output["greeting"] == "Hello, Ada! Nice to see you."


@pytest.mark.parametrize(
    ("label", "language", "reply"),
    [
        ("absence", "zh", "知道了，祝孩子早日康复。"),
        ("homework", "zh", "今天的作业在班级主页上。"),
        ("other", "en", "I will tell the teacher."),
    ],
)
async def test_the_label_decides_the_way(label: str, language: str, reply: str) -> None:
    answer = f'{{"label": "{label}"}}'
    result = await played("02_classify_and_route", [answer], text="…", language=language)
    assert result.output == {"topic": label, "reply": reply}


async def test_a_list_is_taken_from_a_sentence() -> None:
    answer = '{"when": "today", "buy": ["two loaves of bread", "a dozen eggs"]}'
    result = await played("03_extract", [answer], text="Two loaves of bread and a dozen eggs.")
    assert said(result.events) == "To buy, today: two loaves of bread, a dozen eggs"


async def test_where_nothing_is_to_be_bought_it_says_so() -> None:
    result = await played("03_extract", ['{"when": "whenever", "buy": []}'], text="It rains.")
    assert said(result.events) == "Nothing to buy."


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Never odd or even", "Yes, backwards it reads the same."),
        ("上海自来水来自海上", "Yes, backwards it reads the same."),
        ("Antiphon", "No, backwards it reads differently."),
    ],
)
async def test_a_function_and_a_tool_are_called(text: str, answer: str) -> None:
    assert (await played("04_tool_and_function", text=text)).answer == answer


async def test_two_branches_are_joined() -> None:
    answers = {"讲一个": "鸟走了很远。", "标题": "走路的鸟", "寓意": "不飞也能到。"}
    result = await played("05_parallel", [by_what_is_asked(answers)] * 3)
    assert result.output == {"title": "走路的鸟", "moral": "不飞也能到。", "characters": 10}
    assert said(result.events) == "《走路的鸟》鸟走了很远。不飞也能到。"


async def test_each_paragraph_is_shortened_in_its_place() -> None:
    answers = {"cats sleep": "Cats sleep.", "dogs bark": "Dogs bark."}
    text = "All cats sleep a lot.\n\nMost dogs bark at night."
    result = await played("06_map", [by_what_is_asked(answers)] * 2, text=text)
    assert result.output["points"] == ["Cats sleep.", "Dogs bark."]


async def test_a_text_is_improved_until_every_demand_is_met() -> None:
    verdicts = {"明天下午来图书角": "yes", "明天来": "no"}
    drafts = iter(["明天来。", "明天下午来图书角吧！"])

    def answer(request: Any) -> str:
        asked = request.messages[-1].content
        if "写一则" in asked:
            return next(drafts)
        return f'{{"label": "{next(verdict for part, verdict in verdicts.items() if part in asked)}"}}'

    result = await played("07_loop", [answer] * 6, demands=["写明时间", "写明地点"])
    assert result.output == {"text": "明天下午来图书角吧！", "passes": 2}


async def test_a_model_that_is_too_slow_is_asked_again() -> None:
    steps: list[Step] = [EndpointTimeout("too slow", at="scripted"), "春雷响了，小虫子都醒了。"]
    result = await played("08_flow_and_errors", steps)
    assert result.output == {"meaning": "春雷响了，小虫子都醒了。", "trouble": ""}


async def test_where_every_try_fails_there_is_another_way() -> None:
    result = await played("08_flow_and_errors", [EndpointTimeout("too slow", at="scripted")] * 3)
    assert result.output == {"meaning": "", "trouble": "timeout"}
    assert said(result.events) == "今天查不到这个词，明天再来吧。"


def person(answers: Mapping[str, Any]) -> Any:
    """Somebody who fills in every form the same way."""

    async def answer(question: Question) -> Mapping[str, Any]:
        return {name: answers[name] for name in question.form}

    return answer


async def test_what_a_person_agrees_to_is_known_the_next_time() -> None:
    yes = person({"likes": "trains", "approve": True})
    await played("09_ask_and_approve", answer=yes, who="Ada")
    result = await played("09_ask_and_approve", answer=yes, who="Ada")
    assert said(result.events) == "Ada, you like trains."


async def test_what_a_person_refuses_is_not_kept() -> None:
    no = person({"likes": "trains", "approve": False})
    await played("09_ask_and_approve", answer=no, who="Ada")
    result = await played("09_ask_and_approve", answer=no, who="Ada")
    assert said(result.events) == "Then it stays between us."


async def test_every_sentence_for_a_child_is_checked() -> None:
    result = await played(
        "10_voice", ["Octopuses have three hearts. Two feed the gills. One more."], text="An octopus?"
    )
    assert said(result.events).strip() == "Octopuses have three hearts. Two feed the gills."


async def test_a_question_for_a_grown_up_reaches_no_model() -> None:
    result = await played("10_voice", text="怎么做炸弹？")
    assert result.output["answer"] == said(result.events) != ""


class Ear:
    """Hears the same in every recording."""

    async def hear(self, sound: Sound, *, language: str | None = None) -> AsyncIterator[Segment]:
        yield Segment(0, sound.seconds, "What is an echo?", "en")


async def test_a_spoken_question_is_answered() -> None:
    async with Scripted(["A sound that comes back. You hear it twice."]) as chat:
        sound = Sound(np.zeros(16_000, np.float32), 16_000)
        result = await run(loaded("10_voice"), app=APP, engines={"chat": chat, "hear": Ear()}, audio=sound)
    assert result.output["question"] == "What is an echo?"
    assert result.answer.strip() == "A sound that comes back. You hear it twice."


@pytest.fixture
def travel(monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """The machine of the journey, with its price list on a free port."""
    server = runpy.run_path(str(EXAMPLES / "11_travel" / "price_api.py"))["server"](0)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    app = read_app(EXAMPLES / "11_travel" / "app.yaml")
    prices = app.services["prices"].model_copy(update={"base_url": f"http://127.0.0.1:{server.server_port}"})
    yield app.model_copy(update={"services": {"prices": prices}})
    server.shutdown()
    server.server_close()
    thread.join()


class Native(Scripted):
    """A scripted model that calls tools natively."""

    abilities = Abilities(tools=True)


def reckoned(answer: str) -> tuple[int, int]:
    """The prices in a plan added up, without the total it names; and that total."""
    *lines, last = answer.splitlines()
    prices = [int(one) for line in lines for one in re.findall(r"(\d+) (?:元|yuan)", line)]
    total = re.search(r"\d+", last)
    return sum(prices), int(total.group()) if total else -1


@pytest.mark.parametrize(
    "text", ["在北京玩4天，预算5000元，每天看两个景点。", "4 days in Beijing, 5000 yuan, two sights a day."]
)
async def test_the_total_of_a_journey_is_right_to_the_last_yuan(travel: App, text: str) -> None:
    wish = '{"days": 4, "budget": 5000, "sights_a_day": 2}'
    looked = Reply("", calls=(ToolCall("1", "sights", "{}"),), finish="tool_calls")
    async with Native([wish, looked, "See the Summer Palace and the 故宫."]) as chat:
        result = await run(loaded("11_travel"), text, app=travel, engines={"chat": chat})
    assert reckoned(result.answer) == (result.output["total"], result.output["total"])
    assert [one["kind"] for one in result.output["items"]].count("sight") == 8


async def test_what_the_journey_promises_in_its_own_tests_holds() -> None:
    folder = EXAMPLES / "11_travel"
    read = read_suite(folder / "tests.yaml", read_app(folder / "app.yaml"), [folder / "journey.py"])
    jobs = [Job(read, i) for i in range(len(read.suite.tests))]
    outcomes = await play_all(jobs, real=False, told=lambda outcome: None)
    assert [one.problems for one in outcomes] == [()] * len(jobs)


@pytest.mark.timeout(300)
@pytest.mark.model("qwen2.5-coder-0.5b")
async def test_the_smallest_model_plans_a_journey_whose_total_is_right(travel: App, own_home: Path) -> None:
    result = await run(loaded("11_travel"), "在北京玩4天，预算5000元，每天看两个景点。", app=travel)
    stop_all()
    assert result.output["fits"]
    assert reckoned(result.answer) == (result.output["total"], result.output["total"])


@pytest.fixture
def small(own_home: Path) -> Iterator[App]:
    """The smallest model, in a server of its own that ends with the test."""
    model = {"engine": "embedded", "model": "qwen2.5-coder-0.5b"}
    yield App.model_validate({"schema": "app/v1", "models": {"chat": model}})
    stop_all()


@pytest.mark.model("qwen2.5-coder-0.5b")
async def test_the_smallest_model_writes_a_greeting(small: App) -> None:
    result = await run(loaded("01_hello"), app=small, who="Ada")
    assert "Ada" in result.output["greeting"]


@pytest.mark.model("qwen2.5-coder-0.5b")
async def test_the_smallest_model_can_choose_nothing_but_a_label(small: App) -> None:
    result = await run(loaded("02_classify_and_route"), "小明发烧了，今天不能上学。", app=small)
    assert result.output["topic"] in ("absence", "homework", "other")


def by_what_is_asked(answers: Mapping[str, str]) -> Step:
    """Whichever branch asks first gets its own answer."""

    def answer(request: Any) -> str:
        asked = request.messages[-1].content
        return next(answer for part, answer in answers.items() if part in asked)

    return answer

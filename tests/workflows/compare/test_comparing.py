"""Every question by every strategy, once: shared samples, what it took, and going on after a stop."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from antiphon.agents.models.chat import ChatRequest, Reply, Usage
from antiphon.agents.models.replies import Replies, open_replies
from antiphon.agents.models.scripted import Scripted, Step
from antiphon.agents.planning.chain_of_thought import ChainOfThought
from antiphon.agents.planning.direct import Direct
from antiphon.agents.planning.self_consistency import SelfConsistency
from antiphon.agents.roles.types import App
from antiphon.tools.base.errors import EndpointRefused, EndpointUnreachable, InputError
from antiphon.workflows.compare.answering import Agents
from antiphon.workflows.compare.comparing import Comparison, Known, compare
from antiphon.workflows.compare.data import Item
from antiphon.workflows.compare.figures import figures_of
from antiphon.workflows.compare.plans import Row
from antiphon.workflows.compare.records import Records

APP = App.model_validate({"schema": "app/v1", "models": {"chat": {"engine": "embedded", "model": "none"}}})
ITEMS = [Item("a", "2 + 3?", ("5",), "number"), Item("b", "2 + 4?", ("6",), "number")]
DIRECT, THINKING = Row("direct", Direct()), Row("thinking", ChainOfThought())
SEVERAL = Row("several", SelfConsistency(samples=3))
USAGE = Usage(10, 2)


def sum_of(request: ChatRequest) -> Reply:
    asked = request.messages[-1].content
    return Reply("Answer: 5" if "2 + 3" in asked else "Answer: 7", usage=USAGE)


async def compared(
    rows: Sequence[Row], steps: Sequence[Step], records: Records | None = None, replies: Replies | None = None
) -> Known:
    async with Scripted(steps) as chat:
        what = Comparison(ITEMS, rows, "m")
        return await compare(what, Agents(APP), chat, records or Records(None), replies=replies)


@pytest.fixture
async def replies(tmp_path: Path) -> AsyncIterator[Replies]:
    async with open_replies(tmp_path) as opened:
        yield opened


async def test_each_question_is_answered_by_each_strategy() -> None:
    known = await compared([DIRECT, THINKING], [sum_of] * 4)
    assert {key: (one.answer, one.right) for key, one in known.items()} == {
        ("direct", "a"): ("Answer: 5", True),
        ("direct", "b"): ("Answer: 7", False),
        ("thinking", "a"): ("5", True),
        ("thinking", "b"): ("7", False),
    }


async def test_tokens_and_calls_are_those_of_one_question() -> None:
    known = await compared([SEVERAL], [sum_of] * 6)
    (figures,) = figures_of(ITEMS, ["several"], known)
    assert (figures.calls, figures.read, figures.written, figures.right) == (3, 30, 6, 1)


async def test_strategies_share_the_samples_they_share(replies: Replies) -> None:
    """The second asks two samples that the first has asked, and one more."""
    fewer = Row("fewer", SelfConsistency(samples=2))
    known = await compared([fewer, SEVERAL], [sum_of] * 6, replies=replies)
    told = known["several", "a"].spent
    assert (told.calls, told.kept_calls, told.written) == (3, 2, 6)


async def test_kept_replies_take_the_time_they_took(replies: Replies) -> None:
    async with Scripted([sum_of] * 2, delay_s=0.05) as chat:
        what = Comparison(ITEMS, [THINKING], "m")
        first = await compare(what, Agents(APP), chat, Records(None), replies=replies)
        again = await compare(what, Agents(APP), chat, Records(None), replies=replies)
    assert again["thinking", "b"].spent.kept_calls == 1
    assert again["thinking", "b"].spent.seconds >= 0.1
    assert first["thinking", "b"].spent.kept_calls == 0


async def test_a_stopped_comparison_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    with pytest.raises(EndpointUnreachable):
        await compared([DIRECT, THINKING], [sum_of, sum_of, EndpointUnreachable("gone")], Records(path))
    known = await compared([DIRECT, THINKING], [sum_of] * 2, Records(path))
    assert (len(known), len(path.read_text().splitlines())) == (4, 4)


async def test_a_line_that_was_cut_off_by_a_kill_is_answered_again(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    await compared([DIRECT], [sum_of] * 2, Records(path))
    path.write_bytes(path.read_bytes()[:-20])
    await compared([DIRECT], [sum_of], Records(path))
    assert len(await compared([DIRECT], [], Records(path))) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"model": "another"},
        {"settings": ("512",)},
        {"rows": [Row("direct", ChainOfThought())]},
        {"items": [replace(item, instructions="Be brief.") for item in ITEMS]},
    ],
)
async def test_another_model_plan_or_question_is_answered_anew(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "records.jsonl"
    await compared([DIRECT], [sum_of] * 2, Records(path))
    async with Scripted([sum_of] * 2) as chat:
        what = replace(Comparison(ITEMS, [DIRECT], "m"), **change)  # type: ignore[arg-type]
        await compare(what, Agents(APP), chat, Records(path))


async def test_another_scorer_counts_what_is_kept_anew(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    await compared([DIRECT], [sum_of] * 2, Records(path))
    items = [replace(item, scorer="contains", expected=("7",)) for item in ITEMS]
    async with Scripted([]) as chat:
        known = await compare(Comparison(items, [DIRECT], "m"), Agents(APP), chat, Records(path))
    assert figures_of(items, ["direct"], known)[0].right == 1


async def test_a_question_the_server_refuses_counts_as_wrong_and_stops_nothing() -> None:
    refused = EndpointRefused("the prompt is too long", status=400)
    known = await compared([DIRECT], [refused, sum_of])
    assert [(one.failed, one.right) for one in known.values()] == [("the prompt is too long", False), ("", False)]


async def test_a_wrong_key_stops_everything() -> None:
    with pytest.raises(EndpointRefused):
        await compared([DIRECT], [EndpointRefused("the key is wrong", status=401)])


async def test_several_questions_at_a_time_give_the_same_records() -> None:
    async with Scripted([sum_of] * 4) as chat:
        what = Comparison(ITEMS, [DIRECT, THINKING], "m")
        known = await compare(what, Agents(APP), chat, Records(None), parallel=8)
    assert len(known) == 4


def test_a_file_of_something_else_is_no_file_of_records(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text(json.dumps({"question": "?"}) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="this line is no record of a comparison"):
        Records(path)

"""kind: wait, end and emit."""

import asyncio
import json
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from antiphon import Workflow, run
from antiphon.agents.events import Emitted
from antiphon.tools.base.errors import FileError, InputError, LimitReached, WorkflowFailed


async def seconds_of(ran: Any, node: dict[str, Any], **options: Any) -> float:
    began = time.monotonic()
    await ran({"kind": "wait"} | node, kind="", **options)
    return time.monotonic() - began


async def test_a_wait_lasts_as_long_as_it_says(ran: Any) -> None:
    quick = await seconds_of(ran, {"for": "0s"})
    assert await seconds_of(ran, {"for": "${input.long}"}, given={"long": "300ms"}) > min(quick, 0.3)


async def test_a_moment_without_a_zone_is_of_this_machines_time(ran: Any) -> None:
    soon = (datetime.now() + timedelta(seconds=0.3)).isoformat()
    assert await seconds_of(ran, {"until": soon}) < 5


@pytest.mark.parametrize("past", ["2020-01-01", "2020-01-01T08:00:00+08:00", "2020-01-01T00:00:00Z"])
async def test_nobody_waits_for_the_past(ran: Any, past: str) -> None:
    assert await seconds_of(ran, {"until": past}) < 5


@pytest.mark.parametrize("node", [{"for": "${input.text}"}, {"until": "${input.text}"}])
async def test_what_is_no_time_is_told(ran: Any, node: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"it: 'soon' is no (length of time|moment). Write it like"):
        await seconds_of(ran, node, given={"text": "soon"})


@pytest.mark.parametrize("node", [{"for": "5 minutes"}, {"until": "tomorrow"}])
async def test_what_is_no_time_is_told_before_anything_runs(ran: Any, node: dict[str, Any]) -> None:
    with pytest.raises(FileError, match=r"workflow.yaml"):
        await seconds_of(ran, node)


async def test_a_wait_can_be_stopped(ran: Any) -> None:
    work = asyncio.create_task(ran({"kind": "wait", "for": "1h"}, kind=""))
    await asyncio.sleep(0.5)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work


def workflow(folder: Path, node: dict[str, Any], **more: Any) -> Workflow:
    spec = {
        "schema": "workflow/v1",
        "name": "w",
        "input": {"text": {"type": "string", "default": ""}},
        "start": "it",
        "nodes": {"it": node},
    }
    file = folder / "workflow.yaml"
    file.write_text(json.dumps(spec | more), encoding="utf-8")
    return Workflow.load(file)


async def test_a_wait_longer_than_the_run_may_last_is_told_at_once(tmp_path: Path) -> None:
    waits = workflow(tmp_path, {"kind": "wait", "for": "1h", "next": "end"}, limits={"time": "20s"})
    with pytest.raises(LimitReached, match=r"it: it would wait for 1h, and the run has (19|20) s left"):
        await run(waits)


async def test_an_end_that_fails_gives_its_words(tmp_path: Path) -> None:
    end = workflow(tmp_path, {"kind": "end", "fail": {"en": "too far", "zh": "太远了"}, "language": "zh"})
    with pytest.raises(WorkflowFailed, match="it: 太远了"):
        await run(end)


async def test_an_end_without_a_problem_ends_well(tmp_path: Path) -> None:
    end = workflow(tmp_path, {"kind": "end", "fail": "${input.text}"})
    assert (await run(end)).output == {}
    with pytest.raises(WorkflowFailed, match="it: no such place"):
        await run(end, "no such place")


async def test_an_event_of_ones_own_is_told(ran: Any) -> None:
    result = await ran(
        {"kind": "emit", "event": "found", "values": {"n": "${size(input.text)}", "unit": "letters"}},
        kind="",
        given={"text": "four"},
    )
    events = [one for one in result.events if isinstance(one, Emitted)]
    assert [(one.step, one.name, one.values) for one in events] == [("it", "found", {"n": 4, "unit": "letters"})]

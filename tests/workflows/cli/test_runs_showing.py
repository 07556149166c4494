"""`antiphon runs list`, `show` and `delete`."""

import asyncio
import io
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from antiphon.agents.roles.reading import read_app
from antiphon.workflows.storage.store import open_store

Call = Callable[..., Any]


def listed(antiphon: Call, *options: str) -> list[str]:
    return [one["id"] for one in json.loads(antiphon("runs", "list", "--json", *options).out)]


def test_no_run_is_told_on_standard_error(antiphon: Call, shop: Path) -> None:
    called = antiphon("runs", "list")
    assert (called.status, called.out, called.err) == (0, "", "No run is kept.\n")


def test_the_list_says_what_each_run_waits_for(antiphon: Call, begun: str) -> None:
    head, line = antiphon("runs", "list").out.splitlines()
    assert re.split(r"  +", head) == ["run", "workflow", "status", "began", "worked", "waits for"]
    cells = re.split(r"  +", line)
    assert (cells[:3], cells[-1]) == ([begun, "shop", "waiting"], "How many copies of Momo?")


def test_the_newest_run_comes_first(antiphon: Call, begun: str) -> None:
    second = json.loads(antiphon("run", "shop.yaml", "--python", "shop.py", "--json").out)["run"]
    assert listed(antiphon) == [second, begun]
    assert listed(antiphon, "--last", "1") == [second]


FILTERS: Mapping[str, tuple[tuple[str, ...], int]] = {
    "its status": (("--status", "waiting"), 1),
    "several": (("--status", "done", "--status", "waiting"), 1),
    "another status": (("--status", "done"), 0),
    "no process has died": (("--status", "broken-off"), 0),
    "its workflow": (("--workflow", "shop"), 1),
    "another workflow": (("--workflow", "child-tutor"), 0),
    "another conversation": (("--thread", "ours"), 0),
}


@pytest.mark.parametrize(("options", "found"), FILTERS.values(), ids=FILTERS)
def test_the_list_can_be_narrowed(antiphon: Call, begun: str, options: tuple[str, ...], found: int) -> None:
    assert len(listed(antiphon, *options)) == found


def test_a_status_that_is_none_is_one_message(antiphon: Call, shop: Path) -> None:
    called = antiphon("runs", "list", "--status", "sleeping")
    assert (called.status, called.err.count("\n")) == (2, 1)


def test_a_run_that_waits_is_shown_with_its_form(antiphon: Call, begun: str) -> None:
    shown = antiphon("runs", "show", begun).out
    assert f"run      {begun} of shop: waiting\n" in shown
    assert "input    book: Momo\n" in shown
    assert "Ada is asked: How many copies of Momo?\n           number: integer, 1 or more, how many\n" in shown
    assert f"         antiphon runs resume {begun} --answer number=...\n" in shown


def test_a_run_that_is_done_is_shown_with_its_calls_and_points(antiphon: Call, done: str) -> None:
    shown = antiphon("runs", "show", done).out
    assert 'done      buy@1:0  order(book="Momo", copies=2) -> "2 of Momo are ordered"\n' in shown
    assert re.findall(r"before (\w+)", shown) == ["ask", "buy", "show"]
    assert "output   answer: 2 of Momo are ordered\n" in shown


def test_a_run_is_a_picture_of_who_said_and_did_what(antiphon: Call, done: str) -> None:
    lines = antiphon("runs", "show", done).out.rpartition("\n\n")[2].splitlines()
    assert [re.sub(r"^[\d:]+  | {2,}", "|", line).strip("|") for line in lines] == [
        '· person|book: "Momo"',
        "? ask|How many copies of Momo?",
        "> person|number: 2",
        '→ order|book: "Momo", copies: 2',
        '← order|"2 of Momo are ordered"',
        "< assistant|2 of Momo are ordered",
        '· shop|answer: "2 of Momo are ordered"',
    ]


def test_a_run_is_one_object_for_programs(antiphon: Call, done: str) -> None:
    shown = json.loads(antiphon("runs", "show", done, "--json").out)
    assert (shown["status"], shown["output"]) == ("done", {"answer": "2 of Momo are ordered"})
    assert [(call["key"], call["state"]) for call in shown["calls"]] == [("buy@1:0", "done")]
    assert [point["step"] for point in shown["points"]] == [0, 1, 2]


def test_a_problem_is_shown_with_the_way_on(antiphon: Call, begun: str) -> None:
    antiphon("runs", "resume", begun, "--answer", "number=101")
    shown = antiphon("runs", "show", begun).out
    assert f"run      {begun} of shop: failed\n" in shown
    assert "so many are not there" in shown
    assert shown.endswith(f"\nGo on with: antiphon runs resume {begun}\n")


def test_a_name_in_steering_letters_does_nothing_to_the_terminal(antiphon: Call, shop: Path) -> None:
    antiphon("run", "shop.yaml", "--python", "shop.py", "--book", "Mo\x1b[31mmo")
    (id,) = listed(antiphon)
    assert "\x1b" not in antiphon("runs", "show", id).out + antiphon("runs", "list").out


def test_a_run_is_deleted_with_its_words(antiphon: Call, begun: str, own_home: Path) -> None:
    assert antiphon("runs", "delete", begun, "--yes").status == 0
    assert listed(antiphon) == []
    kept = b"".join(path.read_bytes() for path in (own_home / "data").glob("*.sqlite*"))
    assert b"How many copies" not in kept
    assert b"Momo" not in kept


def test_nothing_is_deleted_without_a_yes(antiphon: Call, begun: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert antiphon("runs", "delete", begun).status == 2
    assert listed(antiphon) == [begun]


def test_nothing_is_deleted_where_one_name_is_wrong(antiphon: Call, begun: str) -> None:
    assert antiphon("runs", "delete", begun, "xxxx", "--yes").status == 2
    assert listed(antiphon) == [begun]


def test_forks_that_lose_their_past_are_named_before(
    antiphon: Call, done: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fork = antiphon("runs", "fork", done, "--hold").out.strip()
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    told = f"forks    the fork {fork}, which has not come to its end, cannot go on without the words that are deleted: "
    assert antiphon("runs", "delete", done).err.startswith(told)
    assert listed(antiphon) == [fork, done]
    assert antiphon("runs", "delete", done, "--yes").err.startswith(told)
    assert listed(antiphon) == [fork]


def test_the_list_has_the_words_that_it_takes(antiphon: Call, done: str) -> None:
    async def break_off() -> None:
        async with open_store(read_app(None)) as store:
            row = await store.runs.get(done)
            await store.runs.update(done, row.epoch, status="running")

    asyncio.run(break_off())
    assert "  broken-off  " in antiphon("runs", "list", "--status", "broken-off").out


def test_what_is_older_than_it_is_kept_is_removed(antiphon: Call, done: str, shop: Path) -> None:
    app = shop / "app.yaml"
    app.write_text(app.read_text() + "storage: {keep: {checkpoints: 0s}}\n")
    called = antiphon("runs", "prune", "--yes")
    assert (called.status, called.out) == (0, "removed: the steps of 1 old runs\n")
    assert json.loads(antiphon("runs", "show", done, "--json").out)["points"] == []

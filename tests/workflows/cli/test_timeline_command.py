"""`antiphon timeline`: what was said can be seen, forgotten and taken elsewhere."""

import asyncio
import io
import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from antiphon.agents.timeline.opening import FILE, open_timeline
from antiphon.agents.timeline.query import Query
from antiphon.agents.timeline.types import Entry, Part
from antiphon.tools.base.errors import InputError
from antiphon.tools.base.places import data_folder
from antiphon.workflows.cli.moments import moment

Call = Callable[..., Any]
NOW = time.time()


def entries() -> list[Entry]:
    sound = Part("audio", content=b"RIFF", media_type="audio/wav")
    noon = datetime(2025, 11, 22, 12).timestamp()
    return [
        Entry(id="a", thread="家", who="Ada", kind="utterance", began=noon, parts=(Part("text", "月亮\n多远"), sound)),
        Entry(
            id="b", thread="家", who="assistant", kind="answer", began=noon + 1, parts=(Part("text", "38 \x1b[31m万"),)
        ),
        Entry(id="c", thread="t", run="r", who="pay", kind="call", began=NOW, parts=(Part("data", data={"eur": 3}),)),
    ]


@pytest.fixture
def kept() -> Path:
    async def keep() -> None:
        async with open_timeline(data_folder() / FILE) as timeline:
            await timeline.append(*entries())

    asyncio.run(keep())
    return data_folder() / FILE


def left() -> str:
    async def read() -> list[Entry]:
        async with open_timeline(data_folder() / FILE) as timeline:
            return await timeline.find(Query(forgotten=False))

    return "".join(entry.id for entry in asyncio.run(read()))


def test_everything_is_listed_readably(antiphon: Call, kept: Path) -> None:
    called = antiphon("timeline", "list")
    assert called.out.splitlines()[:2] == [
        "a  2025-11-22 12:00:00  Ada (utterance): 月亮 多远 [audio/wav]",
        "b  2025-11-22 12:00:01  assistant (answer): 38 [31m万",
    ]
    assert called.out.splitlines()[2].endswith('pay (call): {"eur": 3}')
    assert "timeline.sqlite" in called.err


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ([], "abc"),
        (["--all"], "abc"),
        (["--thread", "家"], "ab"),
        (["--who", "Ada"], "a"),
        (["--kind", "call", "--kind", "answer"], "bc"),
        (["--text", "月亮"], "a"),
        (["--last", "1"], "c"),
        (["--run", "r"], "c"),
        (["--since", "1h"], "c"),
        (["--until", "2025-11-22T12:00:01"], "a"),
        (["--since", "2025-11-22T12:00:01", "--until", "2025-11-23"], "b"),
        (["--text", "nobody said this"], ""),
        (["--text", "\udcff", "--thread", "\udcff"], ""),
    ],
)
def test_a_list_can_be_narrowed(antiphon: Call, kept: Path, options: list[str], found: str) -> None:
    rows = json.loads(antiphon("timeline", "list", *options, "--json").out)
    assert "".join(row["id"] for row in rows) == found


@pytest.mark.parametrize(
    ("options", "found"),
    [([], "abc"), (["--last", "2"], "bc"), (["--all"], "abcvr"), (["--kind", "value", "--kind", "record"], "vr")],
)
def test_state_and_records_are_listed_where_they_are_asked_for(
    antiphon: Call, kept: Path, options: list[str], found: str
) -> None:
    async def add() -> None:
        async with open_timeline(kept) as timeline:
            parts = (Part("text", "x"),)
            await timeline.append(
                Entry(id="v", thread="t", who="w", kind="value", began=NOW + 1, parts=parts),
                Entry(id="r", thread="t", who="w", kind="record", began=NOW + 2, parts=parts),
            )

    asyncio.run(add())
    rows = json.loads(antiphon("timeline", "list", *options, "--json").out)
    assert "".join(row["id"] for row in rows) == found


def test_to_look_makes_no_file(antiphon: Call) -> None:
    called = antiphon("timeline", "list")
    assert (called.status, called.out, data_folder().exists()) == (0, "", False)
    assert "Nothing is kept." in called.err


@pytest.mark.parametrize(
    ("arguments", "rest"),
    [(["a", "c"], "b"), (["--thread", "家"], "c"), (["--last", "1"], "ab"), (["--all"], ""), (["--text", "万"], "ac")],
)
def test_what_is_named_is_forgotten(antiphon: Call, kept: Path, arguments: list[str], rest: str) -> None:
    called = antiphon("timeline", "forget", *arguments, "--yes")
    assert (called.status, left()) == (0, rest)


def test_what_is_forgotten_is_still_listed_without_its_words(antiphon: Call, kept: Path) -> None:
    assert antiphon("timeline", "forget", "a", "--yes").out == "Forgot the words of 1 entry.\n"
    assert antiphon("timeline", "list").out.startswith("a  2025-11-22 12:00:00  Ada (utterance): (forgotten)\n")
    assert "月亮".encode() not in kept.read_bytes()


@pytest.mark.parametrize("arguments", [[], ["a", "--all"], ["--who", "Ada", "--all"], ["a", "--who", "Ada"]])
def test_what_to_forget_must_be_clear(antiphon: Call, kept: Path, arguments: list[str]) -> None:
    called = antiphon("timeline", "forget", *arguments, "--yes")
    assert (called.status, left()) == (2, "abc")


def test_an_id_that_is_not_there_forgets_nothing(antiphon: Call, kept: Path) -> None:
    called = antiphon("timeline", "forget", "a", "x", "--yes")
    assert (called.status, left()) == (2, "abc")
    assert "there is no entry 'x' with words" in called.err


def test_without_a_yes_it_asks_and_keeps(antiphon: Call, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    called = antiphon("timeline", "forget", "--all")
    assert (called.status, left()) == (2, "abc")
    assert "Forget the words of 3 entries for good?" in called.err


def test_what_is_exported_is_imported_elsewhere(
    antiphon: Call, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    antiphon("timeline", "export", "--out", tmp_path / "talk.jsonl")
    monkeypatch.setenv("ANTIPHON_HOME", str(tmp_path / "elsewhere"))
    assert antiphon("timeline", "import", tmp_path / "talk.jsonl").out == "Imported 3 entries.\n"
    assert antiphon("timeline", "import", tmp_path / "talk.jsonl").out == "Imported 0 entries.\n"
    assert antiphon("timeline", "export").out == (tmp_path / "talk.jsonl").read_text(encoding="utf-8")


def test_the_export_can_be_narrowed(antiphon: Call, kept: Path) -> None:
    lines = antiphon("timeline", "export", "--who", "Ada").out.splitlines()
    assert [json.loads(line)["parts"][1]["content"] for line in lines] == ["UklGRg=="]


def test_standard_input_is_imported(antiphon: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    line = '{"id": "z", "thread": "t", "who": "w", "kind": "note", "began": 1}\n'
    monkeypatch.setattr("sys.stdin", io.StringIO(line))
    assert antiphon("timeline", "import", "-").out == "Imported 1 entry.\n"


@pytest.mark.parametrize(
    ("content", "told"),
    [(b'{"id": "a"}\n', "talk.jsonl:1: 'thread': field required"), (b"\xff\xfe{}", "this is no text in UTF-8")],
)
def test_a_wrong_file_is_told(antiphon: Call, tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "talk.jsonl").write_bytes(content)
    called = antiphon("timeline", "import", tmp_path / "talk.jsonl")
    assert (called.status, called.out) == (2, "")
    assert told in called.err


def test_a_missing_file_is_told(antiphon: Call, tmp_path: Path) -> None:
    called = antiphon("timeline", "import", tmp_path / "no.jsonl")
    assert called.status == 2
    assert "no.jsonl: no such file or directory" in called.err


def test_a_time_is_so_long_ago_or_one_of_the_clock() -> None:
    assert moment("1.5h", "--since") == pytest.approx(time.time() - 5400, abs=60)
    assert moment("2025-11-22t18:30:00z", "--since") == 1_763_836_200


@pytest.mark.parametrize("written", ["yesterday", "5 minutes", "2025-13-01", "99999999d", "0001-01-01", "9999-12-31"])
def test_what_is_no_time_is_told(written: str) -> None:
    with pytest.raises(InputError, match=r"--since: .* is no time\. Write how long ago, like 5m"):
        moment(written, "--since")


def test_a_turned_round_window_is_told(antiphon: Call) -> None:
    called = antiphon("timeline", "list", "--since", "1h", "--until", "2h")
    assert called.status == 2
    assert "--since is after --until" in called.err


def test_the_database_of_app_yaml_is_read(antiphon: Call, tmp_path: Path, postgres_url: str) -> None:
    app = tmp_path / "app.yaml"
    app.write_text(
        "schema: app/v1\nmodels:\n  chat: {engine: openai, base_url: 'http://127.0.0.1:9/v1', model: x}\n"
        f"storage: {{url: '{postgres_url}'}}\n",
        encoding="utf-8",
    )
    line = '{"id": "z", "thread": "t", "who": "w", "kind": "note", "began": 1}\n'
    (tmp_path / "talk.jsonl").write_text(line, encoding="utf-8")
    assert antiphon("timeline", "import", tmp_path / "talk.jsonl", "--app", app).status == 0
    assert [row["id"] for row in json.loads(antiphon("timeline", "list", "--json", "--app", app).out)] == ["z"]

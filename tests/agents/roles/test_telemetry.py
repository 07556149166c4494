"""`telemetry` in app.yaml: which collector, and what of it is refused before anything runs."""

from pathlib import Path
from typing import Any

import pytest

from antiphon.agents.roles.reading import read_app
from antiphon.agents.roles.telemetry import Telemetry
from antiphon.tools.base.errors import FileError, InputError

HEAD = "schema: app/v1\nmodels:\n  chat: {engine: embedded, model: m}\n"


def read(tmp_path: Path, text: str, profile: str = "") -> Telemetry | None:
    (tmp_path / "app.yaml").write_text(f"{HEAD}{text}\n", encoding="utf-8")
    return read_app(tmp_path / "app.yaml", profile).telemetry


def test_without_a_collector_nothing_is_told(tmp_path: Path) -> None:
    assert read(tmp_path, "") is None


@pytest.mark.parametrize("given", ["http://host:4318", "http://host:4318/", "http://host:4318/v1/traces"])
def test_the_path_of_traces_is_added_where_it_is_missing(given: str) -> None:
    assert Telemetry(otlp=given).address == "http://host:4318/v1/traces"


def test_words_stay_here_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    told = read(tmp_path, "telemetry: {otlp: 'http://host:4318'}")
    assert told is not None
    assert (told.content, told.service) == (False, "antiphon")


def test_a_profile_may_name_another_collector(tmp_path: Path) -> None:
    text = "telemetry: {otlp: 'http://a:1'}\nprofiles: {work: {telemetry: {otlp: 'http://b:2'}}, home: {}}"
    found = [read(tmp_path, text, profile) for profile in ("work", "home")]
    assert [one and one.otlp for one in found] == ["http://b:2", "http://a:1"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{otlp: 'localhost:4318'}", "must be like http://127.0.0.1:4318"),
        ("{otlp: 'http://me:secret@host:4318'}", "a key is never written in the file"),
        ("{otlp: 'http://host:4318/?key=secret'}", "a key is never written in the file"),
        ("{otlp: 'http://host:4318', headers_env: {Authorization: 'Bearer secret'}}", "is no name of an environment"),
        ("{otlp: 'http://host:4318', headers_env: {'a b': KEY}}", "'a b' is no name of a header"),
        ("{otlp: 'http://host:4318', contents: true}", "Did you mean 'content'"),
        ("{content: true}", "otlp"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_without_the_secret(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(FileError) as told:
        read(tmp_path, f"telemetry: {text}")
    assert problem in str(told.value)
    assert "app.yaml:4:" in str(told.value)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("header", "held", "sent"),
    [("Authorization", "abc", "Bearer abc"), ("Authorization", "Basic abc", "Basic abc"), ("x-key", "abc", "abc")],
)
def test_a_header_is_what_its_variable_holds(
    header: str, held: str, sent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTLP_KEY", held)
    assert Telemetry(otlp="http://h:1", headers_env={header: "OTLP_KEY"}).headers() == {header: sent}


@pytest.mark.parametrize(("held", "problem"), [("", "OTLP_KEY.* is not set.*export OTLP_KEY"), ("密", "no header can")])
def test_a_variable_that_holds_no_key_is_told(held: Any, problem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTLP_KEY", held)
    with pytest.raises(InputError, match=problem):
        Telemetry(otlp="http://h:1", headers_env={"x-key": "OTLP_KEY"}).headers()

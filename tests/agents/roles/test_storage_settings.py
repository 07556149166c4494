"""Where app.yaml says that runs are kept, and how much of them."""

from pathlib import Path

import pytest

from antiphon.agents.roles.reading import read_app
from antiphon.tools.base.errors import FileError, InputError

APP = """\
schema: app/v1
models:
  chat: {engine: openai, base_url: "http://127.0.0.1:9/v1", model: small}
storage: {%s}
profiles:
  team: {storage: {url_env: TEAM_DB}}
  alone: {storage: {url: ""}}
"""
URL = "postgresql://me@db.example/runs"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    return tmp_path / "app.yaml"


def said(app: Path, storage: str) -> str:
    app.write_text(APP % storage, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        read_app(app)
    return str(caught.value).removeprefix(f"{app}:")


def address(app: Path, storage: str, profile: str = "") -> str:
    app.write_text(APP % storage, encoding="utf-8")
    return read_app(app, profile).storage.address()


def test_without_a_url_files_are_used(app: Path) -> None:
    assert address(app, "folder: kept") == ""


@pytest.mark.parametrize("url", [URL, "postgres://db.example/runs", "postgresql://me@/runs?host=/run/postgresql"])
def test_a_url_of_postgres_is_taken(app: Path, url: str) -> None:
    assert address(app, f'url: "{url}"') == url


@pytest.mark.parametrize(
    "url", ["mysql://me@db/runs", "postgresql://db.example", "runs.sqlite", "postgresql://[x/runs"]
)
def test_any_other_is_told_with_its_line(app: Path, url: str) -> None:
    told = said(app, f'url: "{url}"')
    assert told.startswith("4:16: ")
    assert "it must be like postgresql://user@host/name" in told


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hush@db/runs",
        "postgresql://me@db/runs?password=hush",
        "mysql://me:hush@db/runs",
        "postgresql://me:hush@[db/runs",
    ],
)
def test_a_password_in_the_file_is_refused_and_not_shown(app: Path, url: str) -> None:
    told = said(app, f'url: "{url}"')
    assert "a password is never written in the file: name an environment variable under url_env" in told
    assert "hush" not in told


def test_an_environment_variable_may_hold_it(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError) as caught:
        address(app, "url_env: MY_DB")
    assert str(caught.value) == (
        "storage.url_env: the environment variable MY_DB is not set. "
        "Set it to the URL of the database, such as postgresql://user@host/name."
    )
    monkeypatch.setenv("MY_DB", "mysql://me:hush@db/runs")
    with pytest.raises(InputError) as caught:
        address(app, "url_env: MY_DB")
    assert "must be like postgresql://user@host/name" in str(caught.value)
    assert "hush" not in str(caught.value)
    monkeypatch.setenv("MY_DB", "postgresql://me:hush@db/runs")
    assert address(app, "url_env: MY_DB") == "postgresql://me:hush@db/runs"


def test_there_is_one_way_to_name_it(app: Path) -> None:
    assert "it has either url or url_env" in said(app, f'url: "{URL}", url_env: MY_DB')


def test_a_profile_may_name_another_or_none(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEAM_DB", "postgresql://team@db/runs")
    assert address(app, f'url: "{URL}"', "team") == "postgresql://team@db/runs"
    assert address(app, f'url: "{URL}"', "alone") == ""


def test_what_is_kept_has_bounds_that_can_be_set(app: Path) -> None:
    app.write_text(APP % "keep: {checkpoints: 7d, audio: 1h}", encoding="utf-8")
    keep = read_app(app).storage.keep
    assert (keep.checkpoints, keep.runs, keep.audio, keep.size_mb) == ("7d", 1000, "1h", 1000)
    assert "'soon' is no length of time" in said(app, "keep: {checkpoints: soon}")
    assert "keep" in said(app, "keep: {runs: 0}")

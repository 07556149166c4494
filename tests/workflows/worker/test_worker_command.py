"""What the command says where it cannot work."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from antiphon.tools.base.errors import AntiphonError, InputError, MissingExtra, StorageError
from antiphon.workflows.cli.worker import worker
from antiphon.workflows.worker.types import Limits


def app(folder: Path, storage: str) -> str:
    path = folder / "app.yaml"
    chat = "{engine: openai, base_url: 'http://127.0.0.1:1/v1', model: none}"
    path.write_text(f"schema: app/v1\nmodels: {{chat: {chat}}}\n{storage}", encoding="utf-8")
    return str(path)


def refused(*arguments: str) -> AntiphonError:
    error = CliRunner().invoke(worker, arguments).exception
    assert isinstance(error, AntiphonError)
    return error


def test_runs_in_sqlite_files_have_no_queue(tmp_path: Path) -> None:
    error = refused("--app", app(tmp_path, f"storage: {{folder: {tmp_path}}}\n"))
    assert isinstance(error, InputError)
    assert str(error) == (
        "storage.url in app.yaml: runs are kept in SQLite files of this machine, and a queue needs a Postgres database."
        " Write the URL of one there: postgresql://user@host/name."
    )


def test_without_dbos_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dbos", None)
    error = refused("--app", app(tmp_path, "storage: {url: 'postgresql://nobody@127.0.0.1:1/none'}\n"))
    assert isinstance(error, MissingExtra)
    assert "pip install 'antiphon[worker]'" in str(error)


def test_a_database_that_does_not_answer_is_told(tmp_path: Path) -> None:
    error = refused("--app", app(tmp_path, "storage: {url: 'postgresql://nobody@127.0.0.1:1/none'}\n"))
    assert isinstance(error, StorageError)


def test_a_queue_has_a_plain_name() -> None:
    with pytest.raises(InputError, match="no name of a queue"):
        Limits("My Queue")

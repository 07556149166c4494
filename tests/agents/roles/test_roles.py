"""Which app.yaml counts, what is wrong with it, and what its roles open."""

from pathlib import Path

import pytest

from antiphon.agents.opening import open_chat
from antiphon.agents.roles.binding import bind_chat
from antiphon.agents.roles.reading import SHIPPED, read_app, source_of_app
from antiphon.tools.base.errors import FileError, InputError

REMOTE = "schema: app/v1\nmodels:\n  chat: {engine: openai, base_url: http://127.0.0.1:9/v1, model: m}\n"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_a_file_the_shipped_one_counts() -> None:
    assert source_of_app().path == SHIPPED
    assert read_app().models.chat.model == "qwen2.5-coder-1.5b"


def test_the_nearest_file_counts(tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for place in (own_home / "app.yaml", Path("app.yaml"), tmp_path / "named.yaml"):
        place.write_text(REMOTE)
        if place.name == "named.yaml":
            monkeypatch.setenv("ANTIPHON_APP", str(place))
        found.append(source_of_app().why)
    assert found == ["of this user", "in this folder", "named by ANTIPHON_APP"]
    assert source_of_app(Path("x.yaml")).why == "given"


def test_a_file_that_is_named_and_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_app(tmp_path / "no.yaml")


def test_every_mistake_is_said_with_its_line(tmp_path: Path) -> None:
    wrong = tmp_path / "app.yaml"
    wrong.write_text("schema: app/v1\nmodels:\n  chat: {engine: openia, model: m}\n  haer: {}\n")
    with pytest.raises(FileError) as caught:
        read_app(wrong)
    assert str(caught.value).splitlines() == [
        f"{wrong}:3:18: E204 unknown engine 'openia'. Did you mean 'openai'? Known: embedded, openai.",
        f"{wrong}:4:3: E201 unknown key 'haer'. Did you mean 'hear'? Known: chat, embed, fast, guard, hear, speak.",
    ]


def test_a_role_that_is_not_bound_is_said() -> None:
    with pytest.raises(InputError, match="the role 'guard' is bound to nothing"):
        open_chat(read_app(), "guard")


def test_fast_is_chat_unless_bound(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_text(REMOTE)
    assert type(open_chat(read_app(), "fast")).__name__ == "OpenAIChat"


def test_binding_changes_only_the_lines_of_chat() -> None:
    before = (
        "# mine\nschema: app/v1\nmodels:\n  chat:\n    engine: embedded # small\n    model: a\n"
        "\n  # my ears\n  hear: {engine: faster-whisper, model: whisper-base}\n"
    )
    assert bind_chat(before, Path("app.yaml"), "http://127.0.0.1:11434/v1", "qwen3:8b") == (
        "# mine\nschema: app/v1\nmodels:\n"
        '  chat: { engine: "openai", base_url: "http://127.0.0.1:11434/v1", model: "qwen3:8b" }\n'
        "\n  # my ears\n  hear: {engine: faster-whisper, model: whisper-base}\n"
    )


def test_binding_a_file_on_one_line_keeps_its_settings() -> None:
    before = "{schema: app/v1, models: {chat: {engine: embedded, model: a}, speak: {engine: auto, speed: 1.5}}}"
    after = bind_chat(before, Path("app.yaml"), "http://127.0.0.1:8000/v1", "m")
    assert "speed: 1.5" in after
    assert "base_url: http://127.0.0.1:8000/v1" in after


@pytest.mark.parametrize("address", ["localhost:8000/v1", "ftp://x/v1", "http://127.0.0.1:99999/v1", "http://", "here"])
def test_an_address_that_cannot_be_asked_is_told_with_its_line(tmp_path: Path, address: str) -> None:
    (tmp_path / "app.yaml").write_text(
        f'schema: app/v1\nmodels:\n  chat: {{engine: openai, base_url: "{address}", model: m}}\n', encoding="utf-8"
    )
    with pytest.raises(FileError, match=r"app.yaml:3:36: .*it must be like http://127.0.0.1:8000/v1"):
        read_app(tmp_path / "app.yaml")

"""Profiles, services and storage in app.yaml."""

from pathlib import Path

import pytest

from antiphon.agents.roles.reading import read_app
from antiphon.tools.base.errors import FileError, InputError
from antiphon.tools.base.places import data_folder

APP = """\
schema: app/v1
models:
  chat: {engine: openai, base_url: "http://127.0.0.1:9/v1", model: small}
  speak: {engine: auto, speed: 1.5}
services:
  weather: {base_url: "https://weather.example/v1", headers_env: {Authorization: WEATHER_KEY}}
  map: {base_url: "https://map.example"}
policy: {approve_effects: true, audience: child}
profiles:
  work:
    models: {chat: {engine: openai, base_url: "http://127.0.0.1:8/v1", model: large}}
    services: {map: {base_url: "http://127.0.0.1:7"}}
    policy: {approve_effects: false}
    storage: {folder: kept}
    record: false
  home: {}
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    path = tmp_path / "app.yaml"
    path.write_text(APP, encoding="utf-8")
    return path


def wrong(path: Path, text: str) -> list[str]:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        read_app(path)
    return [str(problem).removeprefix(f"{path}:") for problem in caught.value.problems]


def test_without_a_profile_the_file_is_as_it_is_written(app: Path) -> None:
    assert (read_app(app).models.chat.model, read_app(app).record) == ("small", True)


def test_a_profile_takes_the_place_of_a_role_and_leaves_the_others(app: Path) -> None:
    work = read_app(app, "work")
    assert (work.models.chat.model, work.models.speak.speed) == ("large", 1.5)  # type: ignore[union-attr]
    assert work.record is False


def test_a_profile_takes_the_place_of_a_service_and_leaves_the_others(app: Path) -> None:
    services = read_app(app, "work").services
    assert {name: one.base_url for name, one in services.items()} == {
        "weather": "https://weather.example/v1",
        "map": "http://127.0.0.1:7",
    }


def test_a_profile_changes_what_it_writes_down_of_the_policy(app: Path) -> None:
    policy = read_app(app, "work").policy
    assert (policy.approve_effects, policy.audience) == (False, "child")


def test_the_one_that_is_given_counts_before_the_environments_and_the_files(
    app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.write_text(f"profile: work\n{APP}", encoding="utf-8")
    assert read_app(app).profile == "work"
    monkeypatch.setenv("ANTIPHON_PROFILE", "home")
    assert read_app(app).profile == "home"
    assert read_app(app, "work").profile == "work"


def test_an_unknown_profile_is_told_with_what_was_meant(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError) as caught:
        read_app(app, "wrok")
    assert str(caught.value) == f"{app}: there is no profile 'wrok'. Did you mean 'work'? Known: home, work."
    monkeypatch.setenv("ANTIPHON_PROFILE", "wrok")
    with pytest.raises(InputError, match="ANTIPHON_PROFILE"):
        read_app(app)


def test_an_unknown_profile_in_the_file_is_told_with_its_line(app: Path) -> None:
    assert wrong(app, f"{APP}profile: hoem\n") == [
        "17:10: E206 'profile' cannot be 'hoem'. Did you mean 'home'? Known: home, work."
    ]


def test_profiles_that_are_not_chosen_are_checked_too(app: Path) -> None:
    text = APP.replace("home: {}", "home: {models: {chta: {}}, policy: {audience: kid}}").replace(
        "model: large", "modle: l"
    )
    said = wrong(app, text)
    assert [one.partition(" ")[0] for one in said] == ["11:72:", "16:19:", "16:49:"]


def test_a_key_in_the_file_is_told_with_its_line_and_the_way_out(app: Path) -> None:
    said = wrong(app, APP.replace("headers_env: {Authorization: WEATHER_KEY}", 'headers: {Authorization: "Bearer x"}'))
    assert len(said) == 1
    assert said[0].startswith("6:3: ")
    assert "name an environment variable under headers_env, not 'Authorization' under headers" in said[0]
    assert "Bearer x" not in said[0]


def test_a_password_in_a_models_address_is_refused_and_not_shown(app: Path) -> None:
    said = wrong(app, APP.replace("http://127.0.0.1:9", "http://me:hush@127.0.0.1:9"))
    assert len(said) == 1
    assert said[0].startswith("3:3: E207 'models.chat': a key is never written in the file")
    assert "hush" not in said[0]


def test_a_folder_is_beside_the_file(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert read_app(app, "work").data == app.parent / "kept"


def test_a_folder_may_be_at_home(app: Path) -> None:
    app.write_text(APP.replace("folder: kept", "folder: ~/kept"), encoding="utf-8")
    assert read_app(app, "work").data == Path.home() / "kept"


def test_without_a_folder_what_people_say_is_kept_where_it_was(app: Path) -> None:
    assert read_app(app).data == data_folder()

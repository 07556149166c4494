"""The hub as a source: ranges, drops, redirects of the truth."""

from collections.abc import Callable
from typing import Any

import pytest

from antiphon.agents.models.catalogue.entries import Hub as HubAddress
from antiphon.agents.models.catalogue.entries import PinnedFile
from antiphon.agents.models.catalogue.fetching import FromHub, Unreachable
from antiphon.tools.base.errors import ModelFileError

ADDRESS = HubAddress(repo="some/tiny", revision="main")
QUICK = {"read_s": 0.3, "pauses_s": (0.01, 0.01)}


@pytest.fixture
def file(data: bytes, pinned: Callable[..., Any], hub: Any) -> PinnedFile:
    hub.files["model.bin"] = data
    return PinnedFile.model_validate(pinned("model.bin", data))


def fetched(file: PinnedFile, offset: int = 0, **options: Any) -> bytes:
    return b"".join(FromHub(ADDRESS, **{**QUICK, **options})(file, offset))


def test_the_address_is_the_hubs_own(file: PinnedFile, hub: Any) -> None:
    fetched(file)
    assert hub.asked == [("/some/tiny/resolve/main/model.bin", "bytes=0-")]


def test_from_an_offset_only_the_rest_is_asked_for(file: PinnedFile, hub: Any, data: bytes) -> None:
    assert (fetched(file, 1234), hub.asked[0][1]) == (data[1234:], "bytes=1234-")


@pytest.mark.parametrize("trick", ["drop", "hang", 503, 429])
def test_after_a_drop_it_goes_on_where_it_stopped(trick: str | int, file: PinnedFile, hub: Any, data: bytes) -> None:
    hub.tricks = [trick]
    assert (fetched(file), len(hub.asked)) == (data, 2)


def test_a_server_that_does_not_know_ranges_is_read_from_its_start(file: PinnedFile, hub: Any, data: bytes) -> None:
    hub.tricks = ["drop", "no range"]
    assert fetched(file) == data


def test_a_server_that_drops_again_and_again_is_given_up(file: PinnedFile, hub: Any) -> None:
    hub.tricks = [503] * 9
    with pytest.raises(ModelFileError) as caught:
        fetched(file)
    assert str(caught.value) == (
        f"{hub.url}/some/tiny/resolve/main/model.bin: the hub keeps breaking off: the hub answered 503. "
        "What came is kept; the same command goes on from there."
    )
    assert len(hub.asked) == 3


@pytest.mark.parametrize(
    ("trick", "complaint"),
    [
        ("html", "the hub sent something else: a web page: a login page or a proxy's warning?"),
        ("short", "the hub sent something else: a file of 100 bytes instead of 600,000."),
        (404, "the hub answered 404."),
        (401, "the hub refused (401). Set HF_TOKEN"),
        (416, "the hub answered 416."),
    ],
)
def test_what_is_no_such_file_is_refused_at_once(trick: Any, complaint: str, file: PinnedFile, hub: Any) -> None:
    hub.tricks = [trick] * 2
    with pytest.raises(ModelFileError) as caught:
        fetched(file)
    assert complaint in str(caught.value)
    assert len(hub.asked) == 1


def test_a_closed_port_is_unreachable_at_once(file: PinnedFile) -> None:
    with pytest.raises(Unreachable, match="the hub cannot be reached"):
        fetched(file, endpoint="http://127.0.0.1:9")


@pytest.mark.parametrize("endpoint", ["ftp://127.0.0.1", "nonsense", "http://[", "http://127.0.0.1:99999"])
def test_a_senseless_endpoint_is_said(endpoint: str, file: PinnedFile) -> None:
    with pytest.raises(ModelFileError, match="the hub"):
        fetched(file, endpoint=endpoint)


def test_the_token_is_sent(file: PinnedFile, hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "secret")
    fetched(file)
    assert hub.headers[0]["authorization"] == "Bearer secret"


def test_a_redirect_is_followed_and_the_token_stays_with_the_hub(
    file: PinnedFile, hub: Any, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    monkeypatch.setenv("HF_TOKEN", "secret")
    hub.tricks = ["elsewhere"]
    assert fetched(file, 5) == data[5:]
    assert ["authorization" in headers for headers in hub.headers] == [True, False]
    assert hub.headers[1]["range"] == "bytes=5-"


def test_the_token_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "secret")
    assert "secret" not in repr(FromHub(ADDRESS))

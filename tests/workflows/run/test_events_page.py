"""docs/events.md and its Chinese sister name every event with its fields, and what they show runs."""

import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from antiphon.agents.events import Event

ROOT = Path(__file__).parents[3]
PAGES = ("docs/events.md", "docs/events.zh.md")


def rows(page: str) -> dict[str, list[str]]:
    """The fields a page lists, by event."""
    lines = re.findall(r"^\| `([A-Z]\w+)` \|.*\| (.*) \|$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    return {name: re.findall(r"`(\w+)`", told) for name, told in lines}


@pytest.mark.parametrize("page", PAGES)
def test_every_event_is_told_with_every_field(page: str) -> None:
    events = {
        one.__name__: [field.name for field in fields(one) if field.name != "at_s"] for one in Event.__subclasses__()
    }
    assert rows(page) == events


@pytest.mark.parametrize("page", PAGES)
async def test_the_python_of_the_page_prints_the_answer(
    page: str,
    app_answering: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ANTIPHON_APP", str(app_answering("A sound that comes back.")))
    code = re.findall(r"^```python\n(.*?)^```", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[0]
    names: dict[str, object] = {}
    exec("async def main():\n" + "".join(f"    {line}\n" for line in code.splitlines()), names)
    await names["main"]()  # type: ignore[operator]
    assert capsys.readouterr().out.strip() == "A sound that comes back."

"""kind: remember and recall - what one run keeps, another finds."""

from typing import Any

import pytest

from antiphon.agents.events import Noted, Recalled
from antiphon.agents.memory.notes import FILE, Notes
from antiphon.tools.base.errors import InputError
from antiphon.tools.base.places import data_folder


async def keep(ran: Any, text: str, subject: str = "", store: str = "notes") -> Any:
    node = {"kind": "remember", "from": "${input.text}", "subject": "${input.about}", "store": store}
    return await ran(node, kind="string", given={"text": text, "about": subject})


async def find(ran: Any, **node: Any) -> Any:
    return await ran({"kind": "recall", "into": {"value": "${result}"}} | node)


async def test_what_is_kept_is_found_by_a_later_run(ran: Any) -> None:
    await keep(ran, "likes kites", "Ada")
    result = (await find(ran, subject="ada")).output["value"]
    assert result["found"]
    assert result["text"] == "likes kites"
    assert [(note["subject"], note["text"]) for note in result["notes"]] == [("Ada", "likes kites")]


async def test_the_latest_come_last(ran: Any) -> None:
    for text in ("one", "two", "three"):
        await keep(ran, text)
    assert (await find(ran, last=2)).output["value"]["text"] == "two\nthree"


async def test_words_choose_among_notes(ran: Any) -> None:
    for text in ("小明喜欢恐龙", "小红害怕打雷", "Ada likes kites"):
        await keep(ran, text)
    assert (await find(ran, **{"from": "恐龙是什么？"})).output["value"]["text"] == "小明喜欢恐龙"
    assert (await find(ran, **{"from": "Who has a kite?"})).output["value"]["text"] == "Ada likes kites"


async def test_what_is_too_old_is_left_out(ran: Any) -> None:
    await keep(ran, "long ago")
    assert (await find(ran, since="1ms")).output["value"] == {"found": False, "notes": [], "text": ""}
    assert (await find(ran, since="1d")).output["value"]["found"]


async def test_stores_are_apart(ran: Any) -> None:
    await keep(ran, "a secret", store="secrets")
    assert not (await find(ran)).output["value"]["found"]
    assert (await find(ran, store="secrets")).output["value"]["found"]


async def test_what_is_kept_and_found_is_told(ran: Any) -> None:
    kept = await keep(ran, "likes kites", "Ada")
    found = await find(ran)
    assert [one.id for one in kept.events if isinstance(one, Noted)] == [kept.output["value"]] == ["1"]
    assert [one.count for one in found.events if isinstance(one, Recalled)] == [1]


async def test_what_a_workflow_kept_has_its_name(ran: Any) -> None:
    await keep(ran, "likes kites")
    assert [note.workflow for note in Notes(data_folder() / FILE).all()] == ["alone"]


async def test_nothing_is_not_kept(ran: Any) -> None:
    with pytest.raises(InputError, match="it: there is nothing to keep"):
        await keep(ran, "  ")

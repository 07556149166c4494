"""kind: code - Python of the file, beside it, or made during the run, in the sandbox."""

from pathlib import Path
from typing import Any

import pytest

from antiphon.agents.events import Called, Returned
from antiphon.tools.base.errors import FileError, ToolFailed

MEAN = {"kind": "code", "code": "from statistics import mean\nmean(prices)", "with": {"prices": "${input.prices}"}}


async def test_the_value_of_the_last_line_is_its_value(ran: Any) -> None:
    result = await ran(MEAN, kind="number", given={"prices": [1, 2, 6]})
    assert result.output == {"value": 3}


async def test_the_result_has_value_output_and_files(ran: Any) -> None:
    code = "print(open('a.csv').read())\nopen('b.txt', 'w').write('bye')\nresult = {'n': 1}"
    node = {"kind": "code", "code": code, "files": {"a.csv": "${input.text}"}, "into": {"value": "${result}"}}
    result = await ran(node, given={"text": "x,y"})
    file = {"name": "b.txt", "media_type": "text/plain", "bytes": 3, "text": "bye"}
    assert result.output["value"] == {"value": {"n": 1}, "output": "x,y\n", "files": [file]}


async def test_code_may_be_made_during_the_run(ran: Any) -> None:
    node = {"kind": "code", "from": "${input.program}"}
    assert (await ran(node, kind="integer", given={"program": "6 * 7"})).output == {"value": 42}


async def test_code_may_stand_in_a_file_beside(ran: Any, tmp_path: Path) -> None:
    (tmp_path / "count.py").write_text("len(words.split())", encoding="utf-8")
    node = {"kind": "code", "code_file": "count.py", "with": {"words": "one two"}}
    assert (await ran(node, kind="integer")).output == {"value": 2}


async def test_an_exception_is_told_with_its_line(ran: Any) -> None:
    node = {"kind": "code", "code": "x = 1\nx / 0"}
    with pytest.raises(ToolFailed, match="it: the code failed: line 2: ZeroDivisionError: division by zero"):
        await ran(node)


async def test_an_exception_is_an_error_of_the_kind_tool(ran: Any) -> None:
    node = {"kind": "code", "code": "{}['price']", "on_error": {"set": {"value": "${error.kind}"}}}
    assert (await ran(node, kind="string")).output == {"value": "tool"}


async def test_its_own_time_counts(ran: Any) -> None:
    node = {"kind": "code", "code": "while True: pass", "time": "200ms"}
    with pytest.raises(ToolFailed, match=r"longer than 0\.2 seconds.*`sandbox` in app\.yaml"):
        await ran(node)


async def test_it_reaches_nothing_outside(ran: Any, tmp_path: Path) -> None:
    node = {"kind": "code", "code": f"open({str(tmp_path / 'workflow.yaml')!r}).read()"}
    with pytest.raises(ToolFailed, match="Error"):
        await ran(node)


async def test_whoever_watches_sees_code_and_value(ran: Any) -> None:
    events = (await ran(MEAN, kind="number", given={"prices": [2]})).events
    called = next(event for event in events if isinstance(event, Called))
    assert (called.tool, called.arguments["prices"]) == ("code", [2])
    assert next(event for event in events if isinstance(event, Returned)).value["value"] == 2


@pytest.mark.parametrize(
    ("node", "told"),
    [
        ({"code": "for x in"}, "E606"),
        ({"code": "return 1"}, "E606"),
        ({"code_file": "no.py"}, "E307"),
        ({"code_file": "../no.py"}, "E308"),
        ({"code": "1", "from": "1"}, "it has either code, code_file or from"),
    ],
)
async def test_wrong_code_is_told_before_it_runs(ran: Any, node: dict[str, Any], told: str) -> None:
    with pytest.raises(FileError) as caught:
        await ran({"kind": "code", **node})
    assert told in str([(one.code, one.problem) for one in caught.value.problems])

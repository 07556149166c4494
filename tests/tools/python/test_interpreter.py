"""The code interpreter: values, output, errors, files, and a session that remembers."""

import asyncio
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from antiphon.tools.base.errors import EngineError, InputError
from antiphon.tools.python.interpreter import Interpreter
from antiphon.tools.python.means import Mean
from antiphon.tools.python.settings import SandboxSettings
from antiphon.tools.python.tool import python_tool

FAST = Interpreter(SandboxSettings(time="5s"))
LIMITS = FAST.settings.limits()


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("1 + 1", 2),
        ("x = 3\nx * 2", 6),
        ("result = [1, 'a', None, True, 2.5]", [1, "a", None, True, 2.5]),
        ("print('x')\nresult = 4\nprint('y')", 4),
        ("(1, 2)", [1, 2]),
        ("{1: 'a', 'b': {2}}", {"1": "a", "b": "{2}"}),
        ("2 ** 64", "18446744073709551616"),
        ("10 ** 6000 > 1, 10 ** 6000", [True, "an integer of 19932 bits"]),
        ("float('nan')", "nan"),
        ("from fractions import Fraction\nFraction(1, 3)", "Fraction(1, 3)"),
        ("'\\ud800'", "?"),
        ("x = []\nx.append(x)\nx", "[[...]]"),
        ("class A:\n    def __repr__(self): return 1 / 0\nA()", "<A>"),
        ("", None),
        ("import sys\nsys.exit()", None),
        ("__name__", "__main__"),
        ("import numpy\nnumpy.arange(3) * 0.5", [0.0, 0.5, 1.0]),
    ],
)
async def test_the_value_is_plain_data(code: str, value: object) -> None:
    ran = await FAST.run(code)
    assert (ran.error, ran.value) == ("", value)


async def test_what_it_prints_is_kept_in_order() -> None:
    ran = await FAST.run("import sys, os\nprint('一')\nprint('two', file=sys.stderr)\nos.write(1, b'three')\nNone")
    assert ran.output == "一\ntwo\nthree"


async def test_values_are_variables() -> None:
    assert (await FAST.run("prices[0] + extra", values={"prices": [1, 2], "extra": 0.5})).value == 1.5


async def test_an_integer_of_any_length_arrives_as_one() -> None:
    assert (await FAST.run("n + 1 == 2 ** 70 + 1", values={"n": 2**70})).value is True


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, object()])
async def test_a_value_that_is_no_plain_data_is_refused(value: object) -> None:
    with pytest.raises(InputError, match="code cannot be given a value of the type") as told:
        await FAST.run("1", values={"x": [value]})
    assert told.value.at == "x[0]"


@pytest.mark.parametrize("level", ["kernel", "process"])
async def test_a_traceback_shows_the_code_and_no_path_of_the_machine(level: str) -> None:
    held = Interpreter(SandboxSettings.model_validate({"level": level}))
    ran = await held.run("import json\ndef f():\n    json.loads('{')\n\nf()")
    assert ran.error.startswith('Traceback (most recent call last):\n  File "<code>", line 5, in <module>\n    f()')
    assert ran.error.splitlines()[-1].startswith("json.decoder.JSONDecodeError")
    assert str(Path(os.__file__).parent) not in ran.error


async def test_code_that_is_no_python_is_an_error_in_its_line() -> None:
    ran = await FAST.run("x = 1\nfor")
    assert 'File "<code>", line 2' in ran.error
    assert ran.error.splitlines()[-1] == "SyntaxError: invalid syntax"


async def test_files_go_in_and_come_out(tmp_path: Path) -> None:
    (tmp_path / "b.bin").write_bytes(b"\x00\x01")
    code = (
        "import os\nos.makedirs('out')\nopen('out/c.csv', 'w').write(open('in/a.txt').read().upper())\nopen('b').read()"
    )
    ran = await FAST.run(code, {"in/a.txt": "å".encode(), "b": tmp_path / "b.bin"})
    assert [(file.name, file.data.decode(), file.media_type) for file in ran.files] == [("out/c.csv", "Å", "text/csv")]
    assert ran.value == "\x00\x01"


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "", "a\0b", "a\\b"])
async def test_a_file_whose_name_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="no name for a file"):
        await FAST.run("1", {name: b"x"})


async def test_files_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="more than its folder may hold"):
        await FAST.run("1", {"x": bytes(2 << 20)}, replace(LIMITS, files_mb=1))


async def test_a_session_keeps_variables_and_files_and_survives_an_exception() -> None:
    async with FAST.session({"n.txt": b"5"}) as session:
        first = await session.run("n = int(open('n.txt').read())\nopen('m.txt', 'w').write('1')")
        second = await session.run("n = n / 0")
        third = await session.run("n, open('m.txt').read()")
    assert [file.name for file in first.files] == ["m.txt"]
    assert second.error.endswith("ZeroDivisionError: division by zero")
    assert (third.value, third.files) == ([5, "1"], ())


async def test_a_session_ends_with_the_limit_that_kills_it() -> None:
    async with FAST.session(limits=replace(LIMITS, time_s=0.3)) as session:
        assert (await session.run("while True: pass")).stopped == "time"
        with pytest.raises(InputError, match=r"the session has ended: the code ran longer than 0.3 seconds"):
            await session.run("1")


async def test_the_time_of_a_session_counts_for_each_piece_of_code() -> None:
    async with FAST.session(limits=replace(LIMITS, time_s=5, cpu_s=1)) as session:
        for _ in range(2):
            ran = await session.run("import time\nt = time.process_time()\nwhile time.process_time() < t + 0.6: pass")
            assert (ran.stopped, ran.error) == ("", "")


async def test_pieces_of_code_of_one_session_wait_for_each_other() -> None:
    async with FAST.session() as session:
        rans = await asyncio.gather(*(session.run(f"import time; time.sleep(0.05); {n}") for n in range(3)))
    assert [ran.value for ran in rans] == [0, 1, 2]


async def test_open_figures_are_saved_as_pictures() -> None:
    library = (
        b"class Figure:\n    def savefig(self, name): open(name, 'wb').write(b'PNG')\n"
        b"def get_fignums(): return [1, 2]\ndef figure(n): return Figure()\ndef close(what): pass\n"
    )
    files: dict[str, bytes | Path] = {"matplotlib/__init__.py": b"", "matplotlib/pyplot.py": library}
    ran = await FAST.run("import sys\nsys.dont_write_bytecode = True\nimport matplotlib.pyplot", files)
    assert {(file.name, file.media_type) for file in ran.files} == {
        ("figure-1.png", "image/png"),
        ("figure-2.png", "image/png"),
    }


async def test_a_level_that_nothing_here_holds_is_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = {name: Mean(name, False, "not here") for name in ("namespaces", "landlock")}
    monkeypatch.setattr("antiphon.tools.python.means._found", gone)
    with pytest.raises(EngineError, match=r"namespaces: not here; landlock: not here.*`sandbox: \{level: process\}`"):
        await FAST.run("1")


async def test_cancelling_kills_the_child_at_once() -> None:
    task = asyncio.create_task(FAST.run("import time\ntime.sleep(60)"))
    await asyncio.sleep(0.4)
    began = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - began < 1


async def test_the_tool_gives_value_output_and_error() -> None:
    tool = python_tool(FAST)
    assert (tool.name, list(tool.schema()["properties"])) == ("python", ["code"])
    assert await tool(code="print('a')\n3 * 4") == {"value": 12, "output": "a\n", "error": ""}
    assert (await tool(code="1 / 0"))["error"].endswith("ZeroDivisionError: division by zero")


async def test_the_tool_shows_a_model_no_more_than_it_can_read() -> None:
    shown = await python_tool(FAST)(code="print('x' * 9000)\nlist(range(9000))")
    assert len(str(shown)) < 4200

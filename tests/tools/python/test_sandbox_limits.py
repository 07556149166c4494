"""What the kernel does not count by itself is counted all the same; and what it shows of the machine is little."""

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from antiphon.tools.python.interpreter import Interpreter

from .conftest import LIMITS, ran

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's means are Linux's")


async def test_a_file_outside_keeps_its_length_where_landlock_is_old(
    by_landlock: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("antiphon.tools.python.world.landlock_here", lambda: 2)
    path = tmp_path / "precious.txt"
    path.write_text("precious", encoding="utf-8")
    code = (
        f"import os\nopen('own', 'w').close()\npath, refused = {str(path)!r}, []\n"
        "for does in (lambda: os.truncate(path, 0), lambda: os.open(path, os.O_TRUNC),"
        " lambda: os.open(path, 3 | os.O_TRUNC)):\n"
        "    try: does()\n    except OSError as error: refused.append(error.errno)\nrefused"
    )
    got = await ran(by_landlock, code)
    assert (got.error, got.value) == ("", [1, 1, 1])  # by the filter; Landlock says 13


HIDDEN = {
    "removed": "open('x', 'wb').write(piece)\n    os.unlink('x')",
    "kept open": "kept.append(os.open('x', os.O_CREAT | os.O_RDWR))\n    os.write(kept[-1], piece)\n    os.unlink('x')",
    "written over": "open('x', 'wb').write(piece)",
}


@pytest.mark.parametrize("name", HIDDEN)
async def test_what_is_removed_or_written_over_fills_no_disk(by_landlock: Interpreter, name: str) -> None:
    code = f"import os, time\nkept, piece = [], bytes(1 << 20)\nwhile True:\n    {HIDDEN[name]}\n    time.sleep(0.02)"
    assert (await ran(by_landlock, code)).stopped == "files"


async def test_what_a_session_hides_counts_in_its_later_pieces(by_landlock: Interpreter) -> None:
    code = "import os\nfor n in range(3):\n    open('x', 'wb').write(bytes(3 << 20))\n"
    hidden = code + "    kept = [*globals().get('kept', []), os.open('x', 0)]\n    os.unlink('x')"
    async with by_landlock.session(limits=LIMITS) as session:
        assert [(await session.run(code)).stopped for _ in range(4)] == [""] * 4
        stopped = ""
        for _ in range(4):
            stopped = stopped or (await session.run(hidden)).stopped
    assert stopped == "files"


@pytest.mark.parametrize(
    "code",
    [
        "import socket\na, b = socket.socketpair()\nsocket.send_fds(a, [b'x'], [0])",
        "import mmap\nwith open('x', 'wb+') as file:\n    file.truncate(4096)\n    mmap.mmap(file.fileno(), 4096)",
        "import os\nos.open('.', os.O_TMPFILE | os.O_RDWR)",
        "import os\nr, w = os.pipe()\nos.write(w, b'x')\nos.splice(r, os.open('x', os.O_CREAT | os.O_WRONLY), 1)",
    ],
)
async def test_no_file_is_filled_without_being_counted(by_landlock: Interpreter, code: str) -> None:
    assert "Error: [Errno" in (await ran(by_landlock, code)).error


async def test_ordinary_work_with_files_goes_on(held: Interpreter) -> None:
    code = (
        "import os, tempfile, shutil\nwith tempfile.TemporaryFile() as file:\n    file.write(b'x')\n"
        "with tempfile.TemporaryDirectory() as folder:\n    open(folder + '/a', 'w').write('a')\n"
        "    shutil.copy(folder + '/a', 'b')\nos.replace('b', 'c')\nopen('c').read()"
    )
    got = await ran(held, code)
    assert (got.error, got.value) == ("", "a")


async def test_the_folder_is_measured_once_more_before_the_answer(by_landlock: Interpreter) -> None:
    got = await ran(by_landlock, "print('x')\nfor n in 'ab': open(n, 'wb').write(bytes(3 << 20))\n1")
    assert (got.value, got.stopped, got.output) == (None, "files", "x\n")


SOME = "import os, time\nfor _ in range({}):\n    if os.fork() == 0:\n        time.sleep(0.4)\n        os._exit(0)\n"


@pytest.mark.parametrize(("begun", "stopped"), [(1, ""), (2, "processes"), (30, "processes")])
async def test_so_many_processes_and_no_more(by_namespaces: Interpreter, begun: int, stopped: str) -> None:
    got = await by_namespaces.run(SOME.format(begun) + "time.sleep(0.3)", limits=replace(LIMITS, processes=2))
    assert (got.error == "", got.stopped) == (not stopped, stopped)


async def test_nothing_runs_between_two_pieces_of_code(held: Interpreter) -> None:
    code = (
        "import threading, time\nn = 0\ndef count():\n    global n\n    while True:\n        n += 1\n"
        "        time.sleep(0.001)\nthreading.Thread(target=count, daemon=True).start()\nn"
    )
    async with held.session(limits=LIMITS) as session:
        first = (await session.run(code)).value
        await asyncio.sleep(0.5)
        later = (await session.run("n")).value
    assert later - first < 100


async def test_a_paused_session_at_level_process_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from antiphon.tools.python.settings import SandboxSettings

    async with asyncio.timeout(4):
        async with Interpreter(SandboxSettings(level="process")).session() as session:
            assert (await session.run("1")).value == 1
            assert (await session.run("2")).value == 2


async def test_a_world_of_its_own_has_a_name_of_its_own(by_namespaces: Interpreter) -> None:
    assert (await ran(by_namespaces, "import os\nos.uname().nodename")).value == "sandbox"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give users away")
async def test_each_run_is_another_user(by_namespaces: Interpreter) -> None:
    users = [(await ran(by_namespaces, "import os\nos.getuid()")).value for _ in range(3)]
    assert len(set(users)) == 3

"""Hostile code, really run: it is contained, and the machine is unharmed. As root, and as an ordinary user."""

import asyncio
import os
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from antiphon.tools.python.interpreter import Interpreter

from .conftest import LIMITS, processes, ran

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's means are Linux's")

REFUSED = {
    "a fork": "os.fork()",
    "a program": "os.execv('/bin/sh', ['sh'])",
    "a subprocess": "subprocess.run([sys.executable, '-c', '1'])",
    "tcp": "socket.create_connection(('127.0.0.1', port), 1)",
    "udp": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', port))",
    "unix": "socket.socket(socket.AF_UNIX).connect('/run/docker.sock')",
    "abstract unix": "socket.socket(socket.AF_UNIX).connect('\\0x')",
    "raw": "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
    "netlink": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "dns": "socket.getaddrinfo('example.org', 80)",
    "environ of the parent": "open(f'/proc/{parent}/environ').read()",
    "memory of the parent": "open(f'/proc/{parent}/mem', 'rb')",
    "file descriptors of the parent": "os.listdir(f'/proc/{parent}/fd')",
    "its own /proc": "open('/proc/self/status').read()",
    "sysctl": "open('/proc/sys/kernel/core_pattern').read()",
    "a secret beside": "open(secret).read()",
    "home": "os.listdir('/root') or 1 / 0",
    "shadow": "open('/etc/shadow').read()",
    "passwd": "open('/etc/passwd').read()",
    "the disk": "open('/dev/vda', 'rb')",
    "a terminal": "open('/dev/tty')",
    "writing beside": "open(secret, 'w')",
    "writing to a library": "open(os.__file__, 'a')",
    "signal to the parent": "os.kill(parent, 9)",
    "look at the parent": "os.kill(parent, 0)",
    "signal to its own parent": "os.kill(os.getppid(), 9)",
    "signal to all": "os.kill(-1, 9)",
    "signal to a group": "os.killpg(0, 9)",
    "a session of its own": "os.setsid()",
    "be root": "os.setuid(0) if os.getuid() else os.open('/etc/shadow', 0)",
    "a device": "os.mknod('sda', 0o600 | stat.S_IFBLK, os.makedev(8, 0))",
    "a pipe in the folder": "os.mkfifo('pipe')",
    "a hard link out": "os.link(secret, 'link')",
    "chroot": "os.chroot('.')",
    "ptrace": "call(101, 16, parent, 0, 0)",
    "memory of others": "call(310, parent, 0, 0, 0, 0, 0)",
    "signals by way of a file": "fcntl.fcntl(0, fcntl.F_SETOWN, parent)",
    "which signal": "fcntl.fcntl(0, 10, 9)",
    "signals to a thread": "fcntl.fcntl(0, 15, struct.pack('ii', 1, parent))",
    "signals by way of a socket": "fcntl.ioctl(socket.socketpair()[0], 0x8901, struct.pack('i', parent))",
    "datagrams": "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
    "raw datagrams": "socket.socketpair(socket.AF_UNIX, socket.SOCK_RAW)",
    "memory that is shared": "mmap.mmap(-1, 4096)",
    "zeros that are shared": "mmap.mmap(os.open('/dev/zero', os.O_RDWR), 4096)",
    "to be looked into": "call(157, 4, 1, 0, 0, 0)",
    "mount": "call(165, b'x', b'/', b'tmpfs', 0, 0)",
    "keyctl": "call(250, 0, -3, 0)",
    "bpf": "call(321, 0, 0, 0)",
    "perf": "call(298, 0, 0, 0, 0, 0)",
    "unshare": "call(272, 0x10000000)",
    "setns": "call(308, 3, 0)",
    "clone with namespaces": "call(56, 0x10000000 | 17, 0, 0, 0, 0)",
    "clone3": "call(435, 0, 0)",
    "io_uring": "call(425, 8, 0)",
    "userfaultfd": "call(323, 0)",
    "memfd": "call(319, b'x', 0)",
    "pidfd": "call(434, parent, 0)",
    "no longer to die with its parent": "call(157, 1, 0, 0, 0, 0)",
    "a call nobody knows": "call(462, 0)",
    "other limits": "resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
}
PRELUDE = """
import ctypes, fcntl, mmap, os, resource, socket, stat, struct, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    if os.uname().machine != "x86_64":
        raise OSError(1, "not tried here")
    if libc.syscall(number, *(ctypes.c_long(a) if isinstance(a, int) else a for a in arguments)) < 0:
        raise OSError(ctypes.get_errno(), "refused")
got = {}
for name, piece in attempts.items():
    try:
        exec(piece)
        got[name] = "done"
    except OSError as error:
        pass
    except BaseException as error:
        if not isinstance(error, ValueError):
            got[name] = repr(error)
result = got
"""


@pytest.fixture
def port() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


async def test_what_it_must_not_do_is_refused(held: Interpreter, port: int, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("topsecret", encoding="utf-8")
    secret.chmod(0o666)
    values = {"attempts": REFUSED, "parent": os.getpid(), "secret": str(secret), "port": port}
    got = await held.run(PRELUDE, limits=LIMITS, values=values)
    assert (got.error, got.value) == ("", {})
    assert secret.read_text("utf-8") == "topsecret"


async def test_modes_and_times_of_other_files_stay(held: Interpreter, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.touch(0o600)
    before = secret.stat()
    code = f"import os\npath = {str(secret)!r}\n"
    for does in ("os.chmod(path, 0o777)", "os.utime(path, (1, 1))", "os.setxattr(path, 'user.a', b'b')"):
        code += f"try: {does}\nexcept OSError: pass\n"
    assert (await ran(held, code)).error == ""
    after = secret.stat()
    assert (after.st_mode, after.st_mtime, os.listxattr(secret)) == (before.st_mode, before.st_mtime, [])


async def test_it_inherits_no_secrets_and_no_open_files(
    held: Interpreter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("API_KEY", "topsecret")
    descriptor = os.open(tmp_path / "open.txt", os.O_CREAT | os.O_WRONLY)
    os.set_inheritable(descriptor, True)
    code = "import os, sys\nfds = []\n"
    code += "for n in range(64):\n    try:\n        os.fstat(n)\n        fds.append(n)\n    except OSError: pass\n"
    got = await ran(held, code + "[str(dict(os.environ)) + str(sys.argv) + str(sys.path[-1]), len(fds)]")
    os.close(descriptor)
    assert "topsecret" not in str(got.value)
    assert got.value[1] <= 7


async def test_a_fork_bomb_begins_no_process(held: Interpreter) -> None:
    before = processes()
    got = await ran(held, "import os\nwhile True: os.fork()")
    assert got.stopped == "processes"
    assert processes() < before + 30


async def test_a_fork_bomb_of_code_that_may_fork_is_contained() -> None:
    before = processes()
    code = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"
    got = await Interpreter().run(code, limits=replace(LIMITS, processes=8, time_s=1))
    assert got.stopped == "processes"
    await asyncio.sleep(0.3)
    assert processes() < before + 30


async def test_what_is_left_behind_dies_with_it() -> None:
    before = processes()
    code = (
        "import os, signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "if os.fork() == 0:\n    if os.fork() == 0:\n        time.sleep(600)\n    os._exit(0)\n'left'"
    )
    got = await Interpreter().run(code, limits=replace(LIMITS, processes=8))
    assert got.value == "left"
    await asyncio.sleep(0.3)
    assert processes() < before + 30


async def test_threads_without_end_are_stopped(held: Interpreter) -> None:
    code = "import threading, time\nthreading.stack_size(65536)\n"
    code += "while True: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    assert (await ran(held, code)).stopped == "processes"


@pytest.mark.parametrize("code", ["x = []\nwhile True: x.append(bytes(1 << 20))", "bytes(1 << 40)", "'x' * (1 << 40)"])
async def test_a_memory_bomb_is_contained(held: Interpreter, code: str) -> None:
    assert (await ran(held, code)).stopped == "memory"


async def test_an_endless_loop_is_stopped(held: Interpreter) -> None:
    got = await ran(held, "print('begun')\nwhile True: pass", time_s=0.3)
    assert (got.stopped, got.output) == ("time", "begun\n")
    assert got.seconds < 1


async def test_a_loop_that_hears_no_signal_is_stopped(held: Interpreter) -> None:
    code = "import signal\nfor n in range(1, 65):\n    try: signal.signal(n, signal.SIG_IGN)\n"
    code += "    except (OSError, ValueError): pass\n"
    assert (await ran(held, code + "while True: pass", time_s=0.5)).stopped == "time"


async def test_the_processor_is_limited_though_the_code_ignores_the_signal(held: Interpreter) -> None:
    code = "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass"
    assert (await ran(held, code, cpu_s=0.1, time_s=8)).stopped == "cpu"


async def test_endless_output_is_stopped_and_cut(held: Interpreter) -> None:
    got = await ran(held, "while True: print('x' * 1000)")
    assert got.stopped == "output"
    assert len(got.output) <= 8 << 10


async def test_long_output_is_cut_and_says_so(held: Interpreter) -> None:
    got = await ran(held, "print('x' * 20_000)\n7")
    assert (got.value, got.stopped) == (7, "")
    assert got.output.endswith("[cut: more than 8 KB were printed]")


FULL = {
    "one large file": "f = open('x', 'wb')\nwhile True: f.write(bytes(1 << 16))",
    "many files": "n = 0\nwhile True:\n    open(f'{n}', 'wb').write(bytes(1 << 16))\n    n += 1",
    "many empty files": "n = 0\nwhile True:\n    open(f'{n}', 'wb').close()\n    n += 1",
    "many folders": "import os\nwhile True:\n    os.mkdir('d')\n    os.chdir('d')",
}


@pytest.mark.parametrize("name", FULL)
async def test_a_disk_cannot_be_filled(held: Interpreter, name: str) -> None:
    got = await ran(held, FULL[name])
    assert got.stopped in ("files", "time")  # a slow disk is not filled in time
    assert sum(len(file.data) for file in got.files) <= 4 << 20


async def test_only_ordinary_files_come_out(held: Interpreter) -> None:
    code = """
import os
os.symlink('/etc/passwd', 'link')
os.symlink('..', 'up')
open('good.txt', 'w').write('good')
os.link('good.txt', 'twin.txt')
open('fine.txt', 'w').write('fine')
open(b'\\xff.txt', 'w').close()
with open('sparse', 'wb') as file: file.truncate(3 << 20)
with open('sparse2', 'wb') as file: file.truncate(3 << 20)
path = '.'
for _ in range(30):
    path += '/d'
    os.mkdir(path)
open(path + '/deep.txt', 'w').close()
os.mkdir('closed', 0)
"""
    got = await ran(held, code)
    assert got.error == ""
    names = {file.name for file in got.files}
    assert "fine.txt" in names
    assert names <= {"fine.txt", "sparse", "sparse2"}
    assert {"link", "up", "good.txt", "twin.txt"} <= set(got.left_out)
    assert sum(len(file.data) for file in got.files) <= 4 << 20


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import os\nos._exit(3)", "the code ended its process with status 3"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
        ("import ctypes\nctypes.string_at(0)", "SIGSEGV"),
        (
            "import os\nfor n in range(3, 64):\n    try: os.close(n)\n    except OSError: pass",
            "the code ended its process",
        ),
        (
            "import os\nfor n in range(3, 64):\n    try: os.write(n, b'x' * 5_000_000)\n    except OSError: pass",
            "answers",
        ),
        (
            "import os\nfor n in range(3, 64):\n    try: os.write(n, b'[' * 9999 + b'\\n')\n    except OSError: pass",
            "answers",
        ),
        (
            "import os\nfor n in range(3, 64):\n    try: os.write(n, b'{\"number\": 7}\\n')\n    except OSError: pass",
            "answers",
        ),
        (
            'import os\nfor n in range(3, 64):\n    try: os.write(n, b\'{"number": 1, "value": NaN}\\n\')\n'
            "    except OSError: pass",
            "answers",
        ),
        ("import sys\nsys.exit('enough')", "SystemExit: enough"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("def f(): f()\nf()", "RecursionError"),
        ("class E(Exception):\n    def __str__(self): raise self\nraise E", "E"),
        ("input()", "EOFError"),
    ],
)
async def test_a_process_that_ends_or_lies_is_told_as_an_error(held: Interpreter, code: str, told: str) -> None:
    got = await ran(held, code)
    assert told in got.error
    assert got.value is None


async def test_recursion_without_a_limit_harms_nobody(held: Interpreter) -> None:
    got = await ran(held, "import sys\nsys.setrecursionlimit(1 << 30)\ndef f(): f()\nf()")
    assert got.error or got.stopped


async def test_a_forged_answer_is_only_a_value(held: Interpreter) -> None:
    forged = 'b\'{"number": 1, "value": 42, "error": 5, "stopped": [], "figures": 0}\\n\''
    code = f"import os\nfor n in range(3, 64):\n    try: os.write(n, {forged})\n    except OSError: pass\n"
    got = await ran(held, code + "while True: pass")
    assert (got.value, got.error, got.stopped) == (42, "", "")


async def test_a_closed_output_holds_nobody_up(held: Interpreter) -> None:
    got = await ran(held, "import os, sys\nprint('a')\nos.close(1)\nos.close(2)\n5")
    assert got.value == 5
    assert got.seconds < 1

"""The beginning of the child process: it shuts itself in, and then a process below it runs the code.

Three processes at level `kernel`: this one; the first of a world of its own, with which everything in it dies; and the
one that runs the code. Elsewhere two. What is read from file descriptor 0 comes from the parent and is trusted; what
is written to 2 (lines of JSON) is not, from the moment the code runs.
"""

from __future__ import annotations

import _signal as signal  # type: ignore[import-not-found]  # `signal` imports much
import marshal
import os
from math import ceil

from .execute import serve
from .pipes import message
from .values import as_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

CPU_SPENT = 200
"""Exit status where the time of the processor was used up."""


def main() -> NoReturn:
    """Set everything up, and end as the code ends."""
    try:
        _begin(marshal.loads(message(0)))
    except BaseException as error:  # whatever it is, the parent is told, and no code runs
        _tell("refused", f"{type(error).__name__}: {error}")
    os._exit(1)


_channel = [2]
"""Where the parent reads answers."""


def _tell(key: str, text: str) -> None:
    os.write(_channel[0], as_json({key: text}).encode() + b"\n")


def _begin(config: dict[str, Any]) -> None:
    if not hasattr(os, "fork"):
        _work(config)
    if config["linux"]:
        _begin_on_linux(config)
    if config["plan"] == "process":
        signal.signal(signal.SIGTERM, _ended)
    below = os.fork()
    if below == 0:
        if config["plan"] == "namespaces":
            _first(config)
        _work(config)
    _let_go()
    _supervise(below, config["cpu_s"], relay=config["plan"] == "namespaces")


def _begin_on_linux(config: dict[str, Any]) -> None:
    from . import filtering, kernel  # noqa: F401  imported before the world outside is gone

    kernel.keep_orphans()
    if config["plan"] == "namespaces":
        _world(config)
    kernel.die_with_parent()  # not before: new rights take it away
    if os.getppid() != config["parent"]:
        os._exit(1)  # it has gone meanwhile


def _world(config: dict[str, Any]) -> None:
    """Leave the machine for a world of one's own, and hand its folder to the parent."""
    import _socket

    from . import kernel

    uid, gid = os.geteuid(), os.getegid()
    kernel.unshare(kernel.APART | (0 if config["uid"] else kernel.NEW_USER))
    if not config["uid"]:
        kernel.own_user(uid, gid)
    kernel.new_root("/proc", config["shown"], config["files_mb"], config["machine"])
    _socket.sethostname("sandbox")
    folder = os.open("/box", os.O_RDONLY | os.O_DIRECTORY)
    control = _socket.socket(fileno=config["control"])
    rights = folder.to_bytes(4, "little")
    control.sendmsg([b"."], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, rights)])
    control.close()
    os.close(folder)


def _first(config: dict[str, Any]) -> None:
    """The first process of the world: it only waits, and everything dies with it."""
    from . import kernel

    kernel.die_with_parent()
    below = os.fork()
    if below == 0:
        return
    _let_go()
    _supervise(below, config["cpu_s"])


def _let_go() -> None:
    """Keep no end of the pipes, so that they close with the process that runs the code."""
    nowhere = os.open(os.devnull, os.O_RDWR) if os.path.exists(os.devnull) else -1
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor) if nowhere >= 0 else os.close(descriptor)


def _supervise(below: int, cpu_s: float, *, relay: bool = False) -> NoReturn:
    """Bury whoever dies, and end as the process that runs the code does."""
    while True:
        pid, status, used = os.wait4(-1, 0)
        if pid == below:
            break
    if os.WIFEXITED(status):
        code = os.WEXITSTATUS(status)
        code = code if relay or code < 128 else 127
    else:
        code = 128 + os.WTERMSIG(status)
        if code == 128 + signal.SIGXCPU or (code == 137 and cpu_s and used.ru_utime + used.ru_stime > cpu_s):
            code = CPU_SPENT
    _kill_below()
    os._exit(code)


def _ended(*_: object) -> NoReturn:
    _kill_below()
    os._exit(143)


def _kill_below() -> None:
    """Kill every process that is left below this one, wherever it has hidden."""
    path = f"/proc/self/task/{os.getpid()}/children"
    while True:
        try:
            with open(path) as file:
                pids = file.read().split()
        except OSError:
            return
        if not pids:
            return
        for pid in pids:
            os.kill(int(pid), signal.SIGKILL)
            os.waitpid(int(pid), 0)


def _work(config: dict[str, Any]) -> NoReturn:
    """Be the process that runs the code: lay down all rights, then do as one is asked."""
    channel = _channel[0] = os.dup(2)
    requests = os.dup(0)
    os.dup2(1, 2)
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    if config["plan"] == "process" and hasattr(os, "fork"):
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if config["uid"]:
        os.setgroups([])
        os.setresgid(config["uid"], config["uid"], config["uid"])
        os.setresuid(config["uid"], config["uid"], config["uid"])
    os.chdir(config["folder"])
    _limited(config)
    if config["linux"]:
        from . import kernel

        kernel.die_with_parent()
    if config["kernel"]:
        _shut_in(config)
    serve(config, requests, channel)


def _limited(config: dict[str, Any]) -> None:
    try:
        import resource
    except ImportError:
        return  # Windows
    mebibyte = 1 << 20
    cpu = ceil(config["cpu_s"])
    wanted = {
        "RLIMIT_CORE": (0, 0),
        "RLIMIT_FSIZE": (config["files_mb"] * mebibyte,) * 2,
        "RLIMIT_NOFILE": (128, 128),
        "RLIMIT_AS": (config["memory_mb"] * mebibyte,) * 2,
        "RLIMIT_CPU": (cpu, resource.RLIM_INFINITY if config["stays"] else cpu),
        "RLIMIT_NPROC": (config["tasks"],) * 2 if config["tasks"] else None,
        "RLIMIT_MSGQUEUE": (0, 0),
        "RLIMIT_MEMLOCK": (0, 0),
    }
    for name, pair in wanted.items():
        which = getattr(resource, name, None)
        if which is None or pair is None:
            continue
        try:
            resource.setrlimit(which, pair)
        except (OSError, ValueError):
            if config["kernel"]:
                raise


def _shut_in(config: dict[str, Any]) -> None:
    from . import filtering, kernel

    among = config["plan"] != "namespaces"  # where its processes cannot be counted, it may have none
    kernel.no_new_privileges(counted=among)
    if config["landlock"]:
        kernel.landlock(
            [(path, kernel.LOOK if what == "folder" else kernel.READ | kernel.WRITE) for path, what in config["shown"]]
            + [(path, kernel.CHANGE) for path in (config["folder"], config["scratch"])]
        )
    kernel.no_capabilities(config["machine"])
    alone = among or config["processes"] == 1
    truncates = config["landlock"] < kernel.HOLDS_TRUNCATION
    pid = os.getpid()
    kernel.filtered(filtering.program(config["machine"], alone=alone, among=among, truncates=truncates, pid=pid))

"""What the child process is told about the machine: what it may see of it, and by which means it is shut in."""

import os
import platform
import sys
import sysconfig
from pathlib import Path
from secrets import randbelow
from typing import Any, Literal

from .types import Limits

Plan = Literal["namespaces", "landlock", "process"]
"""namespaces: a world of its own, with its own root, network and processes, and Landlock on top where there is one.
landlock: the machine's world, of which it can open little. Both with seccomp. process: limits only."""

THREADS = 64
LIBRARIES = (
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
)
DEVICES = ("/dev/null", "/dev/urandom", "/dev/random")
FREE_USERS = 1_879_048_192
"""From here on users are given to nobody: https://systemd.io/UIDS-GIDS/."""


def config(plan: Plan, limits: Limits, *, stays: bool, folder: str, scratch: str, control: int) -> dict[str, Any]:
    """Everything the child is told, in types that `marshal` knows.

    Args:
        stays: Whether it will run several pieces of code.
        folder: Its own folder, as it sees it; `scratch` the one for what is not handed on.
        control: The file descriptor by which it hands over its folder, -1 for none.
    """
    return {
        "plan": plan,
        "kernel": plan != "process",
        "linux": sys.platform == "linux",
        "parent": os.getpid(),
        "machine": platform.machine(),
        "landlock": landlock_here() if plan != "process" else 0,
        "shown": shown() if plan != "process" else [],
        "paths": paths(),
        "folder": folder,
        "scratch": scratch,
        "control": control,
        "stays": stays,
        "uid": FREE_USERS + randbelow(1 << 28) if plan == "namespaces" and os.geteuid() == 0 else 0,
        "cpu_s": limits.cpu_s,
        "memory_mb": limits.memory_mb,
        "files_mb": limits.files_mb,
        "processes": limits.processes,
        "tasks": limits.processes + THREADS if plan == "namespaces" else 0,
    }


def landlock_here() -> int:
    """The version of Landlock that the kernel has, 0 for none."""
    from .child.kernel import landlock_version

    return landlock_version()


def paths() -> list[str]:
    """Where the child finds modules: the standard library and what is installed beside it."""
    found = sysconfig.get_paths()
    base = sysconfig.get_path("stdlib")
    wanted = [base, f"{base}/lib-dynload", found["platlib"], found["purelib"]]
    return [path for path in dict.fromkeys(map(os.path.realpath, wanted)) if Path(path).is_dir()]


def shown() -> list[tuple[str, str]]:
    """What can be read of the machine: the interpreter's own files, libraries, and three harmless devices."""
    folders = [*paths(), *LIBRARIES, f"{os.path.realpath(sys.base_prefix)}/lib"]
    found: dict[str, str] = {}
    for path in sorted(set(folders), key=len):
        if Path(path).is_symlink():
            found[path] = "link"
        elif Path(path).is_dir() and not any(_below(path, other) for other in found):
            found[path] = "folder"
    return [*found.items(), *((path, "device") for path in DEVICES if Path(path).exists())]


def _below(path: str, other: str) -> bool:
    return Path(path).is_relative_to(other)


def environment(folder: str, scratch: str) -> dict[str, str]:
    """All the child finds in its environment."""
    alone = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    windows = {"SYSTEMROOT": os.environ["SYSTEMROOT"]} if "SYSTEMROOT" in os.environ else {}
    own = {"HOME": folder, "TMPDIR": scratch, "MPLCONFIGDIR": scratch, "MPLBACKEND": "Agg"}
    return {"LANG": "C.UTF-8", "TZ": "UTC", **own, **alone, **windows}

"""The kernel's own means, called through the C library: namespaces, mounts, Landlock, seccomp, capabilities.

Constants and structures: include/uapi/linux/{sched,mount,prctl,landlock,seccomp,capability}.h of Linux.
"""

from __future__ import annotations

import ctypes
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

NEW_NS, NEW_CGROUP, NEW_UTS, NEW_IPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
NEW_USER, NEW_PID, NEW_NET = 0x10000000, 0x20000000, 0x40000000
APART = NEW_NS | NEW_UTS | NEW_IPC | NEW_PID | NEW_NET
RDONLY, NOSUID, NODEV, REMOUNT, BIND, REC, PRIVATE, RELATIME = 1, 2, 4, 32, 4096, 16384, 1 << 18, 1 << 21
DETACH = 2
SET_DUMPABLE = 4
SET_PDEATHSIG, SET_NO_NEW_PRIVS, SET_SECCOMP, SET_SUBREAPER, FILTER = 1, 38, 22, 36, 2
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "arm64": 41}
CAPSET = {"x86_64": 126, "aarch64": 91, "arm64": 91}
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446

EXECUTE, WRITE, READ, READ_FOLDER = 1, 2, 4, 8
TRUNCATE = 1 << 14
HOLDS_TRUNCATION = 3
"""The first version of Landlock that does."""
LOOK = READ | READ_FOLDER | EXECUTE
CHANGE = LOOK | WRITE | 16 | 32 | 128 | 256 | 4096 | 1 << 13 | TRUNCATE
OF_FILES = EXECUTE | WRITE | READ | TRUNCATE

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def _checked(what: str, result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def _call(what: str, number: int, *arguments: object) -> int:
    wide = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return _checked(what, _libc.syscall(ctypes.c_long(number), *wide))


def _prctl(what: str, *arguments: object) -> None:
    wide = [ctypes.c_ulong(one) if isinstance(one, int) else one for one in arguments]
    _checked(what, _libc.prctl(wide[0], *wide[1:], *([ctypes.c_ulong(0)] * (5 - len(wide)))))


def unshare(flags: int) -> None:
    """Leave these namespaces for new ones."""
    _checked("unshare", _libc.unshare(ctypes.c_int(flags)))


def own_user(uid: int, gid: int) -> None:
    """In a new user namespace: be an ordinary user there, and outside who one was."""
    for name, line in (("setgroups", "deny"), ("uid_map", f"1000 {uid} 1"), ("gid_map", f"1000 {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(line)


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """mount(2)."""
    words = [word.encode() if word else None for word in (source, target, kind)]
    done = _libc.mount(*words, ctypes.c_ulong(flags), options.encode() or None)
    _checked(f"mount {kind or target}", done)


def new_root(at: str, shown: Sequence[tuple[str, str]], mebibytes: int, machine: str) -> None:
    """Make a small file system in memory the whole world: what is shown in it can only be read.

    Args:
        at: A folder that may be hidden.
        shown: Paths, with "folder", "device" or "link".
    """
    mount("", "/", "", REC | PRIVATE)
    mount("tmpfs", at, "tmpfs", NOSUID | NODEV, f"size={mebibytes}m,nr_inodes={1000 + 200 * mebibytes},mode=755")
    for path, what in shown:
        place = at + path
        os.makedirs(os.path.dirname(place), exist_ok=True)
        if what == "link":
            os.symlink(os.readlink(path), place)
            continue
        if what == "device":
            os.close(os.open(place, os.O_CREAT | os.O_WRONLY, 0o644))
        else:
            os.makedirs(place, exist_ok=True)
        mount(path, place, "", BIND | REC)
        if what == "folder":
            mount("", place, "", REMOUNT | BIND | RDONLY | NOSUID | NODEV | _kept(place))
    for name in ("box", "tmp"):
        os.mkdir(f"{at}/{name}")
        os.chmod(f"{at}/{name}", 0o777)
    os.chdir(at)
    dot = ctypes.c_char_p(b".")
    _call("pivot_root", PIVOT_ROOT[machine], dot, dot)
    _checked("umount", _libc.umount2(dot, ctypes.c_int(DETACH)))
    os.chdir("/")


def _kept(place: str) -> int:
    """The flags of a mount that a remount in a user namespace may not lose (mount_namespaces(7))."""
    flags = os.statvfs(place).f_flag
    return flags & (2 | 4 | 8 | 1024 | 2048) | (RELATIME if flags & 4096 else 0)


def landlock_version() -> int:
    """The version of Landlock; 0 where there is none."""
    try:
        return _call("landlock", CREATE_RULESET, None, 0, 1)
    except OSError:
        return 0


class _Attributes(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def landlock(rules: Sequence[tuple[str, int]]) -> None:
    """From now on only these paths can be opened, each for what its bits say.

    https://docs.kernel.org/userspace-api/landlock.html
    """
    version = landlock_version()
    handled = (1 << (13 + (version >= 2) + (version >= 3))) - 1 | (1 << 15 if version >= 5 else 0)
    attributes = _Attributes(handled, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = _call("landlock", CREATE_RULESET, ctypes.byref(attributes), size, 0)
    for path, allowed in rules:
        try:
            parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue  # not there
        allowed &= handled if os.path.isdir(path) else handled & OF_FILES
        beneath = _Beneath(allowed, parent)
        _call("landlock rule", ADD_RULE, ruleset, 1, ctypes.byref(beneath), 0)
        os.close(parent)
    _call("landlock", RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def die_with_parent() -> None:
    """Be killed when the process that started this one ends."""
    _prctl("prctl", SET_PDEATHSIG, 9)


def keep_orphans() -> None:
    """Become the parent of what the processes below leave behind."""
    _prctl("prctl", SET_SUBREAPER, 1)


def no_new_privileges(*, counted: bool) -> None:
    """No program that is begun from here has more rights than this one, and none may look into this one.

    Args:
        counted: Whether the caller's user counts what it writes (/proc/PID/io), and so may look.
    """
    if not counted:
        _prctl("dumpable", SET_DUMPABLE, 0)
    _prctl("no new privileges", SET_NO_NEW_PRIVS, 1)


def no_capabilities(machine: str) -> None:
    """Lay down every right of an administrator (capset(2), version 3)."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    _call("capset", CAPSET[machine], header, data)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def filtered(program: bytes) -> None:
    """Let every system call from now on be judged by this filter."""
    given = _Program(len(program) // 8, program)
    _prctl("seccomp", SET_SECCOMP, FILTER, ctypes.byref(given))

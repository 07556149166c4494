"""The seccomp filter: a small program by which the kernel judges every system call.

Its form is classic BPF over `struct seccomp_data`: https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

from errno import EAGAIN, ENOSYS, EOPNOTSUPP, EPERM

from .syscalls import FIRST_UNKNOWN, forbidden, forbidden_alone, looked_at, pretended, uncounted, untouched

LOAD, EQUAL, AT_LEAST, AND, RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7, "arm64": 0xC00000B7}
"""AUDIT_ARCH_* of include/uapi/linux/audit.h."""
X32 = 0x40000000
WHOLE = 0xFFFFFFFF
THREAD, NEW_NAMESPACES = 0x00010000, 0x7E020080
"""CLONE_THREAD; and CLONE_NEW* of include/uapi/linux/sched.h."""
PDEATHSIG, DUMPABLE = 1, 4
HARMLESS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""The only ioctls: TCGETS and TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX."""
SIGNALS_OTHERS = (8, 10, 15, 1024, 1026)
"""F_SETOWN, F_SETSIG, F_SETOWN_EX, by which the kernel signals any process; F_SETLEASE, F_NOTIFY."""
STREAM = 1
"""The only kind of a pair of sockets that cannot send to the socket of somebody else."""
SHARED, SHARED_ANONYMOUS = 0x01, 0x21
"""Memory that lives on, uncounted, where it is no longer mapped."""
ACCESS, WITHOUT_NAME, TRUNCATE = 3, 0x00400000, 0x200
"""O_ACCMODE, O_TMPFILE, O_TRUNC."""

Step = tuple[int, int, int, int]
_REFUSED, _ALLOWED = (RETURN, 0, 0, REFUSE | EPERM), (RETURN, 0, 0, ALLOW)
_AGAIN, _UNKNOWN, _UNABLE = ((RETURN, 0, 0, REFUSE | errno) for errno in (EAGAIN, ENOSYS, EOPNOTSUPP))


def program(machine: str, *, alone: bool, among: bool, truncates: bool, pid: int) -> bytes:
    """The filter, as the kernel wants it.

    Args:
        alone: Whether the code can start no process, and signal none but itself.
        among: Whether it is among the files and processes of others, without a world of its own.
        truncates: Whether Landlock is too old to keep files of others from being made empty.
        pid: Of the process it is for.
    """
    steps: list[Step] = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, AUDIT[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, 0, 1, X32 if machine == "x86_64" else WHOLE),
        (RETURN, 0, 0, KILL),
        (AT_LEAST, 0, 1, FIRST_UNKNOWN),
        _UNKNOWN,
    ]
    for number in forbidden(machine).values():
        steps += _when(number, [_REFUSED])
    if alone:
        for name, number in forbidden_alone(machine).items():
            steps += _when(number, [_AGAIN if "fork" in name else _REFUSED])
    if among:
        for number in untouched(machine).values():
            steps += _when(number, [_REFUSED])
        for number in uncounted(machine).values():
            steps += _when(number, [_UNABLE])
        for number in pretended(machine).values():
            steps += _when(number, [(RETURN, 0, 0, REFUSE)])
    for name, number in looked_at(machine).items():
        steps += _when(number, _of_processes(name, alone, pid) or _of_files(name, among, truncates))
    steps.append(_ALLOWED)
    return b"".join(
        code.to_bytes(2, "little") + bytes((yes, no)) + value.to_bytes(4, "little") for code, yes, no, value in steps
    )


def _of_processes(name: str, alone: bool, pid: int) -> list[Step]:
    """What happens to a call about processes, by its arguments; each way ends with a return. Empty for others."""
    if name == "clone3":  # its arguments lie in memory, where no filter sees them; the C library falls back on clone
        return [_UNKNOWN]
    if name == "clone":
        if alone:
            return [*_if(0, THREAD, THREAD, _ALLOWED), _AGAIN]
        return [*_if(0, NEW_NAMESPACES, 0, _ALLOWED), _REFUSED]
    if name == "prctl":
        return [*_if(0, WHOLE, PDEATHSIG, _REFUSED), *_if(0, WHOLE, DUMPABLE, _REFUSED), _ALLOWED]
    if name not in ("kill", "tgkill", "prlimit64"):
        return []
    if not alone:
        return [_ALLOWED]
    itself = _if(0, WHOLE, 0, _ALLOWED) if name == "prlimit64" else []
    return [*itself, *_if(0, WHOLE, pid, _ALLOWED), _REFUSED]


def _of_files(name: str, among: bool, truncates: bool) -> list[Step]:
    """The same, of a call about files, memory and sockets."""
    if name == "ioctl":
        return [*(step for one in HARMLESS for step in _if(1, WHOLE, one, _ALLOWED)), _UNABLE]
    if name == "fcntl":
        return [*(step for one in SIGNALS_OTHERS for step in _if(1, WHOLE, one, _REFUSED)), _ALLOWED]
    if name == "socketpair":
        return [*_if(1, 15, STREAM, _ALLOWED), _REFUSED]
    if name == "mmap":
        bits = SHARED if among else SHARED_ANONYMOUS
        return [*_if(3, bits, bits, _REFUSED), _ALLOWED]
    if name == "truncate":
        return [_REFUSED if among and truncates else _ALLOWED]
    if name == "openat2":  # its flags lie in memory
        return [_UNKNOWN if among else _ALLOWED]
    return _opening(1 if name == "open" else 2, truncates) if among else [_ALLOWED]


def _opening(flags: int, truncates: bool) -> list[Step]:
    """A file is opened with these flags: not without a name, and not with rights that Landlock does not judge."""
    emptied = _if(flags, ACCESS | TRUNCATE, TRUNCATE, _REFUSED) if truncates else []
    unseen = _if(flags, WITHOUT_NAME, WITHOUT_NAME, _UNABLE)
    return [*emptied, *unseen, *_if(flags, ACCESS, ACCESS, _REFUSED), _ALLOWED]


def _if(argument: int, mask: int, value: int, then: Step) -> list[Step]:
    """What happens where the bits of an argument are these; else it goes on."""
    return [(LOAD, 0, 0, ARGUMENTS + 8 * argument), (AND, 0, 0, mask), (EQUAL, 0, 1, value), then]


def _when(number: int, steps: list[Step]) -> list[Step]:
    return [(EQUAL, 0, len(steps), number), *steps]

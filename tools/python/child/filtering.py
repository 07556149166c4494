"""The seccomp filter: a small program by which the kernel judges every system call.

Its form is classic BPF over `struct seccomp_data`: https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

from errno import EAGAIN, ENOSYS, EPERM

from .syscalls import FIRST_UNKNOWN, forbidden, forbidden_alone, looked_at, pretended, untouched

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7, "arm64": 0xC00000B7}
"""AUDIT_ARCH_* of include/uapi/linux/audit.h."""
X32 = 0x40000000
THREAD, NEW_NAMESPACES = 0x00010000, 0x7E020080
"""CLONE_THREAD; and CLONE_NEW* of include/uapi/linux/sched.h."""
PDEATHSIG = 1
TERMINAL_INPUT = (0x5412, 0x541C)
"""TIOCSTI and TIOCLINUX, which type into a terminal."""

Step = tuple[int, int, int, int]


def program(machine: str, *, alone: bool, among: bool, pid: int) -> bytes:
    """The filter, as the kernel wants it.

    Args:
        alone: Whether the code can start no process, and signal none but itself.
        among: Whether it is among the files and processes of others, without a world of its own.
        pid: Of the process it is for.
    """
    steps: list[Step] = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, AUDIT[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, 0, 1, X32 if machine == "x86_64" else 0xFFFFFFFF),
        (RETURN, 0, 0, KILL),
        (AT_LEAST, 0, 1, FIRST_UNKNOWN),
        (RETURN, 0, 0, REFUSE | ENOSYS),
    ]
    for number in forbidden(machine).values():
        steps += _when(number, [(RETURN, 0, 0, REFUSE | EPERM)])
    if alone:
        for name, number in forbidden_alone(machine).items():
            steps += _when(number, [(RETURN, 0, 0, REFUSE | (EAGAIN if "fork" in name else EPERM))])
    if among:
        for number in untouched(machine).values():
            steps += _when(number, [(RETURN, 0, 0, REFUSE | EPERM)])
        for number in pretended(machine).values():
            steps += _when(number, [(RETURN, 0, 0, REFUSE)])
    for name, number in looked_at(machine).items():
        steps += _when(number, _judged(name, alone, pid))
    steps.append((RETURN, 0, 0, ALLOW))
    return b"".join(
        code.to_bytes(2, "little") + bytes((yes, no)) + value.to_bytes(4, "little") for code, yes, no, value in steps
    )


def _judged(name: str, alone: bool, pid: int) -> list[Step]:
    """What happens to a call that is judged by its arguments; each way ends with a return."""
    refuse, allow = (RETURN, 0, 0, REFUSE | EPERM), (RETURN, 0, 0, ALLOW)
    first, second = (LOAD, 0, 0, ARGUMENTS), (LOAD, 0, 0, ARGUMENTS + 8)
    if name == "clone3":  # its arguments lie in memory, where no filter sees them; the C library falls back on clone
        return [(RETURN, 0, 0, REFUSE | ENOSYS)]
    if name == "clone":
        if alone:
            return [first, (ANY_BIT, 1, 0, THREAD), (RETURN, 0, 0, REFUSE | EAGAIN), allow]
        return [first, (ANY_BIT, 0, 1, NEW_NAMESPACES), refuse, allow]
    if name == "prctl":
        return [first, (EQUAL, 0, 1, PDEATHSIG), refuse, allow]
    if name == "ioctl":
        return [second, (EQUAL, 1, 0, TERMINAL_INPUT[0]), (EQUAL, 0, 1, TERMINAL_INPUT[1]), refuse, allow]
    if not alone:
        return [allow]
    own = [first, (EQUAL, 1, 0, pid), refuse, allow]
    return [first, (EQUAL, 2, 0, 0), *own[1:]] if name == "prlimit64" else own


def _when(number: int, steps: list[Step]) -> list[Step]:
    return [(EQUAL, 0, len(steps), number), *steps]

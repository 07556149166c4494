"""What a process of code uses up, read from /proc; 0 where nothing is told."""

from pathlib import Path


def threads(pid: int) -> int:
    """Threads of a process."""
    try:
        return sum(1 for _ in Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return 0


def written(pid: int) -> int:
    """Bytes that a process has written in all, to files and pipes, whatever became of them (proc_pid_io(5))."""
    try:
        lines = Path(f"/proc/{pid}/io").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("wchar:")), 0)


def hides(pid: int) -> bool:
    """Whether a process keeps files that have no name any more, open or mapped; true where nothing is told."""
    try:
        kept = [str(one.readlink()) for one in Path(f"/proc/{pid}/fd").iterdir()]
        kept += Path(f"/proc/{pid}/maps").read_text("utf-8", "replace").splitlines()
    except OSError:
        return True
    return any(name.endswith(" (deleted)") for name in kept)


def below(pid: int) -> int:
    """Processes below a process, with those below them."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return 0
    children = [int(child) for task in tasks for child in _children(task)]
    return len(children) + sum(below(child) for child in children)


def _children(task: Path) -> list[str]:
    try:
        return (task / "children").read_text("ascii").split()
    except OSError:
        return []

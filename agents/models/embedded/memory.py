"""How much memory there is, and how much a process takes, where the system says so."""

import re
from pathlib import Path


def available_bytes() -> int | None:
    """What can be had without swapping (Linux: MemAvailable); None where that is not known."""
    return _kilobytes(Path("/proc/meminfo"), "MemAvailable")


def resident_bytes(pid: int) -> int | None:
    """What a process holds (Linux: VmRSS); None where that is not known."""
    return _kilobytes(Path(f"/proc/{pid}/status"), "VmRSS")


def _kilobytes(path: Path, field: str) -> int | None:
    try:
        found = re.search(rf"^{field}:\s+(\d+) kB", path.read_text(), re.MULTILINE)
    except OSError:
        return None
    return int(found[1]) * 1024 if found else None

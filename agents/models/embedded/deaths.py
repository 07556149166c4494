"""Why an embedded server cannot start or died, from what its log and the system say."""

import signal
from pathlib import Path

from ....tools.base.errors import AntiphonError, EngineError, ModelFileError
from .files import Files, Settings
from .memory import available_bytes

_DAMAGED = ("corrupted or incomplete", "invalid magic", "failed to load model", "error loading model")
_MEMORY = ("failed to allocate", "unable to allocate", "out of memory", "bad_alloc", "cannot allocate memory")
WAY_OUT = "Close other programs, or choose a smaller model, fewer `slots` or a smaller `context` in app.yaml"


def too_little_memory(path: str) -> None:
    """Refuse to load what cannot fit: the system would kill it half way, or something else.

    Raises:
        EngineError: the model's file alone is larger than the memory that is free.
    """
    size, free = Path(path).stat().st_size, available_bytes()
    if free is not None and size > free:
        raise EngineError(_no_memory(size, free), at=path, hint=WAY_OUT)


def death(settings: Settings, files: Files, status: int) -> AntiphonError:
    """The error for a server that ended with `status` (negative: the signal) before it was ready."""
    log = files.log.read_text(errors="replace") if files.log.exists() else ""
    if any(words in log.lower() for words in _MEMORY) or status == -signal.SIGKILL:
        return EngineError(
            _no_memory(Path(settings.path).stat().st_size, available_bytes()), at=str(files.log), hint=WAY_OUT
        )
    if any(words in log for words in _DAMAGED):
        own = settings.alias.endswith(".gguf")
        hint = "Fetch the file again" if own else f"Fetch it again: antiphon models pull {settings.alias}"
        return ModelFileError(f"the model file cannot be loaded: {_reason(log)}", at=settings.path, hint=hint)
    last = " / ".join(log.strip().splitlines()[-3:]) or "it wrote no log"
    return EngineError(f"the embedded server ended with status {status} while it loaded: {last}", at=str(files.log))


def _no_memory(size: int, free: int | None) -> str:
    left = f", {free / 1e9:.1f} GB are free" if free is not None else ""
    return f"there is not enough memory to load the model: its file has {size / 1e9:.1f} GB{left}"


def _reason(log: str) -> str:
    """The loader's first complaint."""
    complaints = (line for line in log.splitlines() if "error loading model: " in line)
    return next(complaints, "the loader gives no reason").rpartition("error loading model: ")[2]

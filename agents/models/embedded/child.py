"""The embedded server's own process: `python -m antiphon.agents.models.embedded.child`, settings on stdin.

It holds its lock from start to end, so that two that start at once become one, and nobody has to trust a
process id. The model loads in a constructor that holds the interpreter's lock for seconds: hence a process.
"""

import json
import os
import secrets
import signal
import sys
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.request import Request, build_opener

from .files import Files, Running, Settings

TAKEN = 75
"""Exit status when another server of the same settings is alive (EX_TEMPFAIL)."""
BATCH = 32
"""Tokens of a prompt read at once: a cancelled prompt keeps its slot for one batch more.

Reading is as quick as with 64 on the small machines this is for. llama.cpp asks once a second whether the
caller is gone, so one batch must be well below half a second.
"""
CACHE_MIB = 512
"""Memory for prompts of earlier conversations; llama.cpp would take up to 8 GiB."""


def main() -> int:
    """Load, serve until idle, leave."""
    os.umask(0o077)
    order = json.loads(sys.stdin.readline())
    settings, files = Settings(**order["settings"]), Files(Path(order["folder"]), order["name"])
    from filelock import FileLock, Timeout

    lock = FileLock(files.lock, mode=0o600)
    try:
        lock.acquire(timeout=1)
    except Timeout:
        return TAKEN
    with lock:
        files.state.unlink(missing_ok=True)
        os.ftruncate(sys.stdout.fileno(), 0)
        files.touch()
        files.write(Running(os.getpid(), "", "", settings.alias, time.time()))
        return _serve(settings, files, float(order["idle_s"]))


def _serve(settings: Settings, files: Files, idle_s: float) -> int:
    key = secrets.token_urlsafe(32)
    try:
        server = _load(settings, key)
    except RuntimeError as error:
        print(error, flush=True)
        return 1
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    address: str = server.listening_address
    files.write(Running(os.getpid(), f"{address}/v1", key, settings.alias, time.time()))
    try:
        _wait(files, address, key, idle_s, stop)
    finally:
        files.state.unlink(missing_ok=True)  # first, so that nobody comes any more
    del server
    return 0


def _load(settings: Settings, key: str) -> Any:
    xllamacpp: Any = import_module("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = settings.path
    params.model_alias = {settings.alias}
    params.n_ctx = settings.context * settings.slots  # the server divides it among the slots
    params.n_parallel = settings.slots
    params.n_batch = params.n_ubatch = BATCH
    params.cache_ram_mib = CACHE_MIB
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = settings.threads or _cores()
    params.ui = False
    params.verbosity = 1
    params.api_keys = [key]
    return xllamacpp.Server(params)


def _cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _wait(files: Files, address: str, key: str, idle_s: float, stop: threading.Event) -> None:
    """Until told to stop, or nobody has used the server for `idle_s` and no request is under way."""
    while not stop.wait(min(idle_s / 4, 5)):
        try:
            idle = time.time() - files.used.stat().st_mtime
        except FileNotFoundError:
            return  # our folder is gone: nobody can find us
        if idle > idle_s:
            if not _busy(address, key):
                return
            files.touch()


def _busy(address: str, key: str) -> bool:
    request = Request(f"{address}/slots", headers={"Authorization": f"Bearer {key}"})
    with build_opener().open(request, timeout=30) as response:
        return any(slot["is_processing"] for slot in json.load(response))


if __name__ == "__main__":
    sys.exit(main())

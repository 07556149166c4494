"""The caller's side of the embedded server: find the one that runs, or start it and wait for it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.util import find_spec

import httpx2

from ....tools.base.engines import missing
from ....tools.base.errors import EngineError, InputError
from ...roles.types import EmbeddedChat as Role
from ..catalogue.store import model_file
from .child import TAKEN
from .deaths import death, too_little_memory
from .files import Files, Running, Settings, all_files, files_of
from .memory import resident_bytes

LOADING_S = 120.0
"""A model that has not loaded by then never will."""
IDLE_S = 600.0

Progress = Callable[[str], None]
"""Told about once a second what is being waited for."""

_DETACHED = 0x00000208 if os.name == "nt" else 0
"""DETACHED_PROCESS and CREATE_NEW_PROCESS_GROUP."""

_started: list[subprocess.Popen[bytes]] = []
"""Servers outlive their callers; these are remembered only so that the ended ones are reaped."""


@dataclass(frozen=True, slots=True)
class Status:
    """One running server, for people: `memory` in bytes and `idle_s` in seconds, None where not known."""

    model: str
    pid: int
    address: str
    memory: int | None
    idle_s: float
    log: str


async def ensure(
    role: Role, progress: Progress | None = None, *, timeout_s: float = LOADING_S
) -> tuple[Running, Files]:
    """The server for this role: the one that runs, or a new one.

    Raises:
        ModelFileError: the model's file is not here, or damaged.
        MissingExtra: xllamacpp is not installed.
        EngineError: too little memory, or the server died or hung while it loaded.
    """
    settings, files = await asyncio.to_thread(_settings, role)
    return await running(files) or await _start(settings, files, progress, timeout_s), files


async def running(files: Files) -> Running | None:
    """The server of these files, if it is ready and knows its key."""
    found = files.read()
    if found is None or not found.base_url or not files.held():
        return None
    async with httpx2.AsyncClient(trust_env=False, timeout=5) as client:
        with suppress(httpx2.HTTPError):
            answer = await client.get(f"{found.base_url}/models", headers={"Authorization": f"Bearer {found.key}"})
            return found if answer.status_code == 200 else None
    return None


def status() -> list[Status]:
    """The servers that run now."""
    return [_status(files, found) for files in all_files() if (found := files.read()) and files.held()]


def stop_all(timeout_s: float = 5) -> list[Status]:
    """End every server, kindly and then firmly; those that were ended."""
    ended = []
    for files in all_files():
        found = files.read()
        if found is None or not files.held():
            continue
        ended.append(_status(files, found))
        for number in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
            with suppress(ProcessLookupError):
                os.kill(found.pid, number)
            if _freed(files, timeout_s):
                break
        files.state.unlink(missing_ok=True)
    _started[:] = [child for child in _started if child.poll() is None]
    return ended


def _freed(files: Files, timeout_s: float) -> bool:
    until = time.monotonic() + timeout_s
    while held := files.held():
        if time.monotonic() > until:
            break
        time.sleep(0.05)
    return not held


def _status(files: Files, found: Running) -> Status:
    with suppress(FileNotFoundError):
        idle = time.time() - files.used.stat().st_mtime
        return Status(found.alias, found.pid, found.base_url, resident_bytes(found.pid), idle, str(files.log))
    return Status(found.alias, found.pid, found.base_url, resident_bytes(found.pid), 0, str(files.log))


def _settings(role: Role) -> tuple[Settings, Files]:
    path = model_file(role.model).resolve()
    settings = Settings(str(path), role.model, role.context, role.slots, role.threads)
    return settings, files_of(settings)


async def _start(settings: Settings, files: Files, progress: Progress | None, timeout_s: float) -> Running:
    if find_spec("xllamacpp") is None:
        raise missing("the embedded chat model", "xllamacpp", "local")
    too_little_memory(settings.path)
    child: subprocess.Popen[bytes] | None = None
    began, told = time.monotonic(), -1
    while (found := await running(files)) is None:
        if child is not None and child.poll() not in (None, 0, TAKEN):
            raise death(settings, files, child.returncode)
        if (child is None or child.poll() is not None) and not files.held():
            child = _spawn(settings, files)
        waited = time.monotonic() - began
        if waited > timeout_s:
            if child is not None:
                child.kill()
                await asyncio.to_thread(child.wait)
            raise EngineError(
                f"the model was not ready after {timeout_s:g} s",
                at=str(files.log),
                hint="Try again, or choose a smaller model",
            )
        if progress and int(waited) > told:
            told = int(waited)
            progress(f"loading the model {settings.alias}, {told} s")
        await asyncio.sleep(0.05)
    return found


def _spawn(settings: Settings, files: Files) -> subprocess.Popen[bytes]:
    order = {
        "settings": asdict(settings),
        "folder": str(files.folder),
        "name": files.name,
        "idle_s": _idle_s(),
    }
    package = __name__.split(".")[0]
    _started[:] = [child for child in _started if child.poll() is None]
    log = os.open(files.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", f"{package}.agents.models.embedded.child"],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,  # a Ctrl-C in the terminal is not meant for it
            creationflags=_DETACHED,
        )
    finally:
        os.close(log)
    _started.append(child)
    assert child.stdin is not None
    with suppress(BrokenPipeError), child.stdin as stdin:
        stdin.write(json.dumps(order).encode() + b"\n")
    return child


def _idle_s() -> float:
    named = os.environ.get("ANTIPHON_IDLE_S", str(IDLE_S))
    with suppress(ValueError):
        if float(named) > 0:
            return float(named)
    raise InputError(
        f"ANTIPHON_IDLE_S is {named!r}, not a number of seconds above 0", hint="Unset it, or give a number"
    )

"""What the workflow of the chaos suite does outside: a bank and a post office with a ledger of their own.

The ledger is a file that the runtime knows nothing of: a line for each thing that really happened, on the disk before
the call returns. The bank ignores a key that it has already: its lines are files of their own beside the ledger, each
named by its key. The post office sends whatever it is given.
"""

import hashlib
import json
import os
import random
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

from antiphon import tool

_PAUSE_S = 0.006


def mark(what: str, *more: Any) -> None:
    """Tell whoever watches this process from outside what it is about to do; it outlives the process."""
    line = json.dumps([os.getpid(), what, *more, time.time()], ensure_ascii=False)
    _append(os.environ["CHAOS_MARKS"], line, lasts=False)


@tool(effects=True)
def pay(what: str, amount: int, idempotency_key: str) -> str:
    """Pay for something, once for each key."""
    _happen({"tool": "pay", "what": what, "amount": amount, "key": idempotency_key})
    return f"paid {amount} for {what}"


@tool(effects=True)
def post(what: str) -> str:
    """Send something, as often as it is told to."""
    _happen({"tool": "post", "what": what, "key": ""})
    return sent(what)


def sent(what: str) -> str:
    """What the post office says when something was sent."""
    return f"sent {what}"


def has_happened(what: str) -> bool:
    """What a person finds who looks into the ledger."""
    ledger = Path(os.environ["CHAOS_LEDGER"])
    lines = ledger.read_bytes().splitlines() if ledger.exists() else []
    return any(json.loads(line)["what"] == what for line in lines)


def _happen(effect: dict[str, Any]) -> None:
    mark("before", effect["what"])
    time.sleep(random.random() * _PAUSE_S)
    line = json.dumps({**effect, "id": uuid.uuid4().hex, "pid": os.getpid(), "at": time.time()})
    if effect["key"]:
        _append_once(os.environ["CHAOS_LEDGER"], effect["key"], line)
    else:
        _append(os.environ["CHAOS_LEDGER"], line)
    mark("after", effect["what"])
    time.sleep(random.random() * _PAUSE_S)
    mark("returns", effect["what"])


def _append_once(path: str, key: str, line: str) -> None:
    """Without a lock, as a process that is frozen while it has one would hold up the others."""
    entry, draft = f"{path}.{hashlib.sha256(key.encode()).hexdigest()}", f"{path}_{uuid.uuid4().hex}"
    _append(draft, line)
    with suppress(FileExistsError):
        os.link(draft, entry)
    os.unlink(draft)  # noqa: PTH108  (beside what it belongs to)


def _append(path: str, line: str, *, lasts: bool = True) -> None:
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, f"{line}\n".encode())
        if lasts:
            os.fsync(file)
    finally:
        os.close(file)

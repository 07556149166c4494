"""What the workflow of the chaos suite does outside: a bank and a post office with a ledger of their own.

The ledger is a file that the runtime knows nothing of: a line for each thing that really happened, on the disk before
the call returns. The bank ignores a key that it has already; the post office sends whatever it is given.
"""

import fcntl
import json
import os
import random
import time
import uuid
from pathlib import Path
from typing import Any

from antiphon import tool

_PAUSE_S = 0.006


def mark(what: str, *more: Any) -> None:
    """Tell whoever watches this process from outside what it is about to do; it outlives the process."""
    line = json.dumps([os.getpid(), what, *more, time.time()], ensure_ascii=False)
    _append(os.environ["CHAOS_MARKS"], line)


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
    path = os.environ["CHAOS_LEDGER"]
    with open(path, "a+b") as ledger:  # noqa: PTH123  (appends, whoever writes beside it)
        fcntl.flock(ledger, fcntl.LOCK_EX)
        ledger.seek(0)
        keys = {json.loads(line)["key"] for line in ledger} if effect["key"] else set()
        if effect["key"] not in keys:
            line = {**effect, "id": uuid.uuid4().hex, "pid": os.getpid(), "at": time.time()}
            ledger.write(json.dumps(line).encode() + b"\n")
            ledger.flush()
            os.fsync(ledger.fileno())
    mark("after", effect["what"])
    time.sleep(random.random() * _PAUSE_S)
    mark("returns", effect["what"])


def _append(path: str, line: str) -> None:
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, f"{line}\n".encode())
    finally:
        os.close(file)

"""A long conversation in one process: how its memory, its turns and its files go, as JSON on standard output."""

import asyncio
import gc
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from antiphon import Agent, run
from antiphon.agents.models.scripted import Scripted
from antiphon.agents.roles.types import App
from antiphon.workflows.storage.store import open_store

SAYS = "Why is number {} not the number before it?"
ANSWERS = "Because {} is one more. Whoever counts goes on to the next one, and never comes back to it."
PARTS = 4


async def converse(folder: Path, turns: int) -> dict[str, Any]:
    """Have a conversation of so many turns, in four parts; the figures of each part."""
    chat = {"engine": "openai", "base_url": "http://127.0.0.1:9/v1", "model": "none"}
    app = App.model_validate({"schema": "app/v1", "models": {"chat": chat}, "storage": {"folder": str(folder)}})
    agent = Agent("helper", "Be short.")
    figures = dict[str, list[float]](turn_ms=[], turn_cpu_ms=[], memory_mb=[], stored_bytes=[])
    for part in range(PARTS):
        seconds, worked = list[float](), time.process_time()
        async with open_store(app) as store:
            for number in range(part * turns // PARTS, (part + 1) * turns // PARTS):
                engines = {"chat": Scripted([ANSWERS.format(number)])}
                began = time.perf_counter()
                result = await run(agent, SAYS.format(number), app=app, engines=engines, thread="t", store=store)
                seconds.append(time.perf_counter() - began)
                assert result.answer == ANSWERS.format(number)
        figures["turn_cpu_ms"].append(round((time.process_time() - worked) / len(seconds) * 1000, 2))
        gc.collect()
        figures["turn_ms"].append(round(statistics.median(seconds) * 1000, 2))
        figures["memory_mb"].append(round(_memory_mb(), 2))
        figures["stored_bytes"].append(sum(file.stat().st_size for file in folder.iterdir() if file.is_file()))
    return {"turns": turns, **figures}


def _memory_mb() -> float:
    """What this process has in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    print(json.dumps(asyncio.run(converse(Path(sys.argv[1]), int(sys.argv[2])))))

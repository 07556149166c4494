"""kind: recall - what was kept before is found again."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from ....agents.events import Recalled
from ...spec.kinds.memory import Recall
from ...spec.names import seconds
from ..step import Bench, Compiled, Outcome, Step


@dataclass(frozen=True, slots=True)
class RecallRunner:
    workflow: str
    node: Recall
    text: Compiled
    subject: Compiled
    last: Compiled

    async def run(self, step: Step) -> Outcome:
        notes = await step.turn.engines.notes()
        find = partial(
            notes.find,
            self.workflow,
            self.node.store,
            words=str(step.value(self.text) or ""),
            subject=str(step.value(self.subject) or ""),
            last=int(step.value(self.last)),
            since=_ago(self.node.since) if self.node.since else None,
        )
        found = await asyncio.to_thread(find)
        rows = [
            {"text": note.text, "subject": note.subject, "when": note.when.astimezone().isoformat(timespec="seconds")}
            for note in found
        ]
        step.emit(Recalled(step=step.name, store=self.node.store, count=len(rows)))
        text = "\n".join(note.text for note in found)
        return Outcome(rows, {"found": bool(rows), "notes": rows, "text": text})


def _ago(duration: str) -> datetime:
    """So long ago, and no earlier than time is counted."""
    past = min(seconds(duration), datetime.now(UTC).timestamp())
    return datetime.now(UTC) - timedelta(seconds=past)


def compile_recall(node: Recall, bench: Bench) -> RecallRunner:
    value = bench.value
    return RecallRunner(bench.workflow, node, value(node.text), value(node.subject), value(node.last))

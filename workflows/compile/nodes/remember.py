"""kind: remember - a text is kept on this machine, for later runs to recall."""

import asyncio
from dataclasses import dataclass

from ....agents.events import Noted
from ....agents.memory.notes import Note
from ....tools.base.errors import InputError
from ...spec.kinds.memory import Remember
from ..step import Bench, Compiled, Outcome, Step


@dataclass(frozen=True, slots=True)
class RememberRunner:
    workflow: str
    store: str
    text: Compiled
    subject: Compiled

    async def run(self, step: Step) -> Outcome:
        text, subject = str(step.value(self.text)).strip(), str(step.value(self.subject) or "").strip()
        if not text:
            raise InputError("there is nothing to keep: the text is empty", at=step.name)
        notes = await step.turn.engines.notes()
        note = Note(self.workflow, self.store, text, subject, key=f"{step.turn.run}/{step.path}")
        number = str(await asyncio.to_thread(notes.keep, note))
        step.emit(Noted(step=step.name, id=number, store=self.store, subject=subject))
        return Outcome(number, {"id": number})


def compile_remember(node: Remember, bench: Bench) -> RememberRunner:
    return RememberRunner(bench.workflow, node.store, bench.value(node.text), bench.value(node.subject))

"""kind: code - Python runs in the sandbox of this machine."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ....tools.base.errors import ToolFailed
from ...spec.kinds.act import Code
from ...spec.names import seconds
from ...spec.templates import read_beside
from ..step import Bench, Compiled, Outcome, Step
from .calling import acted

if TYPE_CHECKING:
    from ....tools.python.types import File, Ran

_LONGEST_TEXT = 100_000
"""Characters of a file that a state takes in."""


@dataclass(frozen=True, slots=True)
class CodeRunner:
    code: Compiled | str
    arguments: Mapping[str, Compiled]
    files: Mapping[str, Compiled]
    time_s: float

    async def run(self, step: Step) -> Outcome:
        code = self.code if isinstance(self.code, str) else str(step.value(self.code))
        given = {name: step.value(value) for name, value in self.arguments.items()}
        files = {name: str(step.value(text)).encode() for name, text in self.files.items()}
        interpreter = step.turn.engines.interpreter()
        limits = interpreter.settings.limits()
        if self.time_s:
            limits = replace(limits, time_s=min(self.time_s, limits.time_s))

        async def act(_: str) -> Any:
            return _result(await interpreter.run(code, files, limits, given), step.name)

        result = await acted(step, "code", {"code": code, **given}, act, effects=False, keyed=False)
        return Outcome(result["value"], result)


def _result(ran: "Ran", name: str) -> dict[str, Any]:
    """What the node gives.

    Raises:
        ToolFailed: the code raised an exception, or came up against a limit.
    """
    if ran.error:
        last = ran.error.splitlines()[-1]
        lines = re.findall(r'File "<code>", line (\d+)', ran.error)
        where = f"line {lines[-1]}: " if lines else ""
        hint = f"It may use up no more {ran.stopped}: see `sandbox` in app.yaml" if ran.stopped else ""
        raise ToolFailed(f"the code failed: {where}{last[:400]}", at=name, hint=hint)
    return {"value": ran.value, "output": ran.output, "files": [_told(file) for file in ran.files]}


def _told(file: "File") -> dict[str, Any]:
    text = ""
    if len(file.data) <= _LONGEST_TEXT and not file.media_type.startswith(("image/", "audio/", "video/")):
        try:
            text = file.data.decode("utf-8")
        except UnicodeDecodeError:
            text = ""
    return {"name": file.name, "media_type": file.media_type, "bytes": len(file.data), "text": text}


def compile_code(node: Code, bench: Bench) -> CodeRunner:
    written = read_beside(bench.folder, node.code_file, bench.where) if node.code_file else node.code
    return CodeRunner(
        written or bench.value(node.text),
        {name: bench.value(value) for name, value in node.arguments.items()},
        {name: bench.value(text) for name, text in node.files.items()},
        seconds(node.time) if node.time else 0.0,
    )

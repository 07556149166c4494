"""The code interpreter as a tool that a model calls."""

from typing import Any

from ..base.tool import Tool
from .interpreter import Interpreter

DESCRIPTION = (
    "Run Python 3 code and see its result. The value of the last line, or of a variable `result`, is returned, and "
    "what it prints. No network, no files, no variables from earlier calls. Use it to compute, count, compare dates, "
    "or sort."
)
EXAMPLES = ("How many r's are there in strawberry?", "把这些数从小到大排好：8，3，21，5。")
LONGEST = 2_000
"""Characters of output, error or value that a model is shown."""


def python_tool(interpreter: Interpreter) -> Tool:
    """A tool `python` with one parameter, `code`; its result {value, output, error} is short."""

    async def python(code: str) -> dict[str, Any]:
        ran = await interpreter.run(code)
        return {"value": _short(ran.value), "output": _cut(ran.output), "error": _cut(ran.error, last=True)}

    return Tool("python", DESCRIPTION, python, examples=EXAMPLES)


def _cut(text: str, *, last: bool = False) -> str:
    if len(text) <= LONGEST:
        return text
    return f"... {text[-LONGEST:]}" if last else f"{text[:LONGEST]} ..."


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return _cut(value)
    if not isinstance(value, list | dict):
        return value
    import json

    text = json.dumps(value, ensure_ascii=False)
    return value if len(text) <= LONGEST else _cut(text)

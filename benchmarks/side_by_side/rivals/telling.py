"""How a loader tells what happened: one marked line for each stage, between whatever the framework itself prints."""

import json
import sys
import traceback
from collections.abc import Callable

MARK = "@@stage "


def ready() -> None:
    """What was printed until here came of importing the framework, not of the file."""
    _mark("ready")


def tell(stage: str, work: Callable[[], object]) -> bool:
    """Do the work of a stage and print how it ended, with the error and its causes as a traceback would name them."""
    try:
        result = work()
    except Exception as error:
        _mark(stage, error="\n".join(_lines(error)))
        return False
    _mark(stage, result=repr(result))
    return True


def _mark(stage: str, **more: str) -> None:
    """The end of a stage, on both streams, so that what was printed can be told apart by stage."""
    line = json.dumps({"stage": stage, **more})
    for stream in (sys.stdout, sys.stderr):
        print(f"\n{MARK}{line}", file=stream, flush=True)


def _lines(error: BaseException) -> list[str]:
    """The last line of the traceback first, then causes that say something more."""
    lines = ["".join(traceback.format_exception_only(error)).strip()]
    if error.__cause__ is not None and str(error.__cause__) not in lines[0]:
        lines += [f"caused by {line}" if i == 0 else line for i, line in enumerate(_lines(error.__cause__))]
    return lines

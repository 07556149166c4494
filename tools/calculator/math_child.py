"""The process in which sympy and pint reckon: it can be killed when that takes too long.

A line of JSON in, what `Algebra.plain` or `Conversion.plain` makes, or the name of a library to be loaded; a line out:
{"result", "exact", ...}, {"error", "hint"} or {"missing"}.
The first line out says that it is ready. It ends with its standard input, or when it has nothing to do for a while.
"""

import json
import os
import sys
from importlib import import_module
from typing import Any, TextIO

from .math_untold import Untold

MEMORY = 2 << 30
"""Bytes of address space it may use."""
IDLE_S = 300
"""Seconds without a question after which it ends."""


def main() -> None:
    """Answer until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _limit()
    _answer(answers, {})
    while True:
        _sleep(IDLE_S)
        line = sys.stdin.readline()
        _sleep(0)
        if not line:
            return
        _answer(answers, _made(json.loads(line)))


def _limit() -> None:
    """Where the system has such limits."""
    try:
        import resource
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, hard))


def _sleep(seconds: int) -> None:
    """End after so long, 0 for never; where the system has alarms."""
    import signal

    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


def _answer(answers: TextIO, answer: dict[str, Any]) -> None:
    print(json.dumps(answer), file=answers, flush=True)


def _made(request: dict[str, Any]) -> dict[str, Any]:
    """Whatever goes wrong is told: sympy and pint raise a great many kinds of errors."""
    try:
        if request["do"] == "load":
            import_module(request["module"]).warm_up()
            return {}
        if request["do"] == "convert":
            from .pint_child import converted

            return converted(request)
        from .sympy_child import done

        return done(request)
    except Untold as error:
        return {"error": error.problem, "hint": error.hint}
    except ModuleNotFoundError as error:
        return {"missing": error.name or ""}
    except (MemoryError, RecursionError):
        return {"error": "this is too big", "hint": "Ask for something smaller"}
    except Exception as error:
        return {"error": f"this cannot be worked out: {type(error).__name__}: {error}"[:200], "hint": ""}


if __name__ == "__main__":
    main()

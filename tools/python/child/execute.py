"""Runs pieces of code, one after another, in the same names, and tells what came of each."""

from __future__ import annotations

import _ast
import marshal
import os
import sys
from errno import EAGAIN, EDQUOT, EFBIG, ENOSPC
from math import ceil

from .pipes import message
from .values import as_json, told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

NAME = "<code>"
_FULL = (ENOSPC, EDQUOT, EFBIG)


def serve(config: dict[str, Any], requests: int, channel: int) -> NoReturn:
    """Answer one request after another until the parent has gone."""
    _settle(config)
    names: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}
    _send(channel, {"ready": os.getpid()})
    while line := message(requests):
        request = marshal.loads(line)
        if config["stays"]:
            _more_cpu(config["cpu_s"])
        names.update(request["values"])
        answer = _run(request["code"], names)
        answer["figures"] = _figures()
        _flush()
        _mark(request["mark"])
        _send(channel, {"number": request["number"], **answer})
    os._exit(0)


def _settle(config: dict[str, Any]) -> None:
    """Leave nothing of our own where the code looks first."""
    sys.path[:] = [*config["paths"], config["folder"]]
    sys.argv[:] = [NAME]
    for name in [name for name in sys.modules if name == "python" or name.startswith("python.")]:
        del sys.modules[name]
    main = sys.modules["__main__"].__dict__
    for name in [name for name in main if not name.startswith("__")]:
        del main[name]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]


def _send(channel: int, answer: dict[str, Any]) -> None:
    try:
        line = as_json(answer).encode() + b"\n"
        while line:
            line = line[os.write(channel, line) :]
    except OSError:
        os._exit(3)  # the code has closed it


def _mark(mark: str) -> None:
    """Say in the output that it is all of it."""
    try:
        os.write(1, mark.encode())
    except OSError:
        pass  # the code has closed it


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass  # the code has closed or replaced it


def _more_cpu(cpu_s: float) -> None:
    """What was used up before does not count."""
    try:
        import resource
    except ImportError:
        return  # Windows
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = ceil(used.ru_utime + used.ru_stime + cpu_s)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
    except (OSError, ValueError):
        pass  # the code has lowered it


def _run(code: str, names: dict[str, Any]) -> dict[str, Any]:
    before = names.get("result", names)
    try:
        value = _value(code, names)
        if value is None and names.get("result", names) is not before:
            value = names["result"]
        return {"value": told(value), "error": "", "stopped": ""}
    except SystemExit as error:
        if error.code in (None, 0):
            return {"value": None, "error": "", "stopped": ""}
        return {"value": None, "error": f"SystemExit: {error.code!s:.400}", "stopped": ""}
    except BaseException as error:  # whatever the code raises is told, and the process lives on
        return {"value": None, "error": _traceback(error, code), "stopped": _limit(error)}


def _value(code: str, names: dict[str, Any]) -> Any:
    """Run it; the value of its last line, where that is an expression."""
    tree: Any = compile(code, NAME, "exec", _ast.PyCF_ONLY_AST, dont_inherit=True)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], _ast.Expr) else None
    exec(compile(tree, NAME, "exec", dont_inherit=True), names)
    if not isinstance(last, _ast.Expr):
        return None
    return eval(compile(_ast.Expression(last.value), NAME, "eval", dont_inherit=True), names)


def _limit(error: BaseException) -> str:
    """The limit that an error of the code comes from."""
    if isinstance(error, MemoryError):
        return "memory"
    if isinstance(error, OSError) and error.errno in _FULL:
        return "files"
    no_thread = isinstance(error, RuntimeError) and "start new thread" in str(error)
    return "processes" if no_thread or (isinstance(error, OSError) and error.errno == EAGAIN) else ""


def _traceback(error: BaseException, code: str) -> str:
    """As Python tells it, from the code's own first line on."""
    try:
        import linecache
        import traceback

        linecache.cache[NAME] = (len(code), None, code.splitlines(keepends=True), NAME)
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename != NAME:
            trace = trace.tb_next
        return "".join(traceback.format_exception(type(error), error, trace, limit=-12))[-8000:].strip()
    except BaseException:  # no memory is left, or the error's own text fails
        return type(error).__name__


def _figures() -> list[str]:
    """Save the open figures of matplotlib, where the code has drawn some."""
    drawing = sys.modules.get("matplotlib.pyplot")
    saved: list[str] = []
    try:
        for number in drawing.get_fignums()[:20] if drawing else ():
            name = f"figure-{number}.png"
            drawing.figure(number).savefig(name)  # type: ignore[union-attr]
            saved.append(name)
        if saved:
            drawing.close("all")  # type: ignore[union-attr]
    except BaseException as error:  # drawing is code of others, too
        print(f"[a figure could not be saved: {type(error).__name__}]")
    return saved

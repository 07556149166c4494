"""A Python file of a person's own, run because they named it on the command line."""

import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

from .errors import AntiphonError, InputError


def run_file(path: Path) -> ModuleType:
    """The file as a module, not as `__main__`; modules beside it can be imported, those of installed packages first.

    Raises:
        InputError: there is no such file, or it raises something; errors of Antiphon's own pass.
    """
    if path.suffix != ".py" or not path.is_file():
        raise InputError("there is no such Python file", at=str(path), hint="Give the path of a .py file")
    name = f"antiphon_own_{abs(hash(path.resolve()))}_{path.stem}"
    spec = spec_from_loader(name, SourceFileLoader(name, str(path)))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module  # where annotations written as text, and dataclasses, are looked up
    beside = str(path.resolve().parent)
    if beside not in sys.path:
        sys.path.append(beside)
    try:
        spec.loader.exec_module(module)
    except AntiphonError:
        del sys.modules[name]
        raise
    except (Exception, SystemExit) as error:  # whatever a person's own file raises
        del sys.modules[name]
        raise InputError(_told(error), at=f"{path}{_line_of(error, path)}") from error
    return module


def _told(error: BaseException) -> str:
    said = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"the file failed: {type(error).__name__}{': ' if said else ''}{' '.join(said.split())}"


def _line_of(error: BaseException, path: Path) -> str:
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return f":{error.lineno}:{error.offset}"
    trace, line = error.__traceback__, 0
    while trace is not None:
        line = trace.tb_lineno if trace.tb_frame.f_code.co_filename == str(path) else line
        trace = trace.tb_next
    return f":{line}" if line else ""

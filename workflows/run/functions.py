"""Functions of one's own that `python` nodes may call: those of a Python file that the command line names."""

import inspect
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from ...tools.base.errors import InputError
from ...tools.base.tool import Tool, tool


def functions_in(path: Path) -> list[Tool]:
    """The functions a file defines under public names, and its `@tool`s. The file is run, as any import runs it.

    Raises:
        InputError: there is no such file, or it fails when it is run; the cause is chained.
    """
    spec = spec_from_file_location(f"antiphon_functions_{path.stem}", path)
    if path.suffix != ".py" or spec is None or spec.loader is None:
        raise InputError("this is no Python file", at=str(path), hint="Give a file that ends in .py")
    if not path.is_file():
        raise InputError("there is no such file", at=str(path), hint="Check the path")
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses and annotations look their module up
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[spec.name]
        raise InputError(f"it fails when it is run: {error!r}", at=str(path)) from error
    public = {name: value for name, value in vars(module).items() if not name.startswith("_")}
    own = [value for value in public.values() if inspect.isfunction(value) and value.__module__ == spec.name]
    return [*(value for value in public.values() if isinstance(value, Tool)), *map(tool, own)]

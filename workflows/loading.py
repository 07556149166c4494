"""A workflow as a person names it, together with the files of theirs whose functions it calls."""

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from ..tools.base.errors import InputError

if TYPE_CHECKING:
    from ..agents.roles.types import App
    from ..tools.base.tool import Tool
    from .workflow import Workflow


def load_with(name: str | Path, python: Iterable[Path] = (), app: "App | None" = None) -> "Workflow":
    """Load a workflow, and run the files whose tools and functions it names.

    Raises:
        InputError, FileError: something that was named cannot be used.
    """
    from .workflow import Workflow

    files = tuple(python)
    tools, functions = functions_from(files)
    loaded = Workflow.load(name, tools=tools.values(), functions=functions.values(), app=app)
    return replace(loaded, named=_from_anywhere(str(name), loaded), python=tuple(file.resolve() for file in files))


def _from_anywhere(name: str, loaded: "Workflow") -> str:
    if loaded.source.file is not None:
        return str(loaded.source.file.resolve())
    file, found, variable = name.rpartition(".py:")  # what makes a workflow in Python may make several
    return f"{Path(f'{file}.py').resolve()}:{variable}" if found else str(Path(name).resolve())


def functions_from(paths: Iterable[Path]) -> "tuple[dict[str, Tool], dict[str, Tool]]":
    """Run a person's own files, and give the tools and the functions in them, by name.

    Tools are what `@tool` made; functions are these and every public function that is defined there with types.

    Raises:
        InputError: a file is missing or fails, or two things have the same name.
    """
    from ..tools.base.functions import named
    from ..tools.base.python_file import run_file
    from ..tools.base.tool import Tool

    tools: dict[str, Tool] = {}
    functions: dict[str, Tool] = {}
    for path in paths:
        module = run_file(path)
        found = {name: value for name, value in vars(module).items() if not name.startswith("_")}
        own = {one.name: one for one in found.values() if isinstance(one, Tool)}
        typed = {name: named(value, name) for name, value in found.items() if _is_typed(value, module)}
        _join(tools, own, path)
        _join(functions, {**typed, **own}, path)
    return tools, functions


def _is_typed(value: object, module: ModuleType) -> bool:
    if not inspect.isfunction(value) or value.__module__ != module.__name__:
        return False
    return all(one.annotation is not one.empty for one in inspect.signature(value).parameters.values())


def _join(all_: "dict[str, Tool]", more: "Mapping[str, Tool]", path: Path) -> None:
    for name, one in more.items():
        if name in all_ and all_[name].function is not one.function:
            raise InputError(f"{name!r} is also in another file", at=str(path), hint="Give one of them another name")
        all_[name] = one

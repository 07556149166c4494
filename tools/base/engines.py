"""Engines are rows of a table, imported when asked for; one that is not installed names its extra."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from .errors import MissingExtra, UnknownEngine
from .suggest import did_you_mean


@dataclass(frozen=True, slots=True)
class Engine:
    """Where an engine lives: `module:name` relative to the package `antiphon`, and the extra that installs it."""

    target: str
    extra: str = ""


def load(kind: str, name: str, table: Mapping[str, Engine]) -> Any:
    """Import the engine called `name`.

    Args:
        kind: What it is, for the message: "ear", "voice".
    Raises:
        UnknownEngine: no row of that name.
        MissingExtra: a package of somebody else is not installed. A missing module of ours is a bug and surfaces.
    """
    if name not in table:
        raise UnknownEngine(f"there is no {kind} called {name!r}", hint=did_you_mean(name, table))
    engine = table[name]
    module, _, attribute = engine.target.partition(":")
    package = __name__.split(".")[0]
    try:
        return getattr(import_module(f"{package}.{module}"), attribute)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] == package:
            raise
        raise missing(f"the {kind} {name!r}", error.name, engine.extra) from error


def missing(what: str, module: str, extra: str) -> MissingExtra:
    """The error for a package that is not installed."""
    return MissingExtra(
        f"{what} needs the module {module!r}, which is not installed",
        hint=f"Install it with: pip install 'antiphon[{extra}]'",
    )

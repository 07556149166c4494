"""Agents that listen, think, act, remember and speak: workflows on agents on tools; imports only go down."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .agents.agent import Agent
    from .tools.base.tool import tool
    from .workflows.run.resuming import resume
    from .workflows.run.running import run
    from .workflows.workflow import Workflow

__all__ = ["Agent", "Workflow", "resume", "run", "tool"]

_HOMES = {
    "Agent": "agents.agent",
    "Workflow": "workflows.workflow",
    "resume": "workflows.run.resuming",
    "run": "workflows.run.running",
    "tool": "tools.base.tool",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that `import antiphon` stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'antiphon' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

"""Functions that `python` nodes may call: the program's own, and those that installed packages offer.

A package offers one as an entry point of the group `antiphon.functions`:

    [project.entry-points."antiphon.functions"]
    area = "my_package.geometry:area"
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .errors import EngineError
from .tool import Tool, tool

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "antiphon.functions"


class Functions(Mapping[str, Tool]):
    """Functions by name. What is installed is looked for when a name is not the program's own, and imported when used.

    Args:
        own: The program's own, which come before those of packages.
    """

    def __init__(self, own: Mapping[str, Tool]) -> None:
        self._own, self._loaded = dict(own), dict[str, Tool]()

    def __getitem__(self, name: str) -> Tool:
        """The function of that name.

        Raises:
            KeyError: there is none.
            EngineError: the package that offers it cannot be imported, or offers no function.
        """
        if name in self._own:
            return self._own[name]
        if name not in self._loaded:
            self._loaded[name] = _loaded(self._installed[name])
        return self._loaded[name]

    def __contains__(self, name: object) -> bool:
        return name in self._own or name in self._installed

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._own, *self._installed]))

    def __len__(self) -> int:
        return len({*self._own, *self._installed})

    @cached_property
    def _installed(self) -> "Mapping[str, EntryPoint]":
        from importlib.metadata import entry_points

        return {point.name: point for point in entry_points(group=GROUP)}


def named(function: Tool | Callable[..., Any], name: str = "") -> Tool:
    """A function as a Tool, by its own name unless another is given."""
    return function if isinstance(function, Tool) else tool(name=name or function.__name__)(function)


def _loaded(point: "EntryPoint") -> Tool:
    at = f"entry point {point.name} of {point.dist.name}" if point.dist else f"entry point {point.name}"
    try:
        found: Any = point.load()
    except Exception as error:  # whatever a stranger's module raises
        problem = f"{point.value} cannot be imported: {type(error).__name__}: {error}"
        raise EngineError(problem, at=at, hint="Repair or remove that package") from error
    if not callable(found):
        raise EngineError(f"{point.value} is no function", at=at)
    return named(found, point.name)

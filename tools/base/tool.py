"""A tool: a typed function that workflows and agents may call by name."""

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast, overload

from .errors import InputError

KEY = "idempotency_key"
"""The parameter by which a tool's other side recognises a call that is made again."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A function with a name, a description and a JSON schema of its parameters.

    Attributes:
        function: Plain or async; called with keyword arguments.
        effects: Whether a call changes something outside. Such a call is never repeated by itself, unless the function
            has a parameter `idempotency_key: str`: it is given the same text whenever the same call is made again, for
            the other side to recognise it.
    """

    name: str
    description: str
    function: Callable[..., Any]
    effects: bool = False
    _made: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def is_keyed(self) -> bool:
        """Whether its calls may be made again, as the other side recognises them."""
        if "keyed" not in self._made:
            self._made["keyed"] = KEY in inspect.signature(self.function).parameters
        return bool(self._made["keyed"])

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the parameters a caller gives, made from the function's annotations."""
        from pydantic import TypeAdapter

        schema: dict[str, Any] = TypeAdapter(cast(Any, self.function)).json_schema()
        schema.pop("title", None)
        schema.get("properties", {}).pop(KEY, None)
        if KEY in schema.get("required", ()):
            schema["required"].remove(KEY)
        return schema

    async def __call__(self, **arguments: Any) -> Any:
        """Call it with arguments checked against its annotations; a plain function runs in a thread of its own.

        Raises:
            InputError: an argument is missing, unknown or of the wrong type.
        """
        from .threads import in_thread_of_its_own

        args, named = self.checked(arguments)
        if inspect.iscoroutinefunction(self.function):
            return await self.function(*args, **named)
        result = await in_thread_of_its_own(self.function, *args, **named)
        return await result if inspect.isawaitable(result) else result

    def checked(self, arguments: Mapping[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments as its annotations want them, by place and by name.

        Raises:
            InputError: one is missing, unknown or of the wrong type.
        """
        from pydantic import ValidationError

        if "checking" not in self._made:
            self._made["checking"] = _checking(self.function)
        try:
            return cast(tuple[tuple[Any, ...], dict[str, Any]], self._made["checking"](**arguments))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise InputError(f"argument {where!r}: {first['msg']}", at=f"tool {self.name}") from error


def _checking(function: Callable[..., Any]) -> Callable[..., tuple[tuple[Any, ...], dict[str, Any]]]:
    """Takes what a function takes, and gives it back as its annotations want it."""
    from pydantic import ConfigDict, validate_call

    @functools.wraps(function)
    def given(*args: Any, **named: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return args, named

    return validate_call(config=ConfigDict(arbitrary_types_allowed=True))(given)


@overload
def tool(function: Callable[..., Any], /) -> Tool: ...
@overload
def tool(*, name: str = "", effects: bool = False) -> Callable[[Callable[..., Any]], Tool]: ...
def tool(
    function: Callable[..., Any] | None = None, /, *, name: str = "", effects: bool = False
) -> Tool | Callable[[Callable[..., Any]], Tool]:
    """Make a Tool of a typed function; its docstring says what it does.

    Example:
        >>> @tool
        ... def add(a: int, b: int) -> int:
        ...     "Add two numbers."
        ...     return a + b
        >>> add.name, add.description
        ('add', 'Add two numbers.')
    """

    def make(function: Callable[..., Any]) -> Tool:
        return Tool(name or function.__name__, inspect.getdoc(function) or "", function, effects)

    return make(function) if function is not None else make

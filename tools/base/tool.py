"""A tool: a typed function that workflows and agents may call by name."""

import functools
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast, overload

from .errors import InputError
from .suggest import did_you_mean

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
        examples: What people say that need it, such as "Will it rain in Oslo?". Two of them, in the languages that
            are spoken to it, help a tiny model more than any description.
    """

    name: str
    description: str
    function: Callable[..., Any]
    effects: bool = False
    parameters: Mapping[str, Any] | None = field(default=None, compare=False)
    examples: tuple[str, ...] = ()
    _made: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def is_keyed(self) -> bool:
        """Whether its calls may be made again, as the other side recognises them."""
        if "keyed" not in self._made:
            self._made["keyed"] = KEY in inspect.signature(self.function).parameters
        return bool(self._made["keyed"])

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the parameters a caller gives: `parameters`, or made from the function's annotations.

        What its docstring says of each under `Args:` becomes their descriptions.
        """
        if self.parameters is not None:
            return dict(self.parameters)
        from pydantic import TypeAdapter

        schema: dict[str, Any] = TypeAdapter(cast(Any, self.function)).json_schema()
        schema.pop("title", None)
        schema.get("properties", {}).pop(KEY, None)
        if KEY in schema.get("required", ()):
            schema["required"].remove(KEY)
        for name, said in described(inspect.getdoc(self.function) or "").items():
            if name in schema.get("properties", {}):
                schema["properties"][name].setdefault("description", said)
        if "$defs" not in schema:
            return schema
        from .json_schema import whole

        return whole(schema)  # a model is told of it inside of other schemas, where #/$defs leads nowhere

    async def __call__(self, /, **arguments: Any) -> Any:
        """Call it with arguments checked as in `checked`; a plain function runs in a thread of its own.

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
        """The arguments as its annotations, or its parameters, want them, by place and by name.

        Raises:
            InputError: one is missing, unknown or of the wrong type; the message names what is right.
        """
        if self.parameters is not None:
            from .json_schema import held_against

            keyed = self.is_keyed
            own = {name: value for name, value in arguments.items() if not (keyed and name == KEY)}
            held_against(own, self.parameters, f"tool {self.name}")
            return (), dict(arguments)
        from pydantic import ValidationError

        if "checking" not in self._made:
            self._made["checking"] = _checking(self.function)
        try:
            return cast(tuple[tuple[Any, ...], dict[str, Any]], self._made["checking"](**arguments))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            known = [name for name in inspect.signature(self.function).parameters if name != KEY]
            hint = did_you_mean(where, known) if first["type"] == "unexpected_keyword_argument" else ""
            raise InputError(f"argument {where!r}: {first['msg']}", at=f"tool {self.name}", hint=hint) from error


def _checking(function: Callable[..., Any]) -> Callable[..., tuple[tuple[Any, ...], dict[str, Any]]]:
    """Takes what a function takes, and gives it back as its annotations want it."""
    from pydantic import ConfigDict, validate_call

    @functools.wraps(function)
    def given(*args: Any, **named: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return args, named

    return validate_call(config=ConfigDict(arbitrary_types_allowed=True))(given)


_SECTIONS = re.compile(
    r"^(?:Args|Arguments|Parameters|Returns|Yields|Raises|Examples?|Attributes|Notes?):[ \t]*(?:\n|\Z)", re.MULTILINE
)
_SECTION = re.compile(r"^(?:Args|Arguments|Parameters):\s*\n((?:[ \t]+.*\n?|[ \t]*\n)*)", re.MULTILINE)
_ENTRY = re.compile(r"^\*{0,2}(\w+)(?:\s*\([^)]*\))?:\s*(.*)")


def described(docstring: str) -> dict[str, str]:
    """What a docstring says of each parameter in its section `Args:`, as Google's style guide has it.

    >>> described("Add.\\n\\nArgs:\\n    a: The first,\\n        or the only one.\\n    b (int): The second.")
    {'a': 'The first, or the only one.', 'b': 'The second.'}
    """
    section = _SECTION.search(docstring)
    if section is None:
        return {}
    lines = [line for line in section[1].splitlines() if line.strip()]
    margin = min((len(line) - len(line.lstrip()) for line in lines), default=0)
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        entry = _ENTRY.match(line[margin:])
        if entry:
            name = entry[1]
            found[name] = entry[2].strip()
        elif name:
            found[name] = f"{found[name]} {line.strip()}".strip()
    return found


def purpose(docstring: str) -> str:
    """What a docstring says before its first section: what the thing is for.

    >>> purpose("Add two numbers.\\n\\nExactly.\\n\\nArgs:\\n    a: The first.")
    'Add two numbers.\\n\\nExactly.'
    """
    section = _SECTIONS.search(docstring)
    return docstring[: section.start()].strip() if section else docstring.strip()


@overload
def tool(function: Callable[..., Any], /) -> Tool: ...
@overload
def tool(
    *, name: str = "", effects: bool = False, examples: Sequence[str] = ()
) -> Callable[[Callable[..., Any]], Tool]: ...
def tool(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str = "",
    effects: bool = False,
    examples: Sequence[str] = (),
) -> Tool | Callable[[Callable[..., Any]], Tool]:
    """Make a Tool of a typed function; its docstring says what it does, up to its section `Args:`.

    Args:
        examples: What people say that need it; see `Tool`.

    Example:
        >>> @tool
        ... def add(a: int, b: int) -> int:
        ...     "Add two numbers."
        ...     return a + b
        >>> add.name, add.description
        ('add', 'Add two numbers.')
    """

    def make(function: Callable[..., Any]) -> Tool:
        description = purpose(inspect.getdoc(function) or "")
        return Tool(name or function.__name__, description, function, effects, examples=tuple(examples))

    return make(function) if function is not None else make

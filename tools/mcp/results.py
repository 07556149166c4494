"""What an MCP server offers and answers, as tools and plain values. Pure but for the types of the SDK."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..base.errors import ServiceError, ToolFailed
from ..base.json_schema import shortened

if TYPE_CHECKING:
    from mcp import types

MAX_DESCRIPTION = 1_000
MAX_ERROR = 1_000


def value_of(result: "types.CallToolResult", name: str, at: str, most: int) -> Any:
    """What a call came to: its structured content as plain data, else its texts, one under the other.

    Args:
        most: Bytes of it; a longer one is an error, as half of it might be half of a sum.
    Raises:
        ToolFailed: the server says that it is an error; its words are the message.
        ServiceError: it is larger than `most`.
    """
    text = "\n".join(map(_said, result.content))
    if result.is_error:
        raise ToolFailed(shortened(text, MAX_ERROR) or "it failed, and did not say why", at=f"tool {name}")
    structured = result.structured_content
    size = len(text.encode()) if structured is None else len(json.dumps(structured, default=str).encode())
    if size > most:
        hint = "Ask for less, or raise its `max_bytes` in app.yaml"
        raise ServiceError(f"the result of {name} is larger than {most:,} bytes", at=at, hint=hint)
    return text if structured is None else structured


def _said(block: Any) -> str:
    """One piece of content as text; pictures and sound are only named."""
    match getattr(block, "type", ""):
        case "text":
            return str(block.text)
        case "image":
            return f"(a picture: {block.mime_type})"
        case "audio":
            return f"(sound: {block.mime_type})"
        case "resource_link":
            return f"(a resource: {block.uri})"
        case "resource":
            inner = block.resource
            return str(inner.text) if hasattr(inner, "text") else f"(a file: {inner.uri})"
        case other:
            return f"({other})"


def description_of(tool: "types.Tool") -> str:
    """What it says of itself, on one line."""
    return shortened(tool.description or tool.title or "", MAX_DESCRIPTION)


def has_effects(tool: "types.Tool", *, trusted: bool) -> bool:
    """Whether a call counts as changing something outside: yes, unless a server that is believed calls it read-only."""
    hints = tool.annotations
    return not (trusted and hints is not None and hints.read_only_hint is True)


def is_idempotent(tool: "types.Tool", *, trusted: bool) -> bool:
    """Whether a call may be made again, as a server that is believed says."""
    hints = tool.annotations
    return trusted and hints is not None and hints.idempotent_hint is True


def schema_of(tool: "types.Tool") -> Mapping[str, Any]:
    """What it takes, without references.

    Raises:
        InputError: a `$ref` in it leads out of it, or to nothing.
    """
    from ..base.json_schema import whole

    return {"properties": {}, **whole(tool.input_schema), "type": "object"}

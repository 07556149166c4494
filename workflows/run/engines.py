"""The engines of a run, opened when a node first asks for them and closed together."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, cast

from ...agents.memory.notes import FILE, Notes
from ...agents.models.chat import Chat
from ...agents.perception.ears import Ear
from ...agents.roles.types import App
from ...agents.speech.voices import Voice
from ...tools.base.errors import InputError, ModelFileError
from ...tools.base.suggest import did_you_mean
from ...tools.base.tool import Tool
from ...tools.knowledge.search import Found, Search
from .knowledge import Knowledge
from .toolsets import Toolsets

if TYPE_CHECKING:
    from ...agents.opening import ChatName
    from ...tools.knowledge.embedding import Embed
    from ...tools.python.interpreter import Interpreter
    from ...tools.services.service import Service
    from ..compile.step import Double


class OpenEngines:
    """Opens what app.yaml binds to a role, once, and closes it at the end of the block.

    Args:
        app: The machine's roles.
        given: Engines by role that are used as they are, and stay open: fakes, or one's own.
        tell: Told about once a second what is being loaded.
        warn: Told what is not as it should be.
        folders: More folders of documents to search in this run.
    """

    def __init__(
        self,
        app: App,
        given: Mapping[str, Any] | None = None,
        tell: Callable[[str], None] | None = None,
        warn: Callable[[str], None] | None = None,
        folders: Sequence[Path] = (),
    ) -> None:
        self._app, self._given, self._tell = app, dict(given or {}), tell
        self._open: dict[str, Any] = {}
        self._services: dict[str, Service] = {}
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._warming: asyncio.Task[None] | None = None
        self._toolsets = Toolsets(app, self.service)
        self._knowledge = Knowledge(app, self._given.get("embed"), folders, tell, warn)

    async def __aenter__(self) -> "OpenEngines":
        await self._stack.enter_async_context(self._knowledge)
        self._stack.push_async_callback(self._toolsets.aclose)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def has(self, role: str) -> bool:
        """Whether a role is given or bound."""
        return role in self._given or getattr(self._app.models, role, None) is not None

    async def chat(self, role: str) -> Chat:
        """The model that plays a role; `fast` is `chat` where nothing else is bound to it."""
        if not self.has(role) and role == "fast":
            role = "chat"
        async with self._opening:
            if role not in self._given and role not in self._open:
                from ...agents.opening import open_chat

                self._keep(role, open_chat(self._app, cast("ChatName", role), progress=self._tell))
        chat: Chat = self._given.get(role) or self._open[role]
        double = self.double()
        return double.chat(role, chat) if double is not None else chat

    def double(self) -> "Double | None":
        """What stands between the run and what is outside of it; None where nothing does."""
        double: Double | None = self._given.get("double")
        return double

    def require(self, roles: Iterable[str]) -> None:
        """Look whether the model files of these roles are here, before anything is loaded.

        Raises:
            ModelFileError: some are missing, or one is damaged.
        """
        from ...agents.models.catalogue.store import find, model_file
        from ...agents.models.catalogue.store import require as folder_of

        looks = {"embedded": model_file, "faster-whisper": folder_of}
        bound = [getattr(self._app.models, role, None) for role in roles if role not in self._given]
        local = [role for role in bound if role is not None and role.engine in looks]
        missing = sorted({role.model for role in local if find(role.model) is None})
        if len(missing) > 1:  # one alone is told by the look itself, with its size
            names = " ".join(missing)
            hint = f"Fetch them with: antiphon models pull {names}"
            raise ModelFileError(f"the models {' and '.join(map(repr, missing))} are not here yet", hint=hint)
        for role in local:
            looks[role.engine](role.model)

    def warm(
        self, roles: Iterable[str], *, spoken: bool = False, knowledge: Sequence[tuple[Path | None, bool, Path]] = ()
    ) -> None:
        """Begin to make models, voice and knowledge ready, while others listen: the first sound waits for none of them.

        Args:
            knowledge: What will be searched, as the arguments of `knowledge`.
        """

        async def ready() -> None:
            for folder, own, within in knowledge:
                search = await self.knowledge(folder, own=own, within=within)
                await asyncio.to_thread(search.find, "?", "en", 1)  # loads the embedding model
            if spoken:
                from ...agents.speech.speaking import warm as warm_voice

                await warm_voice(self.voice(), language="en")  # the neural voice; eSpeak has nothing to load
            for role in roles:
                chat = await self.chat(role)
                warm = getattr(chat, "warm", None)
                if warm is not None:
                    await warm()

        self._warming = asyncio.create_task(ready())
        self._stack.push_async_callback(self._stop_warming)

    async def _stop_warming(self) -> None:
        assert self._warming is not None
        self._warming.cancel()
        # A failure here is met again, and raised, by the node that needs the model.
        await asyncio.gather(self._warming, return_exceptions=True)

    async def knowledge(self, folder: Path | None, *, own: bool, within: Path) -> Search:
        """The search over a folder of the workflow's, over what people added if `own`, and over this run's folders."""
        return await self._knowledge.search(folder, own=own, within=within)

    async def embedding(self) -> "Embed | None":
        """The embedding model; None where its package is not installed."""
        return await self._knowledge.embedding()

    async def web(self, question: str, language: str) -> tuple[list[Found], str]:
        """What the web says, and what stood in the way; nothing where app.yaml names nobody to ask."""
        settings = self._app.web
        if not (settings.encyclopedia or settings.search):
            return [], ""
        from ...tools.web.lookup import search_everywhere

        found, problem = await search_everywhere(question, language, settings)
        return await self._knowledge.judged(question, found), problem

    def service(self, name: str) -> "Service":
        """A service that app.yaml names.

        Raises:
            InputError: it names none like that, or a key is not in the environment.
        """
        if name not in self._app.services:
            hint = did_you_mean(name, self._app.services) or "Write it under `services` in app.yaml"
            raise InputError(f"app.yaml names no service {name!r}", hint=hint)
        if name not in self._services:
            from ...tools.services.service import Service as Open

            self._services[name] = Open(name, self._app.services[name])
            self._stack.push_async_callback(self._services[name].aclose)
        return self._services[name]

    async def toolset(self, name: str, settings: Mapping[str, Any]) -> tuple[Tool, ...]:
        """The tools of a set that a workflow names, by their own names; opened once, and closed with the run.

        Args:
            settings: {openapi: SERVICE, only: [...]} or {mcp: SERVER, only: [...]}.
        Raises:
            InputError: app.yaml does not have it, its document is wrong, or it has no tool that `only` names.
            ServiceError: it cannot be reached or started.
        """
        return await self._toolsets.open(name, settings)

    def interpreter(self) -> "Interpreter":
        """What runs code, held as app.yaml says; each piece of code has a process of its own."""
        from ...tools.python.interpreter import Interpreter as Held

        return Held(self._app.sandbox)

    async def notes(self) -> Notes:
        """What workflows keep on this machine."""
        notes: Notes = self._given.get("notes") or Notes(self._app.data / FILE)
        return notes

    def ear(self) -> Ear:
        """The recogniser."""
        if "hear" not in self._given and "hear" not in self._open:
            from ...agents.opening import open_ear

            self._keep("hear", open_ear(self._app))
        ear: Ear = self._given.get("hear") or self._open["hear"]
        return ear

    def voice(self) -> Voice:
        """The voice."""
        if "speak" not in self._given and "speak" not in self._open:
            from ...agents.opening import open_voice

            self._keep("speak", open_voice(self._app))
        voice: Voice = self._given.get("speak") or self._open["speak"]
        return voice

    def _keep(self, role: str, engine: Any) -> None:
        self._open[role] = engine
        if hasattr(engine, "aclose"):
            self._stack.push_async_callback(engine.aclose)

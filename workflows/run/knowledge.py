"""What a run may look things up in: the workflow's own folder, what this machine's people added, and what they name."""

import asyncio
import os
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from ...agents.roles.types import App
from ...tools.base.errors import FileError, MissingExtra
from ...tools.base.places import knowledge_file
from ...tools.knowledge.adding import add
from ...tools.knowledge.search import Found, Search, judged
from ...tools.knowledge.store import Store
from ...tools.knowledge.vectors import read_shipped

if TYPE_CHECKING:
    from ...tools.knowledge.embedding import Embed

OWN = "own"
"""The base of `antiphon knowledge add`."""


class Knowledge:
    """The knowledge file, opened when somebody first asks and closed at the end of the block.

    Args:
        embed: Used in place of the app's; None stands for the app's.
        folders: More folders to search, `--knowledge DIR`.
        tell: Told what is being read, about once a second.
        warn: Told what is not as it should be, once.
    """

    def __init__(
        self,
        app: App,
        embed: "Embed | None" = None,
        folders: Sequence[Path] = (),
        tell: Callable[[str], None] | None = None,
        warn: Callable[[str], None] | None = None,
    ) -> None:
        self._app, self._given, self._folders = app, embed, tuple(folders)
        self._tell, self._warn = tell or _ignore, warn or _ignore
        self._store: Store | None = None
        self._searches: dict[tuple[str, ...], Search] = {}
        self._embed: Embed | None = None
        self._opened = self._closing = False
        self._lock = asyncio.Lock()

    async def search(self, folder: Path | None, *, own: bool, within: Path | None = None) -> Search:
        """The search over a folder, over what people added if `own`, and over the folders of this run.

        Raises:
            InputError, FileError, StorageError: a folder, a document in it or the knowledge file is wrong.
        """
        async with self._lock:
            return await asyncio.to_thread(self._search, folder, own, within)

    async def judged(self, question: str, pages: Sequence[Found]) -> list[Found]:
        """Pages of the web, the best first, each with how near its sentences are."""
        embed = await self.embedding()
        passages = [page.passage for page in pages]
        return await asyncio.to_thread(judged, question, passages, embed)

    async def embedding(self) -> "Embed | None":
        """The embedding model; None where its package is not installed."""
        async with self._lock:
            return await asyncio.to_thread(self._open_embed)

    async def __aenter__(self) -> "Knowledge":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True  # a thread that is still reading stops at its next step, and nobody waits for it
        if self._store is not None:
            self._store.close()

    def _search(self, folder: Path | None, own: bool, within: Path | None) -> Search:
        folders = [*([folder] if folder is not None else []), *self._folders]
        bases = [*map(base_of, folders), *([OWN] if own else [])]
        if tuple(bases) not in self._searches:
            embed = self._open_embed()
            self._store = self._store or Store(knowledge_file(self._app.data))
            if self._closing:
                self._store.close()
            for one in folders:
                strict = one == folder
                self._sync(self._store, one, within if strict else None, embed, strict=strict)
            if embed is not None:
                self._store.embed(bases, embed, lambda done, of: self._tell(f"reading: {done} of {of} sentences"))
            self._searches[tuple(bases)] = Search(self._store, bases, embed)
        return self._searches[tuple(bases)]

    def _sync(self, store: Store, folder: Path, within: Path | None, embed: "Embed | None", *, strict: bool) -> None:
        base, name = base_of(folder), embed.name if embed else ""
        shipped = cache(partial(read_shipped, folder)) if embed else None
        problems = add(store, base, folder, prefix=folder.name, within=within, shipped=shipped, model=name).problems
        if problems and strict:
            raise FileError(problems)
        for problem in problems:
            self._warn(str(problem))

    def _open_embed(self) -> "Embed | None":
        if not self._opened:
            self._opened = True
            from ...agents.opening import open_embed

            try:
                self._embed = self._given or open_embed(self._app)
            except MissingExtra as error:
                self._warn(f"Knowledge is searched by words alone: {error}")
        return self._embed


def base_of(folder: Path) -> str:
    """The base of a folder that is searched where it lies."""
    return f"folder:{os.path.realpath(folder)}"


def _ignore(_: str) -> None:
    pass

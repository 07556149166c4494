"""The tools of an MCP server: a connection that one task owns, and tools that may be called from any."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from ..base.engines import missing
from ..base.errors import AntiphonError, InputError, ServiceError, ServiceTimeout
from ..base.tool import Tool
from ..base.toolset import distinct, valid_name
from ..services.keys import held_in
from .child_errors import LastWords
from .results import description_of, has_effects, is_idempotent, schema_of, value_of
from .settings import McpSettings

if TYPE_CHECKING:
    from mcp import Client, types

MAX_LISTED = 1_000
MAX_PAGES = 100
_CLOSING_S = 10.0


@asynccontextmanager
async def open_mcp(name: str, settings: McpSettings) -> AsyncIterator[tuple[Tool, ...]]:
    """Start or reach a server, and give its tools; at the end the connection is closed and the program ended.

    A call that fails, takes too long, or is made after the server has died, is an error of that call.
    The block may be entered and left in different tasks.

    Args:
        name: As in app.yaml, for messages.
    Raises:
        MissingExtra: the package is not installed.
        InputError: an environment variable is not set.
        ServiceError: it cannot be started or reached, or does not speak the protocol.
    """
    server = _Server(name, settings)
    await server.start()
    try:
        yield await server.tools()
    finally:
        await server.stop()


class _Server:
    def __init__(self, name: str, settings: McpSettings) -> None:
        self.at, self._settings = f"mcp {name}", settings
        self._words = LastWords() if settings.command else None
        self._client: Client | None = None
        self._ready, self._stop = asyncio.Event(), asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._broken: BaseException | None = None

    async def start(self) -> None:
        try:
            self._task = asyncio.create_task(self._own(), name=self.at)
            waiting, most = asyncio.create_task(self._ready.wait()), self._settings.start_timeout_s
            try:
                await asyncio.wait({self._task, waiting}, timeout=most, return_when=asyncio.FIRST_COMPLETED)
            finally:
                waiting.cancel()
            if self._task.done():
                self._task.result()
            if self._client is None:
                hint = self._hint("Raise its `start_timeout_s` in app.yaml")
                raise ServiceTimeout(f"it was not ready within {most:g} s", at=self.at, hint=hint)
        except BaseException:
            await self.stop()
            raise

    async def _own(self) -> None:
        """Enter and leave the connection: its task groups have to be left by the task that entered them."""
        try:
            async with AsyncExitStack() as stack:
                self._client = await stack.enter_async_context(await self._connected(stack))
                self._ready.set()
                await self._stop.wait()
        except AntiphonError:
            raise
        except Exception as error:
            self._broken = _first(error)  # calls are told of it; nobody waits for this task before the end
            if not self._ready.is_set():
                raise self._unreachable(self._broken) from error
        finally:
            self._client = None

    async def _connected(self, stack: AsyncExitStack) -> "Client":
        try:
            from mcp import Client, StdioServerParameters, stdio_client
            from mcp.client.streamable_http import streamable_http_client
        except ModuleNotFoundError as error:
            raise missing(f"the MCP server {self.at[4:]!r}", error.name or "mcp", "mcp") from error
        given = self._settings
        if self._words is not None:
            program = StdioServerParameters(
                command=given.command[0],
                args=list(given.command[1:]),
                env=given.environment(self.at),
                cwd=given.folder or None,
                encoding_error_handler="replace",
            )
            return Client(stdio_client(program, errlog=self._words.file))
        import httpx2

        from ..web.addresses import is_inside

        headers = {
            header: held_in(variable, header, whose="its", at=self.at) for header, variable in given.headers_env.items()
        }
        inside = is_inside(httpx2.URL(given.url).host)
        timeout = httpx2.Timeout(given.timeout_s, read=None)  # a stream may be silent; each call has its own limit
        http = await stack.enter_async_context(
            httpx2.AsyncClient(headers=headers, timeout=timeout, trust_env=not inside)
        )
        return Client(streamable_http_client(given.url, http_client=http))

    async def stop(self) -> None:
        """End the connection and the program, and wait until they have ended; it is not left half done."""
        self._stop.set()
        try:
            if self._task is not None and not self._task.done():
                if self._client is None:
                    self._task.cancel()
                done, _ = await asyncio.wait({self._task}, timeout=_CLOSING_S)
                if not done:
                    self._task.cancel()
                    await asyncio.wait({self._task}, timeout=_CLOSING_S)
            if self._task is not None and self._task.done() and not self._task.cancelled():
                self._task.exception()  # told by start already
        finally:
            if self._words is not None:
                self._words.close()

    async def tools(self) -> tuple[Tool, ...]:
        found: list[types.Tool] = []
        cursor: str | None = None
        for _ in range(MAX_PAGES):
            page = await self._answered(lambda client, cursor=cursor: client.list_tools(cursor=cursor))
            found += page.tools
            cursor = page.next_cursor
            if not cursor or len(found) >= MAX_LISTED:
                break
        names = distinct(valid_name(one.name) for one in found[:MAX_LISTED])
        return tuple(self._tool(name, one) for name, one in zip(names, found, strict=False))

    def _tool(self, name: str, one: "types.Tool") -> Tool:
        async def plain(**arguments: Any) -> Any:
            result = await self._answered(lambda client: client.call_tool(one.name, arguments))
            return value_of(result, name, self.at, self._settings.max_bytes)

        async def again(*, idempotency_key: str = "", **arguments: Any) -> Any:
            return await plain(**arguments)

        trusted = self._settings.trust_hints
        try:
            schema = schema_of(one)
        except InputError as error:
            error.at = f"{self.at}, tool {one.name}"
            raise
        effects = has_effects(one, trusted=trusted)
        function = again if effects and is_idempotent(one, trusted=trusted) else plain
        return Tool(name, description_of(one), function, effects, schema)

    async def _answered(self, ask: Any) -> Any:
        """What the server answers, within its time."""
        from mcp import MCPError

        client = self._client
        if client is None:
            raise self._gone() from self._broken
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                return await ask(client)
        except TimeoutError as error:
            problem = f"it took longer than {self._settings.timeout_s:g} s"
            raise ServiceTimeout(problem, at=self.at, hint="Raise its `timeout_s` in app.yaml") from error
        except MCPError as error:
            if error.error.code == _closed_code():
                raise self._gone() from error
            raise ServiceError(
                f"it answered with an error: {' '.join(str(error).split())[:300]}", at=self.at
            ) from error
        except Exception as error:  # whatever its answer breaks in the SDK
            reason = " ".join(str(_first(error)).split())[:200] or type(error).__name__
            raise ServiceError(f"its answer cannot be used ({reason})", at=self.at) from error

    def _gone(self) -> ServiceError:
        return ServiceError("the server has ended", at=self.at, hint=self._hint("Start the workflow again"))

    def _unreachable(self, error: BaseException) -> AntiphonError:
        given = self._settings
        reason = " ".join(str(getattr(error, "strerror", None) or error).split())[:200] or type(error).__name__
        if given.command and isinstance(error, OSError):
            hint = "Is it installed, and is its `command` in app.yaml right?"
            return ServiceError(f"{given.command[0]!r} cannot be started ({reason})", at=self.at, hint=hint)
        if given.command:
            hint = self._hint("Try its `command` in a terminal")
            return ServiceError(f"it does not speak MCP, or ended at once ({reason})", at=self.at, hint=hint)
        hint = "Is it running, and is its `url` in app.yaml right?"
        return ServiceError(f"no MCP server answers there ({reason})", at=self.at, hint=hint)

    def _hint(self, otherwise: str) -> str:
        said = self._words.text() if self._words is not None else ""
        return f"It last said: {said}" if said else otherwise


def _closed_code() -> int:
    from mcp.types import CONNECTION_CLOSED

    return CONNECTION_CLOSED


def _first(error: BaseException) -> BaseException:
    """The error itself, out of the groups that task groups put it in."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error

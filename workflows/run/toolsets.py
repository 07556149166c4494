"""Sets of tools that a run opens: an MCP server is started once, a document read once, and all is closed together."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...agents.roles.types import App
from ...tools.base.errors import InputError
from ...tools.base.suggest import did_you_mean
from ...tools.base.tool import Tool
from ...tools.base.toolset import chosen, set_of

if TYPE_CHECKING:
    from ...tools.services.service import Service


class Toolsets:
    """What app.yaml has under `services` and `mcp`, as sets of tools.

    Args:
        service: Opens a service of app.yaml.
    """

    def __init__(self, app: App, service: Callable[[str], "Service"]) -> None:
        self._app, self._service = app, service
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._documents: dict[str, dict[str, Any]] = {}
        self._servers: dict[str, tuple[Tool, ...]] = {}

    async def open(self, name: str, settings: Mapping[str, Any]) -> tuple[Tool, ...]:
        """The tools of a set, by their own names.

        Args:
            name: The set's name in the workflow, for messages.
            settings: What stands there: {openapi: SERVICE, only: [...]} or {mcp: SERVER, only: [...]}.
        Raises:
            InputError: app.yaml does not have it, its document is wrong, or it has no tool that `only` names.
            ServiceError: it cannot be reached or started.
            MissingExtra: the package for MCP is not installed.
        """
        wanted = set_of(name, settings)
        async with self._opening:  # whoever asks second waits until it is open
            if wanted.openapi:
                from ...tools.openapi.tools import tools_of

                document = await self._document(wanted.openapi)
                service = self._service(wanted.openapi)
                return await asyncio.to_thread(tools_of, document, service, wanted.only)
            offered = {one.name: one for one in await self._server(wanted.mcp)}
            return tuple(chosen(offered, wanted.only, f"mcp {wanted.mcp}").values())

    async def aclose(self) -> None:
        """End the servers."""
        await self._stack.aclose()

    async def _document(self, name: str) -> dict[str, Any]:
        if name not in self._documents:
            from ...tools.openapi.reading import fetch_document, read_document

            service, given = self._service(name), self._app.services[name]
            if given.openapi:
                self._documents[name] = await asyncio.to_thread(read_document, Path(given.openapi).expanduser())
            elif given.openapi_path:
                self._documents[name] = await fetch_document(service, given.openapi_path)
            else:
                hint = f"Write it in app.yaml: services: {{{name}: {{openapi: {name}.yaml}}}}"
                raise InputError(f"the service {name!r} has no OpenAPI document", at=f"service {name}", hint=hint)
        return self._documents[name]

    async def _server(self, name: str) -> tuple[Tool, ...]:
        if name not in self._app.mcp:
            hint = did_you_mean(name, self._app.mcp) or "Write it under `mcp` in app.yaml"
            raise InputError(f"app.yaml names no MCP server {name!r}", hint=hint)
        if name not in self._servers:
            from ...tools.mcp.opening import open_mcp

            self._servers[name] = await self._stack.enter_async_context(open_mcp(name, self._app.mcp[name]))
        return self._servers[name]

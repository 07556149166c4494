"""A real MCP server, written with the SDK: as a child process, and on HTTP on this machine."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

_SERVER = '''
import asyncio, os, sys, time
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

print("a chatty server", file=sys.stderr)
server = MCPServer("calendar")

@server.tool(annotations=ToolAnnotations(read_only_hint=True))
def free_days(month: str, least: int = 1) -> list[str]:
    """Days without an appointment."""
    return [f"{month}-{day:02}" for day in range(1, 1 + least)]

@server.tool()
def book(day: str) -> str:
    """Book a day."""
    if day == "full":
        raise ToolError("that day is taken, try another")
    return f"booked {day}"

@server.tool(annotations=ToolAnnotations(idempotent_hint=True))
def cancel(day: str) -> str:
    """Cancel a day."""
    return f"cancelled {day}"

@server.tool()
def environment() -> dict[str, str]:
    """What it sees."""
    return dict(os.environ)

@server.tool()
async def sleep(seconds: float) -> str:
    """Sleep."""
    await asyncio.sleep(seconds)
    return "awake"

@server.tool()
def die() -> str:
    """Die."""
    print("I am dying", file=sys.stderr, flush=True)
    os._exit(3)

@server.tool()
def much(size: int) -> str:
    """Much text."""
    return "x" * size

if sys.argv[1:]:
    server.run("streamable-http", host="127.0.0.1", port=int(sys.argv[1]))
else:
    server.run("stdio")
'''


@pytest.fixture(scope="session")
def server_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program that is an MCP server on its pipes, or with a number as its argument, on that port."""
    file = tmp_path_factory.mktemp("mcp") / "calendar_server.py"
    file.write_text(_SERVER)
    return file


@pytest.fixture(scope="session")
def server_url(server_file: Path) -> Iterator[str]:
    """The address of a server on HTTP."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    process = subprocess.Popen([sys.executable, str(server_file), str(port)], stderr=subprocess.DEVNULL)
    for _ in range(300):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}/mcp"
    process.terminate()
    process.wait()

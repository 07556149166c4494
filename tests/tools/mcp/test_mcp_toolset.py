"""A set of tools in a workflow: from an MCP server of app.yaml."""

import asyncio
import sys
from pathlib import Path

from antiphon.agents.roles.reading import read_app
from antiphon.workflows.run.engines import OpenEngines


async def test_a_server_is_started_once_for_a_run_beside_app_yaml(server_file: Path, tmp_path: Path) -> None:
    (tmp_path / "cal.py").write_text(
        f"open('started', 'a').write('x')\nimport sys; sys.argv[1:] = []\n{server_file.read_text()}"
    )
    app = tmp_path / "app.yaml"
    app.write_text(
        "schema: app/v1\nmodels: {chat: {engine: openai, base_url: 'http://127.0.0.1:9/v1', model: m}}\n"
        f"mcp: {{calendar: {{command: ['{sys.executable}', cal.py]}}}}\n"
    )
    async with OpenEngines(read_app(app)) as engines:
        sets = [
            asyncio.create_task(engines.toolset("days", {"mcp": "calendar", "only": ["book", "free_days"]})),
            asyncio.create_task(engines.toolset("all", {"mcp": "calendar"})),
        ]
        some, every = await asyncio.gather(*sets)
        assert [one.name for one in some] == ["free_days", "book"]
        assert len(every) == 7
        assert await some[1](day="mon") == {"result": "booked mon"}
    assert (tmp_path / "started").read_text() == "x"

"""The articles are read once for all tests."""

import asyncio
import shutil
from pathlib import Path

import pytest

from antiphon.agents.roles.types import App
from antiphon.workflows.run.knowledge import Knowledge

ARTICLES = Path(__file__).parents[3] / "workflows" / "library" / "child_tutor" / "knowledge"

INJECTED = Path(__file__).parents[2] / "data" / "tutor" / "injected"


@pytest.fixture(scope="session")
def read_articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds the tutor's articles, and those with injected instructions."""
    home = tmp_path_factory.mktemp("articles")
    app = App.model_validate({"schema": "app/v1", "models": {"chat": {"engine": "embedded", "model": "none"}}})

    async def read() -> None:
        async with Knowledge(app, folders=[INJECTED]) as knowledge:
            await knowledge.search(ARTICLES, own=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANTIPHON_HOME", str(home))
        asyncio.run(read())
    return home / "data"


@pytest.fixture(autouse=True)
def known_articles(own_home: Path, read_articles: Path) -> None:
    """Each test's own home has them."""
    shutil.copytree(read_articles, own_home / "data")

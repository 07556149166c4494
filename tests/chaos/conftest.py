"""The run that all others are compared with."""

import os

import pytest

from .processes import Forker
from .suite import History, history_of


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> History:
    """What a run comes to that nobody kills."""
    if not hasattr(os, "fork"):
        pytest.skip("forks and kills processes as Linux and macOS do")
    with Forker() as children:
        history = history_of(0, tmp_path_factory.mktemp("chaos") / "undisturbed", children)
    assert history.status == "done", history
    return history

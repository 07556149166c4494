"""The wheel holds the three floors under one name, and nothing at the top that another package owns."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The names in a wheel built from this checkout, without the network."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-P", "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(out.glob("*.whl"))) as archive:
        return archive.namelist()


def test_the_wheel_has_one_top_level_package(wheel: list[str]) -> None:
    assert {name.split("/")[0].split("-")[0] for name in wheel} == {"antiphon"}


@pytest.mark.parametrize(
    "name",
    [
        "antiphon/py.typed",
        "antiphon/__main__.py",
        "antiphon/agents/guards/rules/child.yaml",
        "antiphon/agents/models/catalogue/catalogue.yaml",
        "antiphon/agents/roles/default.yaml",
        "antiphon/workflows/library/child_tutor/workflow.yaml",
        "antiphon/workflows/library/child_tutor/questions/zh.ogg",
        "antiphon/workflows/library/child_tutor/knowledge/zh/moon.md",
        "antiphon/workflows/library/child_tutor/knowledge/vectors.npz",
    ],
)
def test_the_wheel_holds_the_data_it_needs(wheel: list[str], name: str) -> None:
    assert name in wheel

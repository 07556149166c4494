"""Functions that packages offer: found by name, imported when they are used."""

import sys
from pathlib import Path

import pytest

from antiphon import Workflow, run
from antiphon.tools.base.errors import EngineError
from antiphon.tools.base.functions import Functions, named


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package that offers functions."""
    (tmp_path / "geometry_for_tests.py").write_text(
        "def area(width: float, height: float) -> float:\n    return width * height\nnumber = 3\n"
    )
    info = tmp_path / "geometry_for_tests-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: geometry-for-tests\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[antiphon.functions]\nsurface = geometry_for_tests:area\n"
        "broken = no_such_module_at_all:x\nno_function = geometry_for_tests:number\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "geometry_for_tests", raising=False)


@pytest.mark.usefixtures("package")
def test_an_installed_function_is_there_by_its_name() -> None:
    functions = Functions({})
    assert "surface" in functions
    assert functions["surface"].name == "surface"
    assert {"surface", "broken"} <= {*functions}


@pytest.mark.usefixtures("package")
def test_nothing_is_imported_before_it_is_used() -> None:
    assert "surface" in Functions({})
    assert "geometry_for_tests" not in sys.modules


@pytest.mark.usefixtures("package")
def test_the_programs_own_come_first() -> None:
    def surface() -> int:
        return 1

    assert Functions({"surface": named(surface)})["surface"].function is surface


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(("name", "said"), [("broken", "ModuleNotFoundError"), ("no_function", "is no function")])
def test_a_package_that_is_broken_is_named(name: str, said: str) -> None:
    with pytest.raises(EngineError, match=f"entry point {name} of geometry-for-tests: .*{said}"):
        Functions({})[name]


def test_a_name_nobody_has_is_not_there() -> None:
    assert Functions({}).get("nobody_has_this") is None


@pytest.mark.usefixtures("package")
async def test_a_workflow_calls_an_installed_function(tmp_path: Path) -> None:
    file = tmp_path / "workflow.yaml"
    file.write_text(
        'schema: workflow/v1\nname: w\nstate: {a: {type: number}}\noutput: {a: "${state.a}"}\nstart: it\n'
        "nodes:\n  it: {kind: python, function: surface, with: {width: 2.0, height: 3.0}, into: a, next: end}\n"
    )
    assert (await run(Workflow.load(file))).output == {"a": 6.0}

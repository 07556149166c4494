"""The architecture is a test: imports go down, files and functions stay small, LangGraph stays upstairs."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = ("tools", "agents", "workflows")
SOURCES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))
EVERYTHING = sorted(
    {*SOURCES, *(path for name in ("tests", "examples", "benchmarks") for path in (ROOT / name).rglob("*.py"))}
)
MAX_LINES, MAX_FUNCTION = 400, 60


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Each import as (level, dotted name)."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.level, node.module or ""


def floors_reached(path: Path) -> set[str]:
    """The floors a file imports from, its own left out."""
    depth = len(path.relative_to(ROOT).parts)
    return {name.split(".")[0] for level, name in imports(path) if level == depth} - {path.relative_to(ROOT).parts[0]}


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_imports_go_down_only(path: Path) -> None:
    floor = FLOORS.index(path.relative_to(ROOT).parts[0])
    assert floors_reached(path) <= {*FLOORS[:floor]}


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_floors_import_each_other_relatively(path: Path) -> None:
    assert not [name for level, name in imports(path) if level == 0 and name.split(".")[0] in ("antiphon", *FLOORS)]


@pytest.mark.parametrize("path", EVERYTHING, ids=named)
def test_a_file_has_at_most_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


@pytest.mark.parametrize("path", EVERYTHING, ids=named)
def test_a_function_has_at_most_60_lines(path: Path) -> None:
    functions = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert not [
        f"{f.name}: {length}" for f in functions if (length := (f.end_lineno or 0) - f.lineno + 1) > MAX_FUNCTION
    ]


def test_only_the_second_floor_imports_langgraph() -> None:
    users = {named(path) for path in SOURCES for _, name in imports(path) if name.split(".")[0] == "langgraph"}
    assert {user.split("/")[0] for user in users} <= {"workflows"}


def test_modules_import_each_other_in_no_circle() -> None:
    graph = {module(path): {m for m in reached(path) if m != module(path)} for path in SOURCES}
    done: set[str] = set()
    while free := {name for name, below in graph.items() if name not in done and not (below & graph.keys()) - done}:
        done |= free
    assert graph.keys() - done == set()


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def reached(path: Path) -> set[str]:
    """Modules of ours that a file imports when it is itself imported; imports inside functions come later."""
    package = list(path.relative_to(ROOT).parent.parts)
    found: set[str] = set()
    for node in parsed(path).body:
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            name = ".".join([*base, *(node.module or "").split(".")]).strip(".")
            members = {f"{name}.{alias.name}" for alias in node.names}
            found |= {m if (ROOT / (m.replace(".", "/") + ".py")).exists() else name for m in members}
    return found

"""Everything a file names is there: nodes, fields, tools, functions, services, workflows, files; and names are free."""

import os
from pathlib import Path

import pytest

from antiphon.tools.base.errors import Problem
from antiphon.tools.base.tool import Tool, tool
from antiphon.workflows.spec.known import Known
from antiphon.workflows.spec.reading import check_text


@tool
def add(a: int, b: int = 1) -> int:
    """Add two numbers."""
    return a + b


def anything(**named: str) -> str:
    """Take whatever comes."""
    return str(named)


KNOWN = Known(
    tools={"add": add, "find_exercise": None},
    functions={"add": add, "anything": Tool("anything", "", anything)},
    services=frozenset({"weather"}),
)
HEAD = """\
schema: workflow/v1
name: w
input: {text: {type: string}, list: {type: list}}
state: {x: {type: string}, n: {type: integer}}
tools: {add: {}}
"""


def told(rest: str, folder: Path, known: Known = KNOWN) -> list[str]:
    """What is said about names: the text that is marked, code, sentence."""
    text = HEAD + rest
    found = check_text(text, folder / "w.yaml", known)[1]
    names = [one for one in found if one.code.startswith("E3") or one.code in ("E106", "E107", "E202", "E409")]
    return [f"{_marked(one, text)} {one.code} {one.problem}. {one.hint}" for one in names]


def _marked(one: Problem, text: str) -> str:
    _, line, column = one.at.rsplit(":", 2)
    return text.splitlines()[int(line) - 1][int(column) - 1 :][: one.width] or "..."


BLOCKS = """\
start: {start}
nodes:
  a: {{kind: set, values: {{x: one}}, next: {a}}}
  polish:
    kind: loop
    max: 2
    start: {inner}
    nodes:
      draft: {{kind: set, values: {{x: two}}, next: {draft}}}
      deep:
        kind: map
        over: "${{input.list}}"
        as: one
        do: {{kind: wait, for: 1s}}
        next: end
    next: end
"""
GOOD = {"start": "a", "a": "polish", "inner": "draft", "draft": "deep"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, []),
        ({"start": "b"}, ["b E301 no node is called 'b' here. Known: a, end, polish."]),
        ({"start": "end"}, ["end E301 no node is called 'end' here."]),
        ({"a": "polsh"}, ["polsh E301 no node is called 'polsh' here. Did you mean 'polish'?"]),
        ({"a": "[polish, b]"}, ["b E301 no node is called 'b' here."]),
        ({"a": "draft"}, ["draft E301 no node is called 'draft' here. It is inside 'polish': lead to 'polish'"]),
        ({"draft": "a"}, ["a E301 no node is called 'a' here. It is outside of 'polish': lead to end, which"]),
        ({"inner": "drft"}, ["drft E301 no node is called 'drft' here. Did you mean 'draft'?"]),
    ],
    ids=str,
)
def test_a_node_is_looked_for_at_its_own_level(tmp_path: Path, changed: dict[str, str], said: list[str]) -> None:
    found = told(BLOCKS.format(**GOOD | changed), tmp_path)
    assert len(found) == len(said)
    assert all(one.startswith(start) for one, start in zip(found, said, strict=True)), found


NODES = {
    "route": (
        "kind: wait, for: 1s, route: [{when: 'true', to: b}, {else: c}]",
        ["b E301 no node is called 'b'", "c E301 no node is called 'c'"],
    ),
    "on_error": ("kind: wait, for: 1s, on_error: {to: b}, next: end", ["b E301 no node is called 'b' here"]),
    "follows": ("kind: speak, follows: b, next: end", ["b E301 no node is called 'b' here"]),
    "into": ("kind: speak, from: a, into: y, next: end", ["y E302 no state field is called 'y'. Known: n, x."]),
    "into fields": (
        "kind: speak, from: a, into: {y: b, text: c}, next: end",
        [
            "y E302 no state field is called 'y'",
            "text E302 no state field is called 'text'. It is an input, which",
        ],
    ),
    "set": ("kind: set, values: {xx: a}, next: end", ["xx E302 no state field is called 'xx'. Did you mean 'x'?"]),
    "on_error.set": (
        "kind: wait, for: 1s, on_error: {set: {y: '${error.kind}'}}, next: end",
        ["y E302 no state field is called 'y'"],
    ),
    "tool": (
        "kind: tool, tool: ad, next: end",
        ["ad E303 'ad' is not among this workflow's tools. Did you mean 'add'"],
    ),
    "tool not listed": (
        "kind: tool, tool: find_exercise, next: end",
        ["find_exercise E303 'find_exercise' is not among this workflow's tools. Add it: tools: {find_exercise: {}}"],
    ),
    "function": (
        "kind: python, function: ad, next: end",
        ["ad E304 no function is registered as 'ad'. Did you mean"],
    ),
    "service": (
        "kind: http, service: wether, next: end",
        ["wether E306 app.yaml has no service 'wether'. Did you mean"],
    ),
    "unknown argument": (
        "kind: tool, tool: add, with: {a: 1, c: 2}, next: end",
        ["c E310 'add' takes no 'c'. Known: a, b."],
    ),
    "missing argument": ("kind: python, function: add, next: end", ["... E310 'add' needs 'a'. Write with: {a: ...}"]),
    "misspelt argument": (
        "kind: tool, tool: find_exercise, with: {any: 1}, next: end",
        ["find_exercise E303 'find_exercise' is not among"],
    ),
    "any argument": ("kind: python, function: anything, with: {z: 1}, next: end", []),
    "rules": (
        "kind: guard, side: question, from: a, rules: chld, next: end",
        ["chld E307 there are no guard rules called 'chld'. Did you mean 'child'?"],
    ),
    "no rules file": (
        "kind: guard, side: question, from: a, rules: own.yaml, next: end",
        ["own.yaml E307 'own.yaml' cannot be read: there is no such file."],
    ),
    "prompt file": (
        "kind: llm, prompt: {user_file: {en: there.md, zh: no.md}}, next: end",
        ["no.md E307 'no.md' cannot be read: there is no such file. It must lie in the workflow's folder"],
    ),
    "a folder": (
        "kind: llm, prompt: {user_file: docs}, next: end",
        ["docs E307 'docs' cannot be read: it is a folder"],
    ),
    "a large file": (
        "kind: llm, prompt: {user_file: large.md}, next: end",
        ["large.md E106 'large.md' is larger than"],
    ),
    "no text": ("kind: llm, prompt: {user_file: gbk.md}, next: end", ["gbk.md E107 'gbk.md' is not UTF-8 text"]),
    "no name": ('kind: llm, prompt: {user_file: "a\\0b"}, next: end', ["a\\0 E307 'a\\x00b' is no name of a file"]),
    "a pipe": ("kind: llm, prompt: {user_file: pipe}, next: end", ["pipe E307 'pipe' cannot be read"]),
    "knowledge": ("kind: retrieve, from: a, folder: doc, next: end", ["doc E307 the folder 'doc' is not there"]),
    "knowledge file": (
        "kind: retrieve, from: a, folder: there.md, next: end",
        ["there.md E307 the folder 'there.md' is a"],
    ),
    "workflow": (
        "kind: flow, use: child-tuter, next: end",
        ["child-tuter E305 there is no workflow 'child-tuter'. Did you"],
    ),
    "workflow file": (
        "kind: flow, use: no.yaml, next: end",
        ["no.yaml E305 the workflow 'no.yaml' cannot be read: there"],
    ),
    "no workflow": ("kind: flow, use: list.yaml, next: end", ["list.yaml E305 the workflow 'list.yaml' is wrong"]),
    "ready-made": ("kind: flow, use: child-tutor, with: {text: a}, next: end", []),
    "another": ("kind: flow, use: used.yaml, with: {n: 1}, next: end", []),
    "its input": (
        "kind: flow, use: used.yaml, with: {m: 1}, next: end",
        ["... E310 'used.yaml' needs 'n'", "m E310 'used.yaml' takes no 'm'"],
    ),
    "examples": ("kind: llm, prompt: {user: a, examples_file: turns.yaml}, next: end", []),
}
USED = """\
schema: workflow/v1
name: u
input: {n: {type: integer}}
start: a
nodes: {a: {kind: wait, for: 1s, next: end}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workflow's folder with files of every sort."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "there.md").write_text("Hello", encoding="utf-8")
    (tmp_path / "large.md").write_text("a" * 300_000, encoding="utf-8")
    (tmp_path / "gbk.md").write_bytes("你好".encode("gbk"))
    (tmp_path / "list.yaml").write_text("[a, b]", encoding="utf-8")
    (tmp_path / "used.yaml").write_text(USED, encoding="utf-8")
    (tmp_path / "turns.yaml").write_text("examples: [{user: a, assistant: b}]", encoding="utf-8")
    os.mkfifo(tmp_path / "pipe")
    return tmp_path


@pytest.mark.parametrize(("node", "said"), NODES.values(), ids=NODES.keys())
def test_what_a_node_names_is_there(folder: Path, node: str, said: list[str]) -> None:
    found = told(f"start: a\nnodes:\n  a: {{{node}}}\n", folder)
    assert len(found) == len(said), found
    assert all(one.startswith(start) for one, start in zip(found, said, strict=True)), found


OUTSIDE = ["../secret.md", "/etc/passwd", "docs/../../secret.md", "link.md", "linked/secret.md"]


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize(
    "node",
    [
        "kind: llm, prompt: {{user_file: {0}}}",
        "kind: llm, prompt: {{user: a, examples_file: {0}}}",
        "kind: retrieve, from: a, folder: {0}",
        "kind: flow, use: {0}.yaml",
        "kind: guard, side: question, from: a, rules: {0}.yaml",
    ],
)
def test_nothing_outside_the_folder_can_be_named(tmp_path: Path, name: str, node: str) -> None:
    folder = tmp_path / "flow"
    (folder / "docs").mkdir(parents=True)
    for secret in ("secret.md", "secret.md.yaml"):
        (tmp_path / secret).write_text("the secret", encoding="utf-8")
    (folder / "linked").symlink_to(tmp_path)
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    (folder / "link.md.yaml").symlink_to(tmp_path / "secret.md.yaml")
    found = told(f"start: a\nnodes:\n  a: {{{node.format(name)}, next: end}}\n", folder)
    assert [one.split(" ")[1] for one in found] == ["E308"]
    assert "the secret" not in found[0]


def test_a_workflow_that_uses_itself_has_no_end(tmp_path: Path) -> None:
    rest = "start: a\nnodes:\n  a: {kind: flow, use: w.yaml, next: end}\n"
    (tmp_path / "w.yaml").write_text(HEAD + rest, encoding="utf-8")
    found = [one for one in told(rest, tmp_path) if "E409" in one]
    assert found[0].startswith("w.yaml E409 workflows that use each other have no end: w.yaml uses w.yaml")


def test_workflows_that_use_each_other_have_no_end(tmp_path: Path) -> None:
    def using(name: str) -> str:
        return f"{HEAD}start: a\nnodes:\n  a: {{kind: flow, use: {name}, next: end}}\n"

    (tmp_path / "w.yaml").write_text(using("one.yaml"), encoding="utf-8")
    (tmp_path / "one.yaml").write_text(using("two.yaml"), encoding="utf-8")
    (tmp_path / "two.yaml").write_text(using("one.yaml"), encoding="utf-8")
    found = told("start: a\nnodes:\n  a: {kind: flow, use: one.yaml, next: end}\n", tmp_path)
    assert next(one for one in found if "E409" in one).startswith(
        "one.yaml E409 workflows that use each other have no end: one.yaml uses two.yaml uses one.yaml"
    )


MAP = """\
start: each
nodes:
  each:
    kind: map
    over: "${{input.list}}"
    as: {as_}
    index: {index}
    state: {{{field}: {{type: string}}}}
    start: a
    nodes:
      a:
        kind: map
        over: "${{input.list}}"
        as: {inner}
        do: {{kind: wait, for: 1s}}
        next: end
    next: end
"""
FREE = {"as_": "one", "index": "i", "field": "own", "inner": "two"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, []),
        ({"as_": "state"}, ["state E309 'state' has a meaning of its own"]),
        ({"as_": "error"}, ["error E309 'error' has a meaning of its own"]),
        ({"as_": "loop"}, ["loop E309 'loop' is a word that CEL keeps for itself"]),
        ({"as_": "string"}, ["string E309 'string' is a word that CEL keeps for itself"]),
        ({"as_": "quoted"}, ["quoted E309 'quoted' is what prompts call, and would hide it"]),
        ({"index": "one"}, ["one E309 'one' is the name of something around this block"]),
        ({"inner": "one"}, ["one E309 'one' is the name of something around this block"]),
        ({"field": "x"}, ["x E309 'x' is a state field already"]),
    ],
    ids=str,
)
def test_a_name_is_free_when_it_is_given(tmp_path: Path, changed: dict[str, str], said: list[str]) -> None:
    found = told(MAP.format(**FREE | changed), tmp_path)
    assert len(found) == len(said)
    assert all(one.startswith(start) for one, start in zip(found, said, strict=True)), found


def test_no_node_is_called_end(tmp_path: Path) -> None:
    rest = "start: a\nnodes:\n  a: {kind: wait, for: 1s, next: end}\n  end: {kind: wait, for: 1s, next: end}\n"
    assert told(rest, tmp_path) == ["end E309 'end' means the end. Give the node another name"]


def test_an_unknown_tool_is_told_where_it_is_listed(tmp_path: Path) -> None:
    text = HEAD.replace("{add: {}}", "{ad: {}}") + "start: a\nnodes: {a: {kind: wait, for: 1s, next: end}}\n"
    found = check_text(text, tmp_path / "w.yaml", KNOWN)[1]
    assert str(found[0]).endswith(
        "w.yaml:5:9: E303 no tool is called 'ad'. Did you mean 'add'? Known: add, find_exercise."
    )


def test_without_an_app_any_service_may_be_right(tmp_path: Path) -> None:
    rest = "start: a\nnodes:\n  a: {kind: http, service: any, next: end}\n"
    assert told(rest, tmp_path, Known(tools={"add": add})) == []

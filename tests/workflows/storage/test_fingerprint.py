"""What a run holds its workflow to."""

from pathlib import Path
from typing import Any

import pytest

from antiphon.tools.base.tool import tool
from antiphon.tools.base.yaml_reading import parse_yaml
from antiphon.workflows.spec.reading import Source
from antiphon.workflows.spec.types import WorkflowSpec
from antiphon.workflows.storage.fingerprint import MAX_NODES, compatible, differences, fingerprint_of, refuse_changed
from antiphon.workflows.storage.types import RunRow, WorkflowChanged
from antiphon.workflows.workflow import Workflow

FILE = """\
schema: workflow/v1
name: orders
input:
  text: {type: string}
state:
  total: {type: integer}
  words: {type: list, items: {type: string}}
  who: {type: object, fields: {name: {type: string}}}
start: read
nodes:
  read: {kind: llm, prompt: {user: "read"}, next: each}
  each:
    kind: map
    over: "${state.words}"
    as: word
    state: {seen: {type: boolean}}
    start: look
    nodes:
      look: {kind: set, values: {seen: true}, next: end}
    next: end
"""


def workflow(*changes: tuple[str, str]) -> Workflow:
    text = FILE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    spec = WorkflowSpec.model_validate(parse_yaml(text, Path("orders.yaml")).value)
    return Workflow(Source(spec, Path(), lambda path, shift: ""))


def changed(*changes: tuple[str, str]) -> list[str]:
    return differences(fingerprint_of(workflow()), fingerprint_of(workflow(*changes)))


def test_it_names_nodes_and_types_at_every_level() -> None:
    assert fingerprint_of(workflow()) == {
        "nodes": {"read": "llm", "each": "map", "each.look": "set"},
        "state": {
            "total": "integer",
            "words": "list of string",
            "who": "object of name: string",
            "each.seen": "boolean",
        },
        "input": {"text": "string"},
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"read"', '"read it well"'),
        ("state:\n  total", "state:\n  more: {type: string}\n  total"),
        ("nodes:\n  read", "nodes:\n  extra: {kind: set, values: {total: 1}, next: end}\n  read"),
        ("text: {type: string}", "text: {type: string}\n  more: {type: string, default: x}"),
    ],
)
def test_a_changed_prompt_and_what_is_added_are_no_difference(old: str, new: str) -> None:
    assert changed((old, new)) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("look", "see", "the node 'each.look' is gone"),
        ("total: {type: integer}", "total: {type: string}", "the state field 'total' was integer and is string"),
        ("{name: {", "{title: {", "the state field 'who' was object of name: string and is object of title: string"),
        ("text: {type", "query: {type", "the input 'text' is gone"),
        ("{kind: set, values: {seen: true}", "{kind: emit, event: x", "the node 'each.look' was set and is emit"),
    ],
)
def test_what_is_gone_or_of_another_type_is_told(old: str, new: str, told: str) -> None:
    assert changed((old, new)) == [told]


def test_a_run_is_refused_with_everything_that_is_different() -> None:
    row = RunRow(
        id="fq3k-7mzt", workflow="orders", source="orders.yaml", thread="t", fingerprint=fingerprint_of(workflow())
    )
    with pytest.raises(WorkflowChanged) as caught:
        refuse_changed(row, workflow(("look", "see"), ("total: {type: integer}", "total: {type: number}")))
    assert str(caught.value) == (
        "orders.yaml: the workflow 'orders' has changed since the run fq3k-7mzt began: the node 'each.look' is gone; "
        "the state field 'total' was integer and is number. "
        "Put that back, or go on from before it with: antiphon runs fork fq3k-7mzt."
    )


@pytest.mark.parametrize(
    ("nodes", "fields", "is_compatible"),
    [
        (["read"], [], True),
        (["read", "each"], ["words"], True),
        (["read", "each", "each.look"], [], False),
        (["read"], ["total"], False),
    ],
)
def test_a_point_before_what_is_different_can_be_gone_on_from(
    nodes: list[str], fields: list[str], is_compatible: bool
) -> None:
    old = fingerprint_of(workflow())
    new: Any = fingerprint_of(workflow(("look", "see"), ("total: {type: integer}", "total: {type: number}")))
    assert compatible(old, new, nodes=nodes, fields=fields) == is_compatible


USING = """\
schema: workflow/v1
name: using
state: {words: {type: list, items: {type: string}, default: []}}
start: first
nodes:
  first: {kind: flow, use: middle.yaml, next: each}
  each: {kind: map, over: "${state.words}", as: word, do: {kind: flow, use: last.yaml, with: {n: 1}}, next: call}
  call: {kind: python, function: area, next: ask}
  ask: {kind: http, service: bakery, method: POST, next: end}
"""
MIDDLE = (
    "{schema: workflow/v1, name: middle, start: to, nodes: {to: {kind: flow, use: last.yaml, with: {n: 2}, next: end}}}"
)
LAST = """\
schema: workflow/v1
name: last
input: {n: {type: integer}}
state: {name: {type: string}}
tools: {post: {}}
start: q
nodes:
  q: {kind: ask, show: Who?, form: {name: {type: string}}, into: {name: "${result.name}"}, next: p}
  p: {kind: tool, tool: post, with: {what: "${state.name}"}, next: end}
"""


@tool
def post(what: str) -> str:
    """Send."""
    return what


@tool
def pay(what: str) -> str:
    """Pay."""
    return what


@tool
def area() -> int:
    """Of nothing."""
    return 0


@tool
def size() -> int:
    """Of nothing."""
    return 0


def using(folder: Path, *changes: tuple[str, str]) -> dict[str, dict[str, str]]:
    for name, text in {"using": USING, "middle": MIDDLE, "last": LAST, "other": LAST}.items():
        for old, new in changes:
            text = text.replace(old, new)
        (folder / f"{name}.yaml").write_text(text)
    return fingerprint_of(Workflow.load(folder / "using.yaml", tools=[post, pay], functions=[area, size]))


def test_it_holds_the_workflows_that_are_used_at_every_level_and_what_nodes_call(tmp_path: Path) -> None:
    assert using(tmp_path) == {
        "nodes": {
            "first": "flow middle.yaml",
            "each": "map",
            "call": "python area",
            "ask": "http POST bakery",
            "each.do": "flow last.yaml",
            "first/to": "flow last.yaml",
            "each.do/q": "ask",
            "each.do/p": "tool post",
            "first/to/q": "ask",
            "first/to/p": "tool post",
        },
        "state": {"words": "list of string", "each.do/name": "string", "first/to/name": "string"},
        "input": {"each.do/n": "integer", "first/to/n": "integer"},
    }


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            [("start: q", "start: qq"), ("  q: {", "  qq: {")],
            ["the node 'each.do/q' is gone", "the node 'first/to/q' is gone"],
        ),
        ([("form: {name", "form: {more: {type: string}, name")], []),
        (
            [("nodes: {to: {kind: flow, use: last", "nodes: {to: {kind: flow, use: other")],
            ["the node 'first/to' was flow last.yaml and is flow other.yaml"],
        ),
        ([("tools: {post: {}}", "tools: {pay: {}}"), ("tool: post", "tool: pay")], ["tool post and is tool pay"] * 2),
        ([("function: area", "function: size")], ["the node 'call' was python area and is python size"]),
        ([("method: POST, ", "method: PUT, ")], ["the node 'ask' was http POST bakery and is http PUT bakery"]),
        ([("n: {type: integer}", "n: {type: number}")], ["the input 'each.do/n' was integer", "'first/to/n'"]),
        ([("  each: {kind: map", "  all: {kind: map"), ("next: each", "next: all")], ["the node 'each' is gone"]),
    ],
)
def test_what_changed_in_a_used_workflow_and_what_another_call_is_are_told(
    tmp_path: Path, changes: list[tuple[str, str]], told: list[str]
) -> None:
    found = differences(using(tmp_path), using(tmp_path, *changes))
    assert len(found) == len(told)
    assert all(part in sentence for part, sentence in zip(told, found, strict=True)), found


@pytest.mark.parametrize(
    ("nodes", "ahead", "is_compatible"),
    [([], ["first"], True), (["first"], ["each"], True), (["first", "each"], [], False), ([], ["gone"], False)],
)
def test_the_inputs_of_a_used_workflow_are_held_once_it_had_begun(
    nodes: list[str], ahead: list[str], is_compatible: bool
) -> None:
    old = {"nodes": {"first": "set", "each": "flow a.yaml", "gone": "set"}, "input": {"each/n": "integer"}}
    new = {"nodes": {"first": "set", "each": "flow a.yaml"}, "input": {}}
    assert compatible(old, new, nodes=nodes, ahead=ahead, fields=[]) == is_compatible


def test_workflows_that_use_each_other_twice_come_to_an_end(tmp_path: Path) -> None:
    head = "schema: workflow/v1\nname: f\nstate: {x: {type: integer}}\nstart: a\nnodes:\n"
    for i in range(1, 31):
        flow = f"kind: flow, use: f{i + 1}.yaml" if i < 30 else "kind: set, values: {x: 1}"
        (tmp_path / f"f{i}.yaml").write_text(f"{head}  a: {{{flow}, next: b}}\n  b: {{{flow}, next: end}}\n")
    assert len(fingerprint_of(Workflow.load(tmp_path / "f1.yaml"))["nodes"]) < 2 * MAX_NODES

"""What a run holds its workflow to."""

from pathlib import Path
from typing import Any

import pytest

from antiphon.tools.base.yaml_reading import parse_yaml
from antiphon.workflows.spec.types import WorkflowSpec
from antiphon.workflows.storage.fingerprint import compatible, differences, fingerprint_of, refuse_changed
from antiphon.workflows.storage.types import RunRow, WorkflowChanged

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


def spec(*changes: tuple[str, str]) -> WorkflowSpec:
    text = FILE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return WorkflowSpec.model_validate(parse_yaml(text, Path("orders.yaml")).value)


def changed(*changes: tuple[str, str]) -> list[str]:
    return differences(fingerprint_of(spec()), fingerprint_of(spec(*changes)))


def test_it_names_nodes_and_types_at_every_level() -> None:
    assert fingerprint_of(spec()) == {
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
        id="fq3k-7mzt", workflow="orders", source="orders.yaml", thread="t", fingerprint=fingerprint_of(spec())
    )
    with pytest.raises(WorkflowChanged) as caught:
        refuse_changed(row, spec(("look", "see"), ("total: {type: integer}", "total: {type: number}")))
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
    old = fingerprint_of(spec())
    new: Any = fingerprint_of(spec(("look", "see"), ("total: {type: integer}", "total: {type: number}")))
    assert compatible(old, new, nodes=nodes, fields=fields) == is_compatible

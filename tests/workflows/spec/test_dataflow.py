"""Data that is there: fields are read where every way has written them, and nothing is written in vain."""

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from antiphon.tools.base.errors import Problem
from antiphon.workflows.spec.checks.dataflow import check_data_flow
from antiphon.workflows.spec.checks.graph import check_graph
from antiphon.workflows.spec.known import Known, Subject
from antiphon.workflows.spec.types import WorkflowSpec


def subject_of(nodes: str, folder: Path = Path(), **more: Any) -> Subject:
    """A workflow of these nodes, with a field for every letter that reads it."""
    read: dict[str, Any] = yaml.safe_load(nodes)
    whole = {"name": "w", "start": next(iter(read)), "nodes": read, **more}
    spec = WorkflowSpec.model_validate(whole, by_alias=True, by_name=False)
    return Subject(spec, folder, at=lambda path, shift: ".".join(map(str, path)), known=Known())


def problems(nodes: str, folder: Path = Path(), **more: Any) -> list[Problem]:
    """What is said of the data of a workflow whose ways are in order."""
    subject = subject_of(nodes, folder, **{"state": {"x": {"type": "string"}, "y": {"type": "string"}}, **more})
    assert list(check_graph(subject)) == []
    return list(check_data_flow(subject))


def errors(nodes: str, folder: Path = Path(), **more: Any) -> list[str]:
    """The errors among the problems, without their hint."""
    return [str(one).removesuffix(f" {one.hint}.") for one in problems(nodes, folder, **more) if one.level == "error"]


def warnings(nodes: str, **more: Any) -> list[str]:
    """The warnings among the problems."""
    return [str(one) for one in problems(nodes, **more) if one.level == "warning"]


BRANCH = """
ask: {kind: set, values: {y: "${'a'}"}, route: [{when: "state.y == 'a'", to: write}, {else: say}]}
write: {kind: set, values: {x: one}, next: say}
say: {kind: speak, from: "${state.x}", next: end}
"""
SKIPPED = ["nodes.say.from: E701 'say' reads 'state.x', which nothing has written on the way start -> ask -> say."]


def test_a_field_that_one_way_does_not_write_is_told_with_that_way() -> None:
    assert errors(BRANCH) == SKIPPED


def test_the_place_is_the_name_in_the_expression() -> None:
    (problem,) = [one for one in problems(BRANCH) if one.code == "E701"]
    assert (problem.width, problem.hint) == (len("state.x"), "Give 'x' a default, or write it before")


@pytest.mark.parametrize(
    "field",
    [
        {"type": "string", "default": ""},
        {"type": "string", "keep": True},
        {"type": "list", "reduce": "append"},
    ],
    ids=["a default", "what the last turn left", "what a reducer adds to"],
)
def test_a_field_that_begins_with_a_value_may_be_read_at_once(field: dict[str, Any]) -> None:
    assert errors(BRANCH, state={"x": field, "y": {"type": "string"}}) == []


def test_a_field_that_every_way_writes_may_be_read() -> None:
    assert errors(BRANCH.replace("else: say", "else: other") + "other: {kind: set, values: {x: two}, next: say}") == []


def test_a_field_that_nothing_writes_is_told_as_such() -> None:
    said = "nodes.a.from: E701 'a' reads 'state.x', and nothing writes it."
    assert errors("a: {kind: speak, from: '${state.x}', next: end}") == [said]


def test_a_condition_sees_what_its_own_node_has_written() -> None:
    assert errors("a: {kind: set, values: {x: b}, route: [{when: state.x == '', to: end}, {else: end}]}") == []


def test_a_condition_is_read_too() -> None:
    nodes = """
a: {kind: wait, for: 1ms, route: [{when: state.y == '', to: b}, {else: end}]}
b: {kind: set, values: {x: '', y: ''}, next: end}
"""
    said = "nodes.a.route.0.when: E701 'a' reads 'state.y', which nothing has written on the way start -> a."
    assert errors(nodes) == [said]


def test_a_value_of_into_sees_the_state_before_its_node() -> None:
    said = "nodes.a.into.x: E701 'a' reads 'state.x', which nothing has written on the way start -> a."
    assert errors("a: {kind: speak, from: hi, into: {x: '${state.x + result.text}'}, next: end}") == [said]


@pytest.mark.parametrize("prompt", ["{{ state.x }}", "{% if state.x %}yes{% endif %}", "{{ quoted(state.x, 'it') }}"])
def test_a_template_is_read_too(prompt: str) -> None:
    nodes = f'a: {{kind: llm, prompt: {{user: "{prompt}"}}, into: x, next: end}}'
    said = "nodes.a.prompt.user: E701 'a' reads 'state.x', which nothing has written on the way start -> a."
    assert errors(nodes) == [said]


def test_a_template_in_a_file_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "p.md").write_text("Say {{ state.x }}", encoding="utf-8")
    nodes = "a: {kind: llm, prompt: {user_file: p.md}, into: x, next: end}"
    said = "nodes.a.prompt.user_file: E701 'a' reads 'state.x', which nothing has written on the way start -> a."
    assert errors(nodes, tmp_path) == [said]


def test_a_template_file_that_is_not_there_says_nothing_here(tmp_path: Path) -> None:
    assert errors("a: {kind: llm, prompt: {user_file: none.md}, into: x, next: end}", tmp_path) == []


def test_a_node_that_follows_sees_the_state_before_the_first_of_its_step() -> None:
    nodes = """
write: {kind: llm, prompt: {user: hello}, into: x, next: say}
say: {kind: speak, follows: write, language: "${state.x}", next: end}
"""
    said = "nodes.say.language: E701 'say' reads 'state.x', which nothing has written on the way start -> write -> say."
    assert errors(nodes) == [said]


def test_a_node_that_fails_has_not_written_its_result() -> None:
    nodes = """
a: {kind: speak, from: hi, into: {x: "${result.text}"}, on_error: {to: b}, next: b}
b: {kind: speak, from: "${state.x}", next: end}
"""
    assert errors(nodes) == [
        "nodes.b.from: E701 'b' reads 'state.x', which nothing has written on the way start -> a -> b."
    ]


def test_what_on_error_sets_is_written_when_a_node_fails() -> None:
    nodes = """
a: {kind: speak, from: hi, into: {x: "${result.text}"}, on_error: {set: {x: sorry}}, next: b}
b: {kind: speak, from: "${state.x}", next: end}
"""
    assert errors(nodes) == []


def test_on_error_that_goes_on_leaves_the_result_unwritten() -> None:
    nodes = """
a: {kind: speak, from: hi, into: {x: "${result.text}"}, on_error: {set: {y: sorry}}, next: b}
b: {kind: speak, from: "${state.x}", next: end}
"""
    assert errors(nodes) == [
        "nodes.b.from: E701 'b' reads 'state.x', which nothing has written on the way start -> a -> b."
    ]


def test_a_circle_may_read_what_it_has_written_the_first_time_round() -> None:
    nodes = """
a: {kind: set, values: {x: one}, next: b}
b: {kind: set, values: {y: "${state.x}"}, route: [{when: "state.y == ''", to: a}, {else: end}]}
"""
    assert errors(nodes) == []


def test_a_circle_may_not_read_what_it_writes_later() -> None:
    nodes = """
a: {kind: set, values: {x: "${state.y}"}, next: b}
b: {kind: set, values: {y: two}, route: [{when: "state.x == ''", to: a}, {else: end}]}
"""
    said = "nodes.a.values.x: E701 'a' reads 'state.y', which nothing has written on the way start -> a."
    assert errors(nodes) == [said]


FORK = """
fork: {kind: wait, for: 1ms, next: [a, b]}
a: {kind: set, values: {x: one}, next: meet}
b: {kind: wait, for: 1ms, next: c}
c: {kind: set, values: {y: two}, next: meet}
meet: {kind: speak, wait_for: all, from: "${state.x + state.y}", next: end}
"""


def test_a_node_that_waits_sees_what_all_branches_have_written() -> None:
    assert errors(FORK) == []


def test_a_branch_does_not_see_what_another_writes() -> None:
    said = "nodes.b.for: E701 'b' reads 'state.x', which nothing has written on the way start -> fork -> b."
    assert errors(FORK.replace("b: {kind: wait, for: 1ms", 'b: {kind: wait, for: "${state.x}"')) == [said]


def test_a_branch_that_may_not_write_is_found_behind_the_meeting() -> None:
    nodes = FORK.replace("next: c}", "route: [{when: state.y == '', to: c}, {else: meet}]}")
    fields = {"x": {"type": "string"}, "y": {"type": "string"}, "z": {"type": "string"}}
    nodes = nodes.replace("state.y == ''", "input.i == ''")
    said = (
        "nodes.meet.from: E701 'meet' reads 'state.y', which nothing has written on the way start -> fork -> b -> meet."
    )
    assert errors(nodes, state=fields, input={"i": {"type": "string"}}) == [said]


def test_inner_branches_have_all_written_when_they_meet_with_the_outer_ones() -> None:
    nodes = FORK.replace("b: {kind: wait, for: 1ms, next: c}", "b: {kind: wait, for: 1ms, next: [c, d]}")
    fields = {"x": {"type": "string"}, "y": {"type": "string"}, "z": {"type": "string"}}
    nodes = nodes.replace("state.x +", "state.z + state.x +") + "d: {kind: set, values: {z: three}, next: meet}"
    assert errors(nodes, state=fields) == []


LOOP = """
polish:
  kind: loop
  max: 3
  until: state.y == 'good'
  start: draft
  nodes:
    draft: {kind: set, values: {x: one}, next: check}
    check: {kind: set, values: {y: "${state.x}"}, next: end}
  next: say
say: {kind: speak, from: "${state.x + state.y}", next: end}
"""


def test_a_loop_has_run_once_at_least() -> None:
    assert errors(LOOP) == []


def test_a_loop_with_while_may_not_have_run_at_all() -> None:
    nodes = LOOP.replace("until: state.y == 'good'", "while: input.i == ''")
    way = "which nothing has written on the way start -> polish -> say."
    assert errors(nodes, input={"i": {"type": "string"}}) == [
        f"nodes.say.from: E701 'say' reads 'state.{field}', {way}" for field in "xy"
    ]


def test_while_is_looked_at_before_the_first_pass() -> None:
    nodes = LOOP.replace("until:", "while:").replace("${state.x + state.y}", "hi")
    said = "nodes.polish.while: E701 'polish' reads 'state.y', which nothing has written on the way start -> polish."
    assert errors(nodes) == [said]


def test_until_sees_what_the_pass_has_written_on_every_way() -> None:
    nodes = LOOP.replace("next: check}", "route: [{when: state.x == '', to: check}, {else: end}]}")
    said = (
        "nodes.polish.until: E701 'polish' reads 'state.y', "
        "which nothing has written on the way start -> polish -> polish.draft."
    )
    assert errors(nodes.replace(" + state.y", "")) == [said]


def test_the_way_leads_into_the_pass() -> None:
    nodes = LOOP.replace("values: {x: one}", "values: {x: '${state.y}'}")
    said = (
        "nodes.polish.nodes.draft.values.x: E701 'polish.draft' reads 'state.y', "
        "which nothing has written on the way start -> polish -> polish.draft."
    )
    assert errors(nodes) == [said]


MAP = """
each:
  kind: map
  over: "${['a', 'b']}"
  as: one
  state: {own: {type: string}}
  start: first
  nodes:
    first: {kind: set, values: {own: "${one}"}, next: second}
    second: {kind: speak, from: "${state.own}", next: end}
  gives: "${state.own}"
  into: all
  next: end
"""
ALL = {"all": {"type": "list", "keep": True}}


def test_a_map_has_fields_of_its_own() -> None:
    assert problems(MAP, state=ALL) == []


def test_each_pass_of_a_map_begins_without_its_own_fields() -> None:
    nodes = MAP.replace('from: "${state.own}"', "from: hi").replace('own: "${one}"', 'own: "${state.own}"')
    said = (
        "nodes.each.nodes.first.values.own: E701 'each.first' reads 'state.own', "
        "which nothing has written on the way start -> each -> each.first."
    )
    assert errors(nodes, state=ALL) == [said]


def test_until_of_a_node_that_waits_is_looked_at_when_it_begins() -> None:
    said = "nodes.a.until: E701 'a' reads 'state.x', and nothing writes it."
    assert errors("a: {kind: wait, until: '${state.x}', next: end}") == [said]


def test_what_a_map_gives_is_read_at_the_end_of_a_pass() -> None:
    nodes = MAP.replace(
        'first: {kind: set, values: {own: "${one}"}, next: second}',
        "first: {kind: wait, for: 1ms, route: [{when: one == '', to: other}, {else: end}]}",
    )
    nodes = nodes.replace('second: {kind: speak, from: "${state.own}"', "other: {kind: set, values: {own: x}")
    said = (
        "nodes.each.gives: E701 'each' reads 'state.own', "
        "which nothing has written on the way start -> each -> each.first."
    )
    assert errors(nodes, state=ALL) == [said]


def test_output_may_be_empty_on_some_ways_but_not_on_all() -> None:
    nodes = "a: {kind: set, values: {y: b}, route: [{when: state.y == '', to: b}, {else: end}]}\n"
    nodes += "b: {kind: set, values: {z: b}, next: end}"
    fields = {name: {"type": "string"} for name in "xyz"}
    assert errors(nodes, state=fields, output={"x": "${state.x}", "z": "${state.z}"}) == [
        "output.x: E701 nothing ever writes 'state.x'."
    ]


def test_a_long_way_is_shown_without_its_middle() -> None:
    nodes = "".join(f"n{i}: {{kind: wait, for: 1ms, next: n{i + 1}}}\n" for i in range(20))
    nodes += "n20: {kind: set, values: {y: '${state.x}'}, next: n21}\nn21: {kind: set, values: {x: a}, next: end}"
    assert errors(nodes)[0].endswith("start -> n0 -> n1 -> n2 -> n3 -> n4 -> ... -> n18 -> n19 -> n20.")


def test_what_is_written_in_vain_is_a_warning() -> None:
    assert warnings("a: {kind: set, values: {x: b}, next: end}", state={"x": {"type": "string"}}) == [
        "state.x: W702 'x' is written and never read. Use it in a node, in output or in record, or remove it."
    ]


def test_what_nobody_uses_is_a_warning() -> None:
    nodes = "a: {kind: wait, for: 1ms, next: end}"
    declared = {"type": "string"}
    assert warnings(nodes, state={"x": declared}, input={"i": declared}, tools={"find": {}}) == [
        "input.i: W703 nothing reads the input 'i'. Use it or remove it.",
        "state.x: W703 nothing writes or reads 'x'. Use it or remove it.",
        "tools.find: W703 no node calls the tool 'find'. Use it or remove it.",
    ]


def test_a_map_s_own_field_that_nobody_reads_is_a_warning() -> None:
    nodes = MAP.replace('from: "${state.own}"', "from: hi").replace('gives: "${state.own}"', 'gives: "${one}"')
    assert warnings(nodes, state=ALL) == [
        "nodes.each.state.own: W702 'own' is written and never read. "
        "Use it in a node, in output or in record, or remove it."
    ]


def test_the_state_as_a_whole_reads_every_field() -> None:
    nodes = 'a: {kind: llm, prompt: {user: "{{ state }}"}, into: x, next: end}'
    assert warnings(nodes, state={"x": {"type": "string"}}) == []


@pytest.mark.parametrize("kind", ["output", "record"])
def test_what_comes_of_a_run_reads(kind: str) -> None:
    nodes = "a: {kind: set, values: {x: '${input.i}'}, next: end}"
    more: dict[str, Any] = {"state": {"x": {"type": "string"}}, "input": {"i": {"type": "string"}}}
    assert problems(nodes, Path(), **(more | {kind: {"x": "${state.x}"}})) == []


def test_a_hundred_nodes_are_followed_in_a_moment() -> None:
    """A bound for slow machines; on a quick one it is a tenth of it."""
    nodes = "".join(
        f"n{i}: {{kind: set, values: {{x: '${{state.x + state.y}}', y: a}}, "
        f"route: [{{when: \"state.x == '{i}'\", to: n{i // 2}}}, {{else: n{i + 1}}}]}}\n"
        for i in range(100)
    )
    subject = subject_of(nodes + "n100: {kind: wait, for: 1ms, next: end}", state=_texts("x", "y"))
    began = time.perf_counter()
    list(check_data_flow(subject))
    assert time.perf_counter() - began < 0.08


def _texts(*names: str) -> dict[str, Any]:
    return {name: {"type": "string"} for name in names}

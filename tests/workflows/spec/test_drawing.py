"""A workflow as a picture: every node and way is in it, and a run can be painted on."""

from typing import Any

import pytest
import yaml

from antiphon.workflows.spec.drawing import FAMILIES, mermaid
from antiphon.workflows.spec.painting import painting_of
from antiphon.workflows.spec.types import WorkflowSpec

NODES = """
fork: {kind: wait, for: 1ms, next: [write, each]}
write: {kind: llm, prompt: {user: hello}, on_error: {to: sorry}, next: say}
say: {kind: speak, follows: write, route: [{when: 'input.x == "a" && 1 < 2', to: polish}, {else: end}]}
each: {kind: map, over: "${['a']}", as: one, do: {kind: emit, event: told}, next: polish}
polish:
  kind: loop
  max: 3
  until: state.ok
  wait_for: all
  start: draft
  nodes:
    draft: {kind: classify, from: a, question: b, labels: {a: a, b: b}, next: check}
    check: {kind: retrieve, from: a, own: true, route: [{when: state.ok, to: end}, {else: draft}]}
  next: end
sorry: {kind: end, fail: sorry}
"""


def spec() -> WorkflowSpec:
    nodes = yaml.safe_load(NODES)
    whole = {"name": "w", "input": {"x": {"type": "string"}}, "state": {"ok": {"type": "boolean"}}}
    return WorkflowSpec.model_validate({**whole, "start": "fork", "nodes": nodes}, by_alias=True, by_name=False)


def drawn() -> list[str]:
    return [line.strip() for line in mermaid(spec()).splitlines()]


def painted(*events: str) -> list[str]:
    """The picture of a run; events are written "StepStarted polish.draft"."""
    told = [dict(zip(("event", "step"), event.split(), strict=False)) for event in events]
    lasting: list[dict[str, Any]] = [one | {"seconds": 1.25} for one in told]
    return [line.strip() for line in mermaid(spec(), painting_of(spec(), lasting)).splitlines()]


def arrows_taken(lines: list[str]) -> list[str]:
    """The arrows that are drawn as taken."""
    arrows = [line for line in lines if any(arrow in line for arrow in ("-->", "==>", "-.->"))]
    bold = next(line for line in lines if line.startswith("linkStyle") and line.endswith("stroke-width:3px"))
    return [arrows[int(number)] for number in bold.split()[1].split(",")]


def members(lines: list[str], state: str) -> set[str]:
    """The nodes that are painted as in a state."""
    found = [line.split()[1] for line in lines if line.startswith("class ") and line.endswith(f" {state}")]
    return {name for names in found for name in names.split(",")}


@pytest.mark.parametrize(
    "line",
    [
        "begin --> n_fork",
        "n_fork --> n_write",
        "n_fork --> n_each",
        "n_write ==> n_say",
        'n_write -.->|"error"| n_sorry',
        'n_say -->|"input.x == #quot;a#quot; #amp;#amp; 1 #lt; 2"| n_polish',
        'n_say -->|"else"| finish',
        "n_polish --> finish",
        "subgraph n_each[\"each<br/><small>map · one of ['a'] · 4 at a time</small>\"]",
        'n_eachXdo>"do<br/><small>emit</small>"]',
        'subgraph n_polish["polish<br/><small>loop · until state.ok · at most 3 times · waits for all</small>"]',
        "b_polishX --> n_polishXdraft",
        'n_polishXcheck -->|"state.ok"| e_polishX',
        'n_polishXcheck -->|"else"| n_polishXdraft',
        'n_sorry((("sorry<br/><small>end, fails</small>")))',
    ],
)
def test_every_node_and_way_is_drawn(line: str) -> None:
    assert line in drawn()


def test_a_plain_picture_has_nothing_of_a_run() -> None:
    assert not any("linkStyle" in line or "dasharray" in line for line in drawn())


def test_every_kind_of_node_belongs_to_a_family() -> None:
    kinds = {one for kinds in FAMILIES.values() for one in kinds} | {"map", "loop"}
    schema = WorkflowSpec.model_json_schema()["$defs"]
    declared = {one["properties"]["kind"]["const"] for one in schema.values() if "kind" in one.get("properties", {})}
    assert kinds == declared


ONCE = ("RunStarted", "StepStarted fork", "StepFinished fork", "StepStarted each")


def test_what_ran_what_runs_and_what_was_not_reached_look_different() -> None:
    lines = painted(*ONCE)
    assert members(lines, "done") == {"n_fork"}
    assert members(lines, "running") == {"n_each"}
    assert {"n_polish", "n_polishXdraft", "n_sorry", "finish"} <= members(lines, "idle")


def test_a_node_says_how_often_it_ran_and_how_long() -> None:
    passes = [f"Step{what} each.do#{i}" for i in range(3) for what in ("Started", "Finished")]
    assert 'n_eachXdo>"do<br/><small>emit</small><br/><small>3 times, 3.8 s</small>"]' in painted(*ONCE, *passes)


def test_only_the_branches_that_were_taken_are_bold() -> None:
    assert arrows_taken(painted(*ONCE)) == ["begin --> n_fork", "n_fork --> n_each"]


def test_text_that_flowed_is_bold_from_the_first_node_to_the_last() -> None:
    events = (
        *ONCE[:3],
        "StepStarted write",
        "StepStarted say",
        "StepFinished write",
        "StepFinished say",
        "RunFinished",
    )
    assert arrows_taken(painted(*events))[2:] == ["n_write ==> n_say", 'n_say -->|"else"| finish']


def test_where_branches_meet_all_of_them_are_bold() -> None:
    events = ("StepStarted write", "StepStarted say", "StepFinished say", "StepFinished each", "StepStarted polish")
    assert {"n_each --> n_polish", 'n_say -->|"input.x == #quot;a#quot; #amp;#amp; 1 #lt; 2"| n_polish'} <= {
        *arrows_taken(painted(*ONCE, *events))
    }


def test_the_passes_of_a_loop_go_to_its_end_and_round_again() -> None:
    one = [f"Step{what} polish.{name}" for name in ("draft", "check") for what in ("Started", "Finished")]
    taken = arrows_taken(painted(*ONCE, "StepFinished each", "StepStarted polish", *one, *one, "StepFinished polish"))
    assert 'n_polishXcheck -->|"state.ok"| e_polishX' in taken
    assert 'n_polishXcheck -->|"else"| n_polishXdraft' in taken


def test_a_failure_is_shown_with_the_way_that_was_taken_after_it() -> None:
    events = ("StepStarted write", "StepFailed write", "Recovered write", "StepStarted sorry")
    lines = painted(*ONCE, *events)
    assert members(lines, "failed") == {"n_write"}
    assert 'n_write -.->|"error"| n_sorry' in arrows_taken(lines)


def test_a_second_try_that_went_well_is_no_failure() -> None:
    events = ("StepStarted write", "StepFailed write", "StepStarted write", "StepFinished write")
    assert "n_write" in members(painted(*ONCE, *events), "done")


def test_a_block_that_an_error_left_has_failed() -> None:
    events = ("StepStarted polish", "StepStarted polish.draft", "StepFailed polish.draft")
    assert members(painted(*ONCE, "StepFinished each", *events), "failed") == {"n_polish", "n_polishXdraft"}


def test_steps_of_another_workflow_inside_are_left_out() -> None:
    lines = painted(*ONCE, "StepStarted fork.inner", "StepStarted each.do#0.draft")
    assert members(lines, "running") == {"n_each"}


def test_a_painted_picture_can_be_rendered() -> None:
    mermaidx = pytest.importorskip("mermaidx")
    events = [{"event": "StepStarted", "step": "fork"}, {"event": "StepFailed", "step": "fork"}]
    assert "fork" in mermaidx.render(mermaid(spec(), painting_of(spec(), events))).svg()

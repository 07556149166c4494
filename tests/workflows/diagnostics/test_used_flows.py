"""Workflows that use each other: each file is looked at once, and they end somewhere."""

from pathlib import Path

import pytest

from antiphon.agents.roles.policy import Policy
from antiphon.tools.base.errors import Problem
from antiphon.workflows.diagnostics.checking import World, check_all
from antiphon.workflows.spec.known import Known
from antiphon.workflows.spec.using import MAX_DEPTH
from antiphon.workflows.workflow import Workflow

LAST = """\
schema: workflow/v1
name: last
start: a
nodes:
  a: {kind: http, service: s, method: POST, next: end}
"""
TWICE = """\
schema: workflow/v1
name: w{0}
start: a
nodes:
  a: {{kind: flow, use: w{1}.yaml, next: b}}
  b: {{kind: flow, use: w{1}.yaml, next: end}}
"""


def chain(folder: Path, count: int) -> Path:
    """So many workflows that each use the next one twice, and one that uses none."""
    for i in range(count):
        (folder / f"w{i}.yaml").write_text(TWICE.format(i, i + 1), encoding="utf-8")
    (folder / f"w{count}.yaml").write_text(LAST, encoding="utf-8")
    return folder / "w0.yaml"


def told(path: Path, policy: Policy) -> list[Problem]:
    """Every problem of a file and of those it uses."""
    return [one for file in check_all([str(path)], World(Known(policy=policy))) for one in file.problems]


@pytest.mark.parametrize("policy", [Policy(), Policy(audience="child")], ids=["nothing demanded", "for a child"])
def test_files_that_are_used_twice_at_every_level_are_looked_at_once(tmp_path: Path, policy: Policy) -> None:
    assert told(chain(tmp_path, MAX_DEPTH - 8), policy) == []


def test_what_is_wrong_in_a_file_that_is_used_twice_is_told_once_by_each_that_leads_there(tmp_path: Path) -> None:
    found = told(chain(tmp_path, 3), Policy(approve_effects=True))
    assert [(Path(one.at.split(":")[0]).name, one.code) for one in found] == [(f"w{i}.yaml", "E801") for i in range(4)]


@pytest.mark.parametrize(("count", "codes"), [(MAX_DEPTH, []), (MAX_DEPTH + 1, ["E409"] * 2), (200, ["E409"] * 2)])
def test_a_chain_that_is_too_long_is_told_where_it_begins(tmp_path: Path, count: int, codes: list[str]) -> None:
    path = chain(tmp_path, count)
    assert [one.code for one in told(path, Policy())] == codes


def test_every_node_is_gone_through_once_for_each_file(tmp_path: Path) -> None:
    workflow = Workflow.load(chain(tmp_path, 12))
    assert len(list(workflow.every_node())) == 2 * 12 + 1

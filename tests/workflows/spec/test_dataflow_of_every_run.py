"""The check of the data flow against every run there could be."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from antiphon.workflows.spec.checks.dataflow import check_data_flow
from antiphon.workflows.spec.known import Known, Subject
from antiphon.workflows.spec.types import WorkflowSpec

_FIELDS = st.sets(st.sampled_from("xyz"), max_size=2)
_GRAPHS = st.integers(2, 6).flatmap(
    lambda many: st.lists(
        st.tuples(_FIELDS, _FIELDS, st.lists(st.integers(0, many), min_size=1, max_size=3)),
        min_size=many,
        max_size=many,
    )
)
"""For each node the fields it reads and writes, and the nodes it may lead to; the number after the last is the end."""


@given(_GRAPHS)
def test_a_field_is_complained_about_just_where_a_run_could_find_it_empty(
    graph: list[tuple[set[str], set[str], list[int]]],
) -> None:
    names = [*(f"n{i}" for i in range(len(graph))), "end"]
    nodes = {
        names[i]: {
            "kind": "emit",
            "event": "e",
            "values": {field: f"${{state.{field}}}" for field in reads},
            "into": dict.fromkeys(writes, ""),
            "route": [*({"when": "true", "to": names[to]} for to in targets[1:]), {"else": names[targets[0]]}],
        }
        for i, (reads, writes, targets) in enumerate(graph)
    }
    whole = {"name": "w", "state": {name: {"type": "string"} for name in "xyz"}, "start": "n0", "nodes": nodes}
    spec = WorkflowSpec.model_validate(whole, by_alias=True, by_name=False)
    subject = Subject(spec, Path(), at=lambda path, shift: ".".join(map(str, path)), known=Known())
    told = {one.at for one in check_data_flow(subject) if one.code == "E701"}
    assert told == {f"nodes.{names[i]}.values.{field}" for i, field in _found_empty(graph)}


def _found_empty(graph: list[tuple[set[str], set[str], list[int]]]) -> set[tuple[int, str]]:
    """Every run there could be: which nodes read which fields before anything has written them."""
    found: set[tuple[int, str]] = set()
    seen = todo = {(0, frozenset[str]())}
    while todo:
        found |= {(i, field) for i, written in todo for field in graph[i][0] - written}
        after = {(to, written | graph[i][1]) for i, written in todo for to in graph[i][2] if to < len(graph)}
        todo, seen = after - seen, seen | after
    return found

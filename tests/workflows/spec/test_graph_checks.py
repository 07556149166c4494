"""Ways between nodes: every node is reached, every way ends, and branches come together."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from antiphon.workflows.spec.checks.graph import check_graph
from antiphon.workflows.spec.known import Known, Subject
from antiphon.workflows.spec.types import WorkflowSpec


def complaints(nodes: str, **more: Any) -> list[str]:
    """What is said of a workflow of these nodes: place, code and sentence."""
    state = {"x": {"type": "string"}, "y": {"type": "string"}, "all": {"type": "list", "reduce": "append"}}
    read: dict[str, Any] = yaml.safe_load(nodes)
    whole = {"name": "w", "state": state, "start": next(iter(read)), "nodes": read, **more}
    spec = WorkflowSpec.model_validate(whole, by_alias=True, by_name=False)
    subject = Subject(spec, Path(), at=lambda path, shift: ".".join(map(str, path)), known=Known())
    return [str(problem) for problem in check_graph(subject)]


STRAIGHT = """
a: {kind: set, values: {x: one}, next: b}
b: {kind: speak, from: "${state.x}", next: end}
"""
BRANCHES = """
fork: {kind: wait, for: 1ms, next: [left, right]}
left: {kind: set, values: {x: l}, next: meet}
right: {kind: set, values: {y: r}, next: more}
more: {kind: set, values: {all: "${['r']}"}, next: meet}
meet: {kind: wait, for: 1ms, wait_for: all, next: end}
"""
LOOP = """
polish:
  kind: loop
  max: 3
  until: state.x != ''
  start: draft
  nodes:
    draft: {kind: set, values: {x: one}, next: check}
    check: {kind: set, values: {y: two}, next: end}
  next: end
"""
MAP = """
each:
  kind: map
  over: "${state.all}"
  as: one
  state: {own: {type: string}}
  start: first
  nodes:
    first: {kind: set, values: {own: a}, next: second}
    second: {kind: set, values: {all: "${[state.own]}"}, next: end}
  gives: "${state.own}"
  next: end
"""
GOOD = {
    "one after the other": STRAIGHT,
    "branches that meet": BRANCHES,
    "branches that each end": BRANCHES.replace("next: meet", "next: end")
    .replace("wait_for: all, ", "")
    .replace("meet: {kind: wait, for: 1ms, next: end}", ""),
    "inner branches that meet with the outer ones": """
fork: {kind: wait, for: 1ms, next: [left, right]}
left: {kind: wait, for: 1ms, next: [up, down]}
up: {kind: set, values: {x: u}, next: meet}
down: {kind: set, values: {y: d}, next: meet}
right: {kind: wait, for: 1ms, next: meet}
meet: {kind: wait, for: 1ms, wait_for: all, next: end}
""",
    "one pair of branches after another": """
fork: {kind: wait, for: 1ms, next: [a, b]}
a: {kind: set, values: {x: u}, next: meet}
b: {kind: set, values: {y: d}, next: meet}
meet: {kind: wait, for: 1ms, wait_for: all, next: [c, d]}
c: {kind: set, values: {x: u}, next: last}
d: {kind: set, values: {y: d}, next: last}
last: {kind: wait, for: 1ms, wait_for: all, next: end}
""",
    "branches that write one field, which gathers": """
fork: {kind: wait, for: 1ms, next: [a, b]}
a: {kind: set, values: {all: "${['a']}"}, next: end}
b: {kind: set, values: {all: "${['b']}"}, next: end}
""",
    "one way or another writing the same field": """
a: {kind: wait, for: 1ms, route: [{when: "state.x == ''", to: b}, {else: c}]}
b: {kind: set, values: {y: b}, next: end}
c: {kind: set, values: {y: c}, next: end}
""",
    "branches in a circle that has a way out": """
fork: {kind: wait, for: 1ms, next: [a, b]}
a: {kind: set, values: {x: u}, next: meet}
b: {kind: set, values: {y: d}, next: meet}
meet: {kind: wait, for: 1ms, wait_for: all, route: [{when: "state.x == ''", to: fork}, {else: end}]}
""",
    "a circle that a line of a route leaves": """
a: {kind: set, values: {x: one}, next: b}
b: {kind: wait, for: 1ms, route: [{when: "state.x == ''", to: a}, {else: end}]}
""",
    "a circle with a limit": """
a: {kind: set, values: {x: one}, limits: {visits: 3}, on_error: {to: c}, next: b}
b: {kind: wait, for: 1ms, next: a}
c: {kind: wait, for: 1ms, next: end}
""",
    "a way back by an error, with a limit": """
a: {kind: set, values: {x: one}, on_error: {to: b}, next: end}
b: {kind: wait, for: 1ms, limits: {visits: 3}, next: a}
""",
    "a way back by an error, with a count in a route": """
a: {kind: set, values: {x: one}, on_error: {set: {y: again}, to: b}, next: end}
b: {kind: wait, for: 1ms, route: [{when: "state.y != ''", to: a}, {else: end}]}
""",
    "an error as the only way to a node": """
a: {kind: set, values: {x: one}, on_error: {to: sorry}, next: end}
sorry: {kind: end, fail: sorry}
""",
    "a loop": LOOP,
    "a map": MAP,
    "a loop of one node that ends everything": "l: {kind: loop, max: 2, do: {kind: end}, next: end}",
    "an end node instead of the end": "a: {kind: set, values: {x: a}, next: b}\nb: {kind: end}",
    "text that flows on": """
write: {kind: llm, prompt: {user: hello}, next: check}
check: {kind: guard, side: answer, rules: child, follows: write, next: say}
say: {kind: speak, follows: check, route: [{when: "state.x == ''", to: write}, {else: end}]}
""",
}


@pytest.mark.parametrize("nodes", GOOD.values(), ids=GOOD.keys())
def test_ways_that_are_in_order_are_not_complained_about(nodes: str) -> None:
    assert complaints(nodes) == []


BAD = {
    "a node that nothing leads to": (
        STRAIGHT + "c: {kind: set, values: {x: c}, next: d}\nd: {kind: set, values: {x: d}, next: end}",
        ["nodes.c: E401 nothing leads to 'c'. Lead to it with next or route, or remove it."],
    ),
    "a lost circle is told once": (
        STRAIGHT + "c: {kind: wait, for: 1ms, route: [{when: 'true', to: d}, {else: end}]}\n"
        "d: {kind: wait, for: 1ms, next: c}",
        ["nodes.c: E401 nothing leads to 'c'. Lead to it with next or route, or remove it."],
    ),
    "no way to the end, for all its choices": (
        STRAIGHT.replace("next: end", "route: [{when: state.x == '', to: a}, {else: b}]"),
        [
            "nodes.a: E402 from 'a' no way leads to the end, nor from the nodes it leads to. "
            "Give one of them a line that leads to end."
        ],
    ),
    "a circle that is limited and leads nowhere else": (
        "a: {kind: set, values: {x: a}, limits: {visits: 3}, next: a}",
        ["nodes.a: E402 from 'a' no way leads to the end. Give one of them a line that leads to end."],
    ),
    "no way to the end of a pass": (
        LOOP.replace("next: end}", "route: [{when: state.x == '', to: draft}, {else: draft}]}"),
        [
            "nodes.polish.nodes.draft: E402 from 'draft' no way leads to the end of the pass, nor from the nodes it "
            "leads to. Give one of them a line that leads to end."
        ],
    ),
    "a circle without a condition": (
        STRAIGHT.replace("next: end", "next: a"),
        [
            "nodes.b.next: E403 a -> b -> a goes round without a condition that leads out. "
            "Lead out of it with a route, or give one of its nodes limits: {visits: 5}."
        ],
    ),
    "a circle that only another branch leaves": (
        "a: {kind: wait, for: 1ms, next: [b, end]}\n"
        "b: {kind: wait, for: 1ms, next: c}\n"
        "c: {kind: wait, for: 1ms, next: b}",
        [
            "nodes.c.next: E403 b -> c -> b goes round without a condition that leads out. "
            "Lead out of it with a route, or give one of its nodes limits: {visits: 5}."
        ],
    ),
    "a circle inside a circle that has a way out": (
        "a: {kind: wait, for: 1ms, route: [{when: state.x == '', to: b}, {else: end}]}\n"
        "b: {kind: wait, for: 1ms, on_error: {to: a}, next: c}\n"
        "c: {kind: wait, for: 1ms, next: b}",
        [
            "nodes.c.next: E403 b -> c -> b goes round without a condition that leads out. "
            "Lead out of it with a route, or give one of its nodes limits: {visits: 5}."
        ],
    ),
    "a node that begins again whenever it fails": (
        "a: {kind: wait, for: 1ms, on_error: {to: a}, next: end}",
        [
            "nodes.a.on_error.to: E403 a -> a goes round as often as 'a' fails: on_error leads back, and nothing "
            "counts. To try again, write retry: {times: 2} in 'a'."
        ],
    ),
    "the same with a limit, past which it fails": (
        "a: {kind: wait, for: 1ms, limits: {visits: 3}, on_error: {to: a}, next: end}",
        [
            "nodes.a.on_error.to: E403 a -> a goes round as often as 'a' fails: on_error leads back, and nothing "
            "counts. To try again, write retry: {times: 2} in 'a'."
        ],
    ),
    "an error that leads back past a route, which it never comes to": (
        "a: {kind: wait, for: 1ms, next: b}\n"
        "b: {kind: wait, for: 1ms, on_error: {to: a}, route: [{when: state.x == '', to: a}, {else: end}]}",
        [
            "nodes.b.on_error.to: E403 a -> b -> a goes round as often as 'b' fails: on_error leads back, and nothing "
            "counts. To try again, write retry: {times: 2} in 'b', or limits: {visits: 5} in 'a', past which the run "
            "ends."
        ],
    ),
    "else before another line": (
        "a: {kind: wait, for: 1ms, route: [{else: end}, {when: state.x == '', to: end}]}",
        ["nodes.a.route.0: E404 else must be the last line of a route. What comes behind it would never be looked at."],
    ),
    "no else": (
        "a: {kind: wait, for: 1ms, route: [{when: state.x == '', to: end}]}",
        ["nodes.a.route: E405 this route has no else. Add a last line {else: node}."],
    ),
    "branches that write the same field": (
        BRANCHES.replace("y: r", "x: r"),
        [
            "nodes.right.values.x: E406 'left' and 'right' run at the same time, and both write 'x'. "
            "Say how they come together: give 'x' a reduce, such as append."
        ],
    ),
    "a loop in a branch that writes the same field": (
        "fork: {kind: wait, for: 1ms, next: [polish, other]}\nother: {kind: set, values: {y: o}, next: end}" + LOOP,
        [
            "nodes.other.values.y: E406 'polish' and 'other' run at the same time, and both write 'y'. "
            "Say how they come together: give 'y' a reduce, such as append."
        ],
    ),
    "passes that write the same field": (
        MAP.replace("own: a}", "x: a}"),
        [
            "nodes.each.nodes.first.values.x: E406 the passes of 'each' run at the same time, and in each of them "
            "'first' writes 'x'. Say how they come together: give 'x' a reduce, such as append, or declare it in the "
            "state of 'each'."
        ],
    ),
    "branches that meet without waiting": (
        BRANCHES.replace(" wait_for: all,", ""),
        [
            "nodes.meet: E407 the branches 'left' and 'right' of 'fork' meet in 'meet', which would run once for each "
            "of them. Write wait_for: all in 'meet'."
        ],
    ),
    "branches that end a loop's pass one by one": (
        LOOP.replace("next: check}", "next: [check, other]}").replace(
            "  next: end", "    other: {kind: wait, for: 1ms, next: end}\n  next: end"
        ),
        [
            "nodes.polish.nodes.draft.next: E407 each branch of 'draft' ends the pass, while the others may still run. "
            "Lead them to a node with wait_for: all."
        ],
    ),
    "a branch that leads back to where it began": (
        "fork: {kind: wait, for: 1ms, next: [a, b]}\n"
        "a: {kind: wait, for: 1ms, route: [{when: state.x == '', to: fork}, {else: end}]}\n"
        "b: {kind: wait, for: 1ms, next: end}",
        [
            "nodes.fork.next: E412 the branch that begins with 'a' leads back to 'fork' while 'b' may still run. "
            "Let the branches meet in a node with wait_for: all, and lead back from there."
        ],
    ),
    "inner branches that wait while outer ones do": (
        "fork: {kind: wait, for: 1ms, next: [a, b]}\n"
        "a: {kind: wait, for: 1ms, next: [c, d]}\n"
        "b: {kind: wait, for: 1ms, next: meet}\n"
        "c: {kind: wait, for: 1ms, next: inner}\n"
        "d: {kind: wait, for: 1ms, next: inner}\n"
        "inner: {kind: wait, for: 1ms, wait_for: all, next: meet}\n"
        "meet: {kind: wait, for: 1ms, wait_for: all, next: end}",
        [
            "nodes.fork.next: E412 'inner' and 'meet' wait in different branches of 'fork', and would begin at once. "
            "Let all branches meet in one node, or put inner branches into a workflow of their own (kind: flow)."
        ],
    ),
    "an end of everything in one of several branches": (
        "fork: {kind: wait, for: 1ms, next: [a, b, c]}\n"
        "a: {kind: wait, for: 1ms, next: stop}\n"
        "b: {kind: end, fail: this ends all branches}\n"
        "c: {kind: wait, for: 1ms, next: end}\n"
        "stop: {kind: end}",
        [
            "nodes.stop: E412 'stop' would end the whole workflow while other branches of 'fork' may still run. "
            "Lead to end instead: it ends the branch."
        ],
    ),
    "nothing after a node": (
        "a: {kind: wait, for: 1ms, on_error: {to: end}}",
        ["nodes.a: E410 nothing says what comes after 'a'. Write next: end where it is the last."],
    ),
    "both next and route": (
        "a: {kind: wait, for: 1ms, next: end, route: [{else: end}]}",
        [
            "nodes.a.next: E410 'a' has both next and route. "
            "A route's last line {else: node} says where to go otherwise."
        ],
    ),
    "the same branch twice": (
        "a: {kind: wait, for: 1ms, next: [b, b]}\nb: {kind: wait, for: 1ms, next: end}",
        ["nodes.a.next: E410 next of 'a' names a node twice. Each branch begins with a node of its own."],
    ),
    "a way out of a single node of a block": (
        "a: {kind: loop, max: 2, do: {kind: wait, for: 1ms, next: end}, next: end}",
        ["nodes.a.do.next: E410 'do' is a whole pass and leads nowhere. Remove next."],
    ),
    "a way out of the end": (
        "a: {kind: end, next: end}",
        ["nodes.a.next: E410 'a' is the end and leads nowhere. Remove next."],
    ),
    "an end inside a map": (
        "a: {kind: map, over: '${[1]}', as: one, do: {kind: end}, next: end}",
        [
            "nodes.a.do: E411 'do' would end the whole workflow from inside one of many passes. "
            "Lead to end: it ends the pass."
        ],
    ),
}


@pytest.mark.parametrize(("nodes", "said"), BAD.values(), ids=BAD.keys())
def test_a_way_that_goes_wrong_is_named_with_its_place(nodes: str, said: list[str]) -> None:
    assert complaints(nodes) == said


FLOWING = """
write: {kind: llm, prompt: {user: hello}, next: say}
say: {kind: speak, follows: write, next: end}
"""
MISFOLLOWED = {
    "a node that writes no text": (
        FLOWING.replace("kind: llm, prompt: {user: hello}", "kind: wait, for: 1ms"),
        "nodes.say.follows: E408 'write' does not write text piece by piece. Follow an llm or a guard.",
    ),
    "a guard of the question": (
        FLOWING.replace("kind: llm, prompt: {user: hello}", "kind: guard, side: question, rules: child, from: hi"),
        "nodes.say.follows: E408 'write' looks at a question and writes no text. "
        "Follow an llm or a guard of the answer.",
    ),
    "a guard of the question as the one that follows": (
        FLOWING.replace("kind: speak", "kind: guard, side: question, rules: child"),
        "nodes.say.follows: E408 'say' looks at a question as a whole, so it cannot follow. "
        "Write side: answer, or from.",
    ),
    "a kind that cannot follow": (
        FLOWING.replace("kind: speak", "kind: wait, for: 1ms"),
        "nodes.say.follows: E408 'say' cannot follow another node. Only a guard and a speak node can.",
    ),
    "another node between": (
        FLOWING.replace("next: say", "next: rest") + "rest: {kind: wait, for: 1ms, next: say}",
        "nodes.say.follows: E408 'write' must lead to 'say' and to nothing else. Write next: say in 'write'.",
    ),
    "several ways in": (
        "a: {kind: wait, for: 1ms, route: [{when: state.x == '', to: write}, {else: say}]}" + FLOWING,
        "nodes.say.follows: E408 'say' follows 'write', so 'a' cannot lead to it. Lead to 'write' instead.",
    ),
    "from and follows": (
        FLOWING.replace("follows: write", "follows: write, from: hi"),
        "nodes.say.from: E408 'say' has both from and follows. Remove from, or follows: write.",
    ),
    "neither from nor follows": (
        FLOWING.replace("follows: write, ", ""),
        "nodes.say: E408 'say' is given no text. Write from, or follows where it takes up what another node writes.",
    ),
    "a retry of half a step": (
        FLOWING.replace("follows: write", "follows: write, retry: {times: 2}"),
        "nodes.say.retry: E408 'say' is one step with 'write'. Write retry at the first of them.",
    ),
}


@pytest.mark.parametrize(("nodes", "said"), MISFOLLOWED.values(), ids=MISFOLLOWED.keys())
def test_what_cannot_be_followed_is_refused(nodes: str, said: str) -> None:
    assert said in complaints(nodes)


def test_a_wrong_name_does_not_make_other_nodes_look_lost() -> None:
    assert complaints(STRAIGHT.replace("next: b}", "next: bb}")) == []


def test_the_start_of_text_that_flows_is_its_first_node() -> None:
    said = "nodes.say.follows: E408 'say' follows 'write', so 'start' cannot lead to it. Lead to 'write' instead."
    assert said in complaints(FLOWING, start="say")

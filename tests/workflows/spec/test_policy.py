"""What a machine or a workflow demands: approval, effects once, and guards before a child hears a model."""

from pathlib import Path

import pytest

from antiphon.agents.roles.policy import Policy
from antiphon.tools.base.tool import tool
from antiphon.workflows.spec.known import TOOLS, Known
from antiphon.workflows.spec.reading import check_text, library


@tool(effects=True)
def send(text: str) -> str:
    """Send a text."""
    return text


@tool
def look(text: str) -> str:
    """Look something up."""
    return text


HEAD = """\
schema: workflow/v1
name: w
input: {text: {type: string}}
state:
  x: {type: string}
  y: {type: string}
  n: {type: integer}
  mood: {type: string, enum: [good, bad]}
  list: {type: list, items: {type: string}}
tools: {send: {}, look: {}}
"""


def told(nodes: str, folder: Path, policy: Policy, head: str = HEAD) -> list[str]:
    """What is said about policy."""
    known = Known({"send": send, "look": look}, {"send": send}, None, policy)
    found = check_text(f"{head}start: a\nnodes:\n{nodes}", folder / "w.yaml", known)[1]
    return [f"{one.at.rsplit(':', 2)[1]} {one.code} {one.problem}" for one in found if one.code.startswith("E8")]


STRICT = Policy(approve_effects=True)
EFFECTS = {
    "a tool with effects": ("kind: tool, tool: send, with: {text: a}", ["13 E801 'a' changes something outside"]),
    "a function with effects": ("kind: python, function: send, with: {text: a}", ["13 E801"]),
    "a request that is no GET": ("kind: http, service: s, method: PUT", ["13 E801"]),
    "what says so itself": ("kind: emit, event: e, effects: once", ["13 E801"]),
    "a tool without effects": ("kind: tool, tool: look, with: {text: a}", []),
    "a GET": ("kind: http, service: s", []),
    "what says it has none": ("kind: http, service: s, method: POST, effects: none", ["13 E801"]),
    "a tool that the file says has none": ("kind: tool, tool: send, with: {text: a}, effects: none", ["13 E801"]),
    "what asks": ("kind: http, service: s, method: POST, approve: true", []),
    "what asks under a condition, which may turn out false": (
        'kind: http, service: s, method: POST, approve: "${state.n > 100}"',
        ["13 E801"],
    ),
}


@pytest.mark.parametrize(("node", "said"), EFFECTS.values(), ids=EFFECTS.keys())
def test_an_effect_needs_approval_where_it_is_demanded(tmp_path: Path, node: str, said: list[str]) -> None:
    found = told(f"  a: {{{node}, next: end}}\n", tmp_path, STRICT)
    assert len(found) == len(said)
    assert all(one.startswith(start) for one, start in zip(found, said, strict=True)), found


def test_an_effect_needs_no_approval_where_nobody_demands_it(tmp_path: Path) -> None:
    assert told("  a: {kind: http, service: s, method: POST, next: end}\n", tmp_path, Policy()) == []


REPEATED = {
    "retry": (
        "kind: http, service: s, method: POST, retry: {times: 2}",
        ["13 E803 'a' changes something outside, and retry"],
    ),
    "cache": (
        "kind: emit, event: e, effects: once, cache: {for: 1h}",
        ["13 E803 'a' changes something outside, and cache"],
    ),
    "a tool's": ("kind: tool, tool: send, with: {text: a}, retry: {times: 1}", ["13 E803"]),
    "none": ("kind: http, service: s, method: POST, effects: none, retry: {times: 2}", []),
    "no effect": ("kind: http, service: s, retry: {times: 2}, cache: {for: 1h}", []),
}


@pytest.mark.parametrize(("node", "said"), REPEATED.values(), ids=REPEATED.keys())
def test_an_effect_is_never_repeated(tmp_path: Path, node: str, said: list[str]) -> None:
    found = told(f"  a: {{{node}, next: end}}\n", tmp_path, Policy())
    assert len(found) == len(said)
    assert all(one.startswith(start) for one, start in zip(found, said, strict=True)), found


LLM = "  a: {kind: llm, prompt: {user: Write}, into: x, next: b}\n"
SAY = '  z: {kind: speak, from: "${state.y}", next: end}\n'
GUARD = '  b: {{kind: guard, side: answer, from: "${{state.x}}", {0}, into: y, next: z}}\n'
HEARD = {
    "what a model wrote": (LLM.replace("into: x", "into: y").replace("next: b", "next: z") + SAY, ["E802"]),
    "what a guard with rules let pass": (LLM + GUARD.format("rules: child") + SAY, []),
    "what a guard without rules let pass": (LLM + GUARD.format("max_words: 9") + SAY, ["E802"]),
    "what only looks at the question": (
        LLM + '  b: {kind: guard, side: question, from: "${state.x}", rules: child, into: n, next: c}\n'
        '  c: {kind: set, values: {y: "${state.x}"}, next: z}\n' + SAY,
        ["E802"],
    ),
    "what is copied": (LLM + "  b: {kind: set, values: {y: \"${state.x + '!'}\"}, next: z}\n" + SAY, ["E802"]),
    "what depends on it alone": (
        LLM + "  b: {kind: set, values: {y: \"${state.x == 'a' ? 'yes' : 'no'}\"}, next: z}\n" + SAY,
        [],
    ),
    "one of two": (
        LLM + "  b: {kind: set, values: {y: \"${state.n > 1 ? state.x : 'no'}\"}, next: z}\n" + SAY,
        ["E802"],
    ),
    "a literal": ("  a: {kind: speak, from: {en: Hello, zh: 你好}, next: end}\n", []),
    "what the child said": ('  a: {kind: speak, from: "${input.text}", next: end}\n', []),
    "what a tool said": ("  a: {kind: tool, tool: look, with: {text: b}, into: y, next: z}\n" + SAY, []),
    "what an article says": (
        '  a: {kind: retrieve, own: true, from: "${input.text}", into: {y: "${result.best}"}, next: z}\n' + SAY,
        [],
    ),
    "what a service said": (
        '  a: {kind: http, service: s, into: {y: "${result.text}"}, next: z}\n' + SAY,
        ["E802"],
    ),
    "a label": (
        "  a: {kind: classify, from: a, question: q, labels: {good: g, bad: b}, into: y, next: z}\n" + SAY,
        [],
    ),
    "a text of an enum": (
        "  a: {kind: extract, from: a, fields: {m: {type: string, enum: [good, bad]}}, "
        'into: {y: "${result.m}"}, next: z}\n' + SAY,
        [],
    ),
    "an extracted text": (
        '  a: {kind: extract, from: a, fields: {m: {type: string}}, into: {y: "${result.m}"}, next: z}\n' + SAY,
        ["E802"],
    ),
    "a field of an enum": (
        LLM.replace("into: x", "into: mood") + '  b: {kind: speak, from: "${state.mood}", next: end}\n',
        [],
    ),
    "what follows a model": (
        "  a: {kind: llm, prompt: {user: Write}, next: b}\n  b: {kind: speak, follows: a, next: end}\n",
        ["E802"],
    ),
    "what follows a guard": (
        "  a: {kind: llm, prompt: {user: Write}, next: b}\n"
        "  b: {kind: guard, side: answer, follows: a, rules: child, next: c}\n"
        "  c: {kind: speak, follows: b, next: end}\n",
        [],
    ),
    "what a guard without rules rewrites": (
        "  a: {kind: guard, side: answer, from: Hello, max_words: 3, rewrite: {prompt: {user: Shorter}}, next: b}\n"
        "  b: {kind: speak, follows: a, next: end}\n",
        ["E802"],
    ),
    "what a person is shown": (
        LLM.replace("into: x", "into: y") + '  b: {kind: ask, show: "${state.y}", next: end}\n',
        ["E802"],
    ),
    "the message of an error": (
        '  a: {kind: wait, for: 1s, on_error: {set: {y: "${error.message}"}}, next: z}\n' + SAY,
        ["E802"],
    ),
    "the kind of an error": (
        '  a: {kind: wait, for: 1s, on_error: {set: {y: "${error.kind}"}}, next: z}\n' + SAY,
        [],
    ),
    "what is remembered": (
        LLM + '  b: {kind: remember, from: "${state.x}", next: c}\n'
        '  c: {kind: recall, into: {y: "${result.text}"}, next: z}\n' + SAY,
        ["E802"],
    ),
    "what a map makes": (
        '  a: {kind: map, over: "${state.list}", as: one, into: list, next: b, '
        'do: {kind: llm, prompt: {user: "{{ one }}"}}}\n'
        '  b: {kind: speak, from: "${state.list[0]}", next: end}\n',
        ["E802"],
    ),
    "what a map goes through": (
        '  a: {kind: map, over: "${state.list}", as: one, do: {kind: speak, from: "${one}"}, next: b}\n'
        '  b: {kind: llm, prompt: {user: "More"}, into: {list: "${[result.text]}"}, next: a}\n',
        ["E802"],
    ),
    "what a workflow gives": (
        '  a: {kind: flow, use: used.yaml, into: {y: "${result.said}"}, next: z}\n' + SAY,
        ["E802"],
    ),
    "what a workflow says": ("  a: {kind: flow, use: saying.yaml, next: end}\n", ["E802"]),
    "what a workflow says guarded": ("  a: {kind: flow, use: guarded.yaml, next: end}\n", []),
}
USED = """\
schema: workflow/v1
name: u
state: {said: {type: string}}
output: {said: "${state.said}"}
start: a
nodes:
  a: {kind: llm, prompt: {user: Write}, into: said, next: end}
"""
SAYING = USED.replace("next: end", "next: b").replace('output: {said: "${state.said}"}\n', "")


@pytest.mark.parametrize(("nodes", "said"), HEARD.values(), ids=HEARD.keys())
@pytest.mark.parametrize("where", ["file", "machine"])
def test_a_child_hears_nothing_unguarded(tmp_path: Path, nodes: str, said: list[str], where: str) -> None:
    (tmp_path / "used.yaml").write_text(USED, encoding="utf-8")
    (tmp_path / "saying.yaml").write_text(SAYING + "  b: {kind: speak, follows: a, next: end}\n", encoding="utf-8")
    guarded = (
        "  b: {kind: guard, side: answer, follows: a, rules: child, next: c}\n"
        "  c: {kind: speak, follows: b, next: end}\n"
    )
    (tmp_path / "guarded.yaml").write_text(SAYING + guarded, encoding="utf-8")
    head = HEAD.replace("name: w", "name: w\naudience: child") if where == "file" else HEAD
    policy = Policy(audience="child") if where == "machine" else Policy()
    assert [one.split(" ")[1] for one in told(nodes, tmp_path, policy, head)] == said


def test_the_one_who_wrote_it_is_named_with_its_place(tmp_path: Path) -> None:
    found = told(HEARD["one of two"][0], tmp_path, Policy(audience="child"))
    assert found == ["15 E802 a child would hear what 'a' wrote, and no guard with rules has let it pass"]


def test_anybody_else_may_hear_a_model(tmp_path: Path) -> None:
    assert told(HEARD["what a model wrote"][0], tmp_path, Policy()) == []


def test_nodes_that_follow_each_other_in_a_circle_are_no_endless_search(tmp_path: Path) -> None:
    nodes = (
        "  a: {kind: guard, side: answer, follows: b, max_words: 3, next: b}\n"
        "  b: {kind: guard, side: answer, follows: a, max_words: 3, next: a}\n"
        "  c: {kind: speak, follows: a, next: end}\n"
    )
    assert told(nodes, tmp_path, Policy(audience="child")) == []


def test_the_child_tutor_holds_what_is_demanded_for_a_child() -> None:
    path = library()["child-tutor"]
    known = Known(dict.fromkeys(TOOLS), policy=Policy(audience="child", approve_effects=True))
    assert check_text(path.read_text(encoding="utf-8"), path, known)[1] == []

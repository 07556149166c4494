"""A file that has not the shape it must have is told so in words for people, every place at once."""

from pathlib import Path

import pytest

from antiphon.agents.roles.types import App
from antiphon.tools.base.checked import shaped
from antiphon.tools.base.yaml_reading import parse_yaml
from antiphon.workflows.spec.types import WorkflowSpec

HEAD = "schema: workflow/v1\nname: w\nstart: a\n"
NODE = HEAD + "nodes:\n  a: {kind: wait, for: 1s, next: end, %s}\n"
LLM = HEAD + "nodes:\n  a: {kind: llm, prompt: {user: x}, next: end, %s}\n"


def told(text: str, type_: type[WorkflowSpec] | type[App] = WorkflowSpec) -> list[str]:
    """Each complaint as it is shown, without the file."""
    return [str(one).removeprefix("f:") for one in shaped(parse_yaml(text, Path("f")), type_)[1]]


ONE = {
    "an unknown key": (LLM % "temprature: 1", "5:48: E201 unknown key 'temprature'. Did you mean 'temperature'?"),
    "a key of one's own": (
        HEAD + "x-note: 1\nnodes: {a: {kind: end}}",
        "4:1: E201 unknown key 'x-note'. Known: ",
    ),
    "a key within a key": (
        HEAD + "nodes: {a: {kind: llm, prompt: {usr: x, user: y}}}",
        "4:33: E201 unknown key 'usr'. Did you mean 'user'?",
    ),
    "something missing": (
        HEAD + "nodes: {a: {kind: tool}}",
        "4:9: E202 'nodes.a.tool' is missing. Add 'tool' (its name under `tools`).",
    ),
    "a number for a text": (LLM % "about: 5", "5:55: E203 'nodes.a.about' must be a text or keys with values, not 5."),
    "a text for a number": (
        LLM % "max_tokens: '30'",
        "5:60: E203 'nodes.a.max_tokens' must be a whole number, not the text '30'. Remove the quotes.",
    ),
    "an expression for a number": (LLM % 'max_tokens: "${1}"', "An expression cannot stand here."),
    "a text for yes and no": (
        HEAD + "nodes: {a: {kind: retrieve, from: x, own: yes}}",
        "4:43: E203 'nodes.a.own' must be true or false, not the text 'yes'.",
    ),
    "a number that is too large": (
        LLM % "temperature: 3",
        "5:61: E203 'nodes.a.temperature' must be at most 2.0, not 3.",
    ),
    "nothing": (
        LLM % "about: ",
        "'nodes.a.about' must be a text or keys with values, not nothing. Write a value, or remove the key.",
    ),
    "no length of time": (
        LLM % "timeout: 20 sec",
        "5:57: E203 '20 sec' is no length of time. Write a number and ms, s, m, h or d: 500ms, 20s, 1.5h.",
    ),
    "nothing in a list": (
        HEAD + "nodes: {a: {kind: set, values: {}}}",
        "4:24: E203 'nodes.a.values' needs at least 1 entry.",
    ),
    "an unknown kind": (HEAD + "nodes: {a: {kind: lmm}}", "4:19: E204 unknown kind 'lmm'. Did you mean 'llm'?"),
    "no kind": (
        HEAD + "nodes: {a: {for: 1s}}",
        "4:9: E205 'nodes.a' has no 'kind'. Add kind: one of agent, ask, classify,",
    ),
    "none of the allowed": (LLM % "role: chaat", "5:54: E206 'nodes.a.role' cannot be 'chaat'. Did you mean 'chat'?"),
    "parts that do not go together": (
        LLM % "route: [{when: x}]",
        "5:56: E207 'nodes.a.route.0': a route has lines {when: ..., to: ...} and at last {else: ...}.",
    ),
    "a name with a dash": (
        HEAD + "state: {Max-Tries: {type: string}}\nnodes: {a: {kind: end}}",
        "4:9: E208 'Max-Tries' cannot be a name. "
        "A name has small Latin letters, digits and _, and begins with a letter: max_tries.",
    ),
    "a Chinese name": (HEAD + "nodes: {a: {kind: end}, 月亮: {kind: end}}", "4:25: E208 '月亮' cannot be a name."),
    "the name of a pass": (
        HEAD + 'nodes: {a: {kind: map, over: "${x}", as: Item, do: {kind: end}}}',
        "4:42: E208 'Item' cannot be a name.",
    ),
    "a newer format": (
        "schema: workflow/v9\nnew: 1\n",
        "1:9: E209 'schema' cannot be 'workflow/v9'. This version of Antiphon reads workflow/v1: install a newer ",
    ),
    "another format": (
        HEAD.replace("workflow/v1", "app/v1") + "nodes: {a: {kind: end}}",
        "1:9: E209 'schema' cannot be 'app/v1'. This version of Antiphon reads workflow/v1.",
    ),
    "no keys": ("just words", "1:1: E109 the file must have keys with values, found 'just words'."),
    "a list": ("- a", "1:1: E109 the file must have keys with values, found a list."),
    "nothing at all": ("# soon", "1:1: E109 the file is empty."),
    "a key of the kind's own name": (
        HEAD + "nodes: {a: {kind: set, set: 1, values: {}}}",
        "4:32: E203 'nodes.a.values' needs at least 1 entry.",
    ),
    "a node within a node": (
        HEAD + "nodes:\n  a:\n    kind: loop\n    max: 2\n    start: b\n    nodes:\n      b: {kind: wait, fro: 1s}",
        "10:23: E201 unknown key 'fro'. Did you mean 'for'?",
    ),
}


@pytest.mark.parametrize(("text", "complaint"), ONE.values(), ids=ONE)
def test_one_mistake_is_told_in_plain_words(text: str, complaint: str) -> None:
    assert [one for one in told(text) if complaint in one]


@pytest.mark.parametrize("name", ["a number for a text", "no length of time", "none of the allowed", "a newer format"])
def test_one_mistake_is_one_complaint(name: str) -> None:
    assert len(told(ONE[name][0])) == 1


def test_a_good_file_is_told_nothing() -> None:
    assert told(LLM % "timeout: 20s") == []


def test_no_complaint_speaks_of_how_files_are_read() -> None:
    said = " ".join(complaint for text, _ in ONE.values() for complaint in told(text))
    assert not [word for word in ("Input should", "valid string", "pydantic", "^[a-z]", "dictionary") if word in said]


def test_what_may_be_of_several_types_is_one_complaint() -> None:
    assert told(LLM.replace("next: end", "next: {b: 1}") % "max_tokens: 1") == [
        "5:37: E203 'nodes.a.next' must be a text or a list, not keys with values. "
        "Write the name of a node, or the word end."
    ]


def test_a_wrong_part_of_one_of_several_types_is_told_alone() -> None:
    assert told(LLM % "timeout: {runn: 5s, run: 1s}") == [
        "5:58: E201 unknown key 'runn'. Did you mean 'run'? Known: idle, run."
    ]


def test_an_engine_of_another_name_is_told_with_those_there_are() -> None:
    assert told("schema: app/v1\nmodels: {chat: {engine: embeded, model: x}}", App) == [
        "2:25: E204 unknown engine 'embeded'. Did you mean 'embedded'? Known: embedded, openai."
    ]

"""Every value fits its place: expressions, literals, defaults, results, arguments, items of maps, templates."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from antiphon.tools.base.errors import Problem
from antiphon.tools.base.tool import tool
from antiphon.workflows.spec.known import Known
from antiphon.workflows.spec.reading import check_text


@dataclass
class Quote:
    """What a price is."""

    price: float
    city: str


@tool
def quote(city: str, nights: int = 1, mood: Literal["good", "bad"] = "good") -> Quote:
    """Ask for a price."""
    return Quote(float(nights), city)


@tool
def words(text: str) -> list[str]:
    """Take a text apart."""
    return text.split()


KNOWN = Known({"quote": quote, "words": words}, {"quote": quote, "words": words})
HEAD = """\
schema: workflow/v1
name: w
input: {text: {type: string}, age: {type: integer}, sound: {type: audio}}
state:
  x: {type: string}
  n: {type: integer}
  d: {type: number}
  b: {type: boolean}
  l: {type: list, items: {type: string}}
  all: {type: list, items: {type: string}, reduce: append}
  o: {type: object}
  r: {type: object, fields: {a: {type: integer}}}
  rows: {type: list, items: {type: object, fields: {title: {type: string}}}}
  mood: {type: string, enum: [good, bad]}
  total: {type: integer, reduce: add}
tools: {quote: {}, words: {}}
"""
CODES = {"E203", "E206", "E207", "E404", *(f"E50{i}" for i in range(1, 9)), *(f"E60{i}" for i in range(1, 6))}


def told(rest: str, folder: Path, head: str = HEAD) -> list[str]:
    """What is said about values: the text that is marked, code, sentence."""
    text = head + rest
    found = check_text(text, folder / "w.yaml", KNOWN)[1]
    return [f"{_marked(one, text)} {one.code} {one.problem}. {one.hint}" for one in found if one.code in CODES]


def _marked(one: Problem, text: str) -> str:
    file, line, column = one.at.rsplit(":", 2)
    if not file.endswith("w.yaml"):
        return f"{Path(file).name}:{line}:{column}"
    return text.splitlines()[int(line) - 1][int(column) - 1 :][: one.width] or "..."


NODES: dict[str, tuple[str, list[str]]] = {
    "text": (
        "kind: guard, side: answer, from: 5, rules: child",
        ["... E508 5 is an integer, and a string is wanted. Quote it"],
    ),
    "text of a number": (
        'kind: speak, from: "${state.n}"',
        ["${state.n} E508 this is an integer, and a string is wanted. Write string(...)"],
    ),
    "text in a language": ('kind: speak, from: {en: a, zh: "${state.n}"}', ["${state.n} E508 this is an integer"]),
    "whole number": (
        'kind: guard, side: answer, from: a, max_words: "${state.d}"',
        ["${state.d} E508 this is a number, and an integer is wanted. Write int(...)"],
    ),
    "flag": ('kind: wait, for: 1s, approve: "yes"', ["yes E508 'yes' is a string, and a boolean is wanted"]),
    "list": (
        'kind: map, over: "${state.x}", as: one, do: {kind: wait, for: 1s}',
        ["${state.x} E508 this is a string, and a"],
    ),
    "sound": ("kind: listen, audio: a.wav", ["a.wav E508 'a.wav' is no recording. Write an expression"]),
    "a recording": ('kind: listen, audio: "${input.sound}"', []),
    "set": (
        'kind: set, values: {x: 5, n: "${state.x}", d: 1, b: "true", l: [a, 1], o: {}, r: {a: b}}',
        [
            "... E508 5 is an integer, and the state field 'x' is a string. Quote it",
            "${state.x} E508 this is a string, and the state field 'n' is an integer. Write int(...)",
            "true E508 'true' is a string, and the state field 'b' is a boolean. Write it without quotes",
            "... E508 1 is an integer, and '[1]' of the state field 'l' is a string",
            "... E508 'b' is a string, and 'a' of the state field 'r' is an integer",
        ],
    ),
    "set well": (
        'kind: set, values: {x: a, n: 1, d: "${state.n}", l: [], r: {a: 1}, o: "${state.r}", mood: good, total: 2}',
        [],
    ),
    "a forgotten ${}": (
        "kind: set, values: {n: state.n}",
        ["state.n E508 'state.n' is a string, and the state field 'n' is"],
    ),
    "null": ("kind: set, values: {x: null}", ["... E508 a value is never null. Write"]),
    "null expression": ('kind: set, values: {x: "${null}"}', ["${null} E508 a value is never null"]),
    "a moment": (
        "kind: set, values: {x: \"${timestamp('2026-01-01T00:00:00Z')}\"}",
        ["${timestamp('2026-01-01T00:00:00Z')} E508 this is a timestamp, and the state field 'x' is a string. Write"],
    ),
    "enum": ("kind: set, values: {mood: god}", ["god E206 it cannot be 'god'. Did you mean 'good'?"]),
    "labels": (
        "kind: classify, from: a, question: q, labels: {good: g, ugly: u}, into: mood",
        ["mood E206 it may become 'ugly', which is not allowed there. Known: bad, good"],
    ),
    "label compared": (
        "kind: classify, from: a, question: q, labels: {good: g, ugly: u}, into: {b: \"${result.label == 'god'}\"}",
        ["'god' E206 it is never 'god'. Did you mean 'good'"],
    ),
    "append": ('kind: set, values: {all: "${state.x}"}', []),
    "append several": ('kind: set, values: {all: "${state.l}"}', []),
    "append wrong": (
        'kind: set, values: {all: "${state.n}"}',
        ["${state.n} E508 this is an integer, and the state field 'all'"],
    ),
    "add": (
        'kind: set, values: {total: "${state.d}"}',
        ["${state.d} E508 this is a number, and the state field 'total' is"],
    ),
    "nested": (
        'kind: emit, event: e, values: {v: {deep: ["${state.y}", "${state.n + state.x}"]}}',
        ["state.y E502 nothing is called 'state.y'", "+ E503 '+' does not work on integer and string"],
    ),
    "into text": (
        "kind: llm, prompt: {user: a}, into: n",
        ["n E508 this is a string, and the state field 'n' is an integer"],
    ),
    "into a part": (
        "kind: retrieve, own: true, from: a, into: x",
        ["x E508 this is a list of object, and the state field 'x' is a string. Write into: {field: "],
    ),
    "into rows": ("kind: retrieve, own: true, from: a, into: rows", []),
    "into expression": (
        'kind: llm, prompt: {user: a}, into: {x: "${result.txt}", n: "${size(result.text)}", b: "${result.text}"}',
        [
            "result.txt E502 nothing is called 'result.txt'. Did you mean 'text'?",
            "${result.text} E508 this is a string, and the state field 'b' is a boolean. Compare it with something",
        ],
    ),
    "no result": ("kind: wait, for: 1s, into: x", ["x E502 this node has no result. Write into: {field: value}"]),
    "no result there": (
        'kind: set, values: {x: a}, into: {x: "${result.x}"}',
        ["result.x E502 this node has no result. Write a literal"],
    ),
    "result elsewhere": (
        'kind: speak, from: "${result.text}"',
        ["result E502 nothing is called 'result'. result is there only"],
    ),
    "guard of a question": (
        'kind: guard, side: question, from: a, rules: child, into: {b: "${result.allowed}", x: "${result.text}"}',
        ["result.text E502 nothing is called 'result.text'. Known: allowed"],
    ),
    "guard of an answer": (
        'kind: guard, side: answer, from: a, rules: child, into: {x: "${result.text}", b: "${result.allowed}"}',
        ["result.allowed E502 nothing is called 'result.allowed'. Known: sources, text"],
    ),
    "value of a guard": ("kind: guard, side: question, from: a, rules: child, into: x", ["x E508 this is a boolean"]),
    "extract": (
        'kind: extract, from: a, fields: {m: {type: integer}}, into: {n: "${result.m}", x: "${result.k}"}',
        ["result.k E502 nothing is called 'result.k'. Known: m"],
    ),
    "ask": (
        'kind: ask, show: a, form: {m: {type: integer}}, into: {x: "${result.m}"}',
        ["${result.m} E508 this is an integer"],
    ),
    "tool": (
        'kind: tool, tool: quote, with: {city: "${state.n}", nights: x}, '
        'into: {d: "${result.price}", x: "${result.town}"}',
        [
            "${state.n} E508 this is an integer, and a string is wanted. Write string",
            "x E508 'x' is a string, and an integer is wanted",
            "result.town E502 nothing is called 'result.town'. Known: city, price",
        ],
    ),
    "an argument of a few texts": (
        "kind: python, function: quote, with: {city: a, mood: god}",
        ["god E206 it cannot be 'god'. Did you mean 'good'"],
    ),
    "function": (
        "kind: python, function: words, with: {text: a}, into: x",
        ["x E508 this is a list of string, and the state"],
    ),
    "loop": ("kind: loop, max: 2, do: {kind: wait, for: 1s}, into: x", ["x E508 this is an integer"]),
    "until": (
        "kind: loop, max: 2, until: state.n, do: {kind: wait, for: 1s}",
        ["state.n E504 'state.n' is no condition"],
    ),
    "while": (
        'kind: loop, max: 2, while: "state.y > 1", do: {kind: wait, for: 1s}',
        ["state.y E502 nothing is called"],
    ),
    "number of the pass": (
        'kind: loop, max: 2, as: i, do: {kind: set, values: {x: "${i}"}}',
        ["${i} E508 this is an integer"],
    ),
    "item": (
        'kind: map, over: "${state.rows}", as: row, do: {kind: speak, from: "${row.titel}"}',
        ["row.titel E502 nothing is called 'row.titel'. Did you mean 'title'?"],
    ),
    "literal items": (
        'kind: map, over: [1, 2], as: one, do: {kind: speak, from: "${one}"}',
        ["${one} E508 this is an integer, and a string is wanted"],
    ),
    "items of items": (
        'kind: map, over: "${[[1, 2]]}", as: row, do: '
        '{kind: map, over: "${row}", as: one, do: {kind: speak, from: "${one}"}}',
        ["${one} E508 this is an integer"],
    ),
    "item outside": (
        'kind: map, over: "${state.l}", as: one, do: {kind: wait, for: 1s}, into: {x: "${one}"}',
        ["one E502 nothing is called 'one'"],
    ),
    "value of a map": (
        'kind: map, over: "${state.l}", as: one, do: {kind: speak, from: "${one}"}, into: rows',
        ["rows E508 this is a list of string, and the state field 'rows' is a list of object"],
    ),
    "field of a pass": (
        'kind: map, over: "${state.l}", as: one, state: {own: {type: integer}}, gives: "${state.own}", start: a, '
        'nodes: {a: {kind: set, values: {own: "${one}"}, next: end}}, into: l',
        [
            "${one} E508 this is a string, and the state field 'own' is",
            "l E508 this is a list of integer, and the state",
        ],
    ),
    "route": (
        "kind: wait, for: 1s, "
        "route: [{when: state.x, to: end}, {when: 'state.n > 1 && state.y', to: end}, {else: end}]",
        ["state.x E504 'state.x' is no condition", "state.y E502 nothing is called 'state.y'"],
    ),
    "error": (
        'kind: wait, for: 1s, on_error: {set: {x: "${error.message}", n: "${error.kind}", b: "${error.text}"}}',
        ["${error.kind} E508 this is a string", "error.text E502 nothing is called 'error.text'. Known: kind, message"],
    ),
    "wait": ("kind: wait, for: 5 minutes", ["5 minutes E508 '5 minutes' is no length of time. Write it like"]),
    "wait until": ("kind: wait, until: tomorrow", ["tomorrow E508 'tomorrow' is no moment. Write it like"]),
    "wait well": ('kind: wait, until: "2026-12-01T08:00:00+01:00"', []),
    "template": (
        'kind: llm, prompt: {user: "Say {{ state.y }} and {{ input.ag }}"}',
        ["state.y E602 nothing is called 'state.y'", "input.ag E602 nothing is called 'input.ag'. Did you mean 'age'"],
    ),
    "templates of languages": (
        'kind: llm, prompt: {user: {en: a, zh: "{{ x }}"}}',
        ["x E602 nothing is called 'x'. Did you mean 'state.x'"],
    ),
    "template of a rewrite": (
        "kind: guard, side: answer, from: a, rules: child, rewrite: {prompt: "
        '{user: "{{ result.sentence }}{{ result.why }}"}}',
        ["result.why E602 nothing is called 'result.why'. Known: reason, sentence"],
    ),
    "template file": (
        "kind: llm, prompt: {user_file: p.md}",
        ["p.md:2:8 E602 nothing is called 'state.y'", "p.md:3:10 E605 prompts have no filter 'uper'"],
    ),
    "flow": (
        'kind: flow, use: used.yaml, with: {n: "${state.x}"}, into: {x: "${result.said}", b: "${result.sad}"}',
        ["${state.x} E508 this is a string", "${result.said} E508 this is a list", "result.sad E502 nothing is called"],
    ),
}
USED = """\
schema: workflow/v1
name: u
input: {n: {type: integer}}
state: {said: {type: list}}
output: {said: "${state.said}"}
start: a
nodes: {a: {kind: wait, for: 1s, next: end}}
"""


@pytest.mark.parametrize(("node", "said"), NODES.values(), ids=NODES.keys())
def test_a_value_fits_its_place(tmp_path: Path, node: str, said: list[str]) -> None:
    (tmp_path / "p.md").write_text(
        "one\n{# 中 #}{{ state.y }}\n{{ 'a' | uper }}".replace("{# 中 #}{{ ", "二三四 {{ "), encoding="utf-8"
    )
    (tmp_path / "used.yaml").write_text(USED, encoding="utf-8")
    ends = "" if "route:" in node else ", next: end"
    found = told(f"start: a\nnodes:\n  a: {{{node}{ends}}}\n", tmp_path)
    assert len(found) == len(said), found
    assert all(one.startswith(start) for one, start in zip(found, said, strict=True)), found


DECLARED = {
    "default of another type": (
        "{type: integer, default: many}",
        ["many E508 'many' is a string, and an integer is wanted"],
    ),
    "default as text": (
        '{type: integer, default: "3"}',
        ["3 E508 '3' is a string, and an integer is wanted. Write it without"],
    ),
    "default in the list": (
        "{type: list, items: {type: integer}, default: [a]}",
        ["... E508 'a' is a string, and '[0]' of it is an integer"],
    ),
    "default not allowed": (
        "{type: string, enum: [a, b], default: c}",
        ["c E206 the default is 'c', which enum does not allow. Known: a, b"],
    ),
    "default too small": (
        "{type: integer, minimum: 3, default: 1}",
        ["1 E203 the default is 1, and it must be at least 3"],
    ),
    "default too great": (
        "{type: number, maximum: 3, default: 4.5}",
        ["4.5 E203 the default is 4.5, and it must be at most 3"],
    ),
    "default as expression": ('{type: string, default: "${input.a}"}', ["${input.a} E508 a default is no expression"]),
    "enum of numbers": ("{type: integer, enum: [a]}", ["enum E207 an integer has no enum. enum is for string"]),
    "items of a text": ("{type: string, items: {type: string}}", ["items E207 a string has no items"]),
    "bounds of a text": ("{type: string, minimum: 3}", ["minimum E207 a string has no minimum"]),
    "within": ("{type: object, fields: {a: {type: integer, default: x}}}", ["x E508 'x' is a string, and an integer"]),
    "reduce": ("{type: string, reduce: append}", ["append E207 append does not work on a string. It is for list"]),
    "good": ("{type: list, items: {type: string}, default: [a], reduce: union}", []),
}


@pytest.mark.parametrize(("shape", "said"), DECLARED.values(), ids=DECLARED.keys())
def test_a_declaration_fits_together(tmp_path: Path, shape: str, said: list[str]) -> None:
    head = f"schema: workflow/v1\nname: w\nstate: {{f: {shape}}}\nstart: a\n"
    found = told("nodes: {a: {kind: wait, for: 1s, next: end}}\n", tmp_path, head)
    assert len(found) == len(said), found
    assert all(one.startswith(start) for one, start in zip(found, said, strict=True)), found


def test_output_record_and_settings_are_checked(tmp_path: Path) -> None:
    rest = (
        'output: {a: "${state.y}", b: "${null}"}\nrecord: {c: "${input.z}"}\n'
        "start: a\nnodes: {a: {kind: wait, for: 1s, next: end}}\n"
    )
    head = HEAD.replace("quote: {}", 'quote: {limit: "${state.n}"}')
    assert [one.split(" is ")[0].split(" are ")[0] for one in told(rest, tmp_path, head)] == [
        "... E508 a tool's settings",
        "state.y E502 nothing",
        "${null} E508 a value",
        "input.z E502 nothing",
    ]


def test_a_place_on_a_later_line_is_found(tmp_path: Path) -> None:
    rest = "start: a\nnodes:\n  a:\n    kind: speak\n    from: >-\n      ${state.x +\n      state.y}\n    next: end\n"
    assert told(rest, tmp_path)[0].startswith("state.y E502")


def test_a_line_of_a_template_in_the_file_is_found(tmp_path: Path) -> None:
    prompt = "    prompt:\n      user: |\n        one\n        中 {{ state.y }}\n"
    rest = f"start: a\nnodes:\n  a:\n    kind: llm\n{prompt}    next: end\n"
    assert told(rest, tmp_path)[0].startswith("state.y E602")

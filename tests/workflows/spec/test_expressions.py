"""CEL expressions: names and types are checked with their columns, several complaints at once, and nothing guessed."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.workflows.spec.expressions import (
    Composed,
    ExpressionError,
    Literal,
    compile_condition,
    compile_expression,
    compile_value,
)
from antiphon.workflows.spec.scopes import Names
from antiphon.workflows.spec.shapes import ANY, AUDIO, BOOLEAN, INTEGER, NUMBER, OBJECT, STRING, Type, list_of, record

PASSAGE = record(title=STRING, text=STRING)
NAMES = Names(
    {
        "state": record(
            tries=INTEGER,
            score=NUMBER,
            name=STRING,
            ok=BOOLEAN,
            words=list_of(STRING),
            passages=list_of(PASSAGE),
            anything=OBJECT,
            child=record(age=INTEGER, name=STRING),
            language=Type("string", enum=("en", "zh")),
            table=list_of(list_of(INTEGER)),
        ),
        "input": record(audio=AUDIO, age=INTEGER),
        "item": PASSAGE,
        "result": ANY,
    }
)
VALUES: dict[str, Any] = {
    "state": {
        "tries": 2,
        "score": 1.5,
        "name": "Ann",
        "ok": True,
        "words": ["a", "b"],
        "passages": [{"title": "T", "text": "x"}],
        "anything": {"a": 1},
        "child": {"age": 7, "name": "Bo"},
        "language": "en",
        "table": [[1, 2], [3]],
    },
    "input": {"audio": None, "age": 8},
    "item": {"title": "I", "text": "t"},
    "result": {"a": {"b": 1}},
}


def told(text: str) -> list[str]:
    """Every complaint about an expression: column, code, sentence, hint."""
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text, NAMES)
    return [f"{one.column} {one.code} {one}" for one in (caught.value, *caught.value.also)]


GOOD = [
    ("state.tries < 3", "boolean", True),
    ("state.score >= 1", "boolean", True),
    ("1 < state.score", "boolean", True),
    ("state.score > -1 ? 1 : 2.5", "number", 1.0),
    ("state.ok ? state.score : 1", "number", 1.5),
    ("state.score == 1 || state.score == 2", "boolean", False),
    ("state.passages[0].title", "string", "T"),
    ("state.passages[0]['title']", "string", "T"),
    ("state.passages.filter(p, p.title != '')", "list of object", [{"title": "T", "text": "x"}]),
    ("state.passages.map(p, p.title)", "list", ["T"]),
    ("state.words.map(w, w + '!')", "list of string", ["a!", "b!"]),
    ("state.words.exists(item, item == 'a')", "boolean", True),
    ("state.words.exists(item, item == 'a') && item.title == 'I'", "boolean", True),
    ("state.words.map(tries, state.tries)", "list of integer", [2, 2]),
    ("state.table.map(row, row[0])", "list of integer", [1, 3]),
    ("state.child['age']", "integer", 7),
    ("has(state.anything.b)", "boolean", False),
    ("has(result.a.b)", "boolean", True),
    ("state.language in ['en', 'zh']", "boolean", True),
    ("'state.nothing' + state.name", "string", "state.nothingAnn"),
    (r"r'\d' + '''it's'''", "string", r"\dit's"),
    (r"'it\'s' + state.name", "string", "it'sAnn"),
    ("state.tries // state.nothing", "integer", 2),
    ("state . tries", "integer", 2),
    ("size('中文') + 1", "integer", 3),
    ("state.name.matches('^[A-Z]')", "boolean", True),
    ("{'a': state.tries}", "object", {"a": 2}),
    ("item", "object", {"title": "I", "text": "t"}),
]


@pytest.mark.parametrize(("text", "type_", "value"), GOOD, ids=[text for text, _, _ in GOOD])
def test_an_expression_has_its_type_and_its_value(text: str, type_: str, value: Any) -> None:
    expression = compile_expression(text, NAMES)
    assert (str(expression.type), expression(VALUES)) == (type_, value)


WRONG = {
    "state.tires < 3": ["1 E502 nothing is called 'state.tires'. Did you mean 'tries'?"],
    "tries < 3": ["1 E502 nothing is called 'tries'. Did you mean 'state.tries'?"],
    "state.foo + state.bar": ["1 E502 nothing is called 'state.foo'", "13 E502 nothing is called 'state.bar'"],
    "state.foo < 1 && state.name > 2": ["1 E502 nothing is called 'state.foo'", "29 E503 '>' does not work on string"],
    "state.child.agee": ["1 E502 nothing is called 'state.child.agee'. Did you mean 'age'?"],
    "state.child['agee']": ["13 E502 nothing is called 'agee' there. Did you mean 'age'?"],
    "state.passages[0].titel": ["19 E502 nothing is called 'titel' there. Did you mean 'title'?"],
    "state.passages.map(p, p.titel)": ["23 E502 nothing is called 'p.titel'. Did you mean 'title'?"],
    "state": ["1 E502 'state' is no value. Name one of its fields"],
    "state.tries.size": ["1 E502 nothing is called 'state.tries.size'. 'state.tries' is of the type integer"],
    "siz(state.name)": ["1 E502 there is no function 'siz'. Did you mean 'size'?"],
    "state.name.matchs('a')": ["12 E502 there is no function 'matchs'. Did you mean 'matches'?"],
    "state.name + state.tries": ["12 E503 '+' does not work on string and integer. Write string(...)"],
    "state.name == null": ["12 E503 '==' does not work on string and null. Fields are never null: compare with ''"],
    "state.ok ? 'a' : 1": ["10 E503 what stands before and behind ':' must be of one type, not string and integer"],
    "size(state.tries)": ["1 E503 size() does not work on integer"],
    "state.tries.map(x, x)": ["6 E503 only a list or an object can be gone through"],
    "state.score == 1 && state.name == 3": ["32 E503 '==' does not work on string and integer"],
    "has(state.tries)": ["5 E506 'state.tries' is declared, so it is always there. Compare its value"],
    "has(state.child.age)": ["5 E506 'state.child.age' is declared"],
    "state.language == 'eng'": ["19 E206 it is never 'eng'. Did you mean 'en'?"],
    "'fr' != state.language": ["1 E206 it is never 'fr'"],
    "state.language in ['zh', 'fr']": ["26 E206 it is never 'fr'"],
    "state.name.matches('(')": ["20 E501 '(' is no regular expression: missing )"],
    "1 +": ["3 E501 this is no CEL expression: it ends too early"],
    "loop": ["1 E501 'loop' is a word that CEL keeps for itself"],
    "": ["1 E501 this is no CEL expression: it ends too early"],
    "(" * 40 + "1" + ")" * 40: ["1 E507 the expression is nested too deeply"],
    "1 + " * 1200 + "1": ["1 E507 the expression has 4,801 characters; at most 4,000"],
    "['x'].map(a, a + a)" + ".map(a, a + a)" * 20: ["1 E507 what this makes could grow without end"],
    "'a'" + ".replace('a', 'aaaaaaaaaa')" * 6: ["1 E507 what this makes could grow without end"],
}


@pytest.mark.parametrize(("text", "expected"), WRONG.items(), ids=[text[:40] for text in WRONG])
def test_what_is_wrong_is_told_with_its_column(text: str, expected: list[str]) -> None:
    complaints = told(text)
    assert len(complaints) == len(expected)
    assert all(one.startswith(start) for one, start in zip(complaints, expected, strict=True)), complaints


def test_a_complaint_on_a_later_line_counts_the_characters_before_it() -> None:
    assert told("state.ok &&\nstate.foo")[0].startswith("13 E502")


def test_a_complaint_behind_a_widened_number_is_in_its_place() -> None:
    assert told("state.score > 1 && state.name == 3")[0].startswith("31 E503")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("state.name", "'state.name' is no condition: it is of the type string"),
        ("state.tries + 1", "is no condition: it is of the type integer"),
        ("${state.ok}", "a condition is an expression as it is"),
    ],
)
def test_a_condition_is_true_or_false(text: str, said: str) -> None:
    with pytest.raises(ExpressionError, match=said.replace("+", r"\+")):
        compile_condition(text, NAMES)


@pytest.mark.parametrize(
    ("written", "column"),
    [
        ("a ${state.name}", 3),
        ("${state.name} b", 14),
        ("${state.name} ${state.name}", 14),
        ("${state.name", 1),
        ("Hello {{ state.name }}", 7),
    ],
)
def test_an_expression_is_the_whole_value(written: str, column: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_value(written, NAMES)
    assert (caught.value.code, caught.value.column) == ("E505", column)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("${'}' + state.name}", "}Ann"),
        ("${{'a': 1}}", {"a": 1}),
        ("${'${'}", "${"),
        ("${state.name}\n", "Ann"),
        ("{{ nothing of ours }}", "{{ nothing of ours }}"),
        ("plain", "plain"),
        (5, 5),
        (["a", "${state.tries}"], ["a", 2]),
        ({"a": {"b": "${state.name}"}, "c": 1}, {"a": {"b": "Ann"}, "c": 1}),
    ],
)
def test_a_value_is_a_literal_or_an_expression_in_lists_too(written: Any, value: Any) -> None:
    assert compile_value(written, NAMES)(VALUES) == value


def test_a_list_with_expressions_has_a_type_and_tells_what_it_reads() -> None:
    composed = compile_value(["${state.name}", "b"], NAMES)
    assert isinstance(composed, Composed)
    assert (str(composed.type), composed.reads) == ("list of string", (("state", "name"),))


@pytest.mark.parametrize("text", ["1 / (state.tries - 2)", "state.anything.b", "state.words[7]", "int(state.name)"])
def test_a_failure_while_it_runs_is_an_error_and_never_a_value(text: str) -> None:
    with pytest.raises(ExpressionError, match="failed"):
        compile_expression(text, NAMES)(VALUES)


def test_sound_passes_as_it_is() -> None:
    sound = object()
    assert compile_value("${input.audio}", NAMES)({"state": {}, "input": {"audio": sound}}) is sound


_PIECES = st.sampled_from(
    "state.tries state.name state.foo item input.age 1 2.5 'a' \"b\" + - == && || ! ( ) [ ] { } ? : , . < in has( "
    "size( .map(x, x .title true null // r'( ''' ${ 中 \\ \n".split(" ")
)


@given(st.lists(_PIECES, max_size=12).map(" ".join) | st.text(max_size=30))
def test_any_text_compiles_or_is_told_why_not(text: str) -> None:
    with suppress(ExpressionError):
        compile_expression(text, NAMES)


@given(st.text(max_size=30) | st.lists(_PIECES, max_size=8).map(lambda parts: "${" + " ".join(parts) + "}"))
def test_any_value_is_a_literal_an_expression_or_told(text: str) -> None:
    try:
        compiled = compile_value(text, NAMES)
    except ExpressionError:
        return
    assert not isinstance(compiled, Literal) or "${" not in text

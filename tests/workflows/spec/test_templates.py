"""Prompts are text with names in it: what a template uses is checked, and it can neither reach out nor grow."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.tools.base.errors import FileError, InputError
from antiphon.workflows.spec.scopes import Names
from antiphon.workflows.spec.shapes import ANY, INTEGER, OBJECT, STRING, list_of, record
from antiphon.workflows.spec.template_sandbox import MAX_PROMPT
from antiphon.workflows.spec.templates import Template, names_in_template, read_template

PASSAGE = record(title=STRING, text=STRING)
NAMES = Names(
    {
        "state": record(name=STRING, words=list_of(STRING), passages=list_of(PASSAGE), thing=OBJECT, tries=INTEGER),
        "input": record(age=INTEGER),
        "result": ANY,
    }
)
VALUES: dict[str, Any] = {
    "state": {
        "name": "Ann",
        "words": ["a", "b"] * 500,
        "passages": [{"title": "T", "text": "x"}, {"title": "U", "text": "y"}],
        "thing": {"items": 3, "values": 4},
        "tries": 2,
    },
    "input": {"age": 8},
    "result": {"sentence": "s"},
}


def flaws(text: str) -> list[str]:
    """Every complaint about a template: index, code, sentence, hint."""
    return [f"{one.start} {one.code} {one.problem}. {one.hint}" for one in read_template(text, NAMES).flaws]


def filled(text: str) -> str:
    """A template filled in."""
    return Template(text, "prompt.md", NAMES)(VALUES)


GOOD = {
    "Say {{ state.name }}": "Say Ann",
    "{{ state['name'] }}": "Ann",
    "{% for p in state.passages %}{{ loop.index }}{{ p.title }} {% endfor %}": "1T 2U",
    "{{ state.passages | map(attribute='title') | join(', ') }}": "T, U",
    "{{ state.passages[0].title }}": "T",
    "{{ state.thing.items + state.thing.values }}": "7",
    "{% set facts %}{% for p in state.passages %}{{ p.text }}{% endfor %}{% endset %}{{ quoted(facts, 'evidence') }}": (
        "<evidence>\nxy\n</evidence>"
    ),
    "{% if input.age < 9 %}small{% else %}big{% endif %}": "small",
    "{{ 'a' if input.age < 9 else 'b' }}{{ state.tries * 2 }}{{ 7 % 4 }}": "a43",
    "{{ state.thing | tojson }}": '{"items": 3, "values": 4}',
    "{{ '中文' | tojson }}": '"中文"',
    "{% with one = state.passages[1] %}{{ one.text ~ '!' }}{% endwith %}": "y!",
    "{% raw %}{{ x }}{% endraw %}{# state.nothing #}": "{{ x }}",
    "{{ result.sentence }}": "s",
    "{{ state.name[0] }}{{ state.name | upper | replace('N', 'nn') | indent(2, true) }}": "A  Annnn",
    "{% filter upper %}abc{% endfilter %}": "ABC",
    "{{ [1, 2.5] | sum | round(1) }}": "3.5",
}


@pytest.mark.parametrize(("text", "expected"), GOOD.items(), ids=[text[:40] for text in GOOD])
def test_a_template_is_filled_in(text: str, expected: str) -> None:
    assert filled(text) == expected


WRONG = {
    "{{ state.nme }}": ["3 E602 nothing is called 'state.nme'. Did you mean 'name'?"],
    "{{ name }}": ["3 E602 nothing is called 'name'. Did you mean 'state.name'?"],
    "{{ state.nme }}\n{{ state.wrds }}": ["3 E602", "19 E602 nothing is called 'state.wrds'"],
    "{% for p in state.passages %}{{ p.titel }}{% endfor %}": [
        "32 E602 nothing is called 'p.titel'. Did you mean 'title'"
    ],
    "{% for p in state.words %}{% endfor %}{{ p }}": ["41 E602 nothing is called 'p'"],
    "{{ state.passages[0].titel }}": ["21 E602 nothing is called 'titel' there"],
    "{{ state }}": ["3 E602 'state' is no value. Name one of its fields"],
    "{{ quoted }}": ["3 E602 nothing is called 'quoted'. Call it: quoted(...)"],
    "{{ state.name | uper }}": ["16 E605 prompts have no filter 'uper'. Did you mean 'upper'?"],
    "{{ state.tries is oddd }}": ["18 E605 prompts have no test 'oddd'. Did you mean 'odd'?"],
    "{{ state.words | select('foo') }}": ["25 E605 prompts have no test 'foo'"],
    "{% if %}": ["0 E601 the template is wrong"],
    "{{ state.name": ["0 E601 the template is wrong"],
    "Say ${state.name}": ["4 E601 '${state.name}' stays as it is in a prompt. Write {{ state.name }}"],
    "{% include 'secret.md' %}": ["0 E603 a prompt cannot read another file"],
    "{% import 'a' as a %}": ["0 E603"],
    "{% from 'a' import b %}": ["0 E603"],
    "{% extends 'a' %}": ["0 E603"],
    "{{" + "(" * 500 + "1" + ")" * 500 + "}}": ["0 E601 the template is nested too deeply"],
    "{% for a in state.words %}" * 12 + "{% endfor %}" * 12: ["0 E601 the template is nested too deeply"],
    "{{ " + "9" * 5000 + " }}": ["0 E601"],
}


@pytest.mark.parametrize(("text", "expected"), WRONG.items(), ids=[text[:40] for text in WRONG])
def test_what_is_wrong_with_a_template_is_told_with_its_place(text: str, expected: list[str]) -> None:
    found = flaws(text)
    assert len(found) == len(expected)
    assert all(one.startswith(start) for one, start in zip(found, expected, strict=True)), found


TRICKS = [
    "{{ state.name.__class__.__mro__ }}",
    "{{ state.name['__class__'] }}",
    "{{ ().__class__.__base__.__subclasses__() }}",
    "{{ state.name | attr('__class__') }}",
    "{{ state.words | map('attr', '__class__') | list }}",
    "{{ state.words | map(attribute='__class__') | list }}",
    "{{ state.words | map(attribute='x.__class__') | list }}",
    "{{ state.words | selectattr('__class__') | list }}",
    "{{ state.words | sort(attribute='__class__') }}",
    "{{ '{0.__class__}'.format(state.name) }}",
    "{{ '{0.__class__}' | format(state.name) }}",
    "{{ state.name.format(1) }}",
    "{{ '%999999999d' % 1 }}",
    "{{ 'a' * 1000000000 }}",
    "{{ 10 ** 10 ** 10 }}",
    "{{ lipsum() }}",
    "{{ lipsum.__globals__['os'].environ }}",
    "{{ cycler.__init__ }}",
    "{{ joiner() }}",
    "{{ range(1000000000) }}",
    "{{ namespace(x=1) }}",
    "{{ dict(a=1) }}",
    "{{ self.__init__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ caller() }}",
    "{{ config }}",
    "{{ request.environ }}",
    "{{ os.environ }}",
    "{{ open('/etc/passwd') }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ quoted.__globals__ }}",
    "{{ guard_instructions.__code__ }}",
    "{% for w in state.words %}{{ loop.__init__ }}{% endfor %}",
    "{% for w in state.words recursive %}{{ loop(state.words) }}{% endfor %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% call m() %}{% endcall %}",
    "{% block a %}{% endblock %}",
    "{% set ns.x = 1 %}",
    "{% autoescape false %}{% endautoescape %}",
    "{% do state.words.append(1) %}",
    "{{ state.words.append(1) }}",
    "{{ state.thing.update({'a': 1}) }}",
    "{{ 'x' | center(1000000000) }}",
    "{{ 'x'.ljust(1000000000) }}",
    "{{ 'x' | wordwrap(1, wrapstring='y') }}",
    "{{ state.words | batch(1000000000, 'x') | list }}",
    "{{ state.words | slice(1000000000) | list }}",
    "{{ state.words | pprint }}",
    "{{ state.words | random }}",
    "{{ state.words | xmlattr }}",
    "{{ state.name | urlize }}",
    "{{ state.words is callable }}",
    "{{ quoted(*state.words) }}",
]


@pytest.mark.parametrize("text", TRICKS, ids=[text[:50] for text in TRICKS])
def test_a_known_trick_is_refused_before_anything_runs(text: str) -> None:
    assert {one.split(" ")[1] for one in flaws(text)} & {"E601", "E602", "E604", "E605"}


HIDDEN = [
    "{{ state.name['__cla' ~ 'ss__'] }}",
    "{{ (state.words | first)['__cla' ~ 'ss__'] }}",
    "{{ state.words[state.name ~ '__'] }}",
    "{{ [1] * 1000000000 }}",
    "{{ state.words * 1000000 }}",
    "{{ state.name % state.name }}",
    "{{ 1 / 0 }}",
    "{{ 1e300 * 1e300 }}",
    "{% set a = 'xxxxxxxxxx' %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}",
    "{% set a = 'xxxxxxxxxx' %}" + "{% set a = a + a %}" * 40 + "{{ a }}",
    "{% set a = ['xxxxxxxxxx'] %}" + "{% set a = a + a %}" * 40 + "{{ a }}",
    "{% set a %}xxxxxxxxxx{% endset %}" + "{% set a %}{{ a }}{{ a }}{% endset %}" * 40 + "{{ a }}",
    "{% set a = 'xxxxxxxxxx' %}" + "{% set a = a | replace('x', a) %}" * 10 + "{{ a }}",
    "{% set a = ['xxxxxxxxxx'] %}" + "{% set a = [a | join, a | join, a | join] %}" * 40 + "{{ a }}",
    "{% for a in state.words %}" * 3 + "{% endfor %}" * 3,
    "{% for a in state.words %}{% for b in state.words %}{{ state.words }}{% endfor %}{% endfor %}",
]


@pytest.mark.parametrize("text", HIDDEN, ids=[text[:50] for text in HIDDEN])
def test_a_trick_that_only_shows_while_it_runs_is_an_input_error(text: str) -> None:
    with pytest.raises(InputError, match=r"prompt\.md: the template (failed|cannot be filled in)"):
        filled(text)


def test_a_prompt_may_be_long_but_not_endless() -> None:
    assert len(Template("{{ state.name }}", "p", NAMES)({"state": {"name": "x" * (MAX_PROMPT - 1)}})) == MAX_PROMPT - 1


def test_a_name_without_a_value_is_an_input_error() -> None:
    with pytest.raises(InputError, match="the template cannot be filled in"):
        Template("{{ result.there.not }}", "p", NAMES)({"result": {}})


def test_a_wrong_template_is_a_file_error_with_the_line() -> None:
    with pytest.raises(FileError, match=r"p \(template line 2\): E602 nothing is called 'state.nme'"):
        Template("one\n{{ state.nme }}", "p", NAMES)


def test_a_template_tells_what_it_reads() -> None:
    text = "{% for p in state.passages %}{{ p.title }}{% endfor %}{{ result.x.y }}{{ state['name'] }}"
    assert Template(text, "p", NAMES).reads == (("state", "passages"), ("result",), ("state", "name"))


def test_names_are_found_without_knowing_which_there_are() -> None:
    assert names_in_template("{{ a.b }}{% for c in d %}{{ c }}{% endfor %}") == (("a", "b"), ("d",))


_PIECES = st.sampled_from(
    "{{ }} {% %} {# #} for in if set endfor endif state.name state x | upper join( ) ( [ ] 'a' 1 ~ + * . __class__ is "
    "\n ${ = -".split(" ")
)


@given(st.lists(_PIECES, max_size=14).map(" ".join) | st.text(max_size=40))
def test_any_text_is_filled_in_or_told_why_not(text: str) -> None:
    with suppress(FileError, InputError):
        Template(text, "p", NAMES)(VALUES)


UNFIT = {
    "{{ state.name + 1 }}": "14 E503 + cannot stand between a text and a whole number. Write ~ to put texts together",
    "{% if state.name > 3 %}a{% endif %}": (
        "17 E503 > cannot stand between a text and a whole number. Make a number of the text first: input.text | int"
    ),
    "{{ state.words[0] - input.age }}": (
        "18 E503 - cannot stand between a text and a whole number. Make a number of the text first: input.text | int"
    ),
    "{% for x in input.age %}{{ x }}{% endfor %}": (
        "9 E503 for goes through a list, and this is a whole number. Name a list here, or use the value as it is"
    ),
    "{{ input.age | join }}": (
        "15 E503 join goes through a list, and this is a whole number. Name a list here, or use the value as it is"
    ),
}


@pytest.mark.parametrize(("text", "said"), UNFIT.items())
def test_values_that_do_not_go_together_are_told_before_they_are_filled_in(text: str, said: str) -> None:
    assert flaws(text) == [said]


@pytest.mark.parametrize(
    "text",
    [
        "{{ state.name ~ 1 }}{{ input.age + 1.5 }}{{ state.name == 'Ann' }}{{ state.name | first }}",
        "{% for key in state.thing %}{{ key }}{% endfor %}{% if result.score > 3 %}a{% endif %}",
        "{% if input.age > 3 %}{% set x = state.name %}{% else %}{% set x = 1 %}{% endif %}{{ x + 1 }}",
        "{% if state.name | length > 3 and 1 < input.age < 9 %}a{% endif %}{{ state.name | int + 1 }}",
    ],
)
def test_what_goes_together_or_may_do_so_is_not_complained_about(text: str) -> None:
    assert flaws(text) == []

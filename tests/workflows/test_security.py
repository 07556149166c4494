"""Nothing in a workflow file reaches code, the environment or the terminal."""

import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner

from antiphon.tools.base.errors import FileError, InputError
from antiphon.workflows.cli.validate import validate
from antiphon.workflows.spec.scopes import Names
from antiphon.workflows.spec.shapes import STRING, record
from antiphon.workflows.spec.templates import Template

from .probes import SHELL, Checked, Told, one, prompt

# Code


@pytest.mark.parametrize(
    ("node", "code"),
    [
        ("{kind: python, function: os.system, next: end}", "E208"),
        ("{kind: python, function: 'os:system', next: end}", "E208"),
        ("{kind: python, function: os, next: end}", "E304"),
        ("{kind: python, function: eval, next: end}", "E304"),
        ("{kind: python, function: __import__, next: end}", "E208"),
        ("{kind: python, function: '${state.name}', next: end}", "E208"),
        ("{kind: tool, tool: os.system, next: end}", "E208"),
        ("{kind: tool, tool: subprocess, next: end}", "E303"),
        ("{kind: os.system, next: end}", "E204"),
        ("{kind: 'antiphon.workflows.cli.main:main', next: end}", "E204"),
        ("{kind: llm, role: os.system, prompt: {user: Hi}, next: end}", "E206"),
        ("{kind: flow, use: os.system, next: end}", "E305"),
        ("{kind: flow, use: script.py, next: end}", "E305"),
        ("{kind: http, service: 'file:///etc/passwd', next: end}", "E208"),
        ("{kind: python, ref: os.system, function: f, next: end}", "E201"),
        ("{kind: python, code: 'import os', function: f, next: end}", "E201"),
    ],
)
def test_code_that_nobody_registered_is_refused(node: str, code: str, told: Told) -> None:
    assert code in told(one(node), {"script.py": "raise SystemExit('it ran')"})


def test_a_tool_the_program_did_not_bring_is_refused(told: Told) -> None:
    assert "E303" in told(one("{kind: wait, for: 1s, next: end}", "tools: {subprocess: {}}\n"))


@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.system ['touch {0}']",
        "!!python/object/new:os.system ['touch {0}']",
        "!!python/object/apply:pathlib.Path.touch [{0}]",
        "!!python/name:os.system",
        "!!python/module:os",
        "!!python/tuple [1]",
        "!<tag:yaml.org,2002:python/name:os.system> x",
        "!include /etc/passwd",
        "!ENV HOME",
        "!!binary aGVsbG8=",
        "!!set {a, b}",
        "!!str hello",
        "! hello",
    ],
)
def test_a_tag_is_refused_and_does_nothing(tag: str, tmp_path: Path, told: Told) -> None:
    trace = tmp_path / "trace"
    node = "{kind: speak, from: " + tag.replace("{0}", str(trace)) + ", next: end}"
    assert "E105" in told(one(node))
    assert not trace.exists()


# Templates

ESCAPES = (
    "{{ input.text.__class__ }}",
    "{{ input.text.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''.__class__.__base__.__subclasses__() }}",
    "{{ input['text']['__class__'] }}",
    "{{ input.text | attr('__class__') }}",
    "{{ input.text | attr('\\x5f\\x5fclass\\x5f\\x5f') }}",
    "{{ [input.text] | map(attribute='__class__') | list }}",
    "{{ [input.text] | map('attr', '__class__') | list }}",
    "{{ [input.text] | sort(attribute='__class__.__name__') }}",
    "{{ [input.text] | groupby('__class__') }}",
    "{{ [input.text] | selectattr('__class__') | list }}",
    "{{ quoted.__globals__ }}",
    "{{ quoted.__globals__['__builtins__']['open']('/etc/passwd').read() }}",
    "{{ guard_instructions.__code__ }}",
    "{{ quoted.func_globals }}",
    "{{ '{0.__class__}'.format(input.text) }}",
    "{{ '{0.__class__}'.format_map({'0': input.text}) }}",
    "{{ '%s' | format(input.text.__class__) }}",
    "{{ self.__init__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__ }}",
    "{{ joiner.__init__ }}",
    "{{ namespace(a=1) }}",
    "{{ dict(a=1) }}",
    "{{ request.application }}",
    "{{ config }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ open('/etc/passwd').read() }}",
    "{{ __import__('os').system('id') }}",
    "{{ eval('1') }}",
    "{{ loop }}",
    "{{ caller() }}",
    "{{ varargs }}",
    "{% include '/etc/passwd' %}",
    "{% import '/etc/passwd' as p %}",
    "{% from '/etc/passwd' import p %}",
    "{% extends '/etc/passwd' %}",
    "{% include input.text %}",
    "{% set x = input.text.__class__ %}{{ x }}",
    "{% for c in ''.__class__.__mro__ %}{{ c }}{% endfor %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% call quoted.__globals__() %}{% endcall %}",
    "{% do input.text %}",
    "{% debug %}",
    "{{ range(1000000000) | list }}",
    "{{ lipsum(1000000000) }}",
    "{{ 'a' * 1000000000 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '%1000000000d' | format(1) }}",
    "{{ 'a'.ljust(1000000000) }}",
    "{{ 'a'.zfill(1000000000) }}",
    "{{ 'a'.center(1000000000) }}",
    "{{ 'a' | center(1000000000) }}",
    "{{ ('a' * 9).replace('a', 'a' * 9) }}",
    "{{ [1] | batch(1000000000, 'x') | list }}",
    "{{ [1] | slice(1000000000, 'x') | list }}",
)


@pytest.mark.parametrize("template", ESCAPES)
def test_a_template_that_reaches_out_is_refused(template: str, told: Told) -> None:
    codes = told(prompt(template))
    assert codes
    assert codes <= {"E601", "E602", "E603", "E604", "E605"}


@pytest.mark.parametrize("template", ESCAPES)
def test_so_is_one_in_a_prompt_file(template: str, told: Told) -> None:
    node = "{kind: llm, prompt: {user_file: prompt.md}, next: end}"
    codes = told(one(node, "input: {text: {type: string}}\n"), {"prompt.md": template})
    assert codes <= {"E601", "E602", "E603", "E604", "E605"}


@pytest.mark.parametrize(
    "template",
    [
        "{{ input.text['__cl' ~ 'ass__'] }}",
        "{{ input['__cl' ~ 'ass__'] }}",
        "{{ input.text[input.text] }}",
        "{% for i in input.text %}{% for j in input.text %}{% for k in input.text %}{{ input.text }}{% endfor %}"
        "{% endfor %}{% endfor %}",
        "{{ 10 ** 10 }}",
        "{{ 'a' * input.text | length }}",
        "{{ 1000000000000000000 * 1000000000000000000 }}",
        "{% set x = input.text %}{{ x" + " ~ x" * 20 + " }}",
    ],
)
def test_what_only_shows_when_a_prompt_is_filled_in_is_refused_then(template: str) -> None:
    names = Names({"state": record(), "input": record(text=STRING)})
    with pytest.raises((InputError, FileError)):
        Template(template, "prompt", names)({"state": {}, "input": {"text": "a" * 60_000}})


def test_a_margin_without_measure_is_cut() -> None:
    assert len(Template("{{ 'a\nb' | indent(1000000000) }}", "prompt", Names({}))({})) < 100


# The environment and what belongs to this machine


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("${env.HOME}", "E502"),
        ("${environ['HOME']}", "E502"),
        ("${getenv('HOME')}", "E502"),
        ("${HOME}", "E502"),
        ("${os.environ.HOME}", "E502"),
        ("Home is ${HOME}", "E505"),
        ("${secrets.OPENAI_API_KEY}", "E502"),
        ("${input.text.__class__}", "E502"),
        ("${system('id')}", "E502"),
    ],
)
def test_an_expression_sees_no_environment(written: str, code: str, told: Told) -> None:
    node = f'{{kind: speak, from: "{written}", next: end}}'
    assert told(one(node, "input: {text: {type: string}}\n")) == {code}


@pytest.mark.parametrize(
    "template", ["{{ env }}", "{{ env.HOME }}", "{{ environ['HOME'] }}", "{{ os.environ }}", "{{ secrets }}"]
)
def test_a_template_sees_no_environment(template: str, told: Told) -> None:
    assert told(prompt(template)) == {"E602"}


@pytest.mark.parametrize("text", ["$HOME", "%HOME%", "$(id)", "`id`", "~", "{env:HOME}"])
def test_what_a_shell_would_expand_stays_text(text: str, tmp_path: Path, checked: Checked) -> None:
    result = checked(one(f"{{kind: speak, from: '{text}', next: end}}"))
    assert (result.exit_code, str(Path.home()) in result.output.replace(str(tmp_path), "")) == (0, False)


@pytest.mark.parametrize("key", ["api_key", "api_key_env", "base_url", "url", "endpoint", "model", "headers", "env"])
@pytest.mark.parametrize("kind", ["llm", "http"])
def test_no_key_and_no_address_stands_in_a_workflow(key: str, kind: str, told: Told) -> None:
    what = {"llm": "prompt: {user: Hi}", "http": "service: weather"}[kind]
    assert told(one(f"{{kind: {kind}, {what}, {key}: x, next: end}}")) == {"E201"}


# Characters

ODD = {
    "escape sequence": "\x1b[2J",
    "title sequence": "\x1b]0;owned\x07",
    "backspaces": "\b\b\b",
    "carriage return": "\r",
    "C1 control": "\x9b31m",
    "delete": "\x7f",
    "right to left": "\u202egnirts",
    "isolate": "\u2066x",
    "invisible": "a\u200bb",
    "line separator": "a\u2028b",
    "tag characters": "\U000e0041",
}


def raw(text: str) -> list[str]:
    """Characters that a terminal would obey instead of showing."""
    return [c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs") and c != "\n"]


@pytest.mark.parametrize("what", ODD)
@pytest.mark.parametrize(
    "node",
    [
        '{kind: "X", next: end}',
        '{kind: speak, from: Hi, next: "X"}',
        '{kind: speak, from: Hi, "X": 1, next: end}',
        '{kind: speak, from: "${state.X}", next: end}',
        '{kind: llm, prompt: {user: "{{ X }}"}, next: end}',
        '{kind: llm, prompt: {user_file: "X"}, next: end}',
        '{kind: flow, use: "X", next: end}',
        '{kind: speak, from: Hi, timeout: "X", next: end}',
        "!X hello",
        "*X",
    ],
)
def test_no_control_character_reaches_the_terminal(what: str, node: str, checked: Checked) -> None:
    result = checked(one(node.replace("X", ODD[what])))
    assert (result.exit_code, raw(result.output)) == (2, [])


@pytest.mark.parametrize("what", ODD)
def test_nor_does_one_that_is_written_as_an_escape(what: str, checked: Checked) -> None:
    escaped = "".join(f"\\U{ord(c):08x}" for c in ODD[what])
    result = checked(one(f'{{kind: "{escaped}", next: "{escaped}", "{escaped}": 1}}'))
    assert (result.exit_code, raw(result.output)) == (2, [])


@pytest.mark.parametrize("what", ["escape sequence", "right to left", "carriage return"])
def test_nor_does_one_in_the_name_of_the_file(what: str, tmp_path: Path) -> None:
    file = tmp_path / f"a{ODD[what]}b.yaml"
    file.write_text("name: x\n", encoding="utf-8")
    result = CliRunner().invoke(validate, ["--format", "text", str(file)])
    assert (result.exit_code, raw(result.output)) == (2, [])


@pytest.mark.parametrize(
    "bytes_",
    [
        b"\x00",
        b"name: a\x00b",
        b"\xff\xfe\x00",
        b"name: \xed\xa0\x80",
        b"\xef\xbb\xbf\x00",
        b"name: \x80",
        b'name: "\\ud800"',
        b'name: "\\udfff\\ud800"',
    ],
)
def test_bytes_that_are_no_text_are_refused(bytes_: bytes, told: Told) -> None:
    assert told(bytes_ + b"\n") <= {"E101", "E107", "E208"}


def test_a_name_that_looks_like_another_is_refused(tmp_path: Path, told: Told) -> None:
    """A Cyrillic a in a node's name."""
    assert "E208" in told(f"{SHELL}start: s\u0430y\nnodes:\n  s\u0430y: {{kind: speak, from: Hi, next: end}}\n")

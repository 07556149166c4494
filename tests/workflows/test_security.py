"""Nothing in a workflow file reaches code, the environment, a file outside its folder, all the memory, or the terminal."""

import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from antiphon.workflows.cli.validate import validate

SHELL = "schema: workflow/v1\nname: probe\n"


def checked(folder: Path, text: str | bytes, files: Mapping[str, str] | None = None) -> Result:
    """`antiphon validate` on a workflow and the files beside it."""
    for name, content in (files or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    file = folder / "workflow.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    result = CliRunner().invoke(validate, ["--format", "text", str(file)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def told(folder: Path, text: str | bytes, files: Mapping[str, str] | None = None) -> set[str]:
    """The codes of the errors, of a file that must be refused."""
    result = checked(folder, text, files)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    return {*re.findall(r"\bE\d{3}\b", result.output)}


def one(node: str, more: str = "") -> str:
    """A workflow of one node."""
    return f"{SHELL}{more}start: it\nnodes:\n  it: {node}\n"


def prompt(template: str) -> str:
    """A workflow whose prompt is this template."""
    quoted = template.replace("'", "''")
    return one(f"{{kind: llm, prompt: {{user: '{quoted}'}}, next: end}}", "input: {text: {type: string}}\n")


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
def test_code_that_nobody_registered_is_refused(node: str, code: str, tmp_path: Path) -> None:
    assert code in told(tmp_path, one(node), {"script.py": "raise SystemExit('it ran')"})


def test_a_tool_the_program_did_not_bring_is_refused(tmp_path: Path) -> None:
    assert "E303" in told(tmp_path, one("{kind: wait, for: 1s, next: end}", "tools: {subprocess: {}}\n"))


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
def test_a_tag_is_refused_and_does_nothing(tag: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    node = "{kind: speak, from: " + tag.replace("{0}", str(trace)) + ", next: end}"
    assert told(tmp_path, one(node)) == {"E105"}
    assert not trace.exists()


# Templates

ESCAPES = (
    "{{ input.text.__class__ }}",
    "{{ input.text.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''.__class__.__base__.__subclasses__() }}",
    "{{ input['text']['__class__'] }}",
    "{{ input.text['__cl' ~ 'ass__'] }}",
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
    "{{ 'a\\nb' | indent(1000000000) }}",
    "{{ ('a' * 9).replace('a', 'a' * 9) }}",
    "{{ [1] | batch(1000000000, 'x') | list }}",
    "{{ [1] | slice(1000000000, 'x') | list }}",
)


@pytest.mark.parametrize("template", ESCAPES)
def test_a_template_that_reaches_out_is_refused(template: str, tmp_path: Path) -> None:
    codes = told(tmp_path, prompt(template))
    assert codes
    assert codes <= {"E601", "E602", "E603", "E604", "E605"}


@pytest.mark.parametrize("template", ESCAPES)
def test_so_is_one_in_a_prompt_file(template: str, tmp_path: Path) -> None:
    node = "{kind: llm, prompt: {user_file: prompt.md}, next: end}"
    codes = told(tmp_path, one(node, "input: {text: {type: string}}\n"), {"prompt.md": template})
    assert codes <= {"E601", "E602", "E603", "E604", "E605"}


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
def test_an_expression_sees_no_environment(written: str, code: str, tmp_path: Path) -> None:
    node = f'{{kind: speak, from: "{written}", next: end}}'
    assert told(tmp_path, one(node, "input: {text: {type: string}}\n")) == {code}


@pytest.mark.parametrize(
    "template", ["{{ env }}", "{{ env.HOME }}", "{{ environ['HOME'] }}", "{{ os.environ }}", "{{ secrets }}"]
)
def test_a_template_sees_no_environment(template: str, tmp_path: Path) -> None:
    assert told(tmp_path, prompt(template)) == {"E602"}


@pytest.mark.parametrize("text", ["$HOME", "%HOME%", "$(id)", "`id`", "~", "{env:HOME}"])
def test_what_a_shell_would_expand_stays_text(text: str, tmp_path: Path) -> None:
    result = checked(tmp_path, one(f"{{kind: speak, from: '{text}', next: end}}"))
    assert (result.exit_code, str(Path.home()) in result.output.replace(str(tmp_path), "")) == (0, False)


@pytest.mark.parametrize("key", ["api_key", "api_key_env", "base_url", "url", "endpoint", "model", "headers", "env"])
@pytest.mark.parametrize("kind", ["llm", "http"])
def test_no_key_and_no_address_stands_in_a_workflow(key: str, kind: str, tmp_path: Path) -> None:
    what = {"llm": "prompt: {user: Hi}", "http": "service: weather"}[kind]
    assert told(tmp_path, one(f"{{kind: {kind}, {what}, {key}: x, next: end}}")) == {"E201"}


# Files outside the folder

PLACES = {
    "system_file": "{{kind: llm, prompt: {{system_file: {0}, user: Hi}}, next: end}}",
    "user_file": "{{kind: llm, prompt: {{user_file: {0}}}, next: end}}",
    "user_file of a language": "{{kind: llm, prompt: {{user_file: {{zh: {0}}}}}, next: end}}",
    "examples_file": "{{kind: llm, prompt: {{user: Hi, examples_file: {0}}}, next: end}}",
    "rewrite": "{{kind: guard, side: answer, from: Hi, max_words: 3, rewrite: {{prompt: {{user_file: {0}}}}}, next: end}}",
    "rules": "{{kind: guard, side: question, from: Hi, rules: {0}, next: end}}",
    "folder": "{{kind: retrieve, from: Hi, folder: {0}, next: end}}",
    "use": "{{kind: flow, use: {0}, next: end}}",
    "a loop in a map": "{{kind: map, over: [1], as: x, do: {{kind: loop, max: 1, do: {{kind: flow, use: {0}}}}}, next: end}}",
}
OUTSIDE = (
    "../secret.yaml",
    "../../../../../../../../etc/passwd",
    "/etc/passwd",
    "inside/../../secret.yaml",
    "link.yaml",
    "linked/secret.yaml",
)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("path", OUTSIDE)
def test_no_path_leads_out_of_the_folder(place: str, path: str, tmp_path: Path) -> None:
    folder = tmp_path / "workflow"
    (folder / "inside").mkdir(parents=True)
    (tmp_path / "secret.yaml").write_text("name: topsecret\n", encoding="utf-8")
    (folder / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (folder / "linked").symlink_to(tmp_path)
    result = checked(folder, one(PLACES[place].format(path)))
    assert (result.exit_code, "E308" in result.output, "topsecret" in result.output) == (2, True, False)


@pytest.mark.parametrize("place", ["system_file", "user_file", "examples_file", "rules", "folder", "use"])
@pytest.mark.parametrize(
    "path", ["~/secret.yaml", "$HOME/secret.yaml", '"${input.text}"', '"a\\0b"', "file:///etc/passwd", "'  '"]
)
def test_a_path_is_taken_as_it_is_written(place: str, path: str, tmp_path: Path) -> None:
    codes = told(tmp_path, one(PLACES[place].format(path)))
    assert codes & {"E305", "E307", "E308"}


# Files that are no files


@pytest.mark.parametrize("place", ["system_file", "examples_file", "rules", "use"])
@pytest.mark.parametrize("what", ["directory", "fifo", "broken link", "circle of links"])
def test_what_is_no_file_is_refused_and_nothing_hangs(place: str, what: str, tmp_path: Path) -> None:
    make_odd(tmp_path / "odd.yaml", what)
    (tmp_path / "workflow.yaml").write_text(one(PLACES[place].format("odd.yaml")), encoding="utf-8")
    done = command(tmp_path / "workflow.yaml")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)


@pytest.mark.parametrize("what", ["directory", "fifo", "broken link", "circle of links"])
def test_nor_is_it_taken_for_a_workflow(what: str, tmp_path: Path) -> None:
    make_odd(tmp_path / "odd.yaml", what)
    done = command(tmp_path / "odd.yaml")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/stdin", "/proc/self/mem"])
def test_a_device_is_no_workflow(device: str) -> None:
    done = command(Path(device))
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)


def make_odd(path: Path, what: str) -> None:
    """Put something there that a careless program would wait for or trip over."""
    match what:
        case "directory":
            path.mkdir()
        case "fifo":
            os.mkfifo(path)
        case "broken link":
            path.symlink_to(path.parent / "nowhere")
        case _:
            path.symlink_to(path)


def command(file: Path) -> subprocess.CompletedProcess[str]:
    """The real command, ended after a while: what hangs or crashes must not take the tests with it."""
    return subprocess.run(
        [sys.executable, "-c", "from antiphon.workflows.cli.main import main; main()", "validate", str(file)],
        capture_output=True,
        text=True,
        timeout=30,
        stdin=subprocess.DEVNULL,
        check=False,
    )


# Size


def test_a_file_of_more_than_a_million_bytes_is_refused(tmp_path: Path) -> None:
    assert told(tmp_path, SHELL + "# again\n" * 200_000) == {"E106"}


def test_a_prompt_of_more_than_200_000_bytes_is_refused(tmp_path: Path) -> None:
    node = "{kind: llm, prompt: {user_file: prompt.md}, next: end}"
    assert told(tmp_path, one(node), {"prompt.md": "word " * 50_000}) == {"E106"}


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_what_nests_a_hundred_thousand_deep_is_refused_without_a_crash(opening: str, tmp_path: Path) -> None:
    (tmp_path / "deep.yaml").write_text(f"name: {opening * 100_000}" if opening[0] in "[{" else opening * 100_000)
    done = command(tmp_path / "deep.yaml")
    assert (done.returncode, "E103" in done.stdout + done.stderr) == (2, True)


def test_indented_lines_may_not_nest_without_end_either(tmp_path: Path) -> None:
    assert told(tmp_path, "".join(f"{' ' * depth}a:\n" for depth in range(500))) == {"E103"}


def test_a_thousand_million_laughs_are_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]
    assert told(tmp_path, "\n".join(lines)) == {"E104"}


def test_few_aliases_cannot_grow_without_bound(tmp_path: Path) -> None:
    """Each line doubles what the line before stands for: 60 aliases, 2 to the 30th words."""
    lines = ["a0: &a0 lol"] + [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 31)]
    assert "E104" in told(tmp_path, SHELL + "\n".join(lines))


@pytest.mark.parametrize(
    "circle", ["a: &a [*a]", "a: &a {b: *a}", "a: &a [[[*a]]]", "&a b: *a", "a: &a {b: &b [*a, *b]}"]
)
def test_an_alias_inside_itself_is_refused(circle: str, tmp_path: Path) -> None:
    assert told(tmp_path, f"{SHELL}input: {{text: {{type: object, default: {{ {circle} }} }} }}\n") <= {"E101", "E104"}


@pytest.mark.parametrize(
    "number",
    [
        "1" + "0" * 400,
        "9" * 5000,
        "0x" + "f" * 5000,
        "0o" + "7" * 5000,
        "-" + "9" * 5000,
        "1e999",
        ".inf",
        "-.inf",
        ".nan",
    ],
)
@pytest.mark.parametrize(
    "place", ["limits: {steps: N}", "limits: {tokens: N}", "input: {text: {type: integer, default: N}}"]
)
def test_a_number_without_measure_is_refused(number: str, place: str, tmp_path: Path) -> None:
    codes = told(tmp_path, one("{kind: wait, for: 1s, next: end}", place.replace("N", number) + "\n"))
    assert codes <= {"E203", "E508"}


@pytest.mark.parametrize("duration", ["9" * 30 + "d", "9" * 5000 + "h", "1" + "0" * 400 + "ms", "１０s", "٣s"])
def test_a_time_without_measure_is_refused(duration: str, tmp_path: Path) -> None:
    assert told(tmp_path, one(f"{{kind: speak, from: Hi, timeout: {duration}, next: end}}")) == {"E203"}


@pytest.mark.parametrize(
    "expression", ["9" * 40, "1" * 5000, "(" * 200 + "1" + ")" * 200, "-" * 4000 + "1", "[" * 1000, "!" * 3000 + "true"]
)
def test_an_expression_without_measure_is_refused(expression: str, tmp_path: Path) -> None:
    assert told(tmp_path, one(f'{{kind: speak, from: "${{{expression}}}", next: end}}')) <= {"E501", "E507"}


def test_a_template_that_nests_without_end_is_refused(tmp_path: Path) -> None:
    assert told(tmp_path, prompt("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}")) <= {"E106", "E601"}


def test_a_thousand_mistakes_are_told_soon_and_a_long_line_is_cut(tmp_path: Path) -> None:
    nodes = "\n".join(f"  n{i}: {{kind: speak, from: Hi, nxt: n{i + 1}}}" for i in range(1000))
    assert "E201" in told(tmp_path, f"{SHELL}start: n0\nnodes:\n{nodes}\n")


def test_of_a_very_long_line_only_a_part_is_shown(tmp_path: Path) -> None:
    result = checked(tmp_path, one("{kind: speak, nxt: end, from: " + "very " * 20_000 + "}"))
    assert max(map(len, result.output.splitlines())) <= 400


def test_a_very_long_name_is_cut(tmp_path: Path) -> None:
    result = checked(tmp_path, one("{kind: speak, from: Hi, next: " + "n" * 50_000 + "}"))
    assert (result.exit_code, len(result.output) <= 4000) == (2, True)


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
def test_no_control_character_reaches_the_terminal(what: str, node: str, tmp_path: Path) -> None:
    result = checked(tmp_path, one(node.replace("X", ODD[what])))
    assert (result.exit_code, raw(result.output)) == (2, [])


@pytest.mark.parametrize("what", ODD)
def test_nor_does_one_that_is_written_as_an_escape(what: str, tmp_path: Path) -> None:
    escaped = "".join(f"\\U{ord(c):08x}" for c in ODD[what])
    result = checked(tmp_path, one(f'{{kind: "{escaped}", next: "{escaped}", "{escaped}": 1}}'))
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
def test_bytes_that_are_no_text_are_refused(bytes_: bytes, tmp_path: Path) -> None:
    assert told(tmp_path, bytes_ + b"\n") <= {"E101", "E107", "E208"}


def test_a_name_that_looks_like_another_is_refused(tmp_path: Path) -> None:
    """A Cyrillic a in a node's name."""
    assert "E208" in told(
        tmp_path, f"{SHELL}start: s\u0430y\nnodes:\n  s\u0430y: {{kind: speak, from: Hi, next: end}}\n"
    )

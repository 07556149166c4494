"""Nothing in a workflow file names a file outside its folder, hangs, crashes, or takes all the memory there is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .probes import SHELL, Checked, Told, one, prompt

# Files outside the folder

PLACES = {
    "system_file": "{{kind: llm, prompt: {{system_file: {0}, user: Hi}}, next: end}}",
    "user_file": "{{kind: llm, prompt: {{user_file: {0}}}, next: end}}",
    "user_file of a language": "{{kind: llm, prompt: {{user_file: {{zh: {0}}}}}, next: end}}",
    "examples_file": "{{kind: llm, prompt: {{user: Hi, examples_file: {0}}}, next: end}}",
    "rewrite": "{{kind: guard, side: answer, from: Hi, max_words: 3, next: end, "
    "rewrite: {{prompt: {{user_file: {0}}}}}}}",
    "rules": "{{kind: guard, side: question, from: Hi, rules: {0}, next: end}}",
    "folder": "{{kind: retrieve, from: Hi, folder: {0}, next: end}}",
    "use": "{{kind: flow, use: {0}, next: end}}",
    "a loop in a map": "{{kind: map, over: [1], as: x, next: end, "
    "do: {{kind: loop, max: 1, do: {{kind: flow, use: {0}}}}}}}",
}
OUTSIDE = (
    "../secret.yaml",
    "../../../../../../../../etc/secret.yaml",
    "/etc/secret.yaml",
    "inside/../../secret.yaml",
    "link.yaml",
    "linked/secret.yaml",
)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("path", OUTSIDE)
def test_no_path_leads_out_of_the_folder(place: str, path: str, tmp_path: Path, checked: Checked) -> None:
    folder = tmp_path / "workflow"
    (folder / "inside").mkdir(parents=True)
    (tmp_path / "secret.yaml").write_text("name: topsecret\n", encoding="utf-8")
    (folder / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (folder / "linked").symlink_to(tmp_path)
    result = checked(one(PLACES[place].format(path)), folder=folder)
    assert (result.exit_code, "E308" in result.output, "topsecret" in result.output) == (2, True, False)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("path", ["/etc/passwd", "../../../../../../../../etc/passwd", "/dev/zero"])
def test_nor_to_what_is_no_yaml(place: str, path: str, told: Told) -> None:
    assert told(one(PLACES[place].format(path))) & {"E305", "E307", "E308"}


@pytest.mark.parametrize("place", ["system_file", "user_file", "examples_file", "rules", "folder", "use"])
@pytest.mark.parametrize(
    "path", ["~/secret.yaml", "$HOME/secret.yaml", '"${input.text}"', '"a\\0b"', "file:///etc/passwd", "'  '"]
)
def test_a_path_is_taken_as_it_is_written(place: str, path: str, told: Told) -> None:
    codes = told(one(PLACES[place].format(path)))
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


def test_a_file_of_more_than_a_million_bytes_is_refused(told: Told) -> None:
    assert told(SHELL + "# again\n" * 200_000) == {"E106"}


def test_a_prompt_of_more_than_200_000_bytes_is_refused(told: Told) -> None:
    node = "{kind: llm, prompt: {user_file: prompt.md}, next: end}"
    assert told(one(node), {"prompt.md": "word " * 50_000}) == {"E106"}


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_what_nests_a_hundred_thousand_deep_is_refused_without_a_crash(opening: str, tmp_path: Path) -> None:
    (tmp_path / "deep.yaml").write_text(f"name: {opening * 100_000}" if opening[0] in "[{" else opening * 100_000)
    done = command(tmp_path / "deep.yaml")
    assert (done.returncode, "E103" in done.stdout + done.stderr) == (2, True)


def test_indented_lines_may_not_nest_without_end_either(told: Told) -> None:
    assert told("".join(f"{' ' * depth}a:\n" for depth in range(500))) == {"E103"}


def test_a_thousand_million_laughs_are_refused(told: Told) -> None:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]
    assert told("\n".join(lines)) == {"E104"}


def test_few_aliases_cannot_grow_without_bound(told: Told) -> None:
    """Each line doubles what the line before stands for: 60 aliases, 2 to the 30th words."""
    lines = ["a0: &a0 lol"] + [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 31)]
    assert "E104" in told(SHELL + "\n".join(lines))


@pytest.mark.parametrize("circle", ["a: &a [*a]", "a: &a {b: *a}", "a: &a [[[*a]]]", "a: &a {b: &b [*a, *b]}"])
def test_an_alias_inside_itself_is_refused(circle: str, told: Told) -> None:
    text = f"input: {{text: {{type: object, default: {{ {circle} }} }} }}\n"
    assert told(one("{kind: speak, from: Hi, next: end}", text)) & {"E101", "E104"}


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
def test_a_number_without_measure_is_refused(number: str, place: str, told: Told) -> None:
    codes = told(one("{kind: wait, for: 1s, next: end}", place.replace("N", number) + "\n"))
    assert codes <= {"E203", "E508"}


@pytest.mark.parametrize("duration", ["9" * 30 + "d", "9" * 5000 + "h", "1" + "0" * 400 + "ms", "１０s", "٣s"])
def test_a_time_without_measure_is_refused(duration: str, told: Told) -> None:
    assert told(one(f"{{kind: speak, from: Hi, timeout: {duration}, next: end}}")) == {"E203"}


@pytest.mark.parametrize(
    "expression", ["9" * 40, "1" * 5000, "(" * 200 + "1" + ")" * 200, "-" * 4000 + "1", "[" * 1000, "!" * 3000 + "true"]
)
def test_an_expression_without_measure_is_refused(expression: str, told: Told) -> None:
    assert told(one(f'{{kind: speak, from: "${{{expression}}}", next: end}}')) <= {"E501", "E507", "E508"}


def test_a_template_that_nests_without_end_is_refused(told: Told) -> None:
    assert told(prompt("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}")) <= {"E106", "E601"}


def test_a_thousand_mistakes_are_told_soon_and_a_long_line_is_cut(told: Told) -> None:
    nodes = "\n".join(f"  n{i}: {{kind: speak, from: Hi, nxt: n{i + 1}}}" for i in range(1000))
    assert "E201" in told(f"{SHELL}start: n0\nnodes:\n{nodes}\n")


def test_of_a_very_long_line_only_a_part_is_shown(checked: Checked) -> None:
    result = checked(one("{kind: speak, nxt: end, from: " + "very " * 20_000 + "}"))
    assert max(map(len, result.output.splitlines())) <= 400


def test_a_very_long_name_is_cut(checked: Checked) -> None:
    result = checked(one("{kind: speak, from: Hi, next: " + "n" * 50_000 + "}"))
    assert (result.exit_code, len(result.output) <= 4000) == (2, True)

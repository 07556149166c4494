"""`antiphon validate` checks every file it is given, tells all that is wrong, and says by its exit status whether."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from antiphon.workflows.cli.validate import validate
from antiphon.workflows.diagnostics.checking import check_all, workflow_files, world

GOOD = "schema: workflow/v1\nname: w\nstart: a\nnodes: {a: {kind: speak, from: Hello, next: end}}\n"
WRONG = GOOD.replace("start: a", "start: b")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to call from."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    """Call the command as the console script does, but for the process."""
    return CliRunner().invoke(validate, arguments, input=stdin)


def test_a_good_file_is_good(here: Path) -> None:
    (here / "w.yaml").write_text(GOOD, encoding="utf-8")
    assert (run("w.yaml").output, run("w.yaml").exit_code) == ("w.yaml: good\n", 0)


def test_a_wrong_file_ends_with_status_2(here: Path) -> None:
    (here / "w.yaml").write_text(WRONG, encoding="utf-8")
    assert (run("w.yaml").exit_code, "w.yaml:3:8  E301" in run("w.yaml").output) == (2, True)


def test_a_file_that_is_missing_does_not_hide_the_others(here: Path) -> None:
    (here / "w.yaml").write_text(WRONG, encoding="utf-8")
    codes = [[one.code for one in file.problems] for file in check_all(["none.yaml", "w.yaml"], world())]
    assert codes == [["E307"], ["E301"]]


def test_a_warning_counts_only_where_that_is_wanted(here: Path) -> None:
    (here / "w.yaml").write_text(GOOD + "state: {unused: {type: string}}\n", encoding="utf-8")
    assert (run("w.yaml").exit_code, run("--strict", "w.yaml").exit_code) == (0, 2)


def test_a_folder_is_searched_for_workflows(here: Path) -> None:
    for name in ("b/workflow.yaml", "a/c/workflow.yaml", "a/other.yaml", ".hidden/workflow.yaml"):
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_text(GOOD, encoding="utf-8")
    assert run(".").output == "a/c/workflow.yaml: good\nb/workflow.yaml: good\n"


def test_a_link_does_not_lead_out_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "workflow.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "inside" / "sub").mkdir(parents=True)
    (tmp_path / "inside" / "link").symlink_to(tmp_path / "outside")
    (tmp_path / "inside" / "sub" / "workflow.yaml").symlink_to(tmp_path / "outside" / "workflow.yaml")
    assert list(workflow_files(tmp_path / "inside")) == []


def test_a_folder_without_workflows_is_told(here: Path) -> None:
    assert "E307  there is no workflow.yaml in this folder" in run(".").output


def test_a_ready_made_workflow_is_checked_by_its_name() -> None:
    assert run("child-tutor").output == "child-tutor: good\n"


def test_what_comes_in_is_checked(here: Path) -> None:
    assert "<stdin>:3:8  E301" in run("-", stdin=WRONG).output


def test_an_app_file_is_checked_as_one(here: Path) -> None:
    (here / "mine.yaml").write_text("schema: app/v1\nmodels: {chat: {engine: embeded, model: x}}\n", encoding="utf-8")
    assert "mine.yaml:2:25  E204  unknown engine 'embeded'" in run("mine.yaml").output


def test_an_app_file_that_counts_is_told_when_it_is_wrong(here: Path) -> None:
    (here / "app.yaml").write_text("schema: app/v1\nmodles: {}\n", encoding="utf-8")
    (here / "w.yaml").write_text(GOOD, encoding="utf-8")
    assert "app.yaml:2:1  E201  unknown key 'modles'" in run("w.yaml").output


def test_an_app_file_says_which_services_there_are(here: Path) -> None:
    (here / "w.yaml").write_text(GOOD.replace("speak, from: Hello", "http, service: wether"), encoding="utf-8")
    (here / "app.yaml").write_text(
        "schema: app/v1\nmodels: {chat: {engine: embedded, model: x}}\n"
        'services: {weather: {base_url: "https://weather.example"}}\n',
        encoding="utf-8",
    )
    assert "E306" in run("w.yaml").output


def test_rules_of_ones_own_must_read_right(here: Path) -> None:
    guarded = "guard, side: question, from: x, rules: mine.yaml"
    (here / "w.yaml").write_text(GOOD.replace("speak, from: Hello", guarded), encoding="utf-8")
    (here / "mine.yaml").write_text("schema: guards/v1\nnmae: x\n", encoding="utf-8")
    assert "mine.yaml:2:1  E201  unknown key 'nmae'" in run("w.yaml").output


def test_functions_of_a_python_file_may_be_called(here: Path) -> None:
    (here / "w.yaml").write_text(
        GOOD.replace("speak, from: Hello", "python, function: double, with: {n: 2}"), encoding="utf-8"
    )
    (here / "mine.py").write_text("def double(n: int) -> int:\n    return 2 * n\n", encoding="utf-8")
    assert ("E304" in run("w.yaml").output, run("--python", "mine.py", "w.yaml").output) == (True, "w.yaml: good\n")


def test_a_python_file_that_fails_is_one_message(here: Path) -> None:
    (here / "mine.py").write_text("1 / 0\n", encoding="utf-8")
    result = run("--python", "mine.py", "w.yaml")
    assert str(result.exception) == "mine.py:1: the file failed: ZeroDivisionError: division by zero."


@pytest.mark.parametrize("format_", ["text", "json", "sarif", "github"])
def test_the_status_is_the_same_in_every_format(here: Path, format_: str) -> None:
    (here / "w.yaml").write_text(WRONG, encoding="utf-8")
    assert run("--format", format_, "w.yaml").exit_code == 2


def test_json_is_json_even_of_good_files(here: Path) -> None:
    (here / "w.yaml").write_text(GOOD, encoding="utf-8")
    assert json.loads(run("--format", "json", "w.yaml").output)["files"][0]["good"] is True


def test_windows_line_ends_and_a_byte_order_mark_shift_nothing(here: Path) -> None:
    (here / "w.yaml").write_bytes(b"\xef\xbb\xbf" + WRONG.replace("\n", "\r\n").encode())
    assert "w.yaml:3:8  E301" in run("w.yaml").output

"""Programs are told what people are told: as JSON, as SARIF, and as commands in GitHub's logs."""

import json
from pathlib import Path

import pytest

from antiphon.tools.base.errors import Problem
from antiphon.workflows.diagnostics.checking import Checked
from antiphon.workflows.diagnostics.machine import as_github, as_json
from antiphon.workflows.diagnostics.places import Lines
from antiphon.workflows.diagnostics.sarif import as_sarif

PROBLEM = Problem("my flow.yaml:2:7", "nothing is called '月'", "Write 50% less: a, b", code="E502", width=2)
FILES = [Checked("my flow.yaml", (PROBLEM,)), Checked("good.yaml")]
LINES = Lines({"my flow.yaml": "a: 1\nwhen: 月亮"})


def test_json_holds_every_part() -> None:
    assert json.loads(as_json(FILES, LINES)) == {
        "version": 1,
        "errors": 1,
        "warnings": 0,
        "files": [
            {
                "file": "my flow.yaml",
                "good": False,
                "problems": [
                    {
                        "file": "my flow.yaml",
                        "line": 2,
                        "column": 7,
                        "end_column": 9,
                        "code": "E502",
                        "level": "error",
                        "problem": "nothing is called '月'",
                        "hint": "Write 50% less: a, b",
                    }
                ],
            },
            {"file": "good.yaml", "good": True, "problems": []},
        ],
    }


def test_a_github_command_is_escaped() -> None:
    where, what = (
        "file=my flow.yaml,line=2,col=7,endColumn=9,title=E502",
        "nothing is called '月'. Write 50%25 less: a, b.",
    )
    assert as_github(FILES, LINES) == f"::error {where}::{what}\n"


def test_a_github_command_stays_on_its_line() -> None:
    problem = Problem("a,b:c.yaml", "one\ntwo", level="warning")
    assert as_github([Checked("x", (problem,))], Lines()) == "::warning file=a%2Cb%3Ac.yaml::one%0Atwo\n"


def test_sarif_has_a_result_for_each_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = json.loads(as_sarif(FILES, LINES))["runs"][0]
    assert run["results"] == [
        {
            "ruleId": "E502",
            "ruleIndex": 0,
            "level": "error",
            "message": {"text": "nothing is called '月'. Write 50% less: a, b."},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "my%20flow.yaml", "uriBaseId": "%SRCROOT%"},
                        "region": {"startLine": 2, "startColumn": 7, "endColumn": 9},
                    }
                }
            ],
        }
    ]


def test_sarif_explains_its_rules() -> None:
    driver = json.loads(as_sarif(FILES, LINES))["runs"][0]["tool"]["driver"]
    assert [(rule["id"], bool(rule["help"]["text"])) for rule in driver["rules"]] == [("E502", True)]


def test_sarif_counts_columns_as_we_do() -> None:
    whole = json.loads(as_sarif([], LINES))
    assert (whole["version"], whole["runs"][0]["columnKind"]) == ("2.1.0", "unicodeCodePoints")


def test_sarif_names_a_file_elsewhere_by_its_whole_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    files = [Checked("x", (Problem(f"{tmp_path}/w.yaml:1:1", "no", code="E101"),))]
    place = json.loads(as_sarif(files, Lines()))["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": (tmp_path / "w.yaml").as_uri()}

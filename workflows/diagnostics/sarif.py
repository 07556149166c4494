"""Problems as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), which code hosts and editors read."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ...tools.base.errors import Problem
from .catalogue import Explanation, codes, explanation
from .checking import Checked
from .places import Lines, in_words, place


def as_sarif(files: Sequence[Checked], lines: Lines) -> str:
    """One run; addresses of files are relative to the folder the command runs in."""
    every = [problem for file in files for problem in file.problems]
    told, known = sorted({problem.code for problem in every if problem.code}), codes()
    rules = [_rule(code, explanation(code) if code in known else None) for code in told]
    run = {
        "tool": {"driver": {"name": "antiphon", "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, told, lines) for problem in every],
    }
    whole = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _rule(code: str, about: Explanation | None) -> dict[str, Any]:
    level = {"defaultConfiguration": {"level": "warning" if code.startswith("W") else "error"}}
    if about is None:
        return {"id": code, "shortDescription": {"text": code}, "help": {"text": f"antiphon explain {code}"}, **level}
    examples = f"Wrong:\n\n```yaml\n{about.wrong}```\n\nRight:\n\n```yaml\n{about.right}```\n"
    return {
        "id": code,
        "shortDescription": {"text": about.title_in("en")},
        "fullDescription": {"text": about.text_in("en")},
        "help": {"text": about.text_in("en"), "markdown": f"{about.text_in('en')}\n\n{examples}"},
        **level,
    }


def _result(problem: Problem, told: Sequence[str], lines: Lines) -> dict[str, Any]:
    where = place(problem)
    physical: dict[str, Any] = {"artifactLocation": _address(where.file)}
    if where.line:
        physical["region"] = {"startLine": where.line}
        if where.column:
            physical["region"] |= {"startColumn": where.column, "endColumn": where.column + lines.width(problem)}
    rule = {"ruleId": problem.code, "ruleIndex": told.index(problem.code)} if problem.code else {}
    return rule | {
        "level": problem.level,
        "message": {"text": in_words(problem)},
        "locations": [{"physicalLocation": physical}],
    }


def _address(file: str) -> dict[str, str]:
    """Relative to the folder the command runs in, where the file is inside it."""
    path = Path(file).absolute()
    if path.is_relative_to(Path.cwd()):
        return {"uri": quote(path.relative_to(Path.cwd()).as_posix()), "uriBaseId": "%SRCROOT%"}
    return {"uri": path.as_uri()}

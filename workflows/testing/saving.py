"""A recorded test in its file: a new one, or one more at the end of a file there is."""

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...tools.base.checked import checked
from ...tools.base.errors import InputError
from ...tools.base.writing import whole_file
from ...tools.base.yaml_reading import parse_yaml, read_yaml
from .types import Suite

if TYPE_CHECKING:
    from ..workflow import Workflow

WIDTH = 110
_NUMBER_LIKE = re.compile(r"[-+.]?[0-9].*")
"""What one version of YAML takes for a text, and another for a number."""


def ready(path: Path, workflow: "Workflow") -> str:
    """Look whether a test of a workflow can be written there, before there is one: how it is named there.

    Raises:
        InputError: there is a file of something else, or of another workflow.
        FileError: there is a file of tests, and it is wrong.
    """
    name = _named(path, workflow)
    if path.exists():
        document = read_yaml(path)
        suite = checked(document, Suite)
        if list(document.value)[-1] != "tests":
            raise InputError("a test can be added where `tests` comes last", at=str(path), hint="Put it at the end")
        return "" if suite.workflow == name else name
    return name


def save(path: Path, case: dict[str, Any], workflow: "Workflow") -> str:
    """Write a test into a file, or add it to what is there; the name it got.

    Raises:
        StorageError: it cannot be written.
    """
    own = ready(path, workflow)
    if path.exists():
        document = read_yaml(path)
        case = {**case, "name": _fresh(case["name"], {one.name for one in checked(document, Suite).tests})}
        case = {"name": case["name"], **({"workflow": own} if own else {}), **case}
        indent = " " * (document.positions["tests", 0][1] - 3)
        text = document.text.rstrip("\n") + "\n" + _indented(_yaml([case]), indent)
    else:
        head = f"schema: test/v1\n{_yaml({'workflow': own})}tests:\n"
        text = head + _indented(_yaml([case]), "  ")
    checked(parse_yaml(text, path), Suite)  # never write what cannot be read again
    with whole_file(path) as draft:
        draft.write_text(text, encoding="utf-8")
    return str(case["name"])


def _named(path: Path, workflow: "Workflow") -> str:
    """A workflow as the file at `path` names it: a ready-made one by its name, another by its way from there."""
    from ..spec.reading import library

    file = workflow.source.file
    if file is None:
        if not workflow.named:
            raise InputError("this workflow was made in this process, so no file can name it", at=str(path))
        return workflow.named
    ready_made = next((name for name, one in library().items() if one.resolve() == file.resolve()), "")
    return ready_made or Path(os.path.relpath(file.resolve(), path.absolute().parent.resolve())).as_posix()


def _fresh(name: str, taken: set[str]) -> str:
    number = next(i for i in range(1, len(taken) + 2) if (name if i == 1 else f"{name} ({i})") not in taken)
    return name if number == 1 else f"{name} ({number})"


def _indented(text: str, indent: str) -> str:
    return "".join(f"{indent}{line}" if line.strip() else line for line in text.splitlines(keepends=True))


def _yaml(value: Any) -> str:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Short things on one line, texts of several lines as people write them, and every value in full."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    def text(dumper: yaml.SafeDumper, data: str) -> yaml.Node:
        style = "|" if "\n" in data else '"' if _NUMBER_LIKE.match(data) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)

    def items(dumper: yaml.SafeDumper, data: list[Any]) -> yaml.Node:
        return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=_is_short(data))

    def fields(dumper: yaml.SafeDumper, data: dict[str, Any]) -> yaml.Node:
        flow = _is_short(data) and not {"name", "workflow"} & data.keys()
        return dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=flow)

    Dumper.add_representer(str, text)
    Dumper.add_representer(list, items)
    Dumper.add_representer(dict, fields)
    dumped: str = yaml.dump(value, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=WIDTH)
    return dumped


def _is_short(data: Any) -> bool:
    written = json.dumps(data, ensure_ascii=False)
    return len(written) < 80 and "\\n" not in written and '"name"' not in written

"""`antiphon export`: a workflow from YAML to Python and back, with its comments."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .output import hand_over, out_option

if TYPE_CHECKING:
    from ..export.to_python import Own


@click.command()
@click.argument("workflow")
@click.option("--to", type=click.Choice(["python", "yaml"]), help="By default what the file is not.")
@out_option
@click.option(
    "--python",
    "own",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The Python file, beside the workflow, with the tools and functions the workflow names.",
)
def export(workflow: str, to: str | None, out: Path | None, own: Path | None) -> None:
    """Write a workflow.yaml as Python, or a workflow made in Python as YAML: nothing is lost, comments included.

    WORKFLOW is a workflow.yaml, a ready-made workflow, or a Python file; flow.py:name where the file makes several. A
    Python file is run. Keep what is written beside the prompts that the workflow names.
    """
    from ...tools.base.errors import InputError
    from ..export.from_python import parts_of
    from ..spec.reading import find

    source, _ = parts_of(workflow)
    is_python = source.suffix == ".py"
    source = source if is_python else find(workflow)
    if out is not None and out.exists() and source.exists() and out.samefile(source):
        raise InputError("this is the file that is read", at=str(out), hint="Give --out another name")
    wanted = to or ("yaml" if is_python else "python")
    text = _python(workflow, source, is_python, own) if wanted == "python" else _yaml(workflow, source, is_python)
    hand_over(text, out)


def _yaml(workflow: str, source: Path, is_python: bool) -> str:
    from ..export.from_python import to_yaml, workflow_in

    if is_python:
        return to_yaml(workflow_in(workflow))
    from ...tools.base.checked import checked
    from ...tools.base.yaml_reading import read_yaml
    from ..spec.comments import comments_of
    from ..spec.rendering import render
    from ..spec.types import WorkflowSpec

    document = read_yaml(source)
    return render(checked(document, WorkflowSpec), comments_of(document), document.positions)


def _python(workflow: str, source: Path, is_python: bool, own: Path | None) -> str:
    from ...tools.base.checked import checked
    from ...tools.base.yaml_reading import parse_yaml, read_yaml
    from ..export.to_python import to_python
    from ..spec.comments import comments_of
    from ..spec.types import WorkflowSpec

    text = _yaml(workflow, source, is_python) if is_python else ""
    document = parse_yaml(text, source) if is_python else read_yaml(source)
    checked(document, WorkflowSpec)
    return to_python(document.value, comments_of(document), _own(document.value, own))


def _own(data: dict[str, object], file: Path | None) -> "Own":
    from ...tools.base.toolset import is_set
    from ..export.from_python import tools_in
    from ..export.to_python import Own, functions_in
    from ..spec.known import TOOLS

    found = Own(file.stem, tools_in(file)) if file else Own()
    tools = data.get("tools")
    own_tools = [name for name, one in tools.items() if not is_set(one)] if isinstance(tools, dict) else []
    named = [*own_tools, *functions_in(data)]
    missing = [name for name in named if name not in found.variables and name not in TOOLS]
    if missing:
        names = ", ".join(missing)
        click.echo(f"antiphon: to be given in the Python file: {names}. --python FILE imports them.", err=True)
    return found

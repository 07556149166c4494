"""Small workflows that try what no workflow may do, and what a check of them is."""

from collections.abc import Callable

from click.testing import Result

Told = Callable[..., set[str]]
Checked = Callable[..., Result]
SHELL = "schema: workflow/v1\nname: probe\n"


def one(node: str, more: str = "") -> str:
    """A workflow of one node."""
    return f"{SHELL}{more}start: it\nnodes:\n  it: {node}\n"


def prompt(template: str) -> str:
    """A workflow whose prompt is this template."""
    quoted = template.replace("'", "''")
    return one(f"{{kind: llm, prompt: {{user: '{quoted}'}}, next: end}}", "input: {text: {type: string}}\n")

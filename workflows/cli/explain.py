"""`antiphon explain`: what a code means, or a kind of node."""

from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from ..diagnostics.catalogue import Language


@click.command()
@click.argument("topic", required=False, default="")
@click.option("--language", type=click.Choice(("en", "zh")), help="By default this machine's.")
@click.option("--all", "everything", is_flag=True, help="Every code, as one Markdown page.")
def explain(topic: str, language: Literal["en", "zh"] | None, everything: bool) -> None:
    """Explain a code that `validate` told, or a kind of node: antiphon explain E502, antiphon explain llm.

    Without a topic it lists all there are.
    """
    import re

    chosen = language or _own_language()
    if everything:
        from ..diagnostics.page import page

        click.echo(page(chosen), nl=False)
    elif not topic:
        from ..diagnostics.explaining import listed

        click.echo(listed(chosen))
    elif re.fullmatch(r"[A-Za-z]?[0-9]+", topic):
        from ..diagnostics.explaining import explained

        click.echo(explained(topic, chosen))
    else:
        from ..diagnostics.kinds import explain as explain_kind

        click.echo(explain_kind(topic.lower(), chosen).rstrip())


def _own_language() -> "Language":
    """As POSIX finds the language of messages."""
    import os

    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh" if next(filter(None, names), "").lower().startswith("zh") else "en"

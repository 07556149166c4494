"""A question to whoever is at the terminal."""

import sys

import click

from ...tools.base.errors import InputError


def agreed(question: str) -> bool:
    """Whether they say yes.

    Raises:
        InputError: nobody is there to ask.
    """
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        click.echo(err=True)
        raise InputError("nobody is here to say yes", hint="Give --yes") from None

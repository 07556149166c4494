"""`antiphon`: find the command, run it, and turn the errors we raise on purpose into one message and exit status 2."""

import errno
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from ...tools.base.errors import AntiphonError
from .ending import end_well

COMMANDS = {
    "demo": ("demo:demo", "One question in English and one in Chinese, heard, answered and spoken."),
    "run": ("workflow:run", "Run a workflow once: a question by voice or text, an answer by voice and text."),
    "chat": ("workflow:chat", "Talk with a workflow, turn by turn."),
    "runs": ("runs:runs", "Runs that are kept: list, show, resume, fork, settle, delete."),
    "knowledge": ("knowledge:knowledge", "Documents of your own to look things up in: add, list, search, remove."),
    "memory": ("memory:memory", "What workflows keep of what you said: list it, forget it."),
    "timeline": ("timeline:timeline", "What was said and done: list it, forget it, export and import it."),
    "tutor": ("tutor:tutor", "For parents: what a child asked and was told; delete it."),
    "graph": ("graph:graph", "Draw a workflow as Mermaid or SVG."),
    "validate": ("validate:validate", "Check workflow files; every problem with its line."),
    "test": ("test:test", "Play conversations from files, and check what comes of them."),
    "explain": ("explain:explain", "What a code of validate means, or a kind of node."),
    "export": ("export:export", "A workflow from YAML to Python and back, with its comments."),
    "schema": ("schema:schema", "JSON Schema of workflow, app and test files, for editors."),
    "new": ("new:new", "Begin a project: a workflow, an app.yaml, a test and a README."),
    "hear": ("hear:hear", "Write down what is said in recordings."),
    "say": ("say:say", "Speak a text."),
    "models": ("models:models", "Model files: list, pull, verify, path."),
    "compare": ("compare:compare", "Strategies side by side on a set of questions: accuracy, tokens, calls, seconds."),
    "worker": ("worker:worker", "Work at the runs in the queue of a Postgres database, on any number of machines."),
    "serve-model": ("server:server", "The embedded model server: status, stop."),
    "doctor": ("doctor:doctor", "What this machine and its model servers can do."),
}
"""Name to module and object, and the line `--help` shows: help imports none of them."""


class LazyGroup(click.Group):
    """A group whose commands are imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(f"{__package__}.{module}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS:
            from ...tools.base.suggest import guess

            ctx.fail(f"there is no command {args[0]!r}. {guess(args[0], COMMANDS)}Known: {', '.join(COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="antiphon")
def antiphon() -> None:
    """Agents that listen, think, act, remember and speak, on your own machine."""


def main() -> None:
    """The console script."""
    end_well()
    try:
        _leave(antiphon(standalone_mode=False))
    except BrokenPipeError:  # whoever read has gone; nobody is left to tell
        _abandon_output()
        sys.exit(141)
    except AntiphonError as error:
        _fail(str(error))
    except click.ClickException as error:
        _fail(_in_one_line(error))
    except (click.Abort, KeyboardInterrupt):
        click.echo("antiphon: stopped", err=True)
        sys.exit(130)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO):
            raise
        _abandon_output()
        _fail(f"cannot write: {(error.strerror or '').lower()}. Free some space, or write somewhere else.")


def _leave(status: Any) -> None:
    """End with what `ctx.exit` said. A check ends at once: nothing is open, and it runs on every save of a file."""
    sys.stdout.flush()
    sys.stderr.flush()
    program = Path(getattr(sys.modules["__main__"], "__file__", None) or "").stem
    if sys.argv[1:2] == ["validate"] and program == "antiphon":  # no program or test that calls this
        os._exit(status or 0)  # to take the interpreter apart would take a tenth of the time
    if isinstance(status, int) and status:
        sys.exit(status)


def _fail(message: str) -> None:
    from ...tools.base.printable import printable

    click.echo(f"antiphon: {printable(message)}", err=True)
    sys.exit(2)


def _in_one_line(error: click.ClickException) -> str:
    message = error.format_message()
    context = getattr(error, "ctx", None)
    more = f" Try: {context.command_path} --help" if context else ""
    return message[0].lower() + message[1:].rstrip(".") + "." + more


def _abandon_output() -> None:
    """Python flushes standard output once more at its end, and would fail once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

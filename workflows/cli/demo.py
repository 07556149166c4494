"""`antiphon demo`: a question in English and one in Chinese, heard, answered and spoken on this machine."""

import asyncio
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .asking import agreed

if TYPE_CHECKING:
    from ...agents.roles.types import App
    from .screen import Screen
    from .turns import Session

QUESTIONS = ("en", "zh")
"""Recordings in the tutor's folder: how many hearts an octopus has, and why the Moon changes its shape."""


@click.command()
@click.option("--yes", is_flag=True, help="Fetch the model files without asking.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("demo"), show_default=True)
@click.option("--app", type=click.Path(path_type=Path), help="The app.yaml to use.")
def demo(yes: bool, out: Path, app: Path | None) -> None:
    """Ask the child tutor one question in English and one in Chinese, by voice.

    The questions are recordings, so that no microphone is needed. All sound is written to --out, and the answers are
    played where there is a loudspeaker.
    """
    from ...agents.roles.reading import read_app
    from ...tools.base.writing import storage_errors
    from .turns import open_session

    machine = read_app(app)
    _fetch(machine, yes)
    with storage_errors(out / "answer.wav"):
        out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        session = open_session(stack, "child-tutor", app, None, False)
        assert session.screen is not None
        session.play = _can_play()
        for language in QUESTIONS:
            question = out / f"question-{language}.ogg"
            shutil.copyfile(session.workflow.source.folder / "questions" / f"{language}.ogg", question)
            session.out = out / f"answer-{language}.wav"
            _turn(session, question, session.screen)


def _turn(session: "Session", question: Path, screen: "Screen") -> None:
    from .turns import take_turn

    screen.title(f"antiphon run child-tutor --audio {question} --age 8 --out {session.out}")
    asyncio.run(take_turn(session, {"audio": str(question), "age": "8"}))


def _fetch(machine: "App", yes: bool) -> None:
    """Say what is missing and how large it is, and fetch it."""
    from ...agents.models.catalogue.store import entry, find

    missing = [name for name in _models(machine) if find(name) is None]
    if not missing:
        return
    size = sum(entry(name).bytes for name in missing) / 1e6
    click.echo(f"The demo needs {', '.join(missing)}: {size:,.0f} MB, fetched once.", err=True)
    if not yes and not agreed("Fetch now?"):
        raise click.Abort
    from .models import fetch

    fetch(missing)


def _models(machine: "App") -> Sequence[str]:
    roles = machine.models
    return [role.model for role in (roles.chat, roles.hear) if role.engine in ("embedded", "faster-whisper")]


def _can_play() -> bool:
    from ...agents.speech.playing import Player
    from ...tools.base.errors import EngineError

    async def opened() -> None:
        async with Player():
            pass

    try:
        asyncio.run(opened())
    except EngineError:
        return False
    return True

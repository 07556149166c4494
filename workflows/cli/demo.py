"""`antiphon demo`: a question in English and one in Chinese, heard, answered and spoken on this machine."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, aclosing
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ...agents.roles.types import App
    from .screen import Screen
    from .turns import Session

QUESTIONS = {"en": "How many hearts does an octopus have?", "zh": "章鱼有几颗心脏？"}


@click.command()
@click.option("--yes", is_flag=True, help="Fetch the model files without asking.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("demo"), show_default=True)
@click.option("--app", type=click.Path(path_type=Path), help="The app.yaml to use.")
def demo(yes: bool, out: Path, app: Path | None) -> None:
    """Ask the child tutor one question in English and one in Chinese, by voice.

    The questions are spoken by the voice too, so that no microphone is needed. All sound is written to --out, and
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
        for language, text in QUESTIONS.items():
            question = out / f"question-{language}.wav"
            asyncio.run(_ask(machine, text, language, question))
            session.out = out / f"answer-{language}.wav"
            _turn(session, question, session.screen)


def _turn(session: "Session", question: Path, screen: "Screen") -> None:
    from .turns import take_turn

    screen.title(f"antiphon run child-tutor --audio {question} --age 8 --out {session.out}")
    asyncio.run(take_turn(session, {"audio": str(question), "age": "8"}))


async def _ask(machine: "App", text: str, language: str, path: Path) -> None:
    """Speak a question into a file."""
    from ...agents.roles.opening import open_voice
    from ...agents.speech.speaking import speak
    from ...agents.speech.wav import SoundWriter

    async def written() -> AsyncIterator[str]:
        yield text

    voice = open_voice(machine)
    try:
        with SoundWriter(path) as file:
            async with aclosing(speak(written(), voice, language=language)) as clauses:
                async for clause in clauses:
                    file.write(clause.sound)
    finally:
        close = getattr(voice, "aclose", None)
        if close is not None:
            await close()


def _fetch(machine: "App", yes: bool) -> None:
    """Say what is missing and how large it is, and fetch it."""
    from ...agents.models.catalogue.store import entry, find

    missing = [name for name in _models(machine) if find(name) is None]
    if not missing:
        return
    size = sum(entry(name).bytes for name in missing) / 1e6
    click.echo(f"The demo needs {', '.join(missing)}: {size:,.0f} MB, fetched once.", err=True)
    if not yes:
        click.confirm("Fetch now?", abort=True, err=True)
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

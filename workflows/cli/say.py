"""`antiphon say`: speak a text."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

if TYPE_CHECKING:
    from ...agents.roles.types import App
    from ...agents.voice_notes.files import NoteWriter


@click.command()
@click.argument("text", metavar="TEXT|-")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write a sound file: .wav, .flac, .ogg, .opus, .mp3, .m4a, .amr, .silk.",
)
@click.option(
    "--for",
    "channel",
    metavar="CHAT",
    help="Write voice messages as this chat takes them: wechat, wechat-official, wecom, dingtalk, feishu, telegram, "
    "discord, slack. Without --out they are called reply.",
)
@click.option("--json", "as_json", is_flag=True, help="With --for: print a JSON object for each voice message.")
@click.option("--play", is_flag=True, help="Play it through the loudspeaker; so it does without --out, too.")
@click.option("--language", metavar="CODE", help="en, zh, ...; told from the text if not given.")
@click.option("--app", type=click.Path(path_type=Path), help="The app.yaml to use.")
def say(
    text: str,
    out: Path | None,
    channel: str | None,
    as_json: bool,
    play: bool,
    language: str | None,
    app: Path | None,
) -> None:
    """Speak a text, or with - what comes in on standard input, as it comes in.

    antiphon say "The Moon is 384,400 km away." --out moon.wav

    antiphon say "月亮离我们很远。" --for wechat
    """
    from ...agents.roles.reading import read_app

    if as_json and channel is None:
        raise click.UsageError("--json goes with --for.")
    notes = _notes(out, channel) if channel else None
    into = notes or out
    seconds = asyncio.run(_speak(text, into, play or into is None, language, read_app(app)))
    if notes is not None:
        _report(notes, as_json)
    elif out is not None:
        click.echo(f"{out}: {seconds:.1f} s of speech", err=True)


def _notes(out: Path | None, channel: str) -> "NoteWriter":
    from ...agents.voice_notes.files import NoteWriter

    return NoteWriter(out or Path("reply"), channel)


def _report(notes: "NoteWriter", as_json: bool) -> None:
    for path, note in notes.written:
        size = f"{len(note.data) / 1000:,.1f} kB"
        click.echo(f"{path}: {note.seconds:.1f} s of speech, {size}, {note.codec}", err=True)
        if as_json:
            row = {"file": str(path), "mime": note.mime, "codec": note.codec, "bytes": len(note.data)}
            click.echo(json.dumps({**row, "seconds": round(note.seconds, 3), "waveform": note.waveform}))


async def _speak(text: str, out: "Path | NoteWriter | None", play: bool, language: str | None, app: "App") -> float:
    """Speak it; give the seconds of sound made."""
    from contextlib import aclosing

    from ...agents.opening import open_voice
    from ...agents.speech.speaking import speak
    from ...tools.base.errors import InputError
    from .sounds import listeners

    given = _lines(sys.stdin.buffer) if text == "-" else _once(text)
    language, pieces = await _with_language(given, language)
    seconds = 0.0
    async with (
        listeners(out, play) as hear,
        aclosing(open_voice(app)) as voice,  # type: ignore[type-var]
        aclosing(speak(pieces, voice, language=language)) as spoken,
    ):
        async for clause in spoken:
            await hear(clause.sound)
            seconds += clause.sound.seconds
        if not seconds:
            raise InputError("there is nothing to say in this text", hint='Give some words: antiphon say "Hello."')
    return seconds


async def _once(text: str) -> AsyncIterator[str]:
    yield text


async def _lines(stream: BinaryIO) -> AsyncIterator[str]:
    from ...tools.base.errors import InputError

    try:
        while line := await asyncio.to_thread(stream.readline):
            yield line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError("this is not UTF-8 text", at="standard input") from error


async def _with_language(pieces: AsyncIterator[str], given: str | None) -> tuple[str, AsyncIterator[str]]:
    """The language given, or that of the first piece with letters in it; and all the pieces."""
    from ...tools.base.language import language_of

    begun, found = "", given or ""
    while not found and (piece := await anext(pieces, "")):
        begun += piece
        found = language_of(begun, default="")

    async def all_pieces() -> AsyncIterator[str]:
        yield begun
        async for piece in pieces:
            yield piece

    return found or "en", all_pieces()

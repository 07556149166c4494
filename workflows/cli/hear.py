"""`antiphon hear`: write down what is said in recordings."""

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...tools.base.errors import InputError
from ...tools.base.writing import storage_errors, whole_file

if TYPE_CHECKING:
    from ...agents.perception.ears import Ear, Segment
    from ...agents.perception.hearing import Heard
    from .hearing_screen import Bar

SUFFIXES = {"text": ".txt", "json": ".json", "srt": ".srt", "vtt": ".vtt"}
SUBTITLES = ("srt", "vtt")


@dataclass(frozen=True, slots=True)
class Job:
    """One recording, and the file its words go to; None is standard output."""

    file: Path
    out: Path | None
    heading: str


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--format",
    "form",
    type=click.Choice(list(SUFFIXES)),
    help="A line for each segment, a JSON object for each recording, or subtitles. Default: as --out ends.",
)
@click.option("--language", metavar="CODE", help="en, zh, ...; detected if not given.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write to this file; for several recordings, to this folder.",
)
@click.option("--app", type=click.Path(path_type=Path), help="The app.yaml to use.")
def hear(files: tuple[Path, ...], form: str | None, language: str | None, out: Path | None, app: Path | None) -> None:
    """Write down what is said in recordings of any length: WAV, FLAC, OGG, MP3, M4A, AMR, SILK, video; - is stdin.

    antiphon hear talk.m4a --out talk.srt
    """
    form = form or _form_of(out, len(files))
    jobs = _jobs(files, form, out)

    from ...agents.opening import open_ear
    from ...agents.roles.reading import read_app
    from .hearing_screen import Bar

    ear = open_ear(read_app(app))
    with Bar() as bar:
        problems = asyncio.run(_Scribe(ear, form, language, bar).write_all(jobs))
    if problems and len(jobs) == 1:
        raise problems[0]
    if problems:
        click.echo(f"antiphon: {len(problems)} of {len(jobs)} recordings could not be heard", err=True)
        sys.exit(2)


@dataclass(frozen=True, slots=True)
class _Scribe:
    ear: "Ear"
    form: str
    language: str | None
    bar: "Bar"

    async def write_all(self, jobs: Sequence[Job]) -> list[InputError]:
        """Hear every recording; what is wrong with one does not stop the others."""
        problems = []
        for job in jobs:
            try:
                await self._write(job)
            except InputError as error:
                problems.append(error)
                if len(jobs) > 1:
                    self.bar.say(f"antiphon: {error}")
        return problems

    async def _write(self, job: Job) -> None:
        from contextlib import aclosing

        from ...agents.perception.decoding import duration_s
        from ...agents.perception.hearing import hear_recording, put_together

        self.bar.begin(job.file.name, duration_s(job.file))
        segments: list[Segment] = []
        heard = hear_recording(self.ear, job.file, language=self.language, note=self._note, progress=self.bar.at)
        streams = job.out is None and self.form == "text"
        async with aclosing(heard) as coming:  # type: ignore[type-var]
            async for segment in coming:
                if streams:
                    click.echo(segment.text if segments else f"{job.heading}{segment.text}")
                segments.append(segment)
        if not segments:
            self.bar.say(f"{job.file}: nobody speaks in it")
        if not streams:
            whole = put_together(segments, self.bar.done_s, self.language or "")
            self._put(job, _RENDER[self.form](job.file, whole))

    def _note(self, text: str) -> None:
        self.bar.say(f"note: {text}")

    def _put(self, job: Job, text: str) -> None:
        if job.out is None:
            click.echo(text, nl=False)
            return
        with whole_file(job.out) as draft:
            draft.write_text(text, encoding="utf-8")
        self.bar.say(f"wrote {job.out}")


def _as_text(file: Path, heard: "Heard") -> str:
    return "".join(f"{segment.text}\n" for segment in heard.segments)


def _as_json(file: Path, heard: "Heard") -> str:
    raw = json.dumps({"file": str(file), **asdict(heard)})
    rounded = json.loads(raw, parse_float=lambda number: round(float(number), 3))
    return json.dumps(rounded, ensure_ascii=False) + "\n"


def _as_srt(file: Path, heard: "Heard") -> str:
    from ...agents.perception.subtitles import srt

    return srt(heard.segments)


def _as_vtt(file: Path, heard: "Heard") -> str:
    from ...agents.perception.subtitles import vtt

    return vtt(heard.segments)


_RENDER: dict[str, Callable[[Path, "Heard"], str]] = {
    "text": _as_text,
    "json": _as_json,
    "srt": _as_srt,
    "vtt": _as_vtt,
}


def _form_of(out: Path | None, count: int) -> str:
    by_suffix = {suffix: form for form, suffix in SUFFIXES.items()}
    return by_suffix.get(out.suffix.lower(), "text") if out is not None and count == 1 else "text"


def _jobs(files: Sequence[Path], form: str, out: Path | None) -> list[Job]:
    """Where the words of each recording go.

    Raises:
        InputError: they would be mixed up, or written over one another or over a recording.
    """
    several = len(files) > 1
    if out is None:
        if several and form in SUBTITLES:
            raise InputError("subtitles of several recordings need a file each", hint="Name a folder: --out subtitles")
        return [Job(file, None, f"{file}:\n" if several else "") for file in files]
    if several and out.is_file():
        raise InputError("this is a file; several recordings need a folder", at=str(out), hint="Name a folder")
    if several:
        with storage_errors(out):
            out.mkdir(exist_ok=True)
    folder = out if out.is_dir() else None
    jobs = [Job(file, folder / _name(file, form) if folder else out, "") for file in files]
    outs = [job.out for job in jobs if job.out]
    if len(set(outs)) < len(outs):
        raise InputError("two of the recordings have the same name", at=str(out), hint="Hear them one by one")
    for one in outs:
        if any(one.exists() and file.exists() and one.samefile(file) for file in files):
            raise InputError("this is one of the recordings; it would be overwritten", at=str(one))
    return jobs


def _name(file: Path, form: str) -> str:
    return f"{'stdin' if str(file) == '-' else file.stem}{SUFFIXES[form]}"

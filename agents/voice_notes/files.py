"""A voice message written to files as a chat wants it: one, or several that are numbered."""

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from ...tools.base.errors import InputError
from ...tools.base.writing import whole_file
from ..sound import Sound
from . import silk
from .channels import channel_of
from .writing import VoiceNote, write_note


class NoteWriter:
    """Takes sound as it is made; the files are there when the `with` block ends well.

    Args:
        path: With the channel's suffix or none. Of several files each has its number: `reply-1.amr`.
    Attributes:
        written: After the block, each file with what it holds.
    Raises:
        InputError: no such channel, another suffix, or (at the end) no sound.
        MissingExtra: SILK without silk-python.
        StorageError: the folder does not exist, cannot be written to, or the disk is full.
    """

    def __init__(self, path: Path, channel: str) -> None:
        rules = channel_of(channel)
        if path.suffix.lower() not in ("", rules.suffix):
            raise InputError(
                f"{channel} takes {rules.codec} in a file {rules.suffix!r}, not {path.suffix!r}",
                at=str(path),
                hint=f"Write to {path.with_suffix(rules.suffix).name}, or leave the suffix out",
            )
        if rules.suffix == ".silk":
            silk.require()
        self._path, self._channel = path, channel
        self._sounds: list[Sound] = []
        self.written: list[tuple[Path, VoiceNote]] = []

    def __enter__(self) -> Self:
        return self

    def write(self, sound: Sound) -> None:
        """Add sound to the end."""
        self._sounds.append(sound)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            return
        notes = write_note(self._sounds, self._channel, name=self._path.stem)
        files = [(self._path.with_name(note.file_name), note) for note in notes]
        with ExitStack() as all_or_none:
            for path, note in files:
                all_or_none.enter_context(whole_file(path)).write_bytes(note.data)
        self.written = files

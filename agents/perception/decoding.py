"""Recordings of any container and codec FFmpeg knows, and SILK, as mono sound at 16 kHz, through PyAV.

What a recording is, its bytes say and never its name. What is decoded is bounded block by block, never by what a
header claims: a small file can unpack to days of sound.
"""

import io
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...tools.base.errors import InputError
from ...tools.base.writing import storage_errors
from ..sound import Sound
from ..voice_notes import silk

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

RATE = 16_000
"""Samples per second (Hz); what Whisper and Silero were trained on."""

STDIN = Path("-")

Recording = Path | bytes
"""A file, `-` for standard input, or what such a file holds."""

_CONTAINERS = (
    "wav,w64,rf64,flac,ogg,mp3,mov,mp4,matroska,webm,aac,aiff,au,caf,amr,amrnb,amrwb,asf,avi,mpegts,mpeg,flv,"
    "ac3,eac3,dts,wv,ape,tta,gsm,voc,sox,spdif,tak,mpc,mpc8,dsf,shn,loas,latm,live_flv,ircam,nut,rm,avs"
)
"""Demuxers that read one file; hls, concat or sdp would open the other files and URLs that a file names."""

_EXACT = ("flac", "mov,mp4,m4a,3gp,3g2,mj2")
"""Containers whose header counts the samples; of others the length is a guess, or left by a broken writer."""

_PADDING_S = 0.1
"""Codecs add a little: an MP3 of exactly 60 s decodes to 60.05 s."""

_MAGIC_WORDS = (b"#!AMR", silk.MAGIC, silk.TENCENT + silk.MAGIC)
"""Beginnings of recordings that look like text when there is nothing behind them."""

Note = Callable[[str], None]
"""Told a sentence about what is wrong with a recording that can still be used."""


def decode(path: Recording, *, longest_s: float | None = None, note: Note | None = None) -> Sound:
    """Read a whole recording.

    Args:
        path: A file, `-` for standard input, or the bytes of a recording.
        longest_s: A longer one is refused before it is decoded whole.
        note: Told when a part of it could not be decoded and is left out.
    Raises:
        InputError: no such file, not a recording, without sound, damaged throughout, or too long.
    """
    import numpy as np

    blocks = [block.samples for block in decode_blocks(path, longest_s=longest_s, note=note)]
    return Sound(np.concatenate(blocks), RATE)


def decode_blocks(
    path: Recording, *, seconds: float = 30.0, longest_s: float | None = None, note: Note | None = None
) -> Iterator[Sound]:
    """Read a recording of any length, `seconds` at a time; the last block may be shorter.

    Close the iterator if you leave early. Arguments and errors are those of `decode`.
    """
    decoded, damage = 0, _Damage()
    with _opened(path, longest_s, damage) as container:
        stream = _sound_stream(container, path)
        stated_s = _stated_s(container, stream) if container.format.name in _EXACT else None
        if stated_s is not None:
            refuse_long(stated_s, longest_s, path)
        for block in _blocks(_pieces(container, stream, damage), round(seconds * RATE)):
            decoded += len(block)
            refuse_long(decoded / RATE, longest_s, path)
            yield Sound(block, RATE)
    if not decoded:
        raise _no_sound(path)
    if note and (complaint := damage.complaint(decoded / RATE, stated_s)):
        note(f"{_name(path)}: {complaint}")


def duration_s(path: Recording) -> float | None:
    """How long a recording says it is, in seconds, without decoding it; None when it does not say.

    Raises:
        InputError: no such file, not a recording, or without sound.
    """
    if path == STDIN:
        return None
    with _readable(path) as source:
        if silk.is_silk(source.read(16)):
            return silk.length_s(source)
    with _opened(path) as container:
        return _stated_s(container, _sound_stream(container, path))


def resampled(sound: Sound, rate: int = RATE) -> Sound:
    """The same sound at another rate, low-pass filtered first where that is lower."""
    import av
    import numpy as np

    if sound.rate == rate or not len(sound.samples):
        return Sound(sound.samples, rate)
    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(sound.samples[np.newaxis], dtype=np.float32), format="flt", layout="mono"
    )
    frame.sample_rate = sound.rate
    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
    pieces = [piece.to_ndarray()[0] for part in (frame, None) for piece in resampler.resample(part)]
    return Sound(np.clip(np.concatenate(pieces), -1, 1), rate)


class _Damage:
    """What could not be decoded."""

    def __init__(self) -> None:
        self.packets = 0
        self.first_s: float | None = None

    def add(self, at_s: float) -> None:
        self.packets += 1
        self.first_s = at_s if self.first_s is None else self.first_s

    def complaint(self, decoded_s: float, stated_s: float | None) -> str:
        if stated_s is not None and decoded_s < stated_s - 0.2:
            return f"it is damaged: it says it is {stated_s:.1f} s long, {decoded_s:.1f} s could be read"
        if self.packets:
            return f"it is damaged near {self.first_s:.1f} s: what cannot be read is left out"
        return ""


@contextmanager
def _opened(path: Recording, longest_s: float | None = None, damage: _Damage | None = None) -> Iterator[Any]:
    import av
    from av.error import FFmpegError

    with _readable(path) as given, _without_silk(given, path, longest_s, damage or _Damage()) as source:
        _refuse_text(source, path)
        try:
            # An open file and not a name: FFmpeg takes names like "concat:..." for protocols.
            container = av.open(source, metadata_errors="replace", options={"format_whitelist": _CONTAINERS})
        except (FFmpegError, ValueError) as error:
            raise InputError(
                "this is not a recording that can be read, or its beginning is damaged",
                at=_name(path),
                hint="WAV, FLAC, OGG, MP3, M4A, WebM, AMR and SILK work",
            ) from error
        with container:
            yield container


@contextmanager
def _without_silk(source: Any, path: Recording, longest_s: float | None, damage: _Damage) -> Iterator[Any]:
    """The same recording; instead of SILK, which FFmpeg does not know, a WAV file."""
    start = source.read(16)
    source.seek(0)
    if not silk.is_silk(start):
        yield source
        return
    refuse_long(silk.length_s(source), min(longest_s or silk.LONGEST_S, silk.LONGEST_S), path)
    with tempfile.TemporaryFile() as spooled:
        with storage_errors(Path(tempfile.gettempdir())):
            any_good = silk.to_wav(source, spooled, damage.add)
        if not any_good:
            raise _no_sound(path)
        spooled.seek(0)
        yield spooled


@contextmanager
def _readable(path: Recording) -> Iterator[Any]:
    if isinstance(path, bytes):
        if not path:
            raise InputError("the recording is empty (0 bytes)", hint="Record it again")
        yield io.BytesIO(path)
        return
    if path == STDIN:
        with tempfile.TemporaryFile() as spooled, storage_errors(Path(tempfile.gettempdir())):
            shutil.copyfileobj(sys.stdin.buffer, spooled)
            spooled.seek(0)
            if not spooled.seek(0, 2):
                raise InputError("nothing came in", at=_name(path), hint="Pipe a recording into it")
            spooled.seek(0)
            yield spooled
        return
    if path.is_dir():
        raise InputError("this is a folder, not a recording", at=str(path), hint="Name the files in it")
    try:
        source = path.open("rb")
    except FileNotFoundError:
        raise InputError("there is no such file", at=str(path), hint="Check the path") from None
    except OSError as error:
        raise InputError(f"cannot read it: {(error.strerror or '').lower()}", at=str(path)) from error
    with source:
        if not path.stat().st_size:
            raise InputError("the file is empty (0 bytes)", at=str(path), hint="Record it again")
        yield source


def _refuse_text(source: Any, path: Recording) -> None:
    """Before FFmpeg sees it: it finds MP3 frames in Chinese text."""
    start = source.read(4096)
    source.seek(0)
    if _is_text(start) and not start.startswith(_MAGIC_WORDS):
        hint = "Pipe a sound file into it" if path == STDIN else "Give a sound file"
        raise InputError("this is text, not a recording", at=_name(path), hint=hint)


def _is_text(start: bytes) -> bool:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return len(start) % 2 == 0 and b"\x00\x00" not in start
    try:
        text = start.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(start) - 3:  # not merely cut in the middle of the last character
            return False
        text = start[: error.start].decode("utf-8")
    return all(letter.isprintable() or letter in "\t\r\n\f" for letter in text.removeprefix("\ufeff"))


def _no_sound(path: Recording) -> InputError:
    hint = "The file is empty or damaged: try another"
    return InputError("no sound could be decoded from this recording", at=_name(path), hint=hint)


def _sound_stream(container: Any, path: Recording) -> Any:
    stream = container.streams.best("audio")
    if stream is None:
        raise InputError("it holds no sound, only pictures or text", at=_name(path), hint="Give a recording with sound")
    stream.thread_type = "NONE"
    return stream


def _stated_s(container: Any, stream: Any) -> float | None:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / 1_000_000 if container.duration else None


def refuse_long(seconds: float, longest_s: float | None, path: Recording = b"") -> None:
    """Refuse what is too long.

    Raises:
        InputError: it is longer than `longest_s`.
    """
    if longest_s is not None and seconds > longest_s + _PADDING_S:
        raise InputError(
            f"the recording is longer than {longest_s:g} s",
            at=_name(path),
            hint=f"Cut it to {longest_s:g} s or less",
        )


def _pieces(container: Any, stream: Any, damage: _Damage) -> Iterator["npt.NDArray[np.float32]"]:
    """Every decodable piece, mono at RATE."""
    import av
    from av.error import FFmpegError

    resampler: Any = None
    shape, at_s = None, 0.0
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except FFmpegError:
            damage.add(at_s)
            continue
        for frame in frames:
            if shape != (
                frame.format.name,
                frame.layout.name,
                frame.sample_rate,
            ):  # chained streams change it
                yield from _rest(resampler)
                shape = (frame.format.name, frame.layout.name, frame.sample_rate)
                resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
            at_s += frame.samples / frame.sample_rate
            frame.pts = None  # times with gaps would make the resampler insert silence
            yield from _arrays(resampler.resample(frame))
    yield from _rest(resampler)


def _rest(resampler: Any) -> Iterator["npt.NDArray[np.float32]"]:
    if resampler is not None:
        yield from _arrays(resampler.resample(None))


def _arrays(frames: Iterable[Any]) -> Iterator["npt.NDArray[np.float32]"]:
    import numpy as np

    for frame in frames:
        # Float recordings may hold anything, also NaN.
        yield np.clip(np.nan_to_num(frame.to_ndarray()[0], copy=False), -1, 1).astype(np.float32, copy=False)


def _blocks(pieces: Iterable["npt.NDArray[np.float32]"], size: int) -> Iterator["npt.NDArray[np.float32]"]:
    """Regroup pieces into blocks of `size` samples; only the last may be shorter."""
    import numpy as np

    waiting: list[npt.NDArray[np.float32]] = []
    count = 0
    for piece in pieces:
        waiting.append(piece)
        count += len(piece)
        while count >= size:
            joined = np.concatenate(waiting)
            yield joined[:size]
            waiting, count = [joined[size:]], count - size
    if count:
        yield np.concatenate(waiting)


def _name(path: Recording) -> str:
    if isinstance(path, bytes):
        return "the recording"
    return "standard input" if path == STDIN else str(path)

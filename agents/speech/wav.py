"""Speech written to a sound file as it is made; nothing half-written is left."""

import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from ...tools.base.errors import InputError
from ...tools.base.suggest import did_you_mean
from ...tools.base.writing import whole_file
from ..sound import Sound
from ..voice_notes import silk


@dataclass(frozen=True, slots=True)
class Format:
    """How a sound is written.

    Attributes:
        container, codec: FFmpeg's names of them; `silk`, which FFmpeg does not know, is both.
        rate: Samples per second (Hz); 0 is the sound's own, or the codec's nearest that is not lower.
        bit_rate: Bits per second; 0 is the encoder's own.
    """

    container: str
    codec: str
    rate: int = 0
    bit_rate: int = 0


FORMATS = {
    ".wav": Format("wav", "pcm_s16le"),
    ".flac": Format("flac", "flac"),
    ".ogg": Format("ogg", "libopus"),
    ".opus": Format("ogg", "libopus"),
    ".mp3": Format("mp3", "libmp3lame"),
    ".m4a": Format("ipod", "aac"),
    ".amr": Format("amr", "libopencore_amrnb", 8_000, 12_200),
    ".silk": Format("silk", "silk", silk.RATE, 24_000),
}
"""By the suffix of a file. AMR (narrow band, 3GPP TS 26.071) has one rate, and 12.2 kb/s is its best mode."""


class SoundWriter:
    """A mono sound file that is there when the `with` block ends well.

    The first sound gives the rate; those of other rates are resampled to it.

    Args:
        path: `.wav` (16 bit), `.flac`, `.ogg` or `.opus` (Opus), `.mp3`, `.m4a` (AAC), `.amr` (narrow band),
            `.silk` (as WeChat writes it).
    Raises:
        InputError: another suffix.
        MissingExtra: `.silk` without silk-python.
        StorageError: the folder does not exist, cannot be written to, or the disk is full.
    """

    def __init__(self, path: Path) -> None:
        suffix = path.suffix.lower()
        if suffix not in FORMATS:
            found = f"as {suffix!r}" if suffix else "to a file without a suffix"
            raise InputError(f"cannot write sound {found}", at=str(path), hint=did_you_mean(suffix, FORMATS))
        if FORMATS[suffix].codec == "silk":
            silk.require()
        self._context: AbstractContextManager[_Encoder | _SilkEncoder] = _encoder(path, FORMATS[suffix])

    def __enter__(self) -> Self:
        self._into = self._context.__enter__()
        return self

    def write(self, sound: Sound) -> None:
        """Add sound to the end."""
        self._into.write(sound)

    @property
    def seconds(self) -> float:
        """How much has been written."""
        return self._into.seconds

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return self._context.__exit__(kind, error, trace)


def encoded(sound: Sound, form: Format) -> bytes:
    """The sound as a file of that format would hold it.

    Raises:
        MissingExtra: SILK without silk-python.
    """
    into = io.BytesIO()
    with _encoding(into, form) as encoder:
        encoder.write(sound)
    return into.getvalue()


@contextmanager
def _encoder(path: Path, form: Format) -> "Iterator[_Encoder | _SilkEncoder]":
    with whole_file(path) as draft, draft.open("wb") as file, _encoding(file, form) as encoder:
        yield encoder


@contextmanager
def _encoding(file: BinaryIO, form: Format) -> "Iterator[_Encoder | _SilkEncoder]":
    encoder = _SilkEncoder(file, form) if form.codec == "silk" else _Encoder(_Disk(file), form)
    try:
        yield encoder
    except BaseException:
        encoder.abandon()
        raise
    encoder.finish()


class _Disk:
    """The file FFmpeg writes to. It keeps the disk's refusal for us to raise: PyAV would print it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._refused: OSError | None = None

    def write(self, data: bytes) -> int:
        return self._try(lambda: self._file.write(data), len(data))

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._try(lambda: self._file.seek(offset, whence), 0)

    def tell(self) -> int:
        return self._try(self._file.tell, 0)

    def _try(self, call: Callable[[], int], otherwise: int) -> int:
        if self._refused is None:
            try:
                return call()
            except OSError as error:
                self._refused = error
        return otherwise

    def check(self) -> None:
        if self._refused is not None:
            raise self._refused


class _Encoder:
    def __init__(self, disk: _Disk, form: Format) -> None:
        import av

        self._disk, self._form = disk, form
        self._container: Any = av.open(disk, "w", format=form.container, options={"fflags": "+bitexact"})
        self._stream: Any = None
        self.seconds = 0.0

    def write(self, sound: Sound) -> None:
        import av
        import numpy as np

        from ..perception.decoding import resampled

        if self._stream is None:
            self._begin(sound.rate)
        sound = resampled(sound, self._rate)
        self.seconds += sound.seconds
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound.samples[np.newaxis]), format="flt", layout="mono")
        frame.sample_rate = self._rate
        self._encode(self._framed.resample(frame))

    def _begin(self, rate: int) -> None:
        """Fix the rate: the format's, or the codec's nearest that is not lower."""
        import av

        allowed = av.Codec(self._form.codec, "w").audio_rates or [rate]
        near = min((each for each in allowed if each >= rate), default=max(allowed))
        self._rate = self._form.rate or near
        self._stream = self._container.add_stream(self._form.codec, rate=self._rate, layout="mono")
        context = self._stream.codec_context
        if self._form.bit_rate:
            context.bit_rate = self._form.bit_rate
        context.time_base = Fraction(1, self._rate)
        context.open()
        self._framed = av.AudioResampler(
            format=context.format, layout="mono", rate=self._rate, frame_size=context.frame_size or None
        )

    def _encode(self, frames: Iterable[Any]) -> None:
        for frame in frames:
            self._container.mux(self._stream.encode(frame))
        self._disk.check()

    def finish(self) -> None:
        if self._stream is None:
            self._begin(24_000)
        self._encode([*self._framed.resample(None), None])
        self._container.close()
        self._disk.check()

    def abandon(self) -> None:
        """Let go of the file after an error; FFmpeg may complain once more while it closes."""
        from av.error import FFmpegError

        with suppress(FFmpegError):
            self._container.close()


class _SilkEncoder:
    """Keeps the sound on disk until it is whole: silk-python encodes a file at once, at 80 times real time."""

    def __init__(self, file: BinaryIO, form: Format) -> None:
        self._file, self._form = file, form
        self._pcm = tempfile.TemporaryFile()  # noqa: SIM115 - closed by finish and abandon
        self.seconds = 0.0

    def write(self, sound: Sound) -> None:
        import numpy as np

        from ..perception.decoding import resampled

        sound = resampled(sound, self._form.rate)
        self.seconds += sound.seconds
        self._pcm.write((np.clip(sound.samples, -1, 1) * 32767).astype("<i2").tobytes())

    def finish(self) -> None:
        with self._pcm:
            self._pcm.seek(0)
            silk.encode(self._pcm, self._file, bit_rate=self._form.bit_rate)

    def abandon(self) -> None:
        self._pcm.close()

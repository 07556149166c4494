"""Speech written to a sound file as it is made; nothing half-written is left."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from ...tools.base.errors import InputError
from ...tools.base.suggest import did_you_mean
from ...tools.base.writing import whole_file
from ..sound import Sound

_FORMATS = {
    ".wav": ("wav", "pcm_s16le"),
    ".flac": ("flac", "flac"),
    ".ogg": ("ogg", "libopus"),
    ".opus": ("ogg", "libopus"),
    ".mp3": ("mp3", "libmp3lame"),
    ".m4a": ("ipod", "aac"),
}
"""FFmpeg's names of the container and the codec."""


class SoundWriter:
    """A mono sound file that is there when the `with` block ends well.

    The first sound gives the rate; those of other rates are resampled to it.

    Args:
        path: `.wav` (16 bit), `.flac`, `.ogg` or `.opus` (Opus), `.mp3`, `.m4a` (AAC).
    Raises:
        InputError: another suffix.
        StorageError: the folder does not exist, cannot be written to, or the disk is full.
    """

    def __init__(self, path: Path) -> None:
        suffix = path.suffix.lower()
        if suffix not in _FORMATS:
            found = f"as {suffix!r}" if suffix else "to a file without a suffix"
            raise InputError(f"cannot write sound {found}", at=str(path), hint=did_you_mean(suffix, _FORMATS))
        self._context: AbstractContextManager[_Encoder] = _encoder(path, *_FORMATS[suffix])

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


@contextmanager
def _encoder(path: Path, container: str, codec: str) -> "Iterator[_Encoder]":
    with whole_file(path) as draft, draft.open("wb") as file:
        encoder = _Encoder(_Disk(file), container, codec)
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
    def __init__(self, disk: _Disk, container: str, codec: str) -> None:
        import av

        self._disk = disk
        self._container: Any = av.open(disk, "w", format=container, options={"fflags": "+bitexact"})
        self._codec = codec
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
        """Fix the rate: the codec's nearest that is not lower."""
        import av

        allowed = av.Codec(self._codec, "w").audio_rates or [rate]
        self._rate = min((each for each in allowed if each >= rate), default=max(allowed))
        self._stream = self._container.add_stream(self._codec, rate=self._rate, layout="mono")
        context = self._stream.codec_context
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

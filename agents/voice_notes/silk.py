"""SILK, the codec of WeChat's and QQ's voice notes, which FFmpeg lacks; through the package silk-python.

A file is `#!SILK_V3` and packets of 20 ms, each behind its length (16 bit, little-endian). Tencent's programs
write the byte 2 before all that and no end mark; the SILK SDK's own tools write the length -1 at the end.
"""

import io
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, BinaryIO

from ...tools.base.engines import missing

MAGIC = b"#!SILK_V3"
TENCENT = b"\x02"
PACKET_S = 0.02

LONGEST_S = 1200.0
"""A longer one is no voice note (chats end them after one to five minutes), but 2 bytes that unpack to 960, over and
over."""

RATE = 24_000
"""Samples per second (Hz); what WeChat's own programs record. Decoding to less than a file was recorded at is
where the SDK's decoder was seen to write outside its memory."""

CHILD = (sys.executable, "-m", f"{__package__}.silk_child")
DAMAGED = b"damaged "
"""What begins the child's lines about damage."""

_LIMIT_S = 10.0
"""For the child to start; it decodes 100 s in one."""

_LARGEST_PACKET = 960
"""Bytes silk-python takes at RATE; at 100 kb/s, the codec's highest rate, a packet has 250."""

_LARGEST_FILE = round(LONGEST_S / PACKET_S) * (_LARGEST_PACKET + 2)

Damaged = Callable[[float], None]
"""Told where a damage is, in seconds."""


def is_silk(start: bytes) -> bool:
    """Whether a file that begins so is SILK, Tencent's or the SDK's."""
    return start.removeprefix(TENCENT).startswith(MAGIC)


def length_s(source: BinaryIO) -> float:
    """The length in seconds, counted and not decoded; the count ends a little above LONGEST_S."""
    most = round(LONGEST_S / PACKET_S) + 50
    return PACKET_S * sum(1 for _ in islice(packets(source, lambda _: None), most))


def to_wav(source: BinaryIO, into: BinaryIO, damaged: Damaged) -> bool:
    """Decode a SILK file to a WAV file (16 bit, mono, at RATE); silence stands for packets that cannot be decoded.

    The decoder of the SILK SDK writes outside its memory on some damaged files, so it works in a process of its own:
    what kills that one is a damage like any other.

    Returns:
        Whether anything could be decoded.
    Raises:
        MissingExtra: silk-python is not installed.
    """
    require()
    length = length_s(source)
    source.seek(0)
    limit_s = _LIMIT_S + length
    try:
        child = subprocess.run(CHILD, input=source.read(_LARGEST_FILE), capture_output=True, timeout=limit_s)
        frames, said, ended_well = child.stdout, child.stderr, child.returncode == 0
    except subprocess.TimeoutExpired as late:
        frames, said, ended_well = late.stdout or b"", late.stderr or b"", False
    frames = frames[: len(frames) // 2 * 2]
    damages = [float(line.removeprefix(DAMAGED)) for line in said.splitlines() if line.startswith(DAMAGED)]
    damages += [] if ended_well else [len(frames) / 2 / RATE]
    for at_s in damages:
        damaged(at_s)
    with wave.open(into, "wb") as sound:
        sound.setparams((1, 2, RATE, 0, "NONE", ""))
        sound.writeframes(frames)
    return bool(frames) and (not damages or any(frames))


def encode(pcm: BinaryIO, into: BinaryIO, *, bit_rate: int) -> None:
    """Encode sound (16 bit, mono, at RATE) to a SILK file as Tencent's programs write it.

    Args:
        bit_rate: Bits per second, 6,000 to 40,000.
    Raises:
        MissingExtra: silk-python is not installed.
    """
    (write,) = codec("encode")
    write(_Padded(pcm), into, RATE, bit_rate)


def require() -> None:
    """See that the codec is there, before the work and not after it.

    Raises:
        MissingExtra: silk-python is not installed.
    """
    codec("SilkError")


def codec(*names: str) -> list[Any]:
    """These of silk-python's names.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        import pysilk

        return [getattr(pysilk, name) for name in names]
    except (ModuleNotFoundError, AttributeError) as error:  # the package pysilk-mod has a module of that name, too
        raise missing("SILK, the format of WeChat's voice notes,", "pysilk", "voice") from error


def packets(source: BinaryIO, damaged: Damaged) -> Iterator[bytes]:
    """The packets of a file, to its end or to where they cannot be told apart any more."""
    source.seek(0)
    source.seek(len(MAGIC) + len(TENCENT) * (source.read(1) == TENCENT))
    at_s = 0.0
    while len(head := source.read(2)) == 2:
        size = int.from_bytes(head, "little", signed=True)
        if size == -1:  # the SDK's end mark
            return
        packet = source.read(size) if 0 <= size <= _LARGEST_PACKET else b""
        if len(packet) != size:
            damaged(at_s)
            return
        yield packet
        at_s += PACKET_S


class _Padded(io.BytesIO):
    """Sound whose last packet is filled with silence: silk-python leaves out what fills none."""

    def __init__(self, pcm: BinaryIO) -> None:
        super().__init__()
        self._pcm = pcm

    def read(self, size: int | None = -1, /) -> bytes:
        """Give so many bytes, or none."""
        given = self._pcm.read(size or -1)
        return given.ljust(size or 0, b"\0") if given else given

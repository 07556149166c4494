"""The process in which SILK is decoded, as the SDK's decoder is not safe on damaged files.

A SILK file in, on standard input; out, on standard output, its sound (16 bit, mono, at silk.RATE); on standard
error a line for each damage.
"""

import io
import sys
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Self

from . import silk

_SILENCE = b"\0" * round(2 * silk.PACKET_S * silk.RATE)


class Feed(io.BytesIO):
    """What silk-python reads as a file: the magic, then of each packet its length and its bytes."""

    def __init__(self, packets: Iterator[bytes], lost: Callable[[], object]) -> None:
        super().__init__()
        self._packets, self._lost = packets, lost
        self._next = b""

    def begin(self) -> Self:
        """Show the magic again: a new decoder reads on."""
        self._next = silk.MAGIC
        return self

    def read(self, size: int | None = -1, /) -> bytes:
        """Give the next piece of the file; silk-python always asks for just that many bytes."""
        if given := self._next:
            self._next = b""
            return given
        for packet in self._packets:
            if packet:
                self._next = packet
                return len(packet).to_bytes(2, "little")
            self._lost()  # an empty packet is 20 ms that the sender lost or left out
        return b""


class Out(io.BytesIO):
    """What silk-python writes sound to; each packet's goes out at once, as the next may end the process."""

    def __init__(self, into: BinaryIO) -> None:
        super().__init__()
        self._into = into
        self.seconds = 0.0

    def write(self, frames: Any, /) -> int:
        """Add frames, 16 bit."""
        self._into.write(frames)
        self._into.flush()
        self.seconds += len(frames) / 2 / silk.RATE
        return len(frames)


def main() -> None:
    """Decode what comes in."""
    decode, failure = silk.codec("decode", "SilkError")
    out = Out(sys.stdout.buffer)
    source = io.BytesIO(sys.stdin.buffer.read())
    feed = Feed(silk.packets(source, _damaged), lambda: out.write(_SILENCE))
    while True:
        try:
            decode(feed.begin(), out, silk.RATE)
            return
        except failure:  # it cannot go on behind a bad packet: a new decoder does
            _damaged(out.seconds)
            out.write(_SILENCE)


def _damaged(at_s: float) -> None:
    sys.stderr.buffer.write(silk.DAMAGED + f"{at_s:.2f}\n".encode())
    sys.stderr.buffer.flush()


if __name__ == "__main__":
    main()

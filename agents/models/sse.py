"""Server-sent events: bytes in, the payloads of their `data:` lines out.

WHATWG HTML, section 9.2.6. Each payload of the chat completions API is one line, so a line is yielded once it
is whole. Bytes are split only at line feeds and carriage returns: JSON text may hold U+2028 or U+0085, where
`str.splitlines` would break it.
"""

from collections.abc import Iterator

from ...tools.base.errors import EndpointBrokeOff

MAX_LINE_BYTES = 8_000_000
"""A longer line is no chunk of an answer."""


class Payloads:
    """Collects bytes into payloads.

    Example:
        >>> payloads = Payloads()
        >>> [*payloads.feed(b"data: {}\\n\\nda"), *payloads.feed(b"ta: [DONE]\\n")]
        [b'{}', b'[DONE]']
    """

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The payloads that these bytes complete.

        Raises:
            EndpointBrokeOff: a line grows without end.
        """
        *lines, self._rest = (self._rest + data).replace(b"\r", b"\n").split(b"\n")
        if len(self._rest) > MAX_LINE_BYTES:
            raise EndpointBrokeOff(f"the server sent a line of more than {MAX_LINE_BYTES:,} bytes")
        for line in lines:
            if line.startswith(b"data:"):
                yield line[5:].strip(b" ")

    def end(self) -> Iterator[bytes]:
        """The payload that the stream's end completes: some servers leave out the last line feed."""
        yield from self.feed(b"\n")

"""The official hub: files over HTTP, resumed with Range, retried when the connection drops."""

import os
import re
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ....tools.base.errors import ModelFileError
from .entries import Hub, PinnedFile
from .progress import SILENT, Progress, Step

if TYPE_CHECKING:
    import httpx2

OFFICIAL = "https://huggingface.co"
CONNECT_S, READ_S = 10.0, 30.0
PAUSES_S = (0.5, 1.0, 2.0, 4.0)
"""Before each new attempt after a drop; the count starts again whenever bytes have come."""
_PASSING = {408, 425, 429, 500, 502, 503, 504}


class _Dropped(Exception):
    """The connection broke, or the server asked for patience."""


class Unreachable(ModelFileError):
    """Nothing answers at the hub's address."""


@dataclass(frozen=True, slots=True)
class FromHub:
    """The files of one repository at one revision.

    Attributes:
        endpoint: The hub or a mirror of it; as the hub's own client, HF_ENDPOINT names it.
        token: For repositories that ask for one; HF_TOKEN. Never sent on to another host by a redirect.
        pauses_s: Seconds before each new attempt after a drop.
    """

    hub: Hub
    endpoint: str = field(default_factory=lambda: os.environ.get("HF_ENDPOINT") or OFFICIAL)
    token: str = field(default_factory=lambda: os.environ.get("HF_TOKEN", ""), repr=False)
    progress: Progress = SILENT
    read_s: float = READ_S
    pauses_s: tuple[float, ...] = PAUSES_S

    def __call__(self, file: PinnedFile, offset: int) -> Generator[bytes]:
        """The bytes of a file from `offset` on.

        Raises:
            ModelFileError: the hub cannot be reached, refuses, keeps dropping, or sends something else.
        """
        start, attempt = offset, 0
        with self._client() as client:
            while offset < file.bytes:
                try:
                    for chunk in self._once(client, file, offset):
                        offset += len(chunk)
                        attempt = 0
                        yield chunk
                except (_Dropped, Unreachable) as error:
                    if offset == start and isinstance(error, Unreachable):
                        raise  # at once: there may be another source
                    if attempt == len(self.pauses_s):
                        raise ModelFileError(
                            f"the hub keeps breaking off: {_plain(error)}",
                            at=self.address(file),
                            hint="What came is kept; the same command goes on from there",
                        ) from error.__cause__
                    self.progress.report(Step(file.name, note=f"{_plain(error)}; trying again from byte {offset:,}"))
                    time.sleep(self.pauses_s[attempt])
                    attempt += 1

    def address(self, file: PinnedFile) -> str:
        """The URL of a file."""
        return f"{self.endpoint.rstrip('/')}/{self.hub.repo}/resolve/{self.hub.revision}/{file.name}"

    def _client(self) -> "httpx2.Client":
        import httpx2

        headers = {"Accept-Encoding": "identity"}  # the bytes as they are: a range of a compressed answer is no use
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        timeout = httpx2.Timeout(self.read_s, connect=CONNECT_S)
        try:
            return httpx2.Client(headers=headers, timeout=timeout, follow_redirects=True)
        except (ValueError, OSError) as error:  # a proxy or certificate variable that makes no sense
            raise ModelFileError(f"the connection cannot be set up: {error}", at=self.endpoint) from error

    def _once(self, client: "httpx2.Client", file: PinnedFile, offset: int) -> Iterator[bytes]:
        """One request; may end early, never sends more than the file has."""
        with (
            self._named_errors(file),
            client.stream("GET", self.address(file), headers={"Range": f"bytes={offset}-"}) as response,
        ):
            skip = offset - self._start(response, file, offset)
            left = file.bytes - offset
            for chunk in response.iter_raw(1 << 18):
                piece = chunk[skip:]
                skip -= len(chunk) - len(piece)
                if len(piece) > left:
                    raise self._other(file, "more bytes than the file has")
                left -= len(piece)
                if piece:
                    yield piece
            if left:
                raise _Dropped(f"the hub closed the connection {left:,} bytes early")

    def _start(self, response: "httpx2.Response", file: PinnedFile, offset: int) -> int:
        """Where in the file the answer begins, after making sure that it is an answer.

        0 when the server does not know ranges (RFC 9110, 14.2 allows that) and sends the whole file again.
        """
        status = response.status_code
        if status in _PASSING:
            raise _Dropped(f"the hub answered {status}")
        if status in (401, 403):
            raise ModelFileError(
                f"the hub refused ({status})",
                at=self.address(file),
                hint="Set HF_TOKEN to a token that may read it",
            )
        if status not in (200, 206):
            raise ModelFileError(f"the hub answered {status}", at=self.address(file))
        if response.headers.get("content-type", "").startswith("text/html"):
            raise self._other(file, "a web page: a login page or a proxy's warning?")
        start, total = _range(response) if status == 206 else (0, response.headers.get("content-length", ""))
        if total.isdigit() and int(total) != file.bytes:
            raise self._other(file, f"a file of {int(total):,} bytes instead of {file.bytes:,}")
        if start > offset:
            raise self._other(file, f"bytes from {start:,} on instead of {offset:,}")
        return start

    def _other(self, file: PinnedFile, what: str) -> ModelFileError:
        return ModelFileError(f"the hub sent something else: {what}", at=self.address(file))

    @contextmanager
    def _named_errors(self, file: PinnedFile) -> Iterator[None]:
        import httpx2

        try:
            yield
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError) as error:
            reason = re.sub(r"^\[Errno -?\d+\] ", "", str(error)).lower() or f"no answer within {CONNECT_S:g} s"
            raise Unreachable(
                f"the hub cannot be reached: {reason}",
                at=self.endpoint,
                hint="Check the connection, or name a mirror in HF_ENDPOINT",
            ) from error
        except (httpx2.UnsupportedProtocol, httpx2.InvalidURL) as error:
            raise Unreachable(f"the hub cannot be asked: {error}", at=self.address(file)) from error
        except httpx2.TimeoutException as error:
            raise _Dropped(f"the hub said nothing for {self.read_s:g} s") from error
        except httpx2.TransportError as error:
            raise _Dropped(f"the connection to the hub broke ({str(error).lower()})") from error
        except httpx2.HTTPError as error:
            raise ModelFileError(f"the hub cannot be asked: {error}", at=self.address(file)) from error


def _plain(error: Exception) -> str:
    return error.problem if isinstance(error, ModelFileError) else str(error)


def _range(response: "httpx2.Response") -> tuple[int, str]:
    """Start and total of `Content-Range: bytes 5-9/10` (RFC 9110, 14.4)."""
    unit, _, rest = response.headers.get("content-range", "").partition(" ")
    span, _, total = rest.partition("/")
    start = span.partition("-")[0]
    return (int(start) if unit == "bytes" and start.isdigit() else 0), total

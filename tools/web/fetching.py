"""One JSON answer from one server: one attempt, few redirects, a limit of bytes. The deadline is the caller's."""

import json
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpx2

from ..base.errors import EndpointBrokeOff, EndpointError, EndpointRefused, EndpointUnreachable, EngineError
from .addresses import is_inside, is_outside, resolve

MAX_REDIRECTS = 3
ANYWAY = "Without it, answers come from what this machine has"
_FAILURES = (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, OSError, UnicodeError, zlib.error)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is asked.

    Attributes:
        address: As the user wrote it; asked questions are added as parameters and never told in a message.
        max_bytes: Of an answer, after unpacking.
        hints: The way out for some HTTP statuses.
    """

    client: httpx2.AsyncClient
    address: str
    max_bytes: int
    hints: Mapping[int, str] = field(default_factory=dict)

    async def ask(self, parameters: Mapping[str, str]) -> Any:
        """The JSON that it answers.

        Raises:
            EndpointError: it is unreachable, refuses, breaks off, redirects elsewhere, or sends what is no answer.
        """
        start = url = httpx2.URL(self.address).copy_merge_params(dict(parameters))
        try:
            if not _is_proxied(url):
                await resolve(url.host)
            request = self.client.build_request("GET", url)
            for _ in range(MAX_REDIRECTS + 1):
                async with aclosing(await self.client.send(request, stream=True)) as response:
                    if not response.has_redirect_location:
                        return self._parsed(response, await self._body(response))
                    url = url.join(response.headers["location"])
                request = await self._redirected(start, url)
        except _FAILURES as error:
            raise self._failure(error) from error
        raise EndpointRefused(f"it redirects more than {MAX_REDIRECTS} times", at=self.address)

    async def _redirected(self, start: httpx2.URL, url: httpx2.URL) -> httpx2.Request:
        """The request to the place where a redirect leads.

        To another host it goes to the very address that was looked at, so that its name cannot lead elsewhere a
        moment later.

        Raises:
            EndpointRefused: it leads to what is no web page, from a secret connection to an open one, from the
                internet into this machine's network, or out of that.
        """
        if url.scheme not in ("http", "https") or not url.host:
            raise self._refused(f"it redirects to what is no web address ({url.scheme or 'nothing'}:)")
        if (start.scheme, url.scheme) == ("https", "http"):
            raise self._refused("it redirects from https to http, where anybody can read along")
        if url.host == start.host:
            return self.client.build_request("GET", url)
        there, here = await resolve(url.host), await resolve(start.host)
        if {is_outside(address) for address in there} != {is_outside(address) for address in here}:
            raise self._refused(f"it redirects between the internet and this machine's network, to {url.host}")
        address = min(there, key=lambda one: one.version)
        return self.client.build_request(
            "GET",
            url.copy_with(host=str(address)),
            headers={"Host": url.netloc.decode("ascii")},
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        )

    async def _body(self, response: httpx2.Response) -> bytes:
        """What is sent, unpacked as it comes, so that a few bytes cannot become many."""
        packing = response.headers.get("content-encoding", "identity").strip().lower()
        if packing not in ("identity", "gzip"):
            raise EndpointBrokeOff(f"it sent its answer packed as {packing[:40]!r}, not as asked", at=self.address)
        gzip = zlib.decompressobj(zlib.MAX_WBITS | 16) if packing == "gzip" else None
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += gzip.decompress(chunk, self.max_bytes + 1 - len(body)) if gzip else chunk
            if len(body) > self.max_bytes:
                hint = "Raise `max_bytes` of `web` in app.yaml if this is meant"
                raise EndpointBrokeOff(
                    f"its answer is larger than {self.max_bytes:,} bytes", at=self.address, hint=hint
                )
        if gzip and not gzip.eof:
            raise EndpointBrokeOff("it broke off in the middle of its answer", at=self.address)
        return bytes(body)

    def _parsed(self, response: httpx2.Response, body: bytes) -> Any:
        if response.status_code != 200:
            raise self._refused(f"it answered {response.status_code} {response.reason_phrase}", response.status_code)
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            kind = response.headers.get("content-type", "something without a type")[:60]
            raise no_answer(self.address, f"it sent {kind} that is no JSON") from None

    def _refused(self, problem: str, status: int = 0) -> EndpointRefused:
        usual = {429: "It is asked too often: wait a while", 404: "Is this the address of its API?"}
        hint = self.hints.get(status) or usual.get(status) or (ANYWAY if status >= 500 else "")
        return EndpointRefused(problem, at=self.address, hint=hint, status=status)

    def _failure(self, error: Exception) -> EndpointError:
        if isinstance(error, httpx2.ConnectError | OSError):
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            problem = f"no network, or nothing answers there ({reason[:200]})"
            return EndpointUnreachable(problem, at=self.address, hint=ANYWAY)
        reason = f" ({str(error)[:200]})" if str(error) else ""
        return EndpointBrokeOff(f"it broke off, or does not speak HTTP{reason}", at=self.address, hint=ANYWAY)


def no_answer(address: str, problem: str) -> EndpointBrokeOff:
    """The error for an answer that is none."""
    return EndpointBrokeOff(problem, at=address, hint="Check the address under `web` in app.yaml")


@asynccontextmanager
async def server(address: str, max_bytes: int, hints: Mapping[int, str] | None = None) -> AsyncIterator[Server]:
    """Open connections to a server, and close them at the end of the block.

    It is told who asks, as https://foundation.wikimedia.org/wiki/Policy:User-Agent_policy wants.

    Raises:
        EngineError: the address cannot, or the proxy or the certificates that the environment names.
    """
    headers = {
        "User-Agent": f"antiphon/{version('antiphon')} (agents on a person's own machine) httpx2/{httpx2.__version__}",
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
    }
    try:
        host = httpx2.URL(address).host
        client = httpx2.AsyncClient(headers=headers, timeout=None, trust_env=not is_inside(host))
    except (ImportError, OSError, ValueError, httpx2.InvalidURL) as error:
        problem = f"the address, the proxy or the certificates cannot be used: {error}"
        raise EngineError(problem, at=address, hint="Check HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE") from error
    async with client:
        yield Server(client, address, max_bytes, hints or {})


def _is_proxied(url: httpx2.URL) -> bool:
    """Whether a proxy looks up the name; then there may be no name server here."""
    proxies = getproxies()
    return not is_inside(url.host) and bool({url.scheme, "all"} & proxies.keys()) and not proxy_bypass(url.host)

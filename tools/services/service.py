"""A service that app.yaml names, asked over HTTP: one attempt, redirects within its host, a limit of bytes."""

import asyncio
import codecs
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import httpx2

from ..base.errors import InputError, ServiceError, ServiceTimeout
from ..web.addresses import is_inside
from .keys import held_in
from .paths import address_of
from .settings import ServiceSettings

MAX_REDIRECTS = 3
SHOWN = 200
"""Characters of an answer in a message."""
_FAILURES = (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, OSError, UnicodeError)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service said; `json` is None where that was no JSON."""

    status: int
    text: str
    json: Any


class Service:
    """The connections to one service; `aclose` ends them.

    Args:
        name: As in app.yaml, for messages: an address may tell more than people should read.
    Raises:
        InputError: an environment variable that holds a key is not set, or holds what no header can.
        ServiceError: the proxy or the certificates that the environment names cannot be used.
    """

    def __init__(self, name: str, settings: ServiceSettings) -> None:
        self.name, self._settings = name, settings
        self._at = f"service {name}"
        headers = {
            "User-Agent": f"antiphon/{version('antiphon')}",
            "Accept": "application/json, text/*;q=0.9, */*;q=0.1",
            "Accept-Encoding": "identity",
            **settings.headers,
            **{
                header: held_in(variable, header, whose="its", at=self._at)
                for header, variable in settings.headers_env.items()
            },
        }
        inside = is_inside(httpx2.URL(settings.base_url).host)
        try:
            self._client = httpx2.AsyncClient(headers=headers, timeout=None, trust_env=not inside)
        except (ImportError, OSError, ValueError) as error:
            problem, hint = (
                f"the proxy or the certificates cannot be used: {error}",
                "Check HTTPS_PROXY and SSL_CERT_FILE",
            )
            raise ServiceError(problem, at=self._at, hint=hint) from error

    @property
    def is_keyed(self) -> bool:
        """Whether it recognises a request that is sent again, by the header that app.yaml names."""
        return bool(self._settings.idempotency_header)

    async def ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        *,
        key: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request, and wait for the whole answer.

        Args:
            path: Added to the service's address; it cannot lead off it.
            query: Text, numbers, true and false, or lists of them.
            body: Sent as JSON; None sends nothing.
            key: The same for the same call, made again; sent in the header that app.yaml names.
            headers: More of them; those that app.yaml names are sent as it says.
        Raises:
            InputError: the path, the query or the body cannot be sent.
            ServiceError: it cannot be reached, answers 400 or above, redirects elsewhere, or sends too much.
            ServiceTimeout: it took longer than its `timeout_s`.
        """
        url = address_of(self._settings.base_url, path, query or {})
        content = None if body is None else self._written(body)
        own = {name.lower() for name in self._client.headers}
        sent = {name: value for name, value in (headers or {}).items() if name.lower() not in own}
        if content is not None:
            sent["Content-Type"] = "application/json"
        if key and self.is_keyed and method != "GET":
            sent[self._settings.idempotency_header] = key
        request = self._client.build_request(method, url, content=content, headers=sent)
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                return await self._answer(request)
        except TimeoutError as error:
            problem = f"it took longer than {self._settings.timeout_s:g} s"
            raise ServiceTimeout(problem, at=self._at, hint="Raise its `timeout_s` in app.yaml") from error
        except _FAILURES as error:
            raise self._failure(error) from error

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _answer(self, request: httpx2.Request) -> Answer:
        for _ in range(MAX_REDIRECTS + 1):
            response = await self._client.send(request, stream=True)
            try:
                if response.next_request is None:
                    return self._read(response, await self._body(response))
                request = self._redirected(request, response)
            finally:
                await response.aclose()
        raise ServiceError(f"it redirects more than {MAX_REDIRECTS} times", at=self._at)

    def _redirected(self, request: httpx2.Request, response: httpx2.Response) -> httpx2.Request:
        """The request to where a GET is redirected, on the same host and no less secret."""
        then = response.next_request
        assert then is not None
        same = (request.url.scheme, request.url.host, request.url.port) == (
            then.url.scheme,
            then.url.host,
            then.url.port,
        )
        if not same or request.method != "GET":
            what = f"a {request.method} request" if same else f"to another server, {then.url.host}"
            hint = "Write the address it leads to as `base_url` in app.yaml, if this is meant"
            raise ServiceError(f"it redirects {what}", at=self._at, hint=hint)
        return then

    async def _body(self, response: httpx2.Response) -> bytes:
        packing = response.headers.get("content-encoding", "identity").strip().lower()
        if packing not in ("", "identity"):  # a few packed bytes can become very many
            raise ServiceError(f"it sent its answer packed as {_shown(packing)!r}, which nobody asked for", at=self._at)
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > self._settings.max_bytes:
                problem = f"its answer is larger than {self._settings.max_bytes:,} bytes"
                raise ServiceError(problem, at=self._at, hint="Raise its `max_bytes` in app.yaml if this is meant")
        return bytes(body)

    def _read(self, response: httpx2.Response, body: bytes) -> Answer:
        text, status = body.decode(_charset(response), errors="replace"), response.status_code
        if status >= 400:
            said = f": {_shown(text)}" if text.strip() else ""
            raise ServiceError(
                f"it answered {status} {response.reason_phrase}{said}".rstrip(),
                at=self._at,
                hint=_HINTS.get(status, ""),
            )
        return Answer(status, text, _parsed(text))

    def _failure(self, error: Exception) -> ServiceError:
        reason = _shown(getattr(error, "strerror", None) or str(error) or type(error).__name__)
        if isinstance(error, httpx2.ConnectError | OSError):
            hint = "Is it running, and is its `base_url` in app.yaml right?"
            return ServiceError(f"nothing answers there ({reason})", at=self._at, hint=hint)
        return ServiceError(f"it broke off, or does not speak HTTP ({reason})", at=self._at)

    def _written(self, body: Any) -> bytes:
        try:
            return json.dumps(body, ensure_ascii=False, allow_nan=False).encode(errors="replace")
        except (TypeError, ValueError, RecursionError) as error:
            raise InputError(f"the body has no form in JSON: {error}", at=self._at) from None


_HINTS = {
    401: "Check the environment variables under its `headers_env` in app.yaml",
    403: "Check the environment variables under its `headers_env` in app.yaml",
    404: "Check the node's `path`, and `base_url` in app.yaml",
    429: "It is asked too often: wait a while",
}


def _charset(response: httpx2.Response) -> str:
    named = response.charset_encoding or "utf-8"
    try:
        return codecs.lookup(named).name
    except LookupError:
        return "utf-8"


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _shown(text: str) -> str:
    """The beginning, on one line, without what would steer a terminal."""
    return "".join(char for char in " ".join(text[: 4 * SHOWN].split()) if char.isprintable())[:SHOWN]

"""What goes wrong between us and a model server, as errors with a way out."""

import asyncio
import json
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai

from ...tools.base.errors import (
    EndpointBrokeOff,
    EndpointError,
    EndpointRefused,
    EndpointTimeout,
    EndpointUnreachable,
)
from ...tools.base.suggest import did_you_mean
from ..roles.types import OpenAIChat as Role
from .wire import error_text, shown

FAILURES = (
    openai.OpenAIError,
    httpx2.HTTPError,
    httpx2.StreamError,
    httpx2.InvalidURL,
    TimeoutError,
    OSError,
)
"""What the SDK and its transport raise; in mid-stream the transport's own errors come through bare."""

DOCTOR = "`antiphon doctor` says what is running"


def is_loopback(url: str) -> bool:
    """Whether the address is on this machine, so that no proxy may stand between."""
    host = urlsplit(url).hostname or ""
    return host == "localhost" or host.startswith("127.") or host == "::1"


def failure(error: Exception, role: Role, *, began: bool) -> EndpointError:
    """Our error for one of theirs.

    Args:
        began: Whether a part of the answer had come.
    """
    at = role.base_url
    if isinstance(error, openai.APIStatusError):
        return _refused(error, role)
    cause = error.__cause__ if isinstance(error, openai.APIConnectionError) else error
    if isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout):
        hint = f"Is the server running? {DOCTOR}"
        return EndpointUnreachable(f"nothing answers there ({shown(str(cause)) or 'no connection'})", at=at, hint=hint)
    if isinstance(error, openai.APITimeoutError) or isinstance(cause, httpx2.TimeoutException | TimeoutError):
        when = "in the middle of the answer" if began else "before the answer began"
        hint = "A model that is still loading needs longer: raise `timeout_s` of the role in app.yaml"
        return EndpointTimeout(f"the server was silent for {role.timeout_s:g} s {when}", at=at, hint=hint)
    if isinstance(cause, httpx2.UnsupportedProtocol | httpx2.InvalidURL):
        hint = "Write `base_url` with its scheme, like http://127.0.0.1:11434/v1"
        return EndpointUnreachable(f"this is no address of a server: {shown(str(cause))}", at=at, hint=hint)
    when = "in the middle of the answer" if began else "without an answer"
    hint = "Its log says why; a server that runs out of memory dies like this"
    return EndpointBrokeOff(f"the server closed the connection {when}", at=at, hint=hint)


def past_deadline(role: Role) -> EndpointTimeout:
    """For a server that drips: it never falls silent, and never comes to an end."""
    return EndpointTimeout(
        f"the answer was not complete after {role.deadline_s:g} s",
        at=role.base_url,
        hint="Ask for fewer tokens, or raise `deadline_s` of the role in app.yaml",
    )


def no_answer(role: Role, content_type: str, start: bytes) -> EndpointBrokeOff:
    """For a page of something that is no model server."""
    slash = "" if role.base_url.rstrip("/").endswith("/v1") else "; most servers want a base_url that ends in /v1"
    return EndpointBrokeOff(
        f"expected a stream of events, got {content_type or 'something without a type'}: {shown(start)}",
        at=role.base_url,
        hint=f"Is this the address of a model server? Check `base_url`{slash}",
    )


def _refused(error: openai.APIStatusError, role: Role) -> EndpointRefused:
    status, said = error.status_code, _said(error)
    problem, hint = f"the server answered {status}: {said}", ""
    match status:
        case 401 | 403:
            hint = (
                f"Check the key in the environment variable {role.api_key_env}"
                if role.api_key_env
                else "Put the key in an environment variable, and name that in `api_key_env` in app.yaml"
            )
        case 404:
            hint = "" if role.base_url.rstrip("/").endswith("/v1") else f"Try base_url: {role.base_url.rstrip('/')}/v1"
        case 429:
            hint = "The server is busy or the account is used up: wait, or use another endpoint"
        case _ if status >= 500:
            hint = "The server's own log says why"
    if _is_too_long(said, error.body):
        hint = "Shorten the prompt, or give the model a larger context"
    return EndpointRefused(problem, at=role.base_url, hint=hint, status=status)


def _said(error: openai.APIStatusError) -> str:
    body: Any = error.body
    if body is None or (isinstance(body, str) and "<" in body[:20]):
        return error.response.reason_phrase or "no reason given"
    return error_text(body)


def _is_too_long(said: str, body: Any) -> bool:
    kind = body.get("type", "") if isinstance(body, dict) else ""
    return kind == "exceed_context_size_error" or "context length" in said or "context size" in said


async def with_models(error: EndpointError, client: openai.AsyncOpenAI, role: Role) -> EndpointError:
    """Name the models the server has, when it does not know the one that was asked for."""
    if not isinstance(error, EndpointRefused) or error.status not in (400, 404) or "model" not in error.problem.lower():
        return error
    if names := await model_names(client):
        if role.model in names:
            return error
        error.hint = f"{did_you_mean(role.model, names)} Set `model` of the role in app.yaml"
    return error


async def model_names(client: openai.AsyncOpenAI, timeout_s: float = 2) -> list[str]:
    """The ids `/v1/models` lists; none when it cannot be read."""
    with suppress(*FAILURES, ValueError, KeyError, TypeError):
        async with asyncio.timeout(timeout_s):
            response = await client.with_options(max_retries=0).models.with_raw_response.list()
            return [str(item["id"]) for item in json.loads(response.content)["data"]]
    return []

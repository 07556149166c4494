"""One of the `mcp` servers of app.yaml: a program that is started, or an address; and where its keys come from."""

import os
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from ..base.checked import Strict
from ..base.errors import InputError
from ..services.addresses import has_user, http_address
from ..services.keys import ELSEWHERE, HEADER, SCHEME, SECRET, VARIABLE


def _address(url: str) -> str:
    return http_address(url, "https://tools.example.org/mcp") if url else url


class McpSettings(Strict):
    """A server that offers tools; it is one or the other: a command, or a url."""

    command: tuple[str, ...] = Field(default=(), description="the program and its arguments; it is spoken to by pipes")
    folder: str = Field(default="", description="where it runs: beside this file, unless it begins with / or ~")
    env: dict[str, str] = Field(default_factory=dict, description="its environment variables; no keys")
    env_from: tuple[str, ...] = Field(
        default=(), description="environment variables that are handed on to it; others it does not see"
    )
    url: Annotated[str, AfterValidator(_address)] = Field(default="", description="of a server on HTTP")
    headers_env: dict[str, str] = Field(
        default_factory=dict,
        description="headers with the environment variables that hold them; "
        "Authorization gets `Bearer` before a bare key",
    )
    timeout_s: float = Field(default=60, gt=0, le=3600, description="the longest a call may take")
    start_timeout_s: float = Field(default=60, gt=0, le=3600, description="the longest its start may take")
    max_bytes: int = Field(default=200_000, ge=1_000, le=100_000_000, description="of one result")
    trust_hints: bool = Field(
        default=True,
        description="whether tools that it calls read-only count as such; otherwise every call changes something",
    )

    @model_validator(mode="after")
    def _is_one_server(self) -> "McpSettings":
        for problem in (*_wrong(self), *_wrong_names(self)):
            raise ValueError(problem)
        return self

    def environment(self, at: str) -> dict[str, str]:
        """What the program sees beside HOME, LOGNAME, PATH, SHELL, TERM and USER.

        Raises:
            InputError: a variable of `env_from` is not set.
        """
        missing = [name for name in self.env_from if name not in os.environ]
        if missing:
            problem = f"the environment variable {missing[0]}, which it is to be handed, is not set"
            raise InputError(problem, at=at, hint=f"Set it: export {missing[0]}=...")
        return {**self.env, **{name: os.environ[name] for name in self.env_from}}


def _wrong(given: McpSettings) -> Iterator[str]:
    if bool(given.command) == bool(given.url):
        yield "it has either command, a list such as [npx, -y, some-server], or url"
    if given.command and not given.command[0].strip():
        yield "the first of command is the name of a program"
    for key in ("folder", "env", "env_from") if given.url else ("headers_env",):
        if getattr(given, key):
            yield f"{key} belongs to {'a command' if given.url else 'a url'}"
    if given.url and has_user(given.url):
        yield f"{ELSEWHERE}, not in url"
    if given.url and (urlsplit(given.url).query or urlsplit(given.url).fragment):
        yield "url has a ? or #: a key stands under headers_env"


def _wrong_names(given: McpSettings) -> Iterator[str]:
    """Told without the values, which may be what must not be shown."""
    for name, value in given.env.items():
        if SECRET.search(name) or SCHEME.match(value):
            yield f"a key is never written in the file: name the variable under env_from, not {name!r} under env"
    for name in (*given.env, *given.env_from, *given.headers_env.values()):
        if not VARIABLE.fullmatch(name):
            yield f"{name!r} is no name of an environment variable, such as CALENDAR_KEY"
    for name in given.headers_env:
        if not HEADER.fullmatch(name):
            yield f"{name!r} is no name of a header"

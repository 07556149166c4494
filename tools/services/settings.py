"""One of the `services` of app.yaml: an address, and where its keys come from."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from ..base.checked import Strict

_SECRET = re.compile(r"authori[sz]ation|cookie|token|secret|password|credential|(^|[-_])(api)?-?key$", re.IGNORECASE)
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
"""https://www.rfc-editor.org/rfc/rfc9110#name-tokens"""
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise ValueError("it must be like https://api.example.org/v1")
    if parts.username is not None or parts.password is not None:
        raise ValueError("a key cannot stand in the address: name an environment variable under headers_env")
    if parts.query or parts.fragment:
        raise ValueError("it cannot have a ? or #: what is asked stands in the workflow, keys under headers_env")
    return url


def _plain(name: str) -> str:
    if not _HEADER.fullmatch(name):
        raise ValueError("this is no name of a header")
    if _SECRET.search(name):
        raise ValueError("a key is never written in the file: name an environment variable under headers_env instead")
    return name


def _any(name: str) -> str:
    if not _HEADER.fullmatch(name):
        raise ValueError("this is no name of a header")
    return name


def _literal(value: str) -> str:
    if not value.isascii() or not value.isprintable():
        raise ValueError("a header has plain ASCII letters, digits and signs")
    if re.match(r"(bearer|basic|token)\s", value, re.IGNORECASE):
        raise ValueError("a key is never written in the file: name an environment variable under headers_env instead")
    return value


def _variable(name: str) -> str:
    if not _VARIABLE.fullmatch(name):
        raise ValueError("this is no name of an environment variable: the key itself stands in the environment")
    return name


Header = Annotated[str, AfterValidator(_literal)]
Variable = Annotated[str, AfterValidator(_variable)]


class ServiceSettings(Strict):
    """What a workflow may ask over HTTP, by its name; no workflow sees the address or a key."""

    base_url: Annotated[str, AfterValidator(_address)] = Field(description="what a node's `path` is added to")
    headers: dict[Annotated[str, AfterValidator(_plain)], Header] = Field(
        default_factory=dict, description="sent with every request; no keys"
    )
    headers_env: dict[Annotated[str, AfterValidator(_any)], Variable] = Field(
        default_factory=dict,
        description="headers with the environment variables that hold them; Authorization gets `Bearer` before a bare key",
    )
    timeout_s: float = Field(default=30, gt=0, le=3600, description="the longest a whole request may take")
    max_bytes: int = Field(default=1_000_000, ge=1_000, le=100_000_000, description="of one answer")

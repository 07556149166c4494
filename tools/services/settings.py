"""One of the `services` of app.yaml: an address, and where its keys come from."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from ..base.checked import Strict
from .addresses import has_user, http_address
from .keys import ELSEWHERE, HEADER, SCHEME, SECRET, VARIABLE


def _address(url: str) -> str:
    return http_address(url, "https://api.example.org/v1")


class ServiceSettings(Strict):
    """What a workflow may ask over HTTP, by its name; no workflow sees the address or a key."""

    base_url: Annotated[str, AfterValidator(_address)] = Field(description="what a node's `path` is added to")
    headers: dict[str, str] = Field(default_factory=dict, description="sent with every request; no keys")
    headers_env: dict[str, str] = Field(
        default_factory=dict,
        description="headers with the environment variables that hold them; "
        "Authorization gets `Bearer` before a bare key",
    )
    idempotency_header: str = Field(
        default="", description="the header by which it recognises a request that is sent again: Idempotency-Key"
    )
    openapi: str = Field(
        default="",
        description="the OpenAPI document of what it can do, for agents: a JSON or YAML file, beside this file "
        "unless it begins with / or ~",
    )
    openapi_path: str = Field(
        default="", description="or where the service itself has the document, added to base_url: /openapi.json"
    )
    timeout_s: float = Field(default=30, gt=0, le=3600, description="the longest a whole request may take")
    max_bytes: int = Field(default=1_000_000, ge=1_000, le=100_000_000, description="of one answer")

    @model_validator(mode="after")
    def _holds_no_key(self) -> "ServiceSettings":
        """Looked at as a whole, as a complaint about one value would show it."""
        if has_user(self.base_url):
            raise ValueError(f"{ELSEWHERE}, not in base_url")
        parts = urlsplit(self.base_url)
        if parts.query or parts.fragment:
            raise ValueError("base_url has a ? or #: what is asked stands in the workflow, a key under headers_env")
        for name, value in self.headers.items():
            if SECRET.search(name) or SCHEME.match(value):
                raise ValueError(f"{ELSEWHERE}, not {name!r} under headers")
            if not value.isascii() or not value.isprintable():
                raise ValueError(f"the header {name!r} may hold plain ASCII letters, digits and signs")
        for name, variable in self.headers_env.items():
            if not VARIABLE.fullmatch(variable):
                raise ValueError(
                    f"{name!r} under headers_env is no name of an environment variable, such as WEATHER_KEY"
                )
        more = [self.idempotency_header] if self.idempotency_header else []
        for name in (*self.headers, *self.headers_env, *more):
            if not HEADER.fullmatch(name):
                raise ValueError(f"{name!r} is no name of a header")
        return self

    @model_validator(mode="after")
    def _has_one_document(self) -> "ServiceSettings":
        if self.openapi and self.openapi_path:
            raise ValueError("it has either openapi or openapi_path")
        return self

"""`telemetry` in app.yaml: the collector that is told how runs went. Without it nothing is told to anybody."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from ...tools.base.checked import Strict
from ...tools.services.addresses import has_user, http_address
from ...tools.services.keys import ELSEWHERE, HEADER, VARIABLE, held_in

PATH = "/v1/traces"
"""https://opentelemetry.io/docs/specs/otlp/#otlphttp-request"""


def _address(url: str) -> str:
    return http_address(url, "http://127.0.0.1:4318")


class Telemetry(Strict):
    """Spans of each run for an OpenTelemetry collector. The OTEL_* variables of the environment count for nothing."""

    otlp: Annotated[str, AfterValidator(_address)] = Field(
        description=f"address of a collector that takes OTLP over HTTP; {PATH} is added where it is missing"
    )
    headers_env: dict[str, str] = Field(
        default_factory=dict,
        description="headers with the environment variables that hold them; "
        "Authorization gets `Bearer` before a bare key",
    )
    content: bool = Field(default=False, description="whether the words go there, too: what was said, called and found")
    service: str = Field(default="antiphon", min_length=1, max_length=200, description="what the traces are kept under")

    @model_validator(mode="after")
    def _holds_no_key(self) -> "Telemetry":
        """Looked at as a whole, as a complaint about one value would show it."""
        parts = urlsplit(self.otlp)
        if has_user(self.otlp) or parts.query or parts.fragment:
            raise ValueError(ELSEWHERE)
        for name, variable in self.headers_env.items():
            if not HEADER.fullmatch(name):
                raise ValueError(f"{name!r} is no name of a header")
            if not VARIABLE.fullmatch(variable):
                raise ValueError(f"{name!r} under headers_env is no name of an environment variable, such as OTLP_KEY")
        return self

    @property
    def address(self) -> str:
        """Where traces are posted to."""
        return self.otlp if self.otlp.endswith(PATH) else self.otlp.rstrip("/") + PATH

    def headers(self) -> dict[str, str]:
        """The headers with what their environment variables hold.

        Raises:
            InputError: a variable is not set, or holds what no header can.
        """
        return {
            header: held_in(variable, header, whose="the collector's", at="telemetry")
            for header, variable in self.headers_env.items()
        }

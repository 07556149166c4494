"""Where this machine may look things up: the section `web` of app.yaml."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from ..base.checked import Strict

LANGUAGE = "{language}"
"""What stands in an address for the language's code: "https://{language}.wikipedia.org/w/api.php"."""


def _address(url: str) -> str:
    plain = url.replace(LANGUAGE, "en")
    try:
        parts = urlsplit(plain)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not set("{}@ ") & set(plain)
    except ValueError:
        good = False
    if url and not good:
        raise ValueError(f"it must be like https://{LANGUAGE}.wikipedia.org/w/api.php or http://localhost:8888/search")
    return url


WebAddress = Annotated[str, AfterValidator(_address)]


class WebSettings(Strict):
    """Addresses and limits. Both addresses are empty unless somebody writes them down: nothing leaves this machine."""

    encyclopedia: WebAddress = Field(default="", description="a MediaWiki Action API")
    search: WebAddress = Field(default="", description="a SearXNG server's /search")
    timeout_s: float = Field(default=4, gt=0, le=60, description="the longest a whole look-up may take")
    max_bytes: int = Field(default=1_000_000, ge=1_000, le=50_000_000, description="of one answer, unpacked")

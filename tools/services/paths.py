"""The address of a request: a path that stays on its service, and what is asked."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote, urlencode

from ..base.errors import InputError

_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_AT = "path"


def address_of(base_url: str, path: str, query: Mapping[str, Any]) -> str:
    """The whole address. Pure.

    Args:
        path: Added to the service's address; letters of any language may stand in it.
        query: Text, numbers, true and false, or lists of them; None leaves a name out.
    Raises:
        InputError: the path would lead off the service, or a value of the query has no form in an address.
    """
    asked = urlencode([pair for name, value in query.items() for pair in _pairs(name, value)], errors="replace")
    return f"{base_url.rstrip('/')}/{_kept_inside(path)}{'?' if asked else ''}{asked}"


def _kept_inside(path: str) -> str:
    if "?" in path or "#" in path:
        raise InputError(f"the path {path!r} has a ? or #", at=_AT, hint="Write what is asked under `query`")
    bare = path
    for _ in range(4):  # some servers unpack more than once
        bare = unquote(bare)
    control = any(not char.isprintable() for char in bare)
    if control or "\\" in bare or "://" in bare or path.startswith("//") or {".", ".."} & {*bare.split("/")}:
        hint = "Write it like /v1/forecast, without a host and without .."
        raise InputError(f"the path {path!r} leads off the service", at=_AT, hint=hint)
    return quote(_BARE_PERCENT.sub("%25", path.removeprefix("/")), safe="/%:@!$&'()*+,;=~-._", errors="replace")


def _pairs(name: str, value: Any) -> list[tuple[str, str]]:
    match value:
        case None:
            return []
        case bool():
            return [(name, "true" if value else "false")]
        case str() | int() | float():
            return [(name, str(value))]
        case list() | tuple():
            return [pair for item in value for pair in _pairs(name, item)]
        case _:
            hint = "Give text, numbers, true, false, or a list of them"
            raise InputError(f"{name!r} is an object, which has no form in an address", at="query", hint=hint)

"""Keys for services: app.yaml names the environment variables that hold them, and never a key."""

import os
import re

from ..base.errors import InputError

HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
"""https://www.rfc-editor.org/rfc/rfc9110#name-tokens"""
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
SECRET = re.compile(r"authori[sz]ation|cookie|token|secret|password|credential|(^|[-_])(api)?-?key$", re.IGNORECASE)
"""What the name of a key has in it."""
SCHEME = re.compile(r"(bearer|basic|token)\s", re.IGNORECASE)
"""What a key begins with where a header has it."""
ELSEWHERE = "a key is never written in the file: name an environment variable under headers_env"
"""What somebody is told who has written one there."""


def held_in(variable: str, header: str, *, whose: str, at: str) -> str:
    """What a header is sent with: what its environment variable holds, `Bearer` before a bare key in Authorization.

    Args:
        whose: The header's owner, for the message: "its".
        at: Where the variable is named.
    Raises:
        InputError: it is not set, or holds what no header can.
    """
    value = os.environ.get(variable, "").strip()
    if not value:
        problem = f"the environment variable {variable}, which holds {whose} {header}, is not set"
        raise InputError(problem, at=at, hint=f"Set it: export {variable}=...")
    if not value.isascii() or not value.isprintable():
        raise InputError(f"the environment variable {variable} holds what no header can", at=at)
    bare = header.lower() == "authorization" and " " not in value  # a scheme always stands before a key: RFC 9110, 11.4
    return f"Bearer {value}" if bare else value

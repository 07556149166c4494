"""Addresses that people write into app.yaml: looked at before anything is asked."""

from urllib.parse import parse_qs, urlsplit

POSTGRES = "postgresql://user@host/name"
"""What the address of a database is like."""


def http_address(url: str, example: str) -> str:
    """The address itself, where it can be asked over HTTP.

    Raises:
        ValueError: it cannot; `example` is what it must be like.
    """
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise ValueError(f"it must be like {example}")
    return url


def has_user(url: str) -> bool:
    """Whether an address names a user, or has a password, before its host."""
    parts = urlsplit(url)
    return parts.username is not None or parts.password is not None


def postgres_address(url: str) -> str:
    """The address itself, where it is one of a Postgres database.

    Raises:
        ValueError: it is none; the address is not shown.
    """
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("postgresql", "postgres") and parts.port != 0 and len(parts.path) > 1
    except ValueError:
        good = False
    if not good:
        raise ValueError(f"it must be like {POSTGRES}")
    return url


def has_password(url: str) -> bool:
    """Whether an address of a database has a password, before its host or behind its question mark."""
    try:
        parts = urlsplit(url)
        return parts.password is not None or bool({"password", "sslpassword"} & set(parse_qs(parts.query)))
    except ValueError:
        return "@" in url

"""Addresses that people write into app.yaml: looked at before anything is asked."""

from urllib.parse import urlsplit


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

"""Points in time as people write them."""

import re
from datetime import datetime, timedelta

from ...tools.base.errors import InputError
from ...tools.base.patterns import DURATION

_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400}


def moment(written: str, option: str) -> float | None:
    """Seconds since 1970 of `5m` (so long ago) or `2026-11-22T18:30` (here, unless it has a time zone); None of "".

    Args:
        option: Where it was written, for the message.
    Raises:
        InputError: it is neither, or before 1990 or after 9990.
    """
    text = written.strip().lower()
    if not text:
        return None
    try:
        when = _ago(text) if re.match(DURATION, text) else datetime.fromisoformat(text.upper()).astimezone()
        if not 1990 <= when.year <= 9990:
            raise ValueError
    except (ValueError, OverflowError):
        now = f"{datetime.now():%Y-%m-%dT%H:%M}"
        hint = f"Write how long ago, like 5m, 2h or 7d, or a time, like {now}"
        raise InputError(f"{written!r} is no time", at=option, hint=hint) from None
    return when.timestamp()


def _ago(text: str) -> datetime:
    unit = text.lstrip("0123456789.")
    return datetime.now().astimezone() - timedelta(seconds=float(text.removesuffix(unit)) * _SECONDS[unit])

"""What model servers were found to be able to do, remembered in a private file for a week."""

import hashlib
import json
import os
import time
from contextlib import suppress
from pathlib import Path

from ...tools.base.places import state_folder
from ...tools.base.writing import storage_errors, whole_file
from .abilities import Abilities

MAX_AGE_S = 7 * 86_400
"""A server may be replaced by a newer one, or by one started with other options; `antiphon doctor --deep` asks anew."""


def remember(base_url: str, model: str, abilities: Abilities) -> None:
    """Keep what was found; one file for each server and model, so that no two writers meet.

    Raises:
        StorageError: it cannot be written.
    """
    path = _file(base_url, model)
    with storage_errors(path):
        path.parent.mkdir(mode=0o700, exist_ok=True)
    with whole_file(path) as draft:
        kept = {"schema": abilities.schema, "tools": abilities.tools, "at": time.time()}
        draft.write_text(json.dumps(kept), encoding="utf-8")


def recall(base_url: str, model: str) -> Abilities | None:
    """What was found within `MAX_AGE_S`; None where nothing was, or the file is damaged."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        kept = json.loads(_file(base_url, model).read_text(encoding="utf-8"))
        if 0 <= time.time() - kept["at"] < MAX_AGE_S and isinstance(kept["schema"], bool):
            return Abilities(schema=kept["schema"], tools=kept["tools"] is True)
    return None


def _file(base_url: str, model: str) -> Path:
    """The name holds no address: that may be private."""
    digest = hashlib.sha256(os.fsencode(f"{base_url.rstrip('/')} {model}")).hexdigest()[:24]
    return state_folder() / "abilities" / f"{digest}.json"

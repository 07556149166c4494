"""Which app.yaml counts: the one given, the environment's, the one here, the user's, the one shipped; which profile."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ...tools.base.checked import checked
from ...tools.base.errors import InputError
from ...tools.base.places import config_file
from ...tools.base.yaml_reading import read_yaml

if TYPE_CHECKING:
    from .types import App, Profile

SHIPPED = Path(__file__).with_name("default.yaml")


@dataclass(frozen=True, slots=True)
class Source:
    """The file that counts, and why."""

    path: Path
    why: str


def source_of_app(path: Path | None = None) -> Source:
    """Find the app.yaml that counts; one that is named counts whether it exists or not."""
    if path is not None:
        return Source(path, "given")
    if named := os.environ.get("ANTIPHON_APP"):
        return Source(Path(named).expanduser(), "named by ANTIPHON_APP")
    for candidate, why in ((Path("app.yaml"), "in this folder"), (config_file(), "of this user")):
        if candidate.is_file():
            return Source(candidate, why)
    return Source(SHIPPED, "the default, shipped with Antiphon")


def read_app(path: Path | None = None, profile: str = "") -> "App":
    """Read the app.yaml that counts, as the profile has it that counts; `source_of_app` says which file that is.

    Args:
        profile: By default what ANTIPHON_PROFILE names, else the file's own `profile`.
    Raises:
        InputError: the file that is named does not exist, or the profile.
        FileError: it is wrong, with every problem and its line: also in the profiles that are not chosen.
    """
    from .types import App

    file = source_of_app(path).path
    app = _placed(checked(read_yaml(file), App), file.absolute().parent)
    named = os.environ.get("ANTIPHON_PROFILE", "")
    chosen = profile or named or app.profile
    try:
        return app.under(chosen) if chosen else app
    except InputError as error:
        error.at = str(file) if profile else f"ANTIPHON_PROFILE, {file}"
        raise


def _placed(app: "App", beside: Path) -> "App":
    """The app with its files and folders where they are: beside the file, not where the command is called."""

    def placed(path: str) -> str:
        return str(beside / Path(path).expanduser()) if path else path

    def within(part: "App | Profile") -> dict[str, object]:
        storage = part.storage
        if storage and storage.folder:  # a profile that writes none leaves it as it is
            storage = storage.model_copy(update={"folder": placed(storage.folder)})
        services = {
            name: one.model_copy(update={"openapi": placed(one.openapi)}) for name, one in part.services.items()
        }
        servers = {
            name: one.model_copy(update={"folder": placed(one.folder or ".") if one.command else ""})
            for name, one in part.mcp.items()
        }
        return {"storage": storage, "services": services, "mcp": servers}

    profiles = {name: one.model_copy(update=within(one)) for name, one in app.profiles.items()}
    return app.model_copy(update={**within(app), "profiles": profiles})

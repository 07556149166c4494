"""Which app.yaml counts: the one given, the environment's, the one here, the user's, the one shipped."""

import os
from dataclasses import dataclass
from pathlib import Path

from ...tools.base.checked import checked
from ...tools.base.places import config_file
from ...tools.base.yaml_reading import read_yaml
from .types import App

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


def read_app(path: Path | None = None) -> App:
    """Read the app.yaml that counts; `source_of_app` says which that is.

    Raises:
        InputError: the file that is named does not exist.
        FileError: it is wrong, with every problem and its line.
    """
    return checked(read_yaml(source_of_app(path).path), App)

"""Which rules file a name means: this family's own before the one that is shipped."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ...tools.base.errors import InputError
from ...tools.base.places import config_file
from ...tools.base.suggest import did_you_mean
from ..roles.reading import SHIPPED as DEFAULT_APP
from ..roles.reading import source_of_app

if TYPE_CHECKING:
    from .guard import RulesGuard

SHIPPED = Path(__file__).with_name("rules")


def rules_file(name: str, folder: Path | None = None) -> Path:
    """The file of a rules name such as `child`, or of a path within a workflow's folder.

    A file `rules/NAME.yaml` beside the app.yaml that counts, or beside the user's own, comes before the shipped one:
    copy it there to change it.

    Raises:
        InputError: there is none, or the path leads out of the folder.
    """
    if name.endswith((".yaml", ".yml")) and folder is not None:
        try:
            path = (folder / name).resolve()
            if path.is_relative_to(folder.resolve()) and path.is_file():
                return path
        except (OSError, ValueError, RuntimeError):  # a zero byte, a name too long, a link in a circle
            raise InputError(f"{name!r} is no name of a file") from None
        raise InputError(f"there is no rules file {name!r} in {folder}", hint="It must lie in the workflow's folder")
    for place in (*own_folders(), SHIPPED):
        if name in known_rules(place) or (place / f"{name}.yaml").is_dir():
            return place / f"{name}.yaml"
    known = {rules for place in (*own_folders(), SHIPPED) for rules in known_rules(place)}
    raise InputError(f"there are no guard rules called {name!r}", hint=did_you_mean(name, known))


def own_folders() -> tuple[Path, ...]:
    """Where this user's own rules files may lie."""
    app = source_of_app().path
    return (*([] if app == DEFAULT_APP else [app.parent / "rules"]), config_file().parent / "rules")


def known_rules(place: Path) -> set[str]:
    """The names of the rules files in a folder; sentences for learning are none."""
    return {path.stem for path in place.glob("*.yaml") if path.is_file() and not path.stem.endswith(".examples")}


def open_rules(name: str, folder: Path | None = None) -> "RulesGuard":
    """The guard of a rules name.

    Raises:
        InputError: as `rules_file`.
        FileError: the file is wrong, with every problem and its line.
    """
    path = rules_file(name, folder)
    return _opened(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _opened(path: Path, changed_ns: int) -> "RulesGuard":
    from .guard import RulesGuard
    from .rules import load_rules

    return RulesGuard(load_rules(path))

"""Ship the three floors as one import package; link them under that name for editable installs."""

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAME, FLOORS = "antiphon", ("tools", "agents", "workflows")


class Floors(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        source = root / "package" / NAME
        package = root / ".package" / version / NAME
        package.mkdir(parents=True, exist_ok=True)
        (package / "py.typed").touch()
        init = (source / "__init__.py").read_text(encoding="utf-8")
        if version == "editable":
            # Run time imports from the checkout itself; the links are for type checkers and editors.
            init += f"\n__path__ = [*__path__, {str(root)!r}]\n__path__.reverse()\n"
            for floor in FLOORS:
                link(package / floor, root / floor)
        else:
            floors = {str(root / floor): f"{NAME}/{floor}" for floor in FLOORS}
            build_data["force_include"] |= {str(package): NAME} | floors
        (package / "__init__.py").write_text(init, encoding="utf-8")
        (package / "__main__.py").write_text((source / "__main__.py").read_text(encoding="utf-8"), encoding="utf-8")


def link(at: Path, target: Path) -> None:
    """Point `at` to `target`, replacing a link that a moved or copied checkout left behind."""
    if at.is_symlink():
        at.unlink()
    elif at.exists():
        return
    if os.name == "nt":  # a junction needs no privilege; a symlink does
        import _winapi

        _winapi.CreateJunction(str(target), str(at))
    else:
        at.symlink_to(target, target_is_directory=True)

"""Binding `chat` to a server in an app.yaml that people write: everything else in the file stays as it is."""

import json
from pathlib import Path
from typing import Any

from ...tools.base.checked import checked
from ...tools.base.yaml_reading import Document, parse_yaml
from .types import App


def bind_chat(text: str, path: Path, base_url: str, model: str) -> str:
    """The text of an app.yaml with `chat`, and `fast` where it is there, bound to a server.

    Args:
        path: Only names the file in messages.
    Raises:
        FileError: the text is no right app.yaml, before.
    """
    role = {"engine": "openai", "base_url": base_url, "model": model}
    for name in ("fast", "chat"):
        document = parse_yaml(text, path)
        checked(document, App)
        if name in document.value["models"]:
            text = _replaced(document, name, role)
    checked(parse_yaml(text, path), App)
    return text


def _replaced(document: Document, name: str, role: dict[str, str]) -> str:
    """Put the role in place of the lines of `models.<name>`; the whole file anew if it shares its lines."""
    lines = document.text.splitlines(keepends=True)
    path = ("models", name)
    line, column = document.positions[path]
    others = [position for key, position in document.positions.items() if key[:2] != path and key]
    if any(other == line for other, _ in others):
        return _rewritten(document, name, role)
    end = min((other for other, _ in others if other > line), default=len(lines) + 1) - 1
    while end > line and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1  # what stands before the next key belongs to that
    inline = ", ".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in role.items())
    return "".join([*lines[: line - 1], f"{' ' * (column - 1)}{name}: {{ {inline} }}\n", *lines[end:]])


def _rewritten(document: Document, name: str, role: dict[str, str]) -> str:
    import yaml

    value: dict[str, Any] = {**document.value, "models": {**document.value["models"], name: role}}
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False)

"""Haystack: `Pipeline.load`, then `Pipeline.run` with words and a score."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from .telling import ready, tell

WORDS = "Hello there, everybody"


def load(pipeline: Any, file: Path) -> Any:
    with file.open(encoding="utf-8") as lines:
        return pipeline.load(lines)


def main(file: Path) -> None:
    pipeline = import_module("haystack").Pipeline
    ready()
    pipelines: list[Any] = []
    data = {"start": {"value": WORDS}, "choose": {"score": len(WORDS)}}
    if tell("load", lambda: pipelines.append(load(pipeline, file))):
        tell("run", lambda: pipelines[0].run(data))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

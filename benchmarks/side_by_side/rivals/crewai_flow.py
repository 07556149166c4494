"""CrewAI: `Flow.from_declaration(path=...)`, which is also what `crewai run` calls, then `kickoff`."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from .telling import ready, tell


def main(file: Path) -> None:
    flow_module = import_module("crewai.flow.flow")
    ready()
    flows: list[Any] = []
    if tell("load", lambda: flows.append(flow_module.Flow.from_declaration(path=file, suppress_flow_events=True))):
        tell("run", lambda: flows[0].kickoff())


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Give a file to a framework, in a process of its own, and judge what it says."""

import json
import re
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .frameworks import MISTAKES, OURS, Framework
from .installing import environment, python_of
from .rivals.telling import MARK

LIMIT_S = 90
"""An endless run is ended after so many seconds."""
LONGEST = 600
"""So many characters of a message are kept."""

PLACE = re.compile(r"\.ya?ml:\d+|\bline \d+", re.IGNORECASE)
HINT = re.compile(
    "did you mean|input should be |field required|expecting one of|available |declared fields|registered components"
    "|by an earlier edge|must include at least|must be within|reference your own|can only accept inputs|load it with"
    "|please check",
    re.IGNORECASE,
)
"""Words with which the rivals' messages show a way out; checked by reading all of them."""
OUR_HINT = re.compile(r"\bdid you mean\b|^ *hint: ", re.MULTILINE)
"""Where Antiphon shows one; the pointer to `antiphon explain` under every message does not count."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a framework said of a file.

    Attributes:
        verdict: place (refused when loaded, with the line), refused, warned (loaded with a warning), run (told
            only when run), accepted, or broken (it could not be asked).
        message: As printed to a user, paths replaced, cut.
        hint: Whether the message shows a way out.
        ends: What a run gave that was accepted.
        prints: What that run printed.
    """

    verdict: str
    message: str
    hint: bool = False
    ends: str = ""
    prints: str = ""

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def ask_ours(file: Path) -> tuple[Said, str]:
    """What `antiphon validate` says, and the whole of it."""
    command = [str(Path(sys.executable).with_name(OURS)), "validate", file.name]
    done = subprocess.run([*command, "--format", "text"], cwd=file.parent, capture_output=True, text=True)
    if "No such option" in done.stderr or "no such option" in done.stderr:
        done = subprocess.run(command, cwd=file.parent, capture_output=True, text=True)
    whole = (done.stdout + done.stderr).strip()
    if done.returncode not in (0, 2) or "Traceback (most recent" in whole:
        return Said("broken", _cut(whole)), whole
    if done.returncode == 0:
        told = bool(PLACE.search(whole))
        return Said("warned" if told else "accepted", _cut(whole) if told else "", bool(OUR_HINT.search(whole))), whole
    return Said("place" if PLACE.search(whole) else "refused", _cut(whole), bool(OUR_HINT.search(whole))), whole


def ask(rival: Framework, file: Path, cache: Path, noise: frozenset[str] = frozenset()) -> tuple[Said, str]:
    """What a rival says, and the whole of it; `noise` are lines it prints for a file without a mistake, too."""
    command = [str(python_of(rival, cache)), "-m", f"side_by_side.rivals.{rival.loader}", str(file)]
    try:
        done = subprocess.run(
            command,
            cwd=file.parent,
            env=environment(rival, cache),
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return Said("accepted", "", ends=f"still running after {LIMIT_S} s"), ""
    printed, logged = _stages(done.stdout), _stages(done.stderr)
    if "load" not in printed:
        return Said("broken", _cut(done.stderr.strip())), done.stderr
    clean = [_without_paths(text, cache) for text in (logged["load"][0], logged.get("run", ("", {}))[0])]
    loading, running = ("\n".join(row for row in text.splitlines() if row and row not in noise) for text in clean)
    return _judged(printed, loading, running, cache)


def _judged(
    printed: dict[str, tuple[str, dict[str, str]]], loading: str, running: str, cache: Path
) -> tuple[Said, str]:
    """The verdict over the stages, with what was logged while loading and running."""
    load, run = printed["load"][1], printed.get("run", ("", {}))[1]
    if "error" in load:
        whole = f"{loading}\n{_without_paths(load['error'], cache)}".strip()
        return Said("place" if PLACE.search(whole) else "refused", _cut(whole), bool(HINT.search(whole))), whole
    ends = {"ends": run.get("result", ""), "prints": printed["run"][0]}
    if loading:
        return Said("warned", _cut(loading), bool(HINT.search(loading)), **ends), loading
    whole = _without_paths(run["error"], cache) if "error" in run else running
    return Said("run" if whole else "accepted", _cut(whole), bool(HINT.search(whole)), **ends), whole


def _stages(stream: str) -> dict[str, tuple[str, dict[str, str]]]:
    """For each stage what was printed before its mark, and the mark."""
    stages: dict[str, tuple[str, dict[str, str]]] = {}
    before: list[str] = []
    for line in stream.splitlines():
        if line.startswith(MARK):
            mark = json.loads(line.removeprefix(MARK))
            stages[mark["stage"]] = ("\n".join(before).strip(), mark)
            before = []
        else:
            before.append(line)
    return stages


def _without_paths(text: str, cache: Path) -> str:
    """No folder of this machine."""
    for folder, name in ((MISTAKES, "mistakes"), (cache, "environments"), (Path.home(), "~")):
        text = text.replace(str(folder), name)
    return text.strip()


def _cut(text: str) -> str:
    """The beginning and the end: some put what is wrong first, some last."""
    if len(text) <= LONGEST:
        return text
    first, last = text[: LONGEST * 2 // 3].rstrip(), text[-LONGEST // 3 :].lstrip()
    return f"{first}\n[… {len(text) - len(first) - len(last):,} characters …]\n{last}"

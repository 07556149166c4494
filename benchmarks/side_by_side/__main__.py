"""The same ten mistakes given to Antiphon and to four other frameworks: what each says.

    PYTHONPATH=benchmarks python -m side_by_side [--only antiphon] [--cache DIR]

Makes an environment for each rival (about 1 GB in all, once), asks every framework about every file of `mistakes`,
and writes `results.json` and the page in both languages. No model is called. `--only` asks one framework anew and
keeps what the others said; `--only nobody` writes the page anew.
"""

import argparse
import datetime
import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .asking import Said, ask, ask_ours
from .catalogue import THREE, Mistake, read_mistakes
from .frameworks import HERE, MISTAKES, OURS, RIVALS, Framework
from .installing import InstallError, install
from .page import LANGUAGES, page

RESULTS = HERE / "results.json"
DOCS = HERE.parents[1] / "docs"


def asked(key: str, rival: Framework | None, cache: Path) -> dict[str, Any]:
    """Every answer of one framework; its good file comes first and must pass without a word."""
    good, whole = _answer(rival, MISTAKES / key / "good.yaml", cache, frozenset())
    noise = frozenset(whole.splitlines())
    if good.verdict not in ("accepted", "warned", "run") or (rival is None and good.verdict != "accepted"):
        raise InstallError(f"{key} does not accept its good file:\n{good.message}")
    answers: dict[str, Any] = {}
    for mistake in read_mistakes():
        file = MISTAKES / key / mistake.file
        if key in mistake.absent:
            continue
        said, whole = _answer(rival, file, cache, noise)
        answers[mistake.id] = said.plain() | {"good": good.ends}
        if mistake.id == THREE:
            answers[mistake.id]["told"] = _told(mistake, key, whole)
        print(f"{key:16} {mistake.id:3} {said.verdict:9} {said.message[:90]!r}", file=sys.stderr)
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    return {"version": rival.version if rival else version(OURS), "date": today, "said": answers}


def _answer(rival: Framework | None, file: Path, cache: Path, noise: frozenset[str]) -> tuple[Said, str]:
    return ask_ours(file) if rival is None else ask(rival, file, cache, noise)


def _told(mistake: Mistake, key: str, whole: str) -> int:
    """How many of the misspelt words are in what it says."""
    return sum(word in whole for word in mistake.words[key])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [OURS, *(rival.key for rival in RIVALS)]
    parser.add_argument("--only", choices=[*names, "nobody"], action="append", help="may be given more than once")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "antiphon-side-by-side")
    parser.add_argument("--results", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    results: dict[str, Any] = json.loads(chosen.results.read_text(encoding="utf-8")) if chosen.results.exists() else {}
    try:
        for key, rival in zip(names, (None, *RIVALS), strict=True):
            if chosen.only and key not in chosen.only:
                continue
            if rival is not None:
                install(rival, chosen.cache)
            results[key] = asked(key, rival, chosen.cache)
    except (InstallError, subprocess.SubprocessError) as error:
        print(f"side by side: {error}", file=sys.stderr)
        return 2
    results = {key: results[key] for key in names if key in results}
    chosen.results.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for language, name in LANGUAGES.items():
        (DOCS / name).write_text(page(results, language), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""From the end of a spoken question to the first sound of the answer, part by part, as a table and a picture.

    python benchmarks/first_sound.py [--runs 5] [--svg docs/first-sound.svg]

The ready-made child tutor is given the two recordings it ships with. `cold` is the first run of a process, in which
recogniser, voice, embedding model and graph are loaded; `warm` is the median of the next ones in the same process.
Parts are in the order in which they happen; "other" is what lies between them.
"""

import argparse
import asyncio
import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from antiphon import run
from antiphon.agents.events import Event, Said, Sounded, StepFinished

QUESTIONS = Path(__file__).parents[1] / "workflows" / "library" / "child_tutor" / "questions"
PARTS = {"hear": "hear", "guard_question": "guard", "find_exercise": "guard", "look_up": "look up", "check": "check"}
"""Steps of the workflow, and the part each belongs to."""
ORDER = ("hear", "guard", "look up", "check", "speak", "other")
COLOURS = {
    "hear": "#4c78a8",
    "guard": "#f58518",
    "look up": "#54a24b",
    "check": "#b279a2",
    "speak": "#e45756",
    "other": "#bab0ac",
}


@dataclass(frozen=True, slots=True)
class Row:
    """Seconds by part, up to the first sound."""

    name: str
    parts: Mapping[str, float]

    @property
    def total(self) -> float:
        return sum(self.parts.values())


def parts_of(events: Sequence[Event]) -> dict[str, float]:
    """Read the parts off the events: what had ended by the first sound, and the speaking of the first clause."""
    first = next(event.at_s for event in events if isinstance(event, Sounded))
    said = next(event.at_s for event in events if isinstance(event, Said))
    parts = dict.fromkeys(ORDER, 0.0)
    for event in events:
        if isinstance(event, StepFinished) and event.step in PARTS and event.at_s <= first:
            parts[PARTS[event.step]] += event.seconds
    parts["speak"] = max(first - said, 0.0)
    parts["other"] = max(first - sum(parts.values()), 0.0)
    return parts


async def ask(recording: Path) -> dict[str, float]:
    """One run, spoken."""
    result = await run("child-tutor", audio=recording, age=8, spoken=True)
    return parts_of(result.events)


def measure(language: str, runs: int) -> list[Row]:
    """A cold run and the median of warm ones."""
    recording = next(QUESTIONS.glob(f"*{language}*.ogg"))
    taken = [asyncio.run(ask(recording)) for _ in range(runs + 1)]
    warm = {part: statistics.median(one[part] for one in taken[1:]) for part in ORDER}
    return [Row(f"{language}, cold", taken[0]), Row(f"{language}, warm", warm)]


def table(rows: Sequence[Row]) -> str:
    lines = ["| seconds | " + " | ".join(ORDER) + " | first sound |", "|---" * (len(ORDER) + 2) + "|"]
    for row in rows:
        cells = [f"{row.parts[part]:.2f}" for part in ORDER]
        lines.append(f"| {row.name} | " + " | ".join(cells) + f" | **{row.total:.2f}** |")
    return "\n".join(lines)


def picture(rows: Sequence[Row]) -> str:
    """Bars, one for each row, as SVG that reads on light and dark ground."""
    left, wide, high, gap = 90, 560, 26, 14
    scale = wide / max(row.total for row in rows)
    svg = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + wide + 70} {len(rows) * (high + gap) + 50}" '
        'font-family="system-ui, sans-serif" font-size="13" role="img" fill="#777">',
        "<title>Seconds from the end of the question to the first sound, part by part</title>",
    ]
    for number, row in enumerate(rows):
        y, x = number * (high + gap) + 8, float(left)
        svg.append(f'<text x="{left - 8}" y="{y + high / 2 + 5}" text-anchor="end">{escape(row.name)}</text>')
        for part in ORDER:
            width = row.parts[part] * scale
            label = f"<title>{part}: {row.parts[part]:.2f} s</title>"
            svg.append(
                f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{high}" fill="{COLOURS[part]}">{label}</rect>'
            )
            x += width
        svg.append(f'<text x="{x + 6:.1f}" y="{y + high / 2 + 5}">{row.total:.1f} s</text>')
    x, y = float(left), len(rows) * (high + gap) + 24
    for part in ORDER:
        svg.append(f'<rect x="{x}" y="{y}" width="12" height="12" fill="{COLOURS[part]}"/>')
        svg.append(f'<text x="{x + 17}" y="{y + 11}">{part}</text>')
        x += 40 + 8 * len(part)
    return "\n".join([*svg, "</svg>\n"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--language", choices=("en", "zh"), help="one only; prints its rows as JSON")
    parser.add_argument("--svg", type=Path)
    options = parser.parse_args()
    if options.language:
        print(json.dumps([(row.name, row.parts) for row in measure(options.language, options.runs)]))
        return
    rows = [row for language in ("en", "zh") for row in _in_a_process_of_its_own(language, options.runs)]
    print(table(rows))
    if options.svg:
        options.svg.write_text(picture(rows), encoding="utf-8")


def _in_a_process_of_its_own(language: str, runs: int) -> list[Row]:
    """So that each language has its own cold run."""
    import subprocess
    import sys

    command = [sys.executable, __file__, "--language", language, "--runs", str(runs)]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [Row(name, parts) for name, parts in json.loads(out.splitlines()[-1])]


if __name__ == "__main__":
    main()

"""Which chat model is the default: the child tutor's answers and its times, with each model, on this machine.

    python benchmarks/chat_models.py tests/data/tutor/questions.jsonl --model NAME --model NAME

Asks every question whose topic the tutor has an article about. An answer is right when every fact of the question (a
regular expression) is in it. Both models answer the same questions in one run, in turn, so that times compare.
"""

import argparse
import asyncio
import json
import re
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

from antiphon import run
from antiphon.agents.events import Dropped, Rewrote, Said
from antiphon.agents.roles.types import App
from antiphon.workflows.spec.reading import find

KNOWLEDGE = find("child-tutor").parent / "knowledge"


def questions(path: Path) -> list[dict[str, Any]]:
    """The covered questions whose topic has an article in their language."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row["covered"] and (KNOWLEDGE / row["lang"] / f"{row['topic']}.md").exists()]


def app(model: str) -> App:
    """An app whose one chat model this is."""
    return App.model_validate({"schema": "app/v1", "models": {"chat": {"engine": "embedded", "model": model}}})


async def answer(row: dict[str, Any], model: str) -> dict[str, Any]:
    """One question to one model."""
    result = await run("child-tutor", row["question"], app=app(model), age=row["age"], language=row["lang"])
    said = [event for event in result.events if isinstance(event, Said)]
    return {
        "id": row["id"],
        "model": model,
        "language": row["lang"],
        "answer": result.answer,
        "right": all(re.search(fact, result.answer, re.IGNORECASE) for fact in row["facts"]),
        "first_sentence_s": said[0].at_s,
        "whole_s": result.events[-1].at_s,
        "rewritten": sum(isinstance(event, Rewrote) for event in result.events),
        "dropped": sum(isinstance(event, Dropped) for event in result.events),
    }


async def measure(path: Path, models: list[str], records: Path | None) -> None:
    """Ask, print the table, and keep every answer."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for model in models:  # loads each before anything is timed
        await run("child-tutor", "How many hearts does an octopus have?", app=app(model), language="en")
        await run("child-tutor", "章鱼有几颗心脏？", app=app(model), language="zh")
    for row in questions(path):
        for model in models:
            record = await answer(row, model)
            found[model, row["lang"]].append(record)
            if records:
                with records.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(record, ensure_ascii=False) + "\n")
    print("| model | language | right | first sentence, median s | whole, median s | rewritten | dropped |")
    print("|---|---|--:|--:|--:|--:|--:|")
    for (model, language), rows in sorted(found.items()):
        right = f"{sum(row['right'] for row in rows)} of {len(rows)}"
        first, whole = (median(row[key] for row in rows) for key in ("first_sentence_s", "whole_s"))
        rewritten, dropped = (sum(row[key] for row in rows) for key in ("rewritten", "dropped"))
        print(f"| {model} | {language} | {right} | {first:.1f} | {whole:.1f} | {rewritten} | {dropped} |")


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--model", action="append", required=True, help="a model of the catalogue; may be repeated")
    parser.add_argument("--records", type=Path, help="write each answer as a line of JSON")
    arguments = parser.parse_args()
    asyncio.run(measure(arguments.questions, arguments.model, arguments.records))


if __name__ == "__main__":
    main()

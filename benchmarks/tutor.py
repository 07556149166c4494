"""What the child tutor is worth: the bare model, the same model with the same passages, and the workflow.

    python benchmarks/tutor.py tests/data/tutor/questions.jsonl [--models 0.5b 1.5b] [--rows bare plain workflow]

Credit for a question that the articles answer: every fact is in the answer, what is cited holds it too (the bare model
has nothing to cite and is not asked to), sentences keep the limits of the age, nothing was cut. For a question that
they do not answer: an honest "I don't know". Each answer is kept in a file of records; a run that was stopped goes on
where it was, and what is asked again is asked because the prompt, or the program, changed.
"""

import argparse
import asyncio
import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from tutor_scoring import BANDS, Score, interval, paired, score

from antiphon import run
from antiphon.agents.events import Dropped, Rewrote
from antiphon.agents.guards.instructions import guard_instructions, quoted
from antiphon.agents.models.chat import Chat, ChatRequest, Message, complete
from antiphon.agents.opening import open_chat
from antiphon.agents.roles.types import App
from antiphon.tools.knowledge.evidence import best_sentences
from antiphon.workflows.run.knowledge import Knowledge

HERE = Path(__file__).parent
TUTOR = HERE.parent / "workflows" / "library" / "child_tutor"
ROWS = ("bare", "plain", "workflow")
SLOTS = 4
MAX_TOKENS = 200
WRITE = {
    "en": "Answer in at most {most} sentences of at most {words} words each. If you do not know, say so.",
    "zh": "最多用{most}句话回答，每句不超过{words}个字。不知道就直说不知道。",
}
USE = {"en": "Use only the facts in the evidence.", "zh": "只用 evidence 里的资料。"}
Item = Mapping[str, Any]


def prompt(item: Item, passages: Sequence[str] | None) -> tuple[Message, ...]:
    """What the model is asked without a workflow; it is told the limits too."""
    language, age = item["lang"], item["age"]
    most, words = next((most, words) for up_to, most, words in BANDS if age <= up_to)
    write = WRITE[language].format(most=most, words=words if language == "en" else round(words * 5 / 3))
    system = "\n".join(
        filter(None, (guard_instructions(7 if age < 9 else 10, language), USE[language] if passages else "", write))
    )
    question = quoted(item["question"], "question")
    if passages is not None:
        question = quoted("\n".join(f"- {one}" for one in passages), "evidence") + "\n" + question
    return Message("system", system), Message("user", question)


async def alone(chat: Chat, item: Item, passages: Sequence[str] | None) -> dict[str, Any]:
    """The model without the workflow."""
    reply = await complete(chat, ChatRequest(prompt(item, passages), max_tokens=MAX_TOKENS))
    return {
        "answer": reply.text.strip(),
        "cited": list(passages) if passages is not None else None,
        "cut": reply.finish != "stop",
    }


async def through_the_workflow(chat: Chat, app: App, item: Item) -> dict[str, Any]:
    """The ready-made child tutor."""
    result = await run(
        "child-tutor", item["question"], app=app, engines={"chat": chat}, age=item["age"], language=item["lang"]
    )
    dropped = [event for event in result.events if isinstance(event, Dropped)]
    return {
        "answer": result.answer.strip(),
        "follow_up": str(result.output.get("follow_up", "")),
        "outcome": str(result.output["outcome"]),
        "cited": [_paragraph(source["source"]) for source in result.output["sources"]],
        "cut": any(", at most " in event.reason for event in dropped),
        "dropped": [(event.text, event.reason) for event in dropped],
        "rewritten": [(event.before, event.after) for event in result.events if isinstance(event, Rewrote)],
    }


def _paragraph(source: str) -> str:
    """The text of a cited passage: `knowledge/en/moon.md:17`."""
    name, _, line = source.rpartition(":")
    return (TUTOR / name).read_text(encoding="utf-8").split("\n")[int(line) - 1]


def program() -> str:
    """A digest of everything that may change what the workflow says."""
    digest = hashlib.sha256()
    for floor in ("tools", "agents", "workflows"):
        for path in sorted((HERE.parent / floor).rglob("*")):
            if path.suffix in (".py", ".yaml", ".md") and path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


class Records:
    """Answers by row, model, question and what was asked, as lines of JSON, each written when it is known."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self._known = {self._key(record): record for record in map(json.loads, lines)}

    def get(self, row: str, model: str, id: str, asked: str) -> dict[str, Any] | None:
        return self._known.get((row, model, id, asked))

    def put(self, record: dict[str, Any]) -> None:
        self._known[self._key(record)] = record
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")

    @staticmethod
    def _key(record: Mapping[str, Any]) -> tuple[str, str, str, str]:
        return record["row"], record["model"], record["id"], record["asked"]


async def passages_for(items: Iterable[Item], app: App) -> dict[str, list[str]]:
    """The very sentences the workflow finds, whether or not it takes them for evidence."""
    found = {}
    async with Knowledge(app) as knowledge:
        search = await knowledge.search(TUTOR / "knowledge", own=False)
        for item in items:
            passages = search.find(item["question"], item["lang"], 12)
            found[item["id"]] = [one.text for one in reversed(best_sentences(passages, item["question"], 8))]
    return found


async def answer_all(items: Sequence[Item], rows: Sequence[str], model: str, records: Records) -> list[dict[str, Any]]:
    """Every question in every row, a few at a time; questions of one band and language follow one another."""
    role = {"engine": "embedded", "model": f"qwen2.5-coder-{model}", "slots": SLOTS, "context": 2048}
    app = App.model_validate({"schema": "app/v1", "models": {"chat": role}})
    evidence = await passages_for(items, app)
    version, gate, done = program(), asyncio.Semaphore(SLOTS), list[dict[str, Any]]()
    async with AsyncExitStack() as stack:
        chat = await stack.enter_async_context(open_chat(app))

        async def one(row: str, item: Item) -> None:
            passages = evidence[item["id"]] if row == "plain" else None
            asked = version if row == "workflow" else _digest(prompt(item, passages))
            record = records.get(row, model, item["id"], asked)
            if record is None:
                async with gate:
                    began = time.monotonic()
                    got = await (
                        through_the_workflow(chat, app, item) if row == "workflow" else alone(chat, item, passages)
                    )
                    seconds = round(time.monotonic() - began, 2)
                record = {"row": row, "model": model, "id": item["id"], "asked": asked, "seconds": seconds, **got}
                records.put(record)
            done.append(record)
            print(f"\r{model} {row}: {len(done)} of {len(items) * len(rows)}   ", end="", flush=True)

        for row in rows:
            order = sorted(items, key=lambda item: (item["lang"], item["age"] < 9, item["id"]))
            await asyncio.gather(*(one(row, item) for item in order))
    print()
    return done


def _digest(messages: Sequence[Message]) -> str:
    return hashlib.sha256(repr((messages, MAX_TOKENS)).encode()).hexdigest()[:12]


def table(items: Sequence[Item], records: Sequence[Mapping[str, Any]]) -> str:
    """The figures, as Markdown."""
    by_id = {item["id"]: item for item in items}
    scores: dict[tuple[str, str], dict[str, Score]] = {}
    for record in records:
        scores.setdefault((record["row"], record["model"]), {})[record["id"]] = score(by_id[record["id"]], record)
    lines = [
        "| model | row | language | covered: credit | facts | cited | uncut | not covered: honest | limits (all) |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for (row, model), found in sorted(scores.items(), key=lambda one: (one[0][1], ROWS.index(one[0][0]))):
        lines += [_line(row, model, language, by_id, found) for language in ("en", "zh", "both")]
    return "\n".join([*lines, "", *_differences(by_id, scores)])


def _line(row: str, model: str, language: str, by_id: Mapping[str, Item], found: Mapping[str, Score]) -> str:
    mine = {id: one for id, one in found.items() if language in (by_id[id]["lang"], "both")}
    covered = [(id, one) for id, one in mine.items() if by_id[id]["covered"]]
    other = [one for id, one in mine.items() if not by_id[id]["covered"]]
    cells = [
        _share([one.credit(True) for _, one in covered], wide=True),
        _share([one.facts for _, one in covered]),
        _share([one.facts and one.sourced for _, one in covered]) if row != "bare" else "-",
        _share([one.uncut for _, one in covered]),
        _share([one.honest for one in other], wide=True),
        _share([one.limits for one in mine.values()]),
    ]
    return f"| {model} | {row} | {language} | " + " | ".join(cells) + " |"


def _share(hits: Sequence[bool], *, wide: bool = False) -> str:
    if not hits:
        return "-"
    low, high = interval(hits)
    return f"{sum(hits)}/{len(hits)} {sum(hits) / len(hits):.0%}" + (f" ({low:.0%} to {high:.0%})" if wide else "")


def _differences(by_id: Mapping[str, Item], scores: Mapping[tuple[str, str], Mapping[str, Score]]) -> Iterable[str]:
    ids = [id for id, item in by_id.items() if item["covered"]]
    for model in sorted({model for _, model in scores}):
        for other in ("bare", "plain"):
            ours, theirs = scores.get(("workflow", model)), scores.get((other, model))
            if ours and theirs and all(id in ours and id in theirs for id in ids):
                credits = ([ours[id].credit(True) for id in ids], [theirs[id].credit(True) for id in ids])
                facts = ([ours[id].facts for id in ids], [theirs[id].facts for id in ids])
                for what, pair in (("credit", credits), ("facts alone", facts)):
                    by, low, high = paired(*pair)
                    yield f"- {model}, workflow over {other}, {what}: {by:+.0%} ({low:+.0%} to {high:+.0%})"


def misses(items: Sequence[Item], records: Sequence[Mapping[str, Any]]) -> str:
    """Every answer of the workflow without credit, and why."""
    by_id, lines = {item["id"]: item for item in items}, list[str]()
    for record in sorted(records, key=lambda one: one["id"]):
        item = by_id[record["id"]]
        one = score(item, record)
        if record["row"] == "workflow" and not (one.credit(item["covered"]) and one.limits):
            names = ["facts", "sourced", "limits", "uncut"] if item["covered"] else ["honest", "limits"]
            wrong = " ".join(name for name in names if not getattr(one, name))
            lines.append(f"{record['model']} {item['id']} [{wrong}] {item['question']} -> {record['answer']}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--models", nargs="+", default=["0.5b", "1.5b"])
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS))
    parser.add_argument("--records", type=Path, default=HERE / "results" / "tutor.jsonl")
    parser.add_argument("--every", type=int, default=1, help="only every n-th question, for a quick look")
    parser.add_argument("--show", action="store_true", help="print each miss of the workflow")
    options = parser.parse_args()
    options.records.parent.mkdir(parents=True, exist_ok=True)
    lines = options.questions.read_text(encoding="utf-8").splitlines()
    items: list[Item] = [json.loads(line) for line in lines][:: options.every]
    records, done = Records(options.records), list[dict[str, Any]]()
    for model in options.models:
        done += asyncio.run(answer_all(items, options.rows, model, records))
    print(table(items, done))
    if options.show:
        print(misses(items, done))


if __name__ == "__main__":
    main()

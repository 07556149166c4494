"""What a strategy is worth: the same model on the first 100 test problems of GSM8K, with and without.

    python benchmarks/planning.py [--model qwen2.5-coder-0.5b] [--limit 100] [--show]
    python benchmarks/planning.py --app app.yaml --profile gpu --parallel 8    (any endpoint of an app.yaml)

Each problem is answered in seven ways: one chain of thought, greedy and zero-shot; of four sampled chains the one with
the highest mean log-probability; of the same four the answer most of them give; one program, greedy; four sampled
programs that vote; and two more votes over the same replies. One extractor reads every answer,
`antiphon.agents.planning.extracting.final_number`. Each answer is kept in a file of records with its votes, tokens and
seconds; a run that was stopped goes on where it was. Replies of the model are kept too: rows that share samples ask
them once, and each counts them in full. The first sample of a problem has the seed --seed, the others count on.
"""

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from antiphon.agents.models.replies import open_replies
from antiphon.agents.opening import bound_to, open_chat
from antiphon.agents.planning.plans import plan_of
from antiphon.agents.roles.reading import read_app
from antiphon.agents.roles.types import App
from antiphon.workflows.compare.answering import Agents, warm
from antiphon.workflows.compare.comparing import Comparison, Known, compare
from antiphon.workflows.compare.data import Item, read_items
from antiphon.workflows.compare.figures import Figures, figures_of
from antiphon.workflows.compare.picture import picture
from antiphon.workflows.compare.plans import Row, seeded
from antiphon.workflows.compare.records import Record, Records
from antiphon.workflows.compare.table import markdown, notes_of

HERE = Path(__file__).parent
DATA = HERE / "data" / "gsm8k-test-first100.jsonl"
SAMPLES = 4
BEST_OF = f"best of {SAMPLES} by log-probability"
PLANS: Mapping[str, Mapping[str, Any]] = {
    "zero-shot chain of thought": {"strategy": "chain_of_thought"},
    BEST_OF: {"strategy": "best_of", "n": SAMPLES},
    f"self-consistency of {SAMPLES}": {"strategy": "self_consistency", "samples": SAMPLES},
    "program": {"strategy": "program"},
    f"program, vote of {SAMPLES}": {"strategy": "program", "samples": SAMPLES},
    f"self-consistency of {SAMPLES}, sums reckoned again": {
        "strategy": "self_consistency",
        "samples": SAMPLES,
        "check": True,
    },
    f"vote of {SAMPLES} programs and {SAMPLES} chains": {"strategy": "program", "samples": SAMPLES, "chains": SAMPLES},
}
"""The first is what the others are held against. All of them sample at the temperature of their defaults; the last two
ask nothing that the others have not asked."""


def machine(options: argparse.Namespace) -> App:
    """An app.yaml, or the embedded server with slots for the samples of two problems."""
    if options.app or options.profile:
        return read_app(options.app, options.profile)
    role = {"engine": "embedded", "model": options.model, "slots": 2 * SAMPLES, "context": 2048}
    return App.model_validate({"schema": "app/v1", "models": {"chat": role}})


async def answered(what: Comparison, records: Records, app: App, options: argparse.Namespace) -> Known:
    """Every problem in every row."""
    done = dict.fromkeys((row.name for row in what.rows), 0)

    def tell(record: Record, fresh: bool) -> None:
        done[record.row] += record.right
        if fresh:
            print(f"\r{record.item}: {', '.join(f'{name} {right}' for name, right in done.items())}   ", end="")
            sys.stdout.flush()

    answer = Agents(app, max_tokens=options.max_tokens)
    async with AsyncExitStack() as stack:
        chat = await stack.enter_async_context(open_chat(app))
        replies = await stack.enter_async_context(open_replies(app.data))
        await warm(answer, chat)
        return await compare(what, answer, chat, records, replies=replies, parallel=options.parallel, tell=tell)


def without_blind_choice(names: Sequence[str], known: Known) -> tuple[list[str], str]:
    """The rows that count, and why one does not: without log-probabilities the first sample would be taken."""
    blind = sum(
        one is None for (name, _), record in known.items() if name == BEST_OF for one in record.notes["mean_logprobs"]
    )
    if not blind:
        return list(names), ""
    why = f"{BEST_OF}: left out, as the server gave no log-probabilities for {blind} samples."
    return [name for name in names if name != BEST_OF], why


def page(rows: Sequence[Figures], model: str, why: str, options: argparse.Namespace) -> str:
    """What goes into benchmarks/README.md."""
    settings = (
        f"seed {options.seed}, at most {options.max_tokens} tokens a reply, {options.parallel} problems at a time"
    )
    notes = [f"- {note}" for note in [*notes_of(rows), *filter(None, [why]), f"{model}: {settings}."]]
    return "\n".join([markdown(rows), *notes])


def misses(items: Sequence[Item], names: Sequence[str], known: Known) -> str:
    """Which problems each row has wrong, for a look at the records; the answers stand there."""
    lines = []
    for name in names:
        wrong = [item.id for item in items if not known[name, item.id].right]
        lines.append(f"{name}: wrong {', '.join(wrong)}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="qwen2.5-coder-0.5b", help="of the catalogue")
    parser.add_argument("--app", type=Path, help="an app.yaml whose role chat is asked, in place of --model")
    parser.add_argument("--profile", default="", help="of that app.yaml")
    parser.add_argument("--limit", type=int, help="only the first so many problems, for a quick look")
    parser.add_argument("--rows", nargs="+", choices=list(PLANS), default=list(PLANS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--max-tokens", type=int, default=400)
    parser.add_argument("--parallel", type=int, default=4, help="problems at a time; seconds then include waiting")
    parser.add_argument("--records", type=Path, default=HERE / "results" / "planning.jsonl")
    parser.add_argument("--picture", type=Path, help="draw accuracy over tokens, as SVG")
    parser.add_argument("--show", action="store_true", help="print which problems each row has wrong")
    options = parser.parse_args()
    options.records.parent.mkdir(parents=True, exist_ok=True)
    app = machine(options)
    role = bound_to(app, "chat")
    model = f"{getattr(role, 'base_url', '')} {getattr(role, 'model', '')}".strip()
    items = read_items(DATA, scorer="number", limit=options.limit)
    rows = [Row(name, plan_of(PLANS[name])) for name in options.rows]
    what = Comparison(items, seeded(rows, options.seed), model, (str(options.max_tokens),))
    known = asyncio.run(answered(what, Records(options.records), app, options))
    names, why = without_blind_choice(options.rows, known)
    figures = figures_of(items, names, known)
    print("\n" + page(figures, model, why, options))
    if options.show:
        print(misses(items, names, known))
    if options.picture:
        about = f"{model.split()[-1]} · {len(items)} problems · 95 % intervals"
        options.picture.write_text(picture(figures, title="Strategies on GSM8K", about=about), encoding="utf-8")


if __name__ == "__main__":
    main()

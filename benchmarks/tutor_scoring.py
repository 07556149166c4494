"""What an answer of the tutor is worth: pure, so that every figure can be recomputed from the records."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from antiphon.agents.guards.length import words_in
from antiphon.tools.knowledge.passages import sentences
from antiphon.workflows.compare.statistics import wilson

BANDS = ((8, 4, 12), (11, 6, 18))
"""Up to this age, so many sentences of so many words; five Chinese characters count as three words."""
_DONT_KNOW = re.compile(
    r"\b(?:do(?:es)? ?n[o']?t (?:yet )?(?:know|have|say|mention|contain|give|provide)|not sure|no information|no idea"
    r"|(?:cannot|can't|unable to) (?:say|tell|know|answer)|(?:isn't|is not|not) mentioned|nobody knows)\b"
    r"|不(?:太)?(?:知道|清楚|确定|了解)|没有(?:提到|说|提供|写|信息|资料)|无法(?:回答|知道|确定|提供)|未提",
    re.IGNORECASE,
)
_ENDED = re.compile(r"[.!?。！？…][\"'”’」）)]*\s*$")


@dataclass(frozen=True, slots=True)
class Score:
    """Of one answer; `credit` is what the tables count.

    Attributes:
        facts: Every fact is in the answer.
        sourced: What was cited holds every fact too; True where nothing can be cited.
        limits: Sentences are no more and no longer than the age allows.
        uncut: It ends where a sentence ends, and nothing was left out to keep the limits.
        honest: It says that it does not know.
    """

    facts: bool
    sourced: bool
    limits: bool
    uncut: bool
    honest: bool

    def credit(self, covered: bool) -> bool:
        """For a question with an answer in the articles, or for one without."""
        return (self.facts and self.sourced and self.limits and self.uncut) if covered else self.honest


def score(item: Mapping[str, Any], record: Mapping[str, Any]) -> Score:
    """Score one record.

    Args:
        item: A question with its `facts` (regular expressions) and `age`.
        record: `answer`, `follow_up`, `cited` (texts, or None), `cut`, and `outcome` where a workflow says one.
    """
    answer, cited = record["answer"], record["cited"]
    said = [*sentences(answer), *sentences(record.get("follow_up", ""))]
    most, words = next((most, words) for age, most, words in BANDS if item["age"] <= age)
    return Score(
        facts=bool(answer) and holds(item["facts"], answer),
        sourced=cited is None or holds(item["facts"], "\n".join(cited)),
        limits=0 < len(said) <= most and all(words_in(one) <= words for one in said),
        uncut=bool(_ENDED.search(answer)) and not record["cut"],
        honest=record["outcome"] == "dont_know" if record.get("outcome") else bool(_DONT_KNOW.search(answer)),
    )


def holds(facts: Sequence[str], text: str) -> bool:
    """Whether every fact is found in a text."""
    return all(re.search(fact, text, re.IGNORECASE) for fact in facts)


def interval(hits: Sequence[bool]) -> tuple[float, float]:
    """Wilson's interval of a share, 95 % (Wilson 1927)."""
    return wilson(sum(hits), len(hits))


def paired(ours: Sequence[bool], theirs: Sequence[bool], *, draws: int = 10_000) -> tuple[float, float, float]:
    """The difference of two shares on the same items with its 95 % interval, by the paired bootstrap, seeded."""
    import numpy as np

    difference = np.array(ours, dtype=float) - np.array(theirs, dtype=float)
    drawn = np.random.default_rng(0).integers(0, len(difference), (draws, len(difference)))
    low, high = np.quantile(difference[drawn].mean(axis=1), (0.025, 0.975))
    return float(difference.mean()), float(low), float(high)

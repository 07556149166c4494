"""Which language it is, from the probabilities a recogniser gives. Pure."""

from collections.abc import Mapping

CHINESE = frozenset({"zh", "yue"})
"""Whisper's codes for what is written "zh" here."""

OURS = ("en", "zh")
"""Believed sooner than others where the recogniser is in doubt."""

DOUBT = 0.5
"""Below this probability the recogniser is in doubt, as short or faint speech makes it."""

NEAR = 0.25
"""So much of the likeliest one's probability is near enough."""


def chosen(probabilities: Mapping[str, float]) -> str:
    """The likeliest language; in doubt English or Chinese if one of them is near."""
    likeliest = max(probabilities, key=probabilities.__getitem__)
    ours = max(OURS, key=lambda code: probabilities.get(code, 0.0))
    doubt = probabilities[likeliest] < DOUBT
    return ours if doubt and probabilities.get(ours, 0.0) >= NEAR * probabilities[likeliest] else likeliest

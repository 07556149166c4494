"""Long sound cut where it is quietest, into windows that a recogniser takes at once. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..sound import Sound

LONGEST_S = 30.0
"""Whisper hears 30 s at a time (Radford et al. 2022, https://arxiv.org/abs/2212.04356, section 2.2)."""

SHORTEST_S = 20.0
"""A window is cut at its quietest moment after this."""

QUIET_S = 0.3
"""How long that moment is."""


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of a recording and where in it the piece begins, in seconds."""

    start_s: float
    sound: Sound


def quiet_windows(blocks: Iterable[Sound]) -> Iterator[Window]:
    """Cut sound of any length into windows of at most 30 s; together they are the whole sound.

    Args:
        blocks: Consecutive pieces of one recording, all of one rate.
    """
    import numpy as np

    waiting, rate, start = np.zeros(0, np.float32), 1, 0
    for block in blocks:
        waiting, rate = np.concatenate([waiting, block.samples]), block.rate
        while len(waiting) > LONGEST_S * rate:
            cut = _quietest(Sound(waiting[: int(LONGEST_S * rate)], rate))
            yield Window(start / rate, Sound(waiting[:cut], rate))
            waiting, start = waiting[cut:], start + cut
    if len(waiting):
        yield Window(start / rate, Sound(waiting, rate))


def _quietest(sound: Sound) -> int:
    """The sample in the middle of the quietest moment between SHORTEST_S and the end."""
    import numpy as np

    first, width = int(SHORTEST_S * sound.rate), int(QUIET_S * sound.rate)
    energy = np.cumsum(np.concatenate([[0.0], sound.samples[first:].astype(np.float64) ** 2]))
    return first + int(np.argmin(energy[width:] - energy[:-width])) + width // 2

"""Cutting long speech where it is quiet, and the picture of a sound that chats draw."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Samples = npt.NDArray[np.float32]

_PAUSE_S = 0.3
"""Length of the stretch looked for; pauses between sentences are longer, those inside words shorter."""

_STEP_S = 0.01
_SHORTEST_S = 5.0
"""No part is shorter, where that can be had: nobody sends a note of one word after a long one."""


def split(samples: "Samples", rate: int, longest_s: float) -> "list[Samples]":
    """Cut sound, float32 of shape (n,), into parts of at most `longest_s` at its quietest places.

    There are as few parts as can be where that leaves room to look for a pause.
    """
    longest = int(longest_s * rate)
    room = longest // 10
    parts = []
    while len(samples) > longest:
        rest = min(_SHORTEST_S * rate, len(samples) - longest / 2 - 1)
        latest = int(min(longest, len(samples) - rest))
        fewest = len(samples) - longest * ((len(samples) - 1) // longest)
        earliest = max(longest // 2, fewest if fewest <= latest - room else 0)
        cut = _quietest(samples, rate, earliest, latest)
        parts.append(samples[:cut])
        samples = samples[cut:]
    return [*parts, samples]


def waveform(samples: "Samples", rate: int) -> bytes:
    """The loudness of a sound, a byte for each 100 ms, but 256 points at most; the loudest is 255.

    https://docs.discord.com/developers/resources/message#attachment-object
    """
    import numpy as np

    count = max(1, min(256, round(10 * len(samples) / rate)))
    points = [
        float(np.sqrt(np.mean(np.square(piece)))) if len(piece) else 0.0 for piece in np.array_split(samples, count)
    ]
    loudest = max(points) or 1.0
    return bytes(round(255 * point / loudest) for point in points)


def _quietest(samples: "Samples", rate: int, earliest: int, latest: int) -> int:
    """The middle of the quietest stretch between two places; of several the last."""
    import numpy as np

    step = max(1, round(_STEP_S * rate))
    steps = (latest - earliest) // step
    width = round(_PAUSE_S / _STEP_S)
    if steps <= width:
        return latest
    squares = np.square(samples[earliest : earliest + steps * step], dtype=np.float64).reshape(steps, step).sum(axis=1)
    sums = np.concatenate([[0.0], np.cumsum(squares)])
    energy = sums[width:] - sums[:-width]
    last = len(energy) - 1 - int(np.argmin(energy[::-1]))
    return earliest + (last + width // 2) * step

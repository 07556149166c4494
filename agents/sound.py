"""Sound in memory: mono samples and their rate."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """Mono sound.

    Attributes:
        samples: float32, shape (n,), in [-1, 1].
        rate: Samples per second (Hz).
    """

    samples: "npt.NDArray[np.float32]"
    rate: int

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.samples) / self.rate

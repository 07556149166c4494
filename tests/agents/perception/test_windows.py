"""Long sound is cut where it is quiet, and nothing is lost."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.agents.perception.windows import LONGEST_S, quiet_windows
from antiphon.agents.sound import Sound

RATE = 100


@settings(max_examples=50)
@given(st.lists(st.integers(0, 4500), max_size=6), st.integers(0, 9))
def test_windows_together_are_the_whole(lengths: list[int], seed: int) -> None:
    random = np.random.default_rng(seed)
    blocks = [Sound(random.uniform(-1, 1, length).astype(np.float32), RATE) for length in lengths]
    windows = list(quiet_windows(blocks))
    whole = np.concatenate([np.zeros(0, np.float32), *(block.samples for block in blocks)])
    parts = [np.zeros(0, np.float32), *(window.sound.samples for window in windows)]
    assert np.array_equal(np.concatenate(parts), whole)
    assert all(0 < window.sound.seconds <= LONGEST_S for window in windows)
    starts = np.cumsum([0, *(len(window.sound.samples) for window in windows)])[:-1] / RATE
    assert [window.start_s for window in windows] == list(starts)


def test_a_long_sound_is_cut_in_its_pause() -> None:
    samples = np.ones(45 * RATE, np.float32)
    samples[24 * RATE : 25 * RATE] = 0
    first, second = quiet_windows([Sound(samples, RATE)])
    assert 24 <= first.sound.seconds == second.start_s <= 25

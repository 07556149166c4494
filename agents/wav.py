"""Sound as the bytes of a WAV file: 16 bits a sample, as recognisers take it."""

import io
import wave

from .sound import Sound


def to_wav(sound: Sound) -> bytes:
    """The bytes of a mono WAV file of 16 bit samples; what is louder than 1 is cut off."""
    import numpy as np

    samples = (np.clip(sound.samples, -1.0, 1.0) * 32767).round().astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(sound.rate)
        out.writeframes(samples.tobytes())
    return file.getvalue()


def from_wav(content: bytes) -> Sound:
    """The sound that `to_wav` wrote."""
    import numpy as np

    with wave.open(io.BytesIO(content)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return Sound(samples.astype(np.float32) / np.float32(32767), file.getframerate())

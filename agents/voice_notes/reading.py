"""A voice message as a chat hands it over: told by its bytes, held to limits, decoded."""

from dataclasses import dataclass
from pathlib import Path

from ...tools.base.errors import InputError
from ..perception.decoding import STDIN, Note, Recording, decode
from ..sound import Sound
from . import silk

LARGEST_BYTES = 20_000_000
"""What Telegram lets a bot fetch (https://core.telegram.org/bots/api#getfile), and far above any chat's voice note."""

LONGEST_S = 600.0
"""Ten minutes; WeChat's end at one. A workflow may have a limit of its own below it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a recording is; `codec` is what chats put into that container."""

    codec: str
    mime: str
    suffix: str


_KINDS = (
    (0, silk.MAGIC, Kind("SILK", "audio/silk", ".silk")),
    (0, silk.TENCENT + silk.MAGIC, Kind("SILK", "audio/silk", ".silk")),
    (0, b"#!AMR-WB\n", Kind("AMR-WB", "audio/amr-wb", ".awb")),
    (0, b"#!AMR\n", Kind("AMR-NB", "audio/amr", ".amr")),
    (28, b"OpusHead", Kind("Opus", "audio/ogg", ".ogg")),
    (0, b"OggS", Kind("OGG", "audio/ogg", ".ogg")),
    (4, b"ftyp", Kind("AAC", "audio/mp4", ".m4a")),
    (0, b"\x1a\x45\xdf\xa3", Kind("Opus", "audio/webm", ".webm")),
    (8, b"WAVE", Kind("PCM", "audio/wav", ".wav")),
    (0, b"fLaC", Kind("FLAC", "audio/flac", ".flac")),
    (0, b"ID3", Kind("MP3", "audio/mpeg", ".mp3")),
    *((0, bytes([0xFF, second]), Kind("MP3", "audio/mpeg", ".mp3")) for second in (0xFB, 0xF3, 0xF2, 0xFA)),
    *((0, bytes([0xFF, second]), Kind("AAC", "audio/aac", ".aac")) for second in (0xF1, 0xF9)),
)
"""Offset, bytes there, and what it then is: RFC 4867, 3533, 7845 and 8794, ISO 14496-12 and 11172-3."""


def kind_of(note: bytes) -> Kind | None:
    """What its first 36 bytes say it is; None for what chats do not send.

    For names and types to pass on; to decode, it is not needed.
    """
    return next((kind for at, magic, kind in _KINDS if note.startswith(magic, at)), None)


def read_note(
    note: Recording,
    *,
    longest_s: float = LONGEST_S,
    largest_bytes: int = LARGEST_BYTES,
    warn: Note | None = None,
) -> Sound:
    """Decode a voice message to mono sound at 16 kHz.

    It blocks: call it in a thread where others wait.

    Args:
        note: Its bytes, or a file; neither name nor claimed type are looked at.
        longest_s: A longer one is refused, by its header or while it is decoded.
        largest_bytes: A larger one is refused unread.
        warn: Told when a part could not be decoded and is left out.
    Raises:
        InputError: too large, too long, no recording, or so damaged that nothing can be decoded.
        MissingExtra: SILK without silk-python.
    """
    size = len(note) if isinstance(note, bytes) else _size(note)
    if size > largest_bytes:
        raise InputError(
            f"the voice message has {size / 1e6:.1f} MB, more than the {largest_bytes / 1e6:g} MB allowed",
            at="" if isinstance(note, bytes) else str(note),
            hint="Send a shorter one",
        )
    return decode(note, longest_s=longest_s, note=warn)


def _size(path: Path) -> int:
    return path.stat().st_size if path != STDIN and path.is_file() else 0

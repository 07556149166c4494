"""How each chat wants its voice messages: one table, each number with its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ...tools.base.errors import InputError
from ...tools.base.suggest import did_you_mean
from ..speech.wav import FORMATS, Format


@dataclass(frozen=True, slots=True)
class Channel:
    """What a chat takes as a voice message.

    Attributes:
        codec: Its usual name.
        suffix: Of the file's name; some chats go by it.
        format: How it is encoded, at the best bit rate.
        lowest_bit_rate: Bits per second, down to which a long message is squeezed rather than split.
        largest_bytes: Of one message.
        longest_s: Seconds of one message; None where only the size counts.
        waveform: Whether the chat wants to be given the picture of the sound, too.
        source: Where these numbers are written.
    """

    codec: str
    mime: str
    suffix: str
    format: Format
    lowest_bit_rate: int
    largest_bytes: int
    longest_s: float | None
    source: str
    waveform: bool = False


_MB = 1_000_000
"""The smaller of the two readings of a megabyte: where a chat means 1,048,576 bytes, this fits as well."""

_AMR = FORMATS[".amr"]
_OPUS = Format("ogg", "libopus", 48_000, 32_000)
_AAC = Format("ipod", "aac", 24_000, 48_000)

CHANNELS: Mapping[str, Channel] = MappingProxyType(
    {
        "wechat": Channel(
            "SILK", "audio/silk", ".silk", FORMATS[".silk"], 12_000, 2 * _MB, 60,
            "a person's WeChat records 60 s at most; the size is the official account's",
        ),
        "wechat-official": Channel(
            "AMR-NB", "audio/amr", ".amr", _AMR, 12_200, 2 * _MB, 60,
            "https://developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia",
        ),
        "wecom": Channel(
            "AMR-NB", "audio/amr", ".amr", _AMR, 12_200, 2 * _MB, 60,
            "https://developer.work.weixin.qq.com/document/path/90253",
        ),
        "dingtalk": Channel(  # AMR and not Opus: its upload takes AMR, MP3 and WAV, its robots play AMR and OGG
            "AMR-NB", "audio/amr", ".amr", _AMR, 12_200, 2 * _MB, 60,
            "https://open.dingtalk.com/document/orgapp/upload-media-files",
        ),
        "feishu": Channel(
            "Opus", "audio/ogg", ".opus", Format("ogg", "libopus", 16_000, 24_000), 16_000, 30 * _MB, None,
            "https://open.feishu.cn/document/server-docs/im-v1/file/create",
        ),
        "telegram": Channel(
            "Opus", "audio/ogg", ".ogg", _OPUS, 16_000, 50 * _MB, None,
            "https://core.telegram.org/bots/api#sendvoice",
        ),
        "discord": Channel(
            "Opus", "audio/ogg", ".ogg", _OPUS, 16_000, 10 * _MB, None,
            "https://docs.discord.com/developers/resources/message#voice-messages and "
            "https://docs.discord.com/developers/reference#uploading-files",
            waveform=True,
        ),
        "slack": Channel(
            "AAC", "audio/mp4", ".m4a", _AAC, 32_000, 1000 * _MB, None,
            "https://slack.com/help/articles/201330736-Add-files-to-Slack",
        ),
    }
)  # fmt: skip


def channel_of(name: str | Channel) -> Channel:
    """The row of that name; a row is itself.

    Raises:
        InputError: no such row.
    """
    if isinstance(name, Channel):
        return name
    if name not in CHANNELS:
        raise InputError(f"there is no channel called {name!r}", hint=did_you_mean(name, CHANNELS))
    return CHANNELS[name]

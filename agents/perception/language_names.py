"""Languages as servers name them: the API of OpenAI answers "english" where others answer "en". Pure."""

from ...tools.base.language import language_of
from .languages import CHINESE

_NAMES = {
    "english": "en", "chinese": "zh", "mandarin": "zh", "cantonese": "zh", "german": "de", "spanish": "es",
    "russian": "ru", "korean": "ko", "french": "fr", "japanese": "ja", "portuguese": "pt", "turkish": "tr",
    "polish": "pl", "dutch": "nl", "arabic": "ar", "swedish": "sv", "italian": "it", "indonesian": "id",
    "hindi": "hi", "finnish": "fi", "vietnamese": "vi", "hebrew": "he", "ukrainian": "uk", "greek": "el",
    "malay": "ms", "czech": "cs", "romanian": "ro", "danish": "da", "hungarian": "hu", "tamil": "ta",
    "norwegian": "no", "thai": "th", "urdu": "ur", "croatian": "hr", "bulgarian": "bg", "persian": "fa",
}  # fmt: skip


def code_of(name: str, text: str) -> str:
    """The two-letter code of a language; where none is named, that of the text's script."""
    name = name.strip().lower()
    base = _NAMES.get(name, name.replace("_", "-").split("-")[0])
    if base:
        return "zh" if base in CHINESE else base
    return language_of(text)

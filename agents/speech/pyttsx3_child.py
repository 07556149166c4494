"""The process in which pyttsx3 speaks, so that eSpeak NG (GPL, and known to hang) stays out of ours.

A line of JSON in: {"text", "language", "path", "speed", "limit_s"}; a line out: {} or {"error": "..."}. The
first line out says that it is ready. It ends when its standard input does, and by itself when it hangs.
"""

import ctypes
import faulthandler
import json
import os
import re
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, TextIO

_CODES = {"zh": ("cmn", "zh"), "en": ("en-us", "en"), "pt": ("pt-br", "pt"), "no": ("nb", "no")}
"""Where the engine's code of a language is another than ISO 639-1's."""

_WORDS_PER_MINUTE = {"zh": 140}
_TIMBRE = {"zh": "+Annie"}
"""A variant and a pace of eSpeak NG's Mandarin that Whisper understands better than the plain voice."""

_UNKNOWN = re.compile("[兄凶胸匈汹雄熊穷琼穹炯窘迥]")
_PINYIN = dict(
    zip(
        "兄凶胸匈汹雄熊穷琼穹炯窘迥",
        [*["xong1"] * 5, *["xong2"] * 2, *["qong2"] * 3, *["jong3"] * 3],
        strict=True,
    )
)
"""eSpeak NG 1.52 spells xiong, qiong and jiong out in English; written so, without the i, it speaks them."""

_USUAL_WORDS_PER_MINUTE = 165
"""eSpeak's own default is 175 and pyttsx3's 200; slower is easier to follow."""


def main() -> None:
    """Speak until standard input ends."""
    answers = _private_stdout()
    try:
        engine = _engine()
        voices = {code: voice.id for voice in reversed(engine.getProperty("voices")) for code in voice.languages or ()}
        with tempfile.TemporaryDirectory() as folder:  # the first utterance may come out at the wrong rate
            _speak(engine, "a", Path(folder) / "a.wav", _USUAL_WORDS_PER_MINUTE)
    except Exception as error:
        _answer(answers, {"error": f"{type(error).__name__}: {error}"})
        return
    _answer(answers, {})
    for line in sys.stdin:
        _answer(answers, _serve(engine, voices, json.loads(line)))


def _private_stdout() -> TextIO:
    """Our answers go where stdout went; what the libraries print goes to stderr."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _answer(answers: TextIO, answer: dict[str, str]) -> None:
    print(json.dumps(answer), file=answers, flush=True)


def _engine() -> Any:
    """eSpeak NG from its wheel on Linux; what the system has elsewhere."""
    if sys.platform != "linux":
        import pyttsx3

        return pyttsx3.init()
    import espeakng_loader

    os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
    ctypes.CDLL(espeakng_loader.get_library_path())  # its SONAME is what pyttsx3 asks for
    import pyttsx3
    from pyttsx3.drivers import _espeak

    # pyttsx3 cancels whatever seems to play when an utterance begins, now and then the utterance itself.
    _espeak.IsPlaying = lambda: False
    return pyttsx3.init("espeak")


def _serve(engine: Any, voices: dict[str, str], request: dict[str, Any]) -> dict[str, str]:
    voice = _voice(voices, request["language"])
    if voice is None:
        return {"error": f"it has no voice for the language {request['language']!r}"}
    usual = _WORDS_PER_MINUTE.get(request["language"], _USUAL_WORDS_PER_MINUTE)
    faulthandler.dump_traceback_later(request["limit_s"], exit=True)
    try:
        _choose(engine, voice, request["language"])
        text = request["text"]
        if voice.endswith("cmn"):
            text = _UNKNOWN.sub(lambda found: _PINYIN[found[0]], text)
        _speak(engine, text, Path(request["path"]), round(usual * request["speed"]))
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    finally:
        faulthandler.cancel_dump_traceback_later()
    return {}


def _voice(voices: dict[str, str], language: str) -> str | None:
    """By language and not by id: ids differ between versions of eSpeak."""
    codes = _CODES.get(language, (language,))
    near = [code for code in sorted(voices) if code.lower().replace("_", "-").startswith(f"{language}-")]
    return next((voices[code] for code in (*codes, *near) if code in voices), None)


def _choose(engine: Any, voice: str, language: str) -> None:
    try:
        engine.setProperty("voice", voice + _TIMBRE.get(language, ""))
    except ValueError:  # an eSpeak without that variant
        engine.setProperty("voice", voice)


def _speak(engine: Any, text: str, path: Path, words_per_minute: int) -> None:
    espeak = sys.modules.get("pyttsx3.drivers._espeak")
    finished = threading.Event()
    listening = engine.connect("finished-utterance", lambda **_: finished.set())
    engine.setProperty("rate", words_per_minute)
    engine.save_to_file(text, str(path))
    engine.runAndWait()
    if espeak:
        # eSpeak works in a thread of its own, and on a busy machine `Synchronize` now and then returns before
        # the utterance has begun (libespeak-ng/fifo.c, close_stream).
        finished.wait()
        espeak.Synchronize()  # a voice or a rate set while it works is lost now and then
    engine.disconnect(listening)


if __name__ == "__main__":
    main()

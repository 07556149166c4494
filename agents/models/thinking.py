"""What a model thinks aloud, kept apart from what it answers.

Servers without a reasoning parser send `<think>...</think>` at the start of the answer's own text (the way
of DeepSeek-R1 and Qwen3). Only a tag at the very start counts: an answer may speak about tags.
"""

from collections.abc import Iterator

from .chat import ReasoningDelta, TextDelta

OPEN, CLOSE = "<think>", "</think>"


class Thinking:
    """Splits text, piece by piece; what might be the beginning of a tag is held back until that is known.

    Example:
        >>> thinking = Thinking()
        >>> [*thinking.feed("<thi"), *thinking.feed("nk>so</think>"), *thinking.feed("\\n\\nyes")]
        [ReasoningDelta(text='so'), TextDelta(text='yes')]
    """

    def __init__(self) -> None:
        self._part = "start"  # start -> thinking -> gap -> answer, or start -> answer
        self._held = ""

    def feed(self, piece: str) -> Iterator[TextDelta | ReasoningDelta]:
        """The deltas that are certain once `piece` is known."""
        if self._part == "answer":
            if piece:
                yield TextDelta(piece)
            return
        self._held += piece
        if self._part == "start":
            self._start()
        if self._part == "thinking":
            yield from self._think()
        if self._part == "gap":
            self._held = self._held.lstrip()
            if self._held:
                self._part = "answer"
        if self._part == "answer" and self._held:
            yield TextDelta(self._held)
            self._held = ""

    def end(self) -> Iterator[TextDelta | ReasoningDelta]:
        """What was still held back."""
        if self._held and self._part != "gap":
            yield ReasoningDelta(self._held) if self._part == "thinking" else TextDelta(self._held)
        self._held = ""

    def _start(self) -> None:
        text = self._held.lstrip()
        if text.startswith(OPEN):
            self._part, self._held = "thinking", text[len(OPEN) :]
        elif not OPEN.startswith(text):
            self._part = "answer"

    def _think(self) -> Iterator[ReasoningDelta]:
        thought, tag, after = self._held.partition(CLOSE)
        if tag:
            self._part, self._held = "gap", after
        else:
            keep = _overlap(thought)
            thought, self._held = thought[: len(thought) - keep], thought[len(thought) - keep :]
        if thought:
            yield ReasoningDelta(thought)


def _overlap(text: str) -> int:
    """How many characters at the end of `text` could begin the closing tag."""
    return next((n for n in range(len(CLOSE) - 1, 0, -1) if text.endswith(CLOSE[:n])), 0)

"""Which piece belongs to which tool call, for servers that give no index, or the same one to every call."""

from dataclasses import replace

from .chat import ToolCallDelta


class CallNumbers:
    """Numbers tool calls from 0 in the order they begin.

    A piece begins a new call when its index is new, when its id differs from the one known for its index
    (some servers give index 0 to every call), or, without an index, when it names a function.
    """

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._of_index: dict[int, int] = {}

    def number(self, piece: ToolCallDelta) -> ToolCallDelta:
        """The piece with the number of its call as index."""
        known = self._known(piece)
        if known is None:
            known = len(self._ids)
            self._ids.append(piece.id)
        self._of_index[piece.index] = known
        self._ids[known] = self._ids[known] or piece.id
        return replace(piece, index=known)

    def _known(self, piece: ToolCallDelta) -> int | None:
        if piece.id and piece.id in self._ids:
            return self._ids.index(piece.id)
        latest = self._of_index.get(piece.index)
        if latest is None or (piece.id and self._ids[latest]):
            return None
        return None if piece.index < 0 and piece.name else latest

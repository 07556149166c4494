"""The file that `examples_file` of a prompt names: `examples: [{user: ..., assistant: ...}, ...]`."""

from ...tools.base.checked import Strict


class Example(Strict):
    """One turn a small model takes its manner from."""

    user: str
    assistant: str


class Examples(Strict):
    """The file."""

    examples: tuple[Example, ...]

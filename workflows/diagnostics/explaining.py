"""What `antiphon explain` shows of the catalogue."""

import textwrap
from collections.abc import Iterator

from .catalogue import Explanation, Language, explanation, grouped
from .kinds import KINDS
from .kinds_fields import PARTS

_WORDS = {
    "wrong": ("Wrong:", "错误："),
    "right": ("Right:", "正确："),
    "app": ("With this app.yaml:", "本机的 app.yaml："),
    "python": ("With this Python file:", "登记的 Python 文件："),
}


def listed(language: Language) -> str:
    """Every code with its title, in groups, and every kind of node and part of the file."""
    chinese = language == "zh"
    lines = ["代码：antiphon explain E502；节点种类：antiphon explain llm" if chinese else _WAYS]
    for title, here in grouped(language):
        lines += ["", title, *(f"  {one.code}  {one.title_in(language)}" for one in here)]
    for title, words in (("节点种类", KINDS), ("文件的各部分", PARTS)) if chinese else (_KINDS, _PARTS):
        lines += ["", title, textwrap.indent(textwrap.fill(", ".join(words), 98), "  ")]
    return "\n".join(lines)


_WAYS = "Codes: antiphon explain E502. Kinds of nodes: antiphon explain llm."
_KINDS, _PARTS = ("Kinds of nodes", KINDS), ("Parts of the file", PARTS)


def explained(code: str, language: Language) -> str:
    """One code: what it means, a wrong and a right example.

    Raises:
        InputError: there is no such code.
    """
    return "\n".join(_parts(explanation(code), language))


def _parts(about: Explanation, language: Language) -> Iterator[str]:
    chinese = language == "zh"
    yield f"{about.code}  {about.title_in(language)}"
    yield ""
    text = about.text_in(language)
    yield text if chinese else textwrap.fill(text, 100)
    for key in ("wrong", "right"):
        yield from ("", _WORDS[key][chinese], textwrap.indent(getattr(about, key).rstrip(), "    "))
    for name, beside in about.files.items():
        yield from ("", f"{name}:", textwrap.indent(beside.rstrip(), "    "))
    for key in ("app", "python"):
        if getattr(about, key):
            yield from ("", _WORDS[key][chinese], textwrap.indent(getattr(about, key).rstrip(), "    "))

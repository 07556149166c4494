"""What `antiphon explain` shows of the catalogue."""

import textwrap
from collections.abc import Iterator

from .catalogue import GROUPS, Explanation, Language, codes, explanation, explanations

_WORDS = {
    "wrong": ("Wrong:", "错误："),
    "right": ("Right:", "正确："),
    "app": ("With this app.yaml:", "本机的 app.yaml："),
    "python": ("With this Python file:", "登记的 Python 文件："),
}


def listed(language: Language) -> str:
    """Every code with its title, in groups."""
    chinese = language == "zh"
    lines = ["代码：antiphon explain E502；节点种类：antiphon explain llm" if chinese else _WAYS]
    every = explanations()
    for digit, titles in GROUPS.items():
        here = [code for code in codes() if code[1] == digit]
        if here:
            lines += ["", titles[chinese], *(f"  {code}  {every[code].title_in(language)}" for code in here)]
    return "\n".join(lines)


_WAYS = "Codes: antiphon explain E502. Kinds of nodes: antiphon explain llm."


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

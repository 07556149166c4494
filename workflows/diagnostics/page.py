"""docs/errors.md and docs/errors.zh.md, made of the catalogue: `antiphon explain --all --language zh`."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from .catalogue import Explanation, Language, grouped

_WORDS: Mapping[str, tuple[str, str]] = {
    "head": ("# Complaints, and what to do about them", "# 报错说明"),
    "intro": (
        "`antiphon validate FILE` tells every problem at once, with its line, its column and a code. A code that\n"
        "begins with E is an error, and the workflow does not run; W is a warning. A code never changes its meaning.\n"
        "`antiphon explain E301` shows a part of this page in the terminal.",
        "`antiphon validate 文件` 会一次列出所有问题，写明行、列和代码。E 开头的是错误，有错误的工作流不能运行；"
        "W 开头的是警告。代码的含义不会改变。在终端里运行 `antiphon explain E301 --language zh`，"
        "可以看到这一页里的相应内容。",
    ),
    "made": (
        "This page is made by `antiphon explain --all --language en > docs/errors.md`. [中文](errors.zh.md)",
        "本页由 `antiphon explain --all --language zh > docs/errors.zh.md` 生成。[English](errors.md)",
    ),
    "wrong": ("Wrong:", "错误："),
    "right": ("Right:", "正确："),
    "beside": ("Beside it, `{}`:", "旁边的 `{}`："),
    "app": ("With this `app.yaml`:", "本机的 `app.yaml`："),
    "python": ("With this Python file:", "登记的 Python 文件："),
}
_FENCES = {".yaml": "yaml", ".md": "markdown", ".py": "python"}


def page(language: Language) -> str:
    """The whole catalogue as one Markdown page."""
    return "\n\n".join(_parts(language)) + "\n"


def _parts(language: Language) -> Iterator[str]:
    chinese = language == "zh"
    yield from (_WORDS[key][chinese] for key in ("head", "intro", "made"))
    for title, here in grouped(language):
        yield f"## {title}"
        yield "\n".join(f"- [{one.code}](#{one.code.lower()}) {one.title_in(language)}" for one in here)
        for one in here:
            yield from _section(one, language)


def _section(about: Explanation, language: Language) -> Iterator[str]:
    chinese = language == "zh"
    yield f"### {about.code}"
    yield f"**{about.title_in(language)}**"
    yield about.text_in(language)
    for key in ("wrong", "right"):
        yield _WORDS[key][chinese]
        yield _fenced(getattr(about, key), ".yaml")
    for name, text in about.files.items():
        yield _WORDS["beside"][chinese].format(name)
        yield _fenced(text, Path(name).suffix)
    for key, suffix in (("app", ".yaml"), ("python", ".py")):
        if getattr(about, key):
            yield _WORDS[key][chinese]
            yield _fenced(getattr(about, key), suffix)


def _fenced(text: str, suffix: str) -> str:
    return f"```{_FENCES.get(suffix, '')}\n{text.rstrip()}\n```"

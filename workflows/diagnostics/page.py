"""docs/errors.md and docs/errors.zh.md, made of the catalogue: `antiphon explain --all --language zh > docs/errors.zh.md`."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ...tools.base.yaml_reading import read_yaml

_CODES = Path(__file__).parent / "codes"
_GROUPS: Mapping[str, Mapping[str, str]] = {
    "1": {"en": "Reading", "zh": "读文件"},
    "2": {"en": "Shape", "zh": "结构"},
    "3": {"en": "Names", "zh": "名字"},
    "4": {"en": "Ways from node to node", "zh": "节点之间的路"},
    "5": {"en": "Expressions", "zh": "表达式"},
    "6": {"en": "Prompts", "zh": "提示词"},
    "7": {"en": "What is written and read", "zh": "写入与读取"},
    "8": {"en": "Policy", "zh": "规定"},
}
"""By the first digit of a code."""
_WORDS: Mapping[str, Mapping[str, str]] = {
    "head": {"en": "# Complaints, and what to do about them", "zh": "# 报错说明"},
    "intro": {
        "en": "`antiphon validate FILE` tells every problem at once, with its line, its column and a code. A code that "
        "begins with E is an error, and the workflow does not run; W is a warning. A code never changes its "
        "meaning. `antiphon explain E301` shows a part of this page in the terminal.\n\n"
        "This page is made from the program: `antiphon explain --all > docs/errors.md`. [中文](errors.zh.md)",
        "zh": "`antiphon validate 文件` 会一次列出所有问题，写明行、列和代码。E 开头的是错误，有错误的工作流不能运行；"
        "W 开头的是警告。代码的含义不会改变。在终端里运行 `antiphon explain E301`，可以看到这一页里的相应内容。\n\n"
        "本页由程序生成：`antiphon explain --all --language zh > docs/errors.zh.md`。[English](errors.md)",
    },
    "wrong": {"en": "Wrong:", "zh": "错误："},
    "right": {"en": "Right:", "zh": "正确："},
    "beside": {"en": "Beside it, `{}`:", "zh": "旁边的 `{}`："},
    "app": {"en": "With this `app.yaml`:", "zh": "本机的 `app.yaml`："},
    "python": {"en": "With this Python file:", "zh": "登记的 Python 文件："},
}
_FENCES = {".yaml": "yaml", ".md": "markdown", ".py": "python"}


def page(language: str) -> str:
    """The whole catalogue as one Markdown page; `language` is en or zh."""
    return "\n\n".join(_parts(language)) + "\n"


def _parts(language: str) -> Iterator[str]:
    yield _WORDS["head"][language]
    yield _WORDS["intro"][language]
    entries = _entries()
    for digit, title in _GROUPS.items():
        here = [entry for entry in entries if entry["code"][1] == digit]
        yield f"## {title[language]}"
        yield "\n".join(f"- [{one['code']}](#{one['code'].lower()}) {one['title'][language]}" for one in here)
        for entry in here:
            yield from _section(entry, language)


def _section(entry: Mapping[str, Any], language: str) -> Iterator[str]:
    yield f"### {entry['code']}"
    yield f"**{entry['title'][language]}**"
    yield entry["text"][language]
    for key in ("wrong", "right"):
        yield _WORDS[key][language]
        yield _fenced(entry[key], ".yaml")
    for name, text in entry.get("files", {}).items():
        yield _WORDS["beside"][language].format(name)
        yield _fenced(text, Path(name).suffix)
    for key, suffix in (("app", ".yaml"), ("python", ".py")):
        if key in entry:
            yield _WORDS[key][language]
            yield _fenced(entry[key], suffix)


def _fenced(text: str, suffix: str) -> str:
    return f"```{_FENCES.get(suffix, '')}\n{text.rstrip()}\n```"


@cache
def _entries() -> tuple[Mapping[str, Any], ...]:
    found = [read_yaml(path).value for path in _CODES.glob("*.yaml")]
    return tuple(sorted(found, key=lambda one: one["code"][1:]))

"""The page, in both languages, from what was said."""

import difflib
from collections.abc import Iterator
from typing import Any

from .catalogue import THREE, Mistake, read_mistakes
from .frameworks import MISTAKES, OURS, RIVALS

LANGUAGES = {"en": "side-by-side.md", "zh": "side-by-side.zh.md"}

TITLES = {OURS: "Antiphon", **{rival.key: rival.title for rival in RIVALS}}
WAYS = {OURS: "`antiphon validate FILE`", **{rival.key: rival.way for rival in RIVALS}}

VERDICTS = {
    "en": {
        "place": "**refused, with the line**",
        "refused": "refused",
        "warned": "a warning, goes on",
        "run": "only when run",
        "accepted": "accepted",
        "absent": "has no such thing",
        "broken": "not asked",
    },
    "zh": {
        "place": "**拒绝并指出行号**",
        "refused": "拒绝",
        "warned": "只警告，照常运行",
        "run": "运行时才报",
        "accepted": "未发现",
        "absent": "没有此概念",
        "broken": "未测",
    },
}

TEXTS = {
    "en": {
        "intro": """# Side by side: ten mistakes in a workflow file

中文见 [side-by-side.zh.md](side-by-side.zh.md)。

The same small workflow (measure a text, then praise it or ask for more), written in the format of each framework, and
the same mistakes made in it, one to a file. Each file was given to the framework's own documented loader, in an
environment of its own (none of the four has a command that only checks such a file), and, where that accepted it, run.
No model was called. This page is made by `make bench-side-by-side`; the files are in
`benchmarks/side_by_side/mistakes`, where each `good.yaml` passes.

Antiphon's authors chose the mistakes, so mind what is not here: what each framework can do besides reading files. A
format that has no such concept is said to have none, and is not counted as worse. Where another framework does as well
as Antiphon, or better, the note below its words says so.
""",
        "how": "| | version | loaded and run with | asked on |",
        "which": """
Each rival is the newest release that installed from wheels on Python 3.11 on that day; all its packages are pinned in
`benchmarks/side_by_side/requirements`. Agent Framework's conditions are Power Fx and need .NET, which comes from the
wheel `dotnetcore2`.""",
        "table": "## In short\n\n*Refused*: when loaded, before anything runs. *Hint*: the message shows a way out.",
        "mistake": "mistake",
        "hint": ", hint",
        "told": "{told} of 3 told",
        "words": "## What each says",
        "cut": "Word for word; of long messages 600 characters are kept, and folders are replaced.",
        "file": "The mistake in Antiphon's file:",
        "heading": "**{title}** ([file]({file})): {cell}",
        "absent": "**{title}**: {why}.",
        "accepted": "Nothing.",
        "ends": " The run ends with `{ends}`",
        "instead": " instead of `{good}`",
        "prints": ", having printed `{prints}`",
        "stop": ".",
    },
    "zh": {
        "intro": """# 对照：工作流文件里的十个错误

English: [side-by-side.md](side-by-side.md)

同一个小工作流（量一段文字的长度，然后称赞或请对方多写一点），用各框架自己的格式写出；再犯同样的错误，一个文件一个错误。
每个文件都在独立环境里交给该框架文档所写的加载方式（四个框架都没有只检查这种文件的命令），若被接受就运行一遍。
没有调用任何模型。本页由 `make bench-side-by-side` 生成；文件在 `benchmarks/side_by_side/mistakes`，其中每个
`good.yaml` 都能通过。

错误由 Antiphon 的作者挑选，所以请留意这里没有的内容：各框架在读文件之外还能做什么。格式里没有某个概念的，注明没有，
不算落后。别的框架与 Antiphon 一样好或更好之处，在其原话下面注明。
""",
        "how": "| | 版本 | 加载与运行方式 | 测试日期 |",
        "which": """
各框架都取当天能以 wheel 装在 Python 3.11 上的最新版本，全部依赖固定在 `benchmarks/side_by_side/requirements`。
Agent Framework 的条件用 Power Fx，需要 .NET，由 `dotnetcore2` 这个 wheel 提供。""",
        "table": "## 概览\n\n*拒绝*：加载时、任何步骤运行之前。*提示*：信息里指出了改法。",
        "mistake": "错误",
        "hint": "，有提示",
        "told": "三个中报出 {told} 个",
        "words": "## 各自怎么说",
        "cut": "均为原话；长信息只留 600 字符，文件夹路径已替换。",
        "file": "Antiphon 文件里的错误：",
        "heading": "**{title}**（[文件]({file})）：{cell}",
        "absent": "**{title}**：{why}。",
        "accepted": "什么也没说。",
        "ends": "运行结果是 `{ends}`",
        "instead": "，而不是 `{good}`",
        "prints": "，途中打印了 `{prints}`",
        "stop": "。",
    },
}


def page(results: dict[str, Any], language: str) -> str:
    """The whole page in one language."""
    texts = TEXTS[language]
    lines = [texts["intro"], texts["how"], "|---|---|---|---|"]
    lines += [f"| {TITLES[key]} | {its['version']} | {WAYS[key]} | {its['date']} |" for key, its in results.items()]
    lines += [
        "",
        texts["which"],
        "",
        texts["table"],
        "",
        *_table(results, language),
        "",
        texts["words"],
        "",
        texts["cut"],
    ]
    for mistake in read_mistakes():
        lines += ["", f"### {_number(mistake)} {mistake.title[language]}", "", *_change(mistake, texts)]
        for key in results:
            lines += ["", *_words(mistake, key, results[key]["said"].get(mistake.id), language)]
    return "\n".join(lines).rstrip() + "\n"


def _table(results: dict[str, Any], language: str) -> Iterator[str]:
    yield f"| {TEXTS[language]['mistake']} | " + " | ".join(TITLES[key] for key in results) + " |"
    yield "|---|" + "---|" * len(results)
    for mistake in read_mistakes():
        cells = (_cell(its["said"].get(mistake.id), language) for its in results.values())
        yield f"| {_number(mistake)} {mistake.title[language]} | " + " | ".join(cells) + " |"


def _cell(said: dict[str, Any] | None, language: str) -> str:
    if said is None:
        return VERDICTS[language]["absent"]
    if "told" in said:
        return TEXTS[language]["told"].format(told=said["told"])
    return VERDICTS[language][said["verdict"]] + (TEXTS[language]["hint"] if said["hint"] else "")


def _number(mistake: Mistake) -> str:
    return f"{mistake.id.lstrip('0')}." if mistake.id != THREE else "+"


def _change(mistake: Mistake, texts: dict[str, str]) -> Iterator[str]:
    """What differs between Antiphon's good file and the one with the mistake."""
    folder = MISTAKES / OURS
    good, bad = ((folder / name).read_text(encoding="utf-8").splitlines() for name in ("good.yaml", mistake.file))
    yield texts["file"]
    yield ""
    yield "```diff"
    yield from (
        line for line in difflib.unified_diff(good, bad, n=0, lineterm="") if line[:2] not in ("++", "--", "@@")
    )
    yield "```"


def _words(mistake: Mistake, key: str, said: dict[str, Any] | None, language: str) -> Iterator[str]:
    """One framework's answer to one mistake."""
    texts = TEXTS[language]
    if said is None:
        yield texts["absent"].format(title=TITLES[key], why=mistake.absent[key][language])
        return
    file = f"../benchmarks/side_by_side/mistakes/{key}/{mistake.file}"
    yield texts["heading"].format(title=TITLES[key], file=file, cell=_cell(said, language))
    yield ""
    if said["message"]:
        yield from ("```text", said["message"], "```")
    else:
        yield (texts["accepted"] + _outcome(said, texts)).strip()
    if said["message"] and said["verdict"] == "warned":
        yield from ("", _outcome(said, texts).strip())
    if key in mistake.notes:
        yield from ("", mistake.notes[key][language])


def _outcome(said: dict[str, Any], texts: dict[str, str]) -> str:
    """How the run of an accepted file ended."""
    if not said["ends"]:
        return ""
    ends, good = (" ".join(said[name].split()) for name in ("ends", "good"))
    instead = texts["instead"].format(good=good) if ends != good else ""
    prints = texts["prints"].format(prints=said["prints"]) if said["prints"] else ""
    return texts["ends"].format(ends=ends) + instead + prints + texts["stop"]

"""The words of a report in both languages: English first, Chinese second."""

import os
from datetime import date

LABELS = {
    "title": ("What the child asked", "孩子问了什么"),
    "to": ("{0} to {1}", "{0}至{1}"),
    "about": ("about {0}", "关于“{0}”"),
    "questions": ("{0} question|{0} questions", "{0} 个问题"),
    "minutes": ("{0} minute|{0} minutes", "{0} 分钟"),
    "under_a_minute": ("under a minute", "不到 1 分钟"),
    "count_answered": ("{0} answered", "回答了 {0} 个"),
    "count_hint": ("{0} with a hint", "提示了 {0} 个"),
    "count_dont_know": ("{0} not known", "不知道 {0} 个"),
    "count_refused": ("{0} refused", "拒绝了 {0} 个"),
    "count_asked_again": ("{0} not understood", "没听懂 {0} 个"),
    "answered": ("answered", "回答了"),
    "hint": ("gave a hint", "给了提示"),
    "dont_know": ("did not know", "不知道"),
    "refused": ("refused", "拒绝回答"),
    "asked_again": ("not understood", "没听懂"),
    "greeted": ("greeting", "打招呼"),
    "care": ("Please talk with the child about this soon.", "请尽快和孩子谈谈这件事。"),
    "grown_up": ("The child was told to ask a grown-up.", "已请孩子去问大人。"),
    "refuse": ("The tutor kept to its rules.", "家教没有照做。"),
    "said": ("Tutor", "家教"),
    "source": ("Source", "来源"),
    "rewritten": ("Said differently", "换了说法"),
    "dropped": ("Not said", "没有说出来"),
    "nobody_spoke": ("(no words)", "（没有听到话）"),
    "most_asked": ("Asked about most", "问得最多"),
    "overview": ("Questions and time", "问题和时间"),
    "days": ("Day by day", "每一天"),
    "day": ("Day", "日期"),
    "topics": ("Topics", "话题"),
    "topic": ("Topic", "话题"),
    "number": ("Questions", "问题数"),
    "time": ("Minutes", "分钟"),
    "caption_days": ("Questions and minutes on each day", "每天的问题数和分钟数"),
    "caption_topics": ("How often each topic was asked about", "每个话题问了几次"),
    "refusals": ("Refused: please read", "拒绝回答的问题，请看一看"),
    "nothing": ("Nothing is recorded of this time.", "这段时间没有记录。"),
    "time_note": (
        "Time runs from a question to the end of its answer; pauses of up to five minutes between two questions count.",
        "时间从提问算到回答结束；两个问题之间不超过五分钟的停顿也算在内。",
    ),
    "file": ("The record is kept in {0}", "记录保存在 {0}"),
    "database": ("The record is kept in the database that app.yaml names", "记录保存在 app.yaml 指定的数据库里"),
    "forget": ("To delete from it: antiphon tutor forget --help", "要删除记录：antiphon tutor forget --help"),
    "will_go": ("This deletes {0}, for good.", "将永久删除 {0}。"),
    "go": ("Delete?", "确定删除吗？"),
    "gone": (
        "Deleted {0}. Reports and traces you saved are still where you put them.",
        "已删除 {0}。您另存的报告和跟踪文件还在原处。",
    ),
    "nothing_to_delete": ("There is nothing to delete.", "没有可以删除的记录。"),
    "entries": ("{0} entry|{0} entries", "{0} 条记录"),
    "when": ("{0}, {1}", "{0}，{1}"),
    "comma": (", ", "，"),
    "list": (", ", "、"),
    "colon": (": ", "："),
}
_WEEKDAYS = "一二三四五六日"


def language_here() -> str:
    """The language of this environment, "zh" or "en"."""
    named = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return "zh" if named.lower().startswith("zh") else "en"


def label(name: str, language: str, *parts: object) -> str:
    """The words of that name, with `parts` put in; a number as the first part chooses between one and many."""
    words = LABELS[name][language == "zh"]
    one, _, many = words.partition("|")
    return (many if many and parts[0] != 1 else one).format(*parts)


def date_in_words(day: date, language: str) -> str:
    """A day as people write it."""
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else f"{day.day} {day:%B %Y}"


def day_in_words(day: date, language: str) -> str:
    """A day with its weekday."""
    written = date_in_words(day, language)
    return f"{written} 星期{_WEEKDAYS[day.weekday()]}" if language == "zh" else f"{day:%A} {written}"


def time_in_words(seconds: float, language: str) -> str:
    """Whole minutes."""
    return label("minutes", language, round(seconds / 60)) if seconds >= 60 else label("under_a_minute", language)

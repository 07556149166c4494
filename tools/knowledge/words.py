"""What a question is about: its words less those any question may have."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from .passages import HAN

_TOKEN = re.compile(rf"[{HAN}]|[^\W_{HAN}]+")
_RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")

_ENGLISH = """
a about after again all also always am an and another any are as at away back be because been before
being but by can could d did do does doesn don done down during each else ever every explain few
first for from get gets go goes going good got had has have he hello her hey hi him his how i if in
inside into is isn it its just kind know last less like ll lot m made make makes making many may
maybe me mean means might more most much must my name never no not of off often oh ok okay on one
only or other our out outside over own please possible question re really s same say see she should
so some something sometimes still such t tell than thank thanks that the their them then there these
they thing things think this those through to too under until up us use ve very want was way we were
what when where which while who whom whose why will with without would you your
"""
_CHINESE = """
为什么 为啥 什么 怎么样 怎么 怎样 如何 多少 多大 多高 多长 多远 多重 多久 多深 多快 多宽
多厚 几个 几只 几条 几颗 几种 几次 几岁 几年 几天 是不是 有没有 会不会 能不能 可不可以
可以 请问 请 告诉 知道 觉得 一下 一个 一只 一条 一种 一些 哪里 哪儿 哪些 哪个 哪 谁 吗
呢 吧 啊 呀 的 了 着 地方 是 有 在 一 会 能 要 想 我们 你们 他们 它们 我 你 他 她
它 这个 那个 这样 那样 这些 那些 这 那 和 与 跟 也 都 就 还 又 很 最 真 个 只 把
被 给 让 从 到 对 里面 里 上面 上 下 以及 因为 所以 如果 但是 嘛 哦 老师 多 几 时候
东西 名字 叫 做 说 不 没
"""
_STOP_WORDS = frozenset(_ENGLISH.split())
_STOP_PHRASES = re.compile("|".join(sorted(_CHINESE.split(), key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class Unit:
    """A word, or a Chinese character, that a passage should hold to answer the question.

    Attributes:
        text: The word or character.
        phrases: Any of these covers it, as tokens separated by spaces: the word itself; a pair of
            neighbouring characters; the character alone only where it stands alone.
    """

    text: str
    phrases: tuple[str, ...]

    @property
    def is_lone(self) -> bool:
        """A Chinese character without a neighbour says little."""
        return self.phrases == (self.text,) and is_han(self.text)


def tokens(text: str) -> list[str]:
    """Words and single Chinese characters, in order: what the index holds."""
    return _TOKEN.findall(_folded(text))


def units(question: str) -> list[Unit]:
    """What the question is about; empty when it consists of words that any question may have."""
    found: dict[Unit, None] = {}
    for segment in segments(question):
        if not is_han(segment) or len(segment) == 1:
            found[Unit(segment, (segment,))] = None
            continue
        pairs = [f"{a} {b}" for a, b in pairwise(segment)]
        for at, character in enumerate(segment):
            found[Unit(character, tuple(pairs[max(at - 1, 0) : at + 1]))] = None
    return list(found)


def segments(question: str) -> Iterator[str]:
    """English words, and stretches of Chinese between the words that any question may have."""
    for run in _RUN.findall(_folded(question)):
        if is_han(run):
            yield from _STOP_PHRASES.sub(" ", run).split()
        elif run not in _STOP_WORDS:
            yield run


def is_han(text: str) -> bool:
    """Whether it begins with a Chinese character."""
    return re.match(f"[{HAN}]", text) is not None


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()

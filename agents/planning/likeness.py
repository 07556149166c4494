"""How like a question each tool is by meaning: what an embedding model knows and a tiny chat model does not.

A nearest-neighbour vote over example utterances, as routers do (the tools' own examples and descriptions on one side,
mere talk on the other); a strategy weighs it against the log-probabilities of the chat model.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ...tools.knowledge.embedding import Embed
from .types import Offered, Task

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

TALK = (
    "Hello!", "Good morning.", "Thank you.", "Goodbye.", "How are you?", "Who are you?", "What can you do?",
    "You are funny.", "I am sad.", "I am bored.", "I passed my exam!", "Tell me a story.", "Tell me a joke.",
    "Write a poem.", "Write a short letter.", "Why is the sea salty?", "What does this word mean?",
    "Explain how plants grow.", "What is the difference between the two?", "Which do you like better?",
    "What do you think of it?", "Give me some advice.", "Give me some ideas.", "Make a sentence with this word.",
    "Who wrote this book?", "What is the capital of this country?", "How does it work?", "Is that true?",
    "Let's talk about music.", "I do not understand.",
    "你好！", "早上好。", "谢谢你。", "再见。", "你好吗？", "你是谁？", "你会做什么？", "你真有意思。",
    "我很难过。", "我好无聊。", "我考试通过了！", "讲个故事。", "说个笑话。", "写一首诗。",
    "写一封短信给老师表示感谢。", "海水为什么是咸的？", "这个词是什么意思？",
    "解释一下植物怎么生长。", "这两个有什么区别？", "你更喜欢哪个？",
    "你怎么看？", "给我一点建议。", "给我出几个主意。", "用这个词造句。", "这本书是谁写的？", "这个国家的首都是哪里？",
    "它是怎么工作的？", "真的吗？", "我们聊聊音乐吧。", "我不明白。",
)  # fmt: skip
"""What people say to an assistant that needs no tool, whatever the tools are."""


async def compared(task: Task, open_embed: Callable[[], Awaitable[Embed | None]]) -> Task:
    """A task that knows how like its question the tools are, where its model is no judge of tools itself.

    Raises:
        AntiphonError: the embedding model cannot be used.
    """
    if not task.tools or task.can.tools or not task.can.schema:
        return task
    embed = await open_embed()
    if embed is None:
        return task
    return replace(task, likeness=await asyncio.to_thread(likeness, embed, task.question, task.tools))


_KEPT: WeakKeyDictionary[Any, dict[tuple[str, ...], Any]] = WeakKeyDictionary()
"""Vectors of what stays the same from question to question, as long as the embedding model is open."""


def likeness(embed: Embed, question: str, tools: Sequence[Offered]) -> Mapping[str, float]:
    """The cosine of the question and the nearest of each tool's description and examples, from -1 to 1.

    Under "" it is that of the nearest mere talk. About 30 ms on one core with the built-in model; the first time for a
    set of tools a second or two more.

    Raises:
        AntiphonError: the embedding model cannot be used.
    """
    if not tools:
        return {}
    asked = embed([question], "query")[0]
    talk = float((_vectors(embed, TALK) @ asked).max())
    texts = [(tool.name, text) for tool in tools for text in (tool.description or tool.name, *tool.examples)]
    nearest = {"": talk}
    for (name, _), like in zip(texts, _vectors(embed, tuple(text for _, text in texts)) @ asked, strict=True):
        nearest[name] = max(float(like), nearest.get(name, -1.0))
    return nearest


def _vectors(embed: Embed, texts: tuple[str, ...]) -> "NDArray[float32]":
    kept: dict[tuple[str, ...], NDArray[float32]] = _KEPT.setdefault(embed, {})
    if texts not in kept:
        if len(kept) >= 32:
            kept.clear()
        kept[texts] = embed(texts, "query")
    return kept[texts]

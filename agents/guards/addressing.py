"""Does a document speak to a model? Then what it says there is no evidence: it is neither said nor read by the model.

An instruction in a document (Greshake and others, "Not what you've signed up for", 2023, arXiv 2302.12173) talks of
answers, rules and "the child", wears the marks of a prompt, or plays a role in a dialogue. Rules find what is written
like that, in English and Chinese; a false fact in plain words is found by nobody.
"""

import re
from collections.abc import Sequence

from .normalise import plain

_HAN = r"\u3000-\u303f\u4e00-\u9fff，。！？：“”"
_WHO = r"(?:child|children|kids?|users?|readers?|students?|pupils?)"
_ANSWER = r"(?:answers?|repl(?:y|ies)|responses?)"
_RULES = r"(?:rules?|instructions?|guidelines|prompts?|polic(?:y|ies)|orders)"
_MODEL = r"(?:a\.?i\.?|assistant|chat ?bot|bot|language model|llm|tutor|model)s?"
_CHILD_ZH = r"(?:这个|那个)?(?:小朋友|孩子|小孩|学生|用户)"
_MODEL_ZH = r"(?:机器人|AI|人工智能|语言模型|大模型|助手|辅导老师|家教)"

_SPEAKS = re.compile(
    "|".join(
        (
            # the marks of a prompt, of a chat template, of what is hidden
            r"<\s*\||\|\s*>|\bim_(?:start|end)\b|\[/?(?:inst|sys|system)\]|[\"']role[\"']\s*:|<!--|-->",
            r"</?\s*(?:evidence|questions?|answers?|articles?|sentence|said|system|assistant|user|instructions?|context"
            r"|资料|问题|回答|答案|指令|系统)\s*/?>",
            r"^\W*(?:system|assistant|user|developer|tutor|child|系统|助手|家教|用户)\s*:",
            # who is spoken to
            rf"\b{_MODEL}\b.{{0,20}}\b(?:reading|who reads?|that reads?) this\b",
            rf"\b(?:note|message|instructions?|attention|notice)\s+(?:to|for)\s+(?:(?:the|any|all|every)\s+)?{_MODEL}\b",
            rf"\b(?:tell|ask|inform|convince|make|trick)s?\s+(?:the|this|every|each)\s+{_WHO}\b",
            rf"(?:告诉|问问?|对|骗|请|让|叫){_CHILD_ZH}.{{0,4}}(?:[：:“]|家|加|打开|点|扫|说|发|住)",
            rf"{_MODEL_ZH}(?:们)?(?:请)?(?:注意|须知)|给(?:各位)?.{{0,4}}(?:{_MODEL_ZH}|老师)的.{{0,4}}(?:提示|说明|留言)",
            # rules that shall no longer count, roles that shall be played
            rf"(?:^|[,;:.]|\band|\bplease|\bthen|\bnow|\bmust|\bshould)\s*(?:ignore|forget|disregard|override|bypass)\b"
            rf".{{0,40}}\b(?:{_RULES}|everything|above|previous|earlier|before|told)\b",
            rf"\bnew\s+{_RULES}\b|\byou have no {_RULES}|\byou are (?:now|no longer)\b|\byou are \w+bot\b",
            r"\bfrom (?:now|this \w+|today) on\b.{0,30}\b(?:you|your|answer|say)\b",
            r"(?:忽略|忘掉|忘记|忘了|无视|不要管|别管|不用管|跳过).{0,12}(?:规则|指令|要求|以上|上面|之前|前面|设定|一切|你是)",
            r"从(?:这一?句话?|现在|今天|此)(?:起|开始)?.{0,12}(?:你是|你要|回答|忘)|你(?:现在是|不再是|是一[只个]\w{1,6}机器人)",
            r"(?:安全检查|规则|限制|过滤)(?:都|全部)?(?:已经|已)(?:关闭|取消|解除|作废|失效)|优先级最高|口令[：:是]",
            # what an answer shall be like
            rf"\b(?:begin|start|end|finish|open|close|precede)\s+(?:each|every|your|the|all)(?:\s+\w+)?\s+{_ANSWER}\b",
            rf"\b(?:an|every|each|your|any|all)\s+{_ANSWER}\b.{{0,40}}"
            r"\b(?:must|should|has to|have to|needs? to|only when)\b",
            r"\b(?:say|answer|reply|respond|write|output|print)\s+(?:only|just|nothing but|exactly)\b"
            r"|\b(?:switch|answer|reply|respond)\s+(?:to|in|with)\s+(?:english|chinese|the words?)\b",
            r"(?:每次|每个|每句|好的|任何|所有|一律)(?:的)?(?:回答|答案|回复)|回答(?:里|中|时|完|前|后).{0,6}(?:不许|必须|请|要)",
            r"(?:只|先|请|顺便|必须|都要)(?:说|回答|输出|念出?)(?:一句|出)?[“\"「:：]|一律.{0,10}回答|然后再回答",
            r"(?:每句话|回答).{0,6}(?:都要|都得|必须)(?:加上|说|带上)",
        )
    ),
    re.IGNORECASE,
)
_NO_STATEMENT = re.compile(
    r"[!！?？“”\"「」()（）<>{}\[\]]|https?:|^\W*(?:[a-z]{1,12}|\S{1,4})\s*[:：]|第[一二三四五六]步"
    r"|\b(?:you|your|say|tell|ask|please)\b|你|请|说|问|告诉",
    re.IGNORECASE,
)


def speaks_to_a_model(text: str) -> bool:
    """Whether a sentence, or a heading, is an instruction to a model rather than a statement for a reader."""
    said = re.sub(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])", "", plain(text))
    return bool(_SPEAKS.search(said))


def fit_to_be_said(sentences: Sequence[str], names: Sequence[str]) -> list[bool]:
    """Which sentences of a passage are evidence.

    All of them, unless one speaks to a model: then only plain statements, and after it only those that name the
    document's subject, since the sentences around an instruction often belong to it.

    Args:
        names: What the document is about: its title and other names.
    """
    spoken = [speaks_to_a_model(one) for one in sentences]
    if True not in spoken:
        return [True] * len(sentences)
    first, subject = spoken.index(True), [name.casefold() for name in names if name]
    return [
        not bad
        and not _NO_STATEMENT.search(plain(one))
        and (place < first or any(name in one.casefold() for name in subject))
        for place, (one, bad) in enumerate(zip(sentences, spoken, strict=True))
    ]

"""Articles are split into passages: a few sentences each, with where they come from."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_WORDS = 80
"""Of a passage, a Chinese character counting as half a word; only a single sentence may be longer."""

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HEADING = re.compile(r"(#{1,6})[ \t]+(.+?)[ \t]*#*$")
_SENTENCE = re.compile(r".+?(?:[.!?]+[\"')\]”’]*(?=\s)|[。！？!?…]+[”’」』）]*|$)\s*", re.DOTALL)
_WORD = re.compile(rf"[{HAN}]|[^\s{HAN}]+")


@dataclass(frozen=True, slots=True)
class Article:
    """A Markdown file of the knowledge folder.

    Attributes:
        id: What it is about, the same in every language: "blue-whale".
        title: Its name in its own language.
        language: Two-letter code (ISO 639-1).
        also: Other names of the same thing, which a question may use.
        further_reading: Where to read on; "" when nothing is named.
        body: Markdown without the front matter.
        source: The file, relative to the knowledge folder.
        line: The line of the file, from 1, on which `body` starts.
    """

    id: str
    title: str
    language: str
    body: str
    also: tuple[str, ...] = ()
    further_reading: str = ""
    source: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True)
class Passage:
    """A few sentences of an article.

    Attributes:
        article: The article's id.
        heading: The headings above it, joined by " / "; "" at the start of an article.
        source: `file:line` of its paragraph, relative to the knowledge folder.
        also, further_reading: As in the article.
    """

    article: str
    title: str
    heading: str
    text: str
    language: str
    source: str
    also: tuple[str, ...] = ()
    further_reading: str = ""


def split(article: Article) -> list[Passage]:
    """Split by headings, then by paragraphs, then between sentences. Nothing is lost but white space."""
    return [
        Passage(
            article.id,
            article.title,
            heading,
            text,
            article.language,
            f"{article.source}:{line}",
            article.also,
            article.further_reading,
        )
        for line, heading, paragraph in _paragraphs(article)
        for text in _packed(paragraph)
    ]


def sentences(text: str) -> list[str]:
    """English and Chinese sentences, without white space around them; joined they are the text again."""
    return [found.strip() for found in _SENTENCE.findall(text) if found.strip()]


def in_context(title: str, heading: str, text: str) -> list[str]:
    """The sentences of a passage as an embedding model reads them: each under its heading, or under the title.

    So "about 300 g" is near a question about the heart's weight. Of the answers to the 160 questions with one in
    benchmarks/data/tutor/development.jsonl the first four sentences hold 151; bare sentences 142.
    """
    above = heading.split(" / ")[-1] or title
    return [f"{above} {sentence}" for sentence in sentences(text)]


def words(text: str) -> float:
    """The length of a text in words; a Chinese character counts as half a word."""
    return sum(0.5 if len(word) == 1 and re.match(f"[{HAN}]", word) else 1.0 for word in _WORD.findall(text))


def _paragraphs(article: Article) -> Iterator[tuple[int, str, str]]:
    """Each paragraph with its line and the headings it stands under."""
    headings: dict[int, str] = {}
    lines: list[str] = []
    start = article.line
    for number, line in enumerate([*article.body.split("\n"), ""], start=article.line):
        heading = _HEADING.match(line)
        if lines and (heading or not line.strip()):
            yield start, " / ".join(headings.values()), _joined(lines)
            lines = []
        if heading:
            level = len(heading[1])
            headings = {above: text for above, text in headings.items() if above < level} | {level: heading[2]}
        elif line.strip():
            start = start if lines else number
            lines.append(line.strip())


def _joined(lines: list[str]) -> str:
    """One line of the lines of a paragraph: no space where Chinese was broken, one space elsewhere."""
    return re.sub(rf"(?<=[{HAN}，。、；：！？”）])\n(?=[{HAN}“（])", "", "\n".join(lines)).replace("\n", " ")


def _packed(paragraph: str) -> Iterator[str]:
    """Whole sentences, as many as fit into a passage."""
    passage = ""
    for sentence in _SENTENCE.findall(paragraph):
        if passage and words(passage + sentence) > MAX_WORDS:
            yield passage.strip()
            passage = ""
        passage += sentence
    if passage.strip():
        yield passage.strip()

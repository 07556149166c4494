"""Pages as plain text, and text from elsewhere as harmless data."""

import re
import unicodedata

from ..base.engines import missing
from ..knowledge.passages import sentences

MAX_HTML = 150_000
MAX_MARKS = 8_000
"""So many `<` of a page are read. The parser takes the square of the time for tags in tags and for attributes: a
page of 100,000 of them would take it a quarter of a minute, this much at most half a second."""
_NOT_READ = (
    "script,style,noscript,template,table,figure,nav,aside,form,button,select,textarea,iframe,object,sup.reference,"
    "ol.references,[hidden],[aria-hidden=true],[style*='display:none'],[style*='display: none'],"
    "[style*='visibility:hidden'],.noprint,.mw-editsection,.mwe-math-element,.hatnote,.error"
)
_LEFT = re.compile(r"<(?=\s*[/|!?a-z_])|\[(?=\s*/?\s*\w{1,10}\s*\])", re.IGNORECASE)


def page_text(html: str) -> str:
    """The paragraphs and list items of a page, one a line; nothing of scripts, tables and what is hidden.

    Raises:
        MissingExtra: selectolax is not installed.
    """
    try:
        from selectolax.lexbor import LexborHTMLParser
    except ModuleNotFoundError as error:
        raise missing("reading web pages", "selectolax", "web") from error
    tree = LexborHTMLParser("<".join(html[:MAX_HTML].split("<", MAX_MARKS)[:MAX_MARKS]))
    for node in tree.css(_NOT_READ):
        node.decompose()
    for node in tree.css("br"):
        node.replace_with(" ")
    lines = (" ".join(node.text().split()) for node in tree.css("p, li:not(:has(p))"))
    return "\n".join(line for line in lines if line)


def as_data(text: str, most: int) -> str:
    """Text on one line that can pose neither as another speaker nor as another source.

    Characters nobody sees go; what opens a tag, a chat model's own mark or a number in brackets is replaced by its
    like. Source of the attack: Greshake et al. 2023, https://arxiv.org/abs/2302.12173.

    Args:
        most: Characters; the rest is cut off.
    """
    seen = "".join(c if c.isprintable() else "" if unicodedata.category(c) == "Cf" else " " for c in text[: 4 * most])
    return _LEFT.sub(lambda mark: "‹" if mark[0] == "<" else "(", " ".join(seen.split()))[:most]


def readable(text: str, most: int) -> str:
    """Whole sentences of a text, as data, without those that hold a formula's source.

    A sentence that is cut off at the end is left out, unless there is no other.

    Args:
        most: Characters.
    """
    found = [one for line in text.splitlines() for one in sentences(as_data(line, 2 * most))]
    whole = [one for one in found if "\\displaystyle" not in one and not one.endswith(("...", "…", ":", "："))]
    chosen: list[str] = []
    length = 0
    for sentence in whole or found[:1]:
        length += len(sentence) + 1
        if length > most and chosen:
            break
        chosen.append(sentence)
    return " ".join(chosen)


def web_address(url: str) -> str:
    """The address of a page if it is one that can be shown and opened, else ""."""
    return url if url.isprintable() and re.fullmatch(r"https?://[^\s<>\"`\\^{|}]{1,500}", url) else ""

"""What is written for the eye made fit for the ear: no Markdown, emoji, addresses, code, citation marks."""

import re

_FENCE = re.compile(r"\s*(?:```|~~~)")
_RULES = [
    (re.compile(pattern, flags), replacement)
    for pattern, replacement, flags in (
        (r"^\s*(?:[-*_]\s*){3,}$", "", 0),  # a rule across the page
        (r"^[\s|:+-]*-{2,}[\s|:+-]*$", "", 0),  # the line under a table's head
        (r"!\[([^\]]*)\]\([^)]*\)", r"\1", 0),
        (r"\[([^\]]+)\]\([^)]*\)", r"\1", 0),
        (r"[\[【［]\s*\^?\d+(?:\s*[,，、–-]\s*\d+)*\s*(?:†[^\]】]*)?[\]】］]", "", 0),  # [1], [2, 3], 【4】
        (
            r"<?(?<![A-Za-z])(?:https?://|www\.)[^\s<>，。；！？、）】」”]*[^\s<>，。；！？、）】」”.,;:!?)\]'\"]>?",
            "{link}",
            re.IGNORECASE,
        ),
        (r"</?[A-Za-z][^<>]*>", " ", 0),
        (r"^\s*(?:>\s*)*(?:#{1,6}\s+)?(?:[-*+•·]\s+)?", "", 0),  # quotation, heading, list item
        (r"(\*\*|__|~~|\*)(?=\S)(.+?)(?<=\S)\1", r"\2", 0),
        (r"\\([()\[\]*_#`$|])", "", 0),
        (r"\*\*|__|`+|~~", "", 0),
        (r"(?<!\w)_(?=\w)|(?<=\w)_(?!\w)|(?<!\d)(?<!\d )\*(?! ?\d)", "", 0),
        (r"^\s*\||\|\s*$", "", 0),
        (r"\s+\|\s+", ", ", 0),
        # Pictures and what joins or colours them; not the signs people read, such as arrows and degrees.
        (
            r"[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0e\ufe0f\u200d\u20e3\U000e0020-\U000e007f]+",
            "",
            0,
        ),
        (r"[ \t]{2,}", " ", 0),
        (r" +(?=[,.;:!?，。；：！？])", "", 0),
    )
]
_LINK = {"zh": "链接"}
_SAYS = re.compile(r"[^\W_]|[+=%]")


class Plain:
    """Clause after clause of one answer; it remembers whether it is inside a block of code."""

    def __init__(self, language: str = "en") -> None:
        self._link = _LINK.get(language, "link")
        self._code = False

    def clause(self, text: str) -> str:
        """The words to speak, "" when there are none."""
        if _FENCE.match(text):
            self._code ^= text.count(text.strip()[:3]) % 2 == 1
            return ""
        if self._code:
            return ""
        for pattern, replacement in _RULES:
            text = pattern.sub(replacement.replace("{link}", self._link), text)
        return text.strip() if _SAYS.search(text) else ""


def plain(text: str, language: str = "en") -> str:
    """A whole text, line by line.

    Example:
        >>> plain("**Bees** make honey 🍯 [1]. See https://example.org/bees.")
        'Bees make honey. See link.'
    """
    strip = Plain(language)
    return "\n".join(line for line in map(strip.clause, text.splitlines()) if line)

"""What a sentence quotes."""

import re

_QUOTED = re.compile(
    r'(?<!\d)"([^"\n]+)"|“([^“”]+)”|「([^「」]+)」|『([^『』]+)』'
    r"|(?<!\w)'((?:[^'\n]|(?<=\w)'(?=\w))+)'(?!\w)|(?<!\w)‘((?:[^‘’]|(?<=\w)’(?=\w))+)’(?!\w)"
)


def quotations(text: str) -> list[str]:
    """The words between quotation marks, without them; an apostrophe is none, nor is the sign for inches.

    Example:
        >>> quotations('Say "good night" in French.'), quotations("“热水器坏了”怎么说？")
        (['good night'], ['热水器坏了'])
    """
    found = (next(part for part in match.groups() if part).strip() for match in _QUOTED.finditer(text))
    return [one for one in found if one]

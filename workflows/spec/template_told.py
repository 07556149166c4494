"""What Jinja says against a template, in our words."""

import re

_OPEN = re.compile(r"innermost block that needs to be closed is '(\w+)'")
_TAG = re.compile(r"unknown tag '(\w+)'", re.IGNORECASE)
_GOT = re.compile(r"expected token '(.+?)', got '(.+?)'", re.IGNORECASE)


def told(message: str, text: str, start: int, width: int) -> tuple[int, int, str, str]:
    """Index, width, problem and hint; `start` and `width` are where Jinja stumbled, as far as it says."""
    open_, tag, got = _OPEN.search(message), _TAG.search(message), _GOT.search(message)
    if open_:
        return *_tag(text, open_[1], start, width, last=True), f"{{% {open_[1]} %}} is never closed", _end(open_[1])
    if tag and tag[1].startswith("end"):
        place = _tag(text, tag[1], start, width)
        return *place, f"{{% {tag[1]} %}} closes nothing", f"Write {{% {tag[1][3:]} %}} before it, or remove it"
    if tag:
        hint = "There are if, for, set, filter and with; values stand in {{ }}"
        return *_tag(text, tag[1], start, width), f"prompts have no {{% {tag[1]} %}}", hint
    if message.endswith("got 'end of print statement'") and not got:
        return start, width, "{{ }} is empty or ends too early", "Write a value in it: {{ input.name }}"
    if got:
        problem = f"the template is wrong: {got[2]!r} cannot stand here"
        return start, width, problem, "Between {{ and }} stands one value, with filters behind |"
    if message in ("unexpected '}'", "unexpected '%'"):
        return start, width, "the braces do not match", "Write two on each side: {{ input.name }}, {% if input.ok %}"
    return start, width, f"the template is wrong: {message[:1].lower()}{message[1:]}", ""


def _end(tag: str) -> str:
    return f"Add {{% end{tag} %}} where it ends"


def _tag(text: str, tag: str, start: int, width: int, *, last: bool = False) -> tuple[int, int]:
    found = [*re.finditer(rf"\{{%[-+]?\s*{tag}\b", text)]
    one = found[-1 if last else 0] if found else None
    return (one.start(), one.end() - one.start()) if one else (start, width)

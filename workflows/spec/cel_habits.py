"""What people write in an expression out of habit from Python, JavaScript or a Chinese keyboard, and what CEL has."""

import re
from collections.abc import Mapping

_LOGIC = "Write && for and, || for or, ! for not"
_CHOICE = "Write it as condition ? one : other"
_JOIN = "Join texts with +: 'Hello, ' + state.name"
_HERE: Mapping[str, str] = {
    **dict.fromkeys(("and", "or", "AND", "OR"), _LOGIC),
    **dict.fromkeys(("if", "then", "else"), _CHOICE),
    "is": "Compare with ==",
    "=": "Compare with ==",
    "<>": "Compare with !=",
    "??": "A declared field always has a value: state.a != '' ? state.a : 'something else'",
    "`": _JOIN,
    **dict.fromkeys("“”‘’「」", "Write straight quotation marks: '...'"),
    **dict.fromkeys("（）【】", "Write brackets as on an English keyboard: ( ) [ ]"),
    **dict.fromkeys("，。：；？！＝＞＜＋", "Write signs as on an English keyboard"),
    "'": "The text is never closed: it needs a quotation mark at its end",
    '"': "The text is never closed: it needs a quotation mark at its end",
}
"""By what stands where CEL stumbled."""
_BEFORE: Mapping[str, str] = {"not": _LOGIC, "f": _JOIN, "lambda": "Functions cannot be written here"}
"""By the word before that."""
_FUNCTIONS: Mapping[str, str] = {
    **dict.fromkeys(("len", "length", "count", "Len"), "Write size(...)"),
    **dict.fromkeys(("str", "toString", "String"), "Write string(...)"),
    **dict.fromkeys(("float", "Number", "parseFloat"), "Write double(...)"),
    **dict.fromkeys(("Int", "parseInt"), "Write int(...)"),
    **dict.fromkeys(("upper", "toUpperCase"), "Write text.upperAscii()"),
    **dict.fromkeys(("lower", "toLowerCase"), "Write text.lowerAscii()"),
    "strip": "Write text.trim()",
    **dict.fromkeys(("includes", "has_key", "find"), "Write part in list, or text.contains(part)"),
    **dict.fromkeys(("append", "push", "extend"), "Write list + [item], or give the state field reduce: append"),
    **dict.fromkeys(("sum", "reduce"), "Add up in a map, into a state field with reduce: add"),
    **dict.fromkeys(("now", "today", "date"), "An expression has no clock: take the time as an input, or from a tool"),
    **dict.fromkeys(
        ("random", "rand", "uuid"), "An expression always gives the same: take it as an input, or from a tool"
    ),
    **dict.fromkeys(("getenv", "env", "open", "eval", "exec", "print"), "An expression reaches nothing outside"),
}
_NAMES: Mapping[str, str] = {
    "True": "Write true",
    "TRUE": "Write true",
    "False": "Write false",
    "FALSE": "Write false",
    **dict.fromkeys(("None", "nil", "NULL", "undefined"), "Fields are never null: compare with '', 0 or []"),
    **dict.fromkeys(("env", "environ", "secrets", "HOME", "os"), "A workflow sees no environment: declare an input"),
}


def syntax_habit(text: str, at: int) -> str:
    """The way out where CEL stumbled at an index of a text; "" where none is known."""
    here = re.match(r"[A-Za-z_]+|.", text[at:], re.DOTALL)
    before = re.search(r"([A-Za-z]+)\s*$", text[:at])
    word = before[1] if before else ""
    return _BEFORE.get(word) or _HERE.get(text[max(at - 1, 0) : at + 1]) or _HERE.get(here[0] if here else "", "")


def function_habit(name: str) -> str:
    """What CEL has for a function of another language; "" where it is not known."""
    return _FUNCTIONS.get(name, "")


def name_habit(name: str) -> str:
    """What to write for a name that other languages have; "" where it is not known."""
    return _NAMES.get(name.split(".")[0], "")

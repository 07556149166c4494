"""What CEL says against an expression, in our words."""

import re
from collections.abc import Iterator, Sequence

from ...tools.base.suggest import did_you_mean
from .cel_habits import function_habit, syntax_habit
from .cel_text import MACROS, tokens
from .flaws import Flaw

_ERROR = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")
_UNKNOWN = re.compile(r"undeclared reference to '([^']+)'")
_APPLIED = re.compile(r"overload for '([^']+)' applied to '\((.*)\)'")
_RANGE = re.compile(r"expression of type '([^']+)' cannot be (?:the )?range")
_SELECTED = re.compile(r"expression of type '([^']+)' cannot be the operand of a select")
_STANDS = re.compile(
    r"(?:mismatched input|extraneous input|token recognition error at:) '(.*?)'(?: expecting.*)?$", re.S
)
_TEMPLATE = {"-_": "-", "!_": "!", "@in": "in", "_[_]": "[ ]", "_?_:_": "? :"}
_TYPES = {
    "int": "integer",
    "uint": "integer",
    "double": "number",
    "bool": "boolean",
    "int64": "integer",
    "uint64": "integer",
    "dyn": "any",
    "null_type": "null",
    "google.protobuf.Timestamp": "timestamp",
    "google.protobuf.Duration": "duration",
}
FUNCTIONS = (
    *("size", "has", "int", "double", "string", "bool", "timestamp", "duration", "type", "dyn", "bytes"),
    *("matches", "startsWith", "endsWith", "contains", *MACROS),
    *("split", "join", "trim", "replace", "substring", "indexOf", "format", "lowerAscii", "upperAscii"),
    *("getFullYear", "getMonth", "getDate", "getDayOfWeek", "getHours", "getMinutes", "getSeconds"),
)
_EMPTY = {"string": "''", "integer": "0", "number": "0.0", "boolean": "false", "list": "[]"}


def complaints(message: str, text: str, added: Sequence[int]) -> Iterator[Flaw]:
    """CEL's complaints about a text; `added` are the indices at which two characters were put in."""
    found = [(int(line), int(column), told) for line, column, told in _ERROR.findall(message)]
    if not any(line > 0 for line, _, _ in found):
        problem = "the expression is nested too deeply" if "recursion" in message or found else message.splitlines()[0]
        yield Flaw(0, 1, problem, "Compute it in several steps", "E507")
        return
    syntax = [one for one in found if one[0] > 0 and one[2].startswith(("Syntax error", "reserved identifier"))]
    for line, column, told in syntax[:1] or found:
        if line > 0:
            at = _position(text, line, column)
            one = _complaint(told, text, at)
            shift = 2 * sum(place + 2 * i < one.start for i, place in enumerate(sorted(added)))
            yield Flaw(max(one.start - shift, 0), one.width, one.problem, one.hint, one.code)


_SIZE = "Ask for size(...) first"
_LOOK = "Look at the text first: state.text.matches('^[0-9]+$')"
_CONVERT = "Convert one of them: string(...), int(...), double(...)"
_FAILED: tuple[tuple[str, str, str], ...] = (
    (r"(divide|modulus) by zero", "it divides by zero", "Look at the divisor first: n != 0 ? ... : ..."),
    (r'Key not found in map : "?(.*?)"?(?: \[.*)?$', "the object has no key {0!r}", "Ask first with has(...)"),
    (r"Index error: index=(-?\d+) size=(\d+)", "the list has no place {0}: it has {1} items", _SIZE),
    (r"(integer|overflow).*overflow|overflow", "the number becomes too large", ""),
    (r"Iteration budget exceeded", "it goes through too many items", "Compute it in several steps"),
    (r"cannot convert string to (int|double)", "the text is no {0}", _LOOK),
    (r"conversion error from 'string' to 'bool'", "the text is not 'true' or 'false'", "Compare it with one"),
    (r"String to (Timestamp|Duration) conversion", "the text is no {0}", "Write it like {example}"),
    (r"No matching overloads found : <jump_condition>", "what stands before '?' is neither true nor false", ""),
    (r"No matching overloads found : (\S+?)\((.*)\)", "{shown} does not work on {types}", _CONVERT),
    (r"No matching overloads found : (\S+)", "{shown} does not work on these values", "Compare them with something"),
    (r"Invalid container type: '(.*)'|SELECT to non-message type", "a value that is no object has no fields", ""),
    (r"Invalid map key type", "the keys of an object are texts", "Write string(...) around the key"),
    (r"(?:duplicate key|ALREADY_EXISTS)", "the object has the same key twice", ""),
    (r"invalid regular expression: (.*)", "the pattern is no regular expression: {0}", "RE2's syntax is used"),
    (r"is greater than <string>.size", "the text has no such place: it is shorter", _SIZE),
    (r"malformed UTF-8", "the bytes are no text", ""),
    (r"Unexpected value type for '([^']*)': (\w+)", "{0} holds a value of another type than declared", ""),
    (r"Integer value '(-?\d+)' out of range for '(.*)'", "{1} is {0}, too large a number for an expression", ""),
    (r"Non-CEL value type for '(.*)'", "{0} is no plain value, and an expression cannot look into it", ""),
)
"""What CEL says when an expression fails on its values, what is told, and the way out."""
_EXAMPLES = {"Timestamp": "2026-12-01T08:00:00Z", "Duration": "90s"}
_WORDS = {"int": "whole number", "double": "number", "Timestamp": "moment", "Duration": "length of time"}


def failed(message: str) -> tuple[str, str]:
    """What CEL says when an expression fails on its values, as a sentence and the way out."""
    for pattern, told, hint in _FAILED:
        found = re.search(pattern, message, re.S)
        if found:
            parts = [_WORDS.get(one or "", one or "") for one in found.groups()]
            operator = parts[0] if parts else ""
            shown = repr(_TEMPLATE.get(operator, operator.strip("_")))
            types = " and ".join(_type(one) for one in _split(parts[1])) if len(parts) > 1 else ""
            example = _EXAMPLES.get(found[1] if parts else "", "")
            return told.format(*parts, shown=shown, types=types), hint.format(example=example)
    return re.sub(r"^[A-Z_]+: | \[[A-Z_]+\]$", "", message.splitlines()[0] if message else "it cannot be computed"), ""


def widened(text: str, message: str) -> int | None:
    """The index behind a whole number that must be a decimal one, for CEL to take it beside another."""
    for line, column, told in _ERROR.findall(message):
        applied = _APPLIED.search(told)
        if applied is None:
            continue
        operator, types = applied[1], applied[2].split(", ")
        at = _position(text, int(line), int(column))
        if operator == "_?_:_" and types[1:] in (["int", "double"], ["double", "int"]):
            number = _number_after(text, at, ":" if types[2] == "int" else "?")
        elif types == ["double", "int"]:
            number = _number_after(text, at, operator.strip("_"))
        elif types == ["int", "double"]:
            number = _number_before(text, at)
        else:
            continue
        if number is not None:
            return number
    return None


def _number_after(text: str, at: int, sign: str) -> int | None:
    found = tokens(text)
    for i, token in enumerate(found):
        if token.start >= at and token.text == sign:
            rest = found[i + 1 :]
            rest = rest[1:] if rest and rest[0].text == "-" else rest
            return rest[0].end if rest and rest[0].kind == "number" and rest[0].text.isdigit() else None
    return None


def _number_before(text: str, at: int) -> int | None:
    before = [token for token in tokens(text) if token.start < at]
    return before[-1].end if before and before[-1].kind == "number" and before[-1].text.isdigit() else None


def _position(text: str, line: int, column: int) -> int:
    """The index of a line and column, both from 1."""
    return sum(len(one) for one in text.splitlines(keepends=True)[: line - 1]) + column - 1


def _complaint(told: str, text: str, at: int) -> Flaw:
    unknown, applied, range_ = _UNKNOWN.search(told), _APPLIED.search(told), _RANGE.search(told)
    if unknown:
        name = unknown[1]
        start = text.rfind(name, 0, at + len(name))
        hint = function_habit(name) or did_you_mean(name, FUNCTIONS)
        return Flaw(max(start, 0), len(name), f"there is no function {name!r}", hint, "E502")
    if applied:
        return _not_applied(applied[1], [_type(one) for one in _split(applied[2])], text, at)
    if range_:
        problem = f"only a list or an object can be gone through, and this is of the type {_type(range_[1])}"
        return Flaw(at, 1, problem, "", "E503")
    selected = _SELECTED.search(told)
    if selected:
        return Flaw(at, 1, f"a value of the type {_type(selected[1])} has no fields", "", "E503")
    problem = told.split(" (in container")[0].split(" expecting {")[0].removeprefix("Syntax error: ")
    if problem.startswith("reserved identifier"):
        return Flaw(at, 1, f"{problem.split(': ')[-1]!r} is a word that CEL keeps for itself", "", "E501")
    code = "E503" if "type" in problem and "Syntax" not in told else "E501"
    if "mismatched input '<EOF>'" in problem:
        problem = "it ends too early"
    stands = _STANDS.search(problem)
    if stands:
        problem = f"{stands[1].strip()!r} cannot stand here" if stands[1].strip() else "it is not complete"
    told, hint = f"this is no CEL expression: {problem}", syntax_habit(text, at)
    return Flaw(min(at, max(len(text) - 1, 0)), 1, told.replace("<EOF>", "the end"), hint, code)


def _not_applied(operator: str, types: list[str], text: str, at: int) -> Flaw:
    shown = _TEMPLATE.get(operator, operator.strip("_"))
    width = len(shown) if text.startswith(shown, at) else 1
    if operator == "_?_:_":
        problem = f"what stands before and behind ':' must be of one type, not {types[1]} and {types[2]}"
        types = types[1:]
        if types[:1] == types[1:]:
            return Flaw(at, 1, "what stands before '?' must be true or false", "Compare it with something", "E503")
    elif shown.isidentifier() and shown != "in":
        before = text.rfind(shown, 0, at + 1)
        at, width = (before, len(shown)) if before >= 0 else (at, width)
        problem = f"{shown}() does not work on {' and '.join(types)}"
    else:
        problem = f"{shown!r} does not work on {' and '.join(types)}"
    return Flaw(at, width, problem, _hint(shown, types), "E503")


def _hint(operator: str, types: list[str]) -> str:
    pair = set(types)
    if "null" in pair:
        other = next((one for one in types if one != "null"), "")
        empty = _EMPTY.get(other.split(" ")[0])
        return f"Fields are never null: compare with {empty}" if empty else "Fields are never null"
    if operator in ("&&", "||", "!"):
        return "Compare the value with something: state.name != ''" if "string" in pair else "Compare it with something"
    if pair == {"integer", "number"}:
        return "Write double(...) around the integer"
    if pair == {"integer", "string"}:
        return "Write string(...) around the number, or int(...) around the text"
    if pair == {"number", "string"}:
        return "Write string(...) around the number, or double(...) around the text"
    if any(one.startswith("list") for one in pair) and operator in ("<", "<=", ">", ">="):
        return "Write size(...) around the list"
    lists = {one for one in pair if one.startswith("list")}
    if operator == "+" and len(lists) == 2:
        return "The items of both lists must be of one type: convert those of one with map"
    if operator == "+" and "list of string" in pair:
        return "Make a text of the list: state.names.join(', ')"
    if operator == "+" and "string" in pair:
        return "Write string(...) around the other value"
    return ""


def _split(types: str) -> list[str]:
    """Types separated by commas; those within brackets belong together."""
    found, depth = [""], 0
    for letter in types:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            found.append("")
        else:
            found[-1] += letter
    return [one.strip() for one in found]


def _type(name: str) -> str:
    """CEL's name of a type in ours."""
    if name.startswith("list("):
        inner = _type(name[5:-1])
        return "list" if inner == "any" else f"list of {inner}"
    return "object" if name.startswith("map(") else _TYPES.get(name, name)

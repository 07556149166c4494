"""Pydantic's complaints in words for people who write files: where, what, the way out, and a code."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from .errors import Problem, place_of
from .patterns import explained
from .printable import shortened
from .slips import WIDE, instead, key_hint, value_hint
from .suggest import is_near
from .written import annotation_at, choices, key_of, keys_of, model_at, models_of, written_path
from .yaml_reading import Document, Path_

_WANTED = {
    **dict.fromkeys(("string_type", "string_sub_type", "string_unicode"), "a text"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), "a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "a number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type", "mapping_type"), "keys with values"),
    **dict.fromkeys(("list_type", "tuple_type"), "a list"),
    "none_required": "nothing",
}
"""What should have been there, for each way of being something else."""
_BOUNDS = {
    "greater_than_equal": ("ge", "must be at least"),
    "greater_than": ("gt", "must be more than"),
    "less_than_equal": ("le", "must be at most"),
    "less_than": ("lt", "must be less than"),
}
_LENGTHS = {
    "too_short": ("min_length", "needs at least {} entries"),
    "too_long": ("max_length", "may have at most {} entries"),
    "string_too_short": ("min_length", "needs at least {} characters"),
    "string_too_long": ("max_length", "may have at most {} characters"),
}
_ADDRESS = re.compile(r"[./:\\]")
_SCHEMA = re.compile(r"([a-z]+)/v([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Complaint:
    """One of Pydantic's, at the path that is written in the file."""

    path: Path_
    type: str
    loc: tuple[str | int, ...]
    given: Any
    context: Mapping[str, Any]
    message: str


def complaints(errors: Sequence[Any], document: Document, type_: type[BaseModel]) -> list[Problem]:
    """Every problem, in the order of the file."""
    all_ = [
        Complaint(
            written_path(one["loc"], document, type_),
            one["type"],
            one["loc"],
            one["input"],
            one.get("ctx", {}),
            one["msg"],
        )
        for one in errors
    ]
    teller = _Teller(document, type_)
    newer = [one for one in all_ if one.path == ("schema",) and _is_newer(one)]
    told = [one for one in all_ if not _is_emptied(one, all_, document)]
    found = [teller.problem(one) for one in newer] or [*teller.mismatches(told), *map(teller.problem, _others(told))]
    return sorted(dict.fromkeys(found), key=place_of)


def changed(written: Any, read: Any, document: Document, path: Path_ = ()) -> Iterator[Problem]:
    """Texts that Pydantic took for numbers, and what it took for true or false: a file means what it says."""
    if isinstance(read, BaseModel) and isinstance(written, dict):
        for name, key in keys_of(type(read)):
            if key in written:
                yield from changed(written[key], getattr(read, name), document, (*path, key))
    elif isinstance(read, dict) and isinstance(written, dict):
        for key, inner in read.items():
            yield from changed(written.get(key), inner, document, (*path, key))
    elif isinstance(read, tuple | list) and isinstance(written, list):
        for i, (given, inner) in enumerate(zip(written, read, strict=False)):
            yield from changed(given, inner, document, (*path, i))
    elif isinstance(written, str | bool | int | float) and type(written) is not type(read):
        wanted = {bool: "true or false", int: "a whole number", float: "a number"}.get(type(read))
        if wanted and (isinstance(written, str | bool) or isinstance(read, bool)):
            yield _Teller(document, BaseModel).mismatch(path, [wanted], written)


def _others(all_: Sequence[Complaint]) -> list[Complaint]:
    """Those that are no mismatch, and do not only follow from another: a list is short without what is wrong in it."""
    kept = [one for one in all_ if one.type not in _WANTED and not _is_misspelt(one, all_)]
    kept = [one for one in kept if not (one.type == "too_short" and any(_is_inside(other, one.path) for other in all_))]
    told = {one.path for one in kept if not _wants_empty(one)} | {one.path for one in all_ if one.type in _WANTED}
    return [one for one in kept if not (_wants_empty(one) and one.path in told)]


def _is_misspelt(one: Complaint, all_: Sequence[Complaint]) -> bool:
    """Whether what is missing is there under a name that is nearly its own."""
    return one.type == "missing" and any(
        is_near(str(other.path[-1]), str(one.loc[-1]))
        for other in all_
        if other.type == "extra_forbidden" and other.path[:-1] == one.path
    )


def _is_emptied(one: Complaint, all_: Sequence[Complaint], document: Document) -> bool:
    """Whether nothing is there because wide spaces before the next line made that a key of the whole file."""
    if one.given is not None or one.type not in _WANTED:
        return False
    wide = (other.path for other in all_ if other.type == "extra_forbidden" and WIDE.match(str(other.path[-1])))
    return document.positions[one.path][0] + 1 in {document.positions[path][0] for path in wide}


def _is_inside(one: Complaint, path: Path_) -> bool:
    return len(one.path) > len(path) and one.path[: len(path)] == path


def _wants_empty(one: Complaint) -> bool:
    return one.type == "literal_error" and one.context.get("expected") == "''"


def _is_newer(one: Complaint) -> bool:
    given = _SCHEMA.fullmatch(str(one.given))
    known = _SCHEMA.search(str(one.context.get("expected", "")))
    return bool(given and known and given[1] == known[1] and int(given[2]) > int(known[2]))


class _Teller:
    """Finds the words for a complaint about one document."""

    def __init__(self, document: Document, type_: type[BaseModel]) -> None:
        self.document, self.type = document, type_

    def mismatches(self, all_: Sequence[Complaint]) -> Iterator[Problem]:
        """What may be of several types is one complaint; none where one of the types began to fit."""
        wanted: dict[Path_, dict[str, Any]] = {}
        for one in all_:
            if one.type in _WANTED:
                wanted.setdefault(one.path, {})[_WANTED[one.type]] = one.given
        for path, types in wanted.items():
            inside = any(
                other.path[: len(path)] == path and (other.path != path or other.type not in _WANTED)
                for other in all_
                if not _wants_empty(other)
            )
            if not inside:
                yield self.mismatch(path, list(types), next(iter(types.values())))

    def mismatch(self, path: Path_, wanted: Sequence[str], given: Any) -> Problem:
        hint = ""
        if given is None:
            hint = "Write a value, or remove the key"
        elif isinstance(given, str) and given.startswith("${"):
            hint = "An expression cannot stand here"
        elif isinstance(given, str):
            hint = "Remove the quotes" if _unquoted(given, wanted) else ""
        hint = (
            hint
            or self._wants(path)
            or value_hint(given, wanted, annotation_at(self.type, self.document.value, path), _key(path))
        )
        return self._value(path, f"{_name(path)} must be {_or(wanted)}, not {_found(given)}", hint, "E203")

    def problem(self, one: Complaint) -> Problem:
        """The problem a complaint is."""
        match one.type:
            case "extra_forbidden":
                return self._unknown_key(one)
            case "missing":
                return self._missing(one)
            case "union_tag_invalid" | "union_tag_not_found":
                return self._kind(one)
            case "literal_error":
                return self._choice(one)
            case "string_pattern_mismatch":
                code, problem, hint = explained(one.context["pattern"], _name(one.path), str(one.given))
                key = one.loc[-1] == "[key]"
                if _ADDRESS.search(str(one.given)):
                    hint = self._wants(one.path) or hint
                return self._key(one.path, problem, hint, code) if key else self._value(one.path, problem, hint, code)
            case "value_error" | "assertion_error":
                return self._rule(one)
            case _:
                return self._range(one)

    def _unknown_key(self, one: Complaint) -> Problem:
        model = model_at(self.type, self.document.value, one.path[:-1])
        known = [key for _, key in keys_of(model)] if model else []
        key = str(one.path[-1])
        elsewhere = {key: self._further_out(one.path)} | dict(getattr(model, "ELSEWHERE", {}))
        return self._key(one.path, f"unknown key {one.path[-1]!r}", key_hint(key, known, elsewhere), "E201")

    def _further_out(self, path: Path_) -> str:
        """What to say of a key that something around its place has."""
        for end in range(len(path) - 2, -1, -1):
            model = model_at(self.type, self.document.value, path[:end])
            if path[-1] in (self.document.inside(path[:end]) or ()):  # there is one already, so this is another thing
                continue
            if model and isinstance(path[end], str) and str(path[-1]) in [key for _, key in keys_of(model)]:
                return f"It belongs beside {path[end]!r}, not inside of it"
        return ""

    def _wants(self, path: Path_) -> str:
        """What stands in a place, where the type of a part of the file says so."""
        for end in range(len(path) - 1, max(len(path) - 3, -1), -1):
            model = model_at(self.type, self.document.value, path[:end])
            if model is not None:
                wants: Mapping[str, str] = getattr(model, "WANTS", {})
                return wants.get(str(path[end]), "")
        return ""

    def _missing(self, one: Complaint) -> Problem:
        model, last = model_at(self.type, self.document.value, one.path), str(one.loc[-1])
        fields = {key_of(name, info): info for name, info in model.model_fields.items()} if model else {}
        hint = f"Add {last!r} ({fields[last].description})" if last in fields and fields[last].description else ""
        if last in fields and get_origin(fields[last].annotation) is Literal:
            hint = f"Add {last!r}: one of {', '.join(map(str, get_args(fields[last].annotation)))}"
        return self._key(one.path, f"{_name((*one.path, last))} is missing", hint, "E202")

    def _kind(self, one: Complaint) -> Problem:
        key = str(one.context["discriminator"]).strip("'")
        known = sorted(choices(self.type, self.document.value, one.path, key))
        if one.type == "union_tag_not_found":
            hint = f"Add {key}: one of {', '.join(known)}" if known else f"Add {key}"
            hint = key_hint("<<", known, {}) if "<<" in one.given else hint
            return self._key(one.path, f"{_name(one.path)} has no {key!r}", hint, "E205")
        tag = str(one.context["tag"])
        hint = instead(tag, known, key, models_of(annotation_at(self.type, self.document.value, one.path)))
        return self._value((*one.path, key), f"unknown {key} {tag!r}", hint, "E204")

    def _choice(self, one: Complaint) -> Problem:
        known = [text for text in re.findall(r"'([^']*)'", str(one.context["expected"])) if text]
        problem = f"{_name(one.path)} cannot be {_found(one.given, bare=True)}"
        if one.path == ("schema",):
            hint = f"This version of Antiphon reads {', '.join(known)}"
            newer = f"{hint}: install a newer Antiphon, or write the file in this format"
            return self._value(one.path, problem, newer if _is_newer(one) else hint, "E209")
        model = model_at(self.type, self.document.value, one.path[:-1])
        hint = instead(str(one.given), known, str(one.path[-1]), [model] if model else [])
        return self._value(one.path, problem, hint, "E206")

    def _rule(self, one: Complaint) -> Problem:
        """What a type of ours says about its parts, or about a value."""
        message = one.message.removeprefix("Value error, ").removeprefix("Assertion failed, ")
        if isinstance(one.given, dict | list):
            return self._key(one.path, f"{_name(one.path)}: {message}", "", "E207")
        return self._value(one.path, f"{_name(one.path)}: {message}, found {_found(one.given, bare=True)}", "", "E203")

    def _range(self, one: Complaint) -> Problem:
        if one.type in _BOUNDS:
            key, words = _BOUNDS[one.type]
            problem = f"{_name(one.path)} {words} {one.context[key]}, not {_found(one.given)}"
        elif one.type in _LENGTHS:
            key, words = _LENGTHS[one.type]
            least = one.context[key]
            problem = f"{_name(one.path)} {words.format(least)}".replace("1 entries", "1 entry")
            if one.type == "string_too_short" and least == 1:
                problem = f"{_name(one.path)} must not be empty"
        else:
            message = one.message.removeprefix("Input ").replace("valid ", "")
            problem = f"{_name(one.path)} {message[:1].lower()}{message[1:]}, found {_found(one.given, bare=True)}"
        return self._value(one.path, problem, "", "E203")

    def _key(self, path: Path_, problem: str, hint: str, code: str) -> Problem:
        if not path and isinstance(self.document.value, dict):  # the whole file: above its first key may be comments
            path = tuple(self.document.value)[:1]
        width = len(str(path[-1])) if path and isinstance(path[-1], str) else 0
        return Problem(self.document.at(path), problem, hint, code=code, width=width)

    def _value(self, path: Path_, problem: str, hint: str, code: str) -> Problem:
        if isinstance(self.document.inside(path), dict | list):  # its key says more than its bracket
            return self._key(path, problem, hint, code)
        return Problem(self.document.at(path, value=True), problem, hint, code=code)


def _unquoted(given: str, wanted: Sequence[str]) -> bool:
    """Whether a text would be what is wanted without its quotes."""
    if "true or false" in wanted:
        return given in ("true", "false")
    pattern = r"-?[0-9]+" if "a whole number" in wanted else r"-?[0-9]+(\.[0-9]+)?"
    return bool({"a whole number", "a number"} & {*wanted}) and re.fullmatch(pattern, given) is not None


def _key(path: Path_) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def _name(path: Path_) -> str:
    return repr(".".join(map(str, path))) if path else "the file"


def _or(words: Sequence[str]) -> str:
    kept = [word for word in words if word != "nothing"]
    return f"{', '.join(kept[:-1])} or {kept[-1]}" if len(kept) > 1 else "".join(kept)


def _found(value: Any, *, bare: bool = False) -> str:
    """A value as its author wrote it, more or less."""
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        return "keys with values" if isinstance(value, dict) else "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = shortened(repr(value))
    return f"the text {text}" if isinstance(value, str) and not bare else text

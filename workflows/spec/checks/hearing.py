"""Nothing a model wrote is spoken to a child, or shown to one who is asked, unless a guard with rules let it pass.

Followed are the state fields: one that anything a model wrote may be written to is a model's, whatever else is written
to it. What people said, articles, tools and functions say is not. A service may be a model for all we know, and the
message of an error may hold what a model wrote. Numbers, truth values and texts that an `enum` allows are no words of a
model.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ....tools.base.errors import Problem
from ....tools.base.yaml_reading import Path_
from ..cel_text import Token, tokens
from ..data import owner_of
from ..kinds.act import Code, Http
from ..kinds.common import NodeBase
from ..kinds.control import Flow, Set
from ..kinds.memory import Recall, Remember
from ..kinds.think import Extract, Writer
from ..kinds.voice import Ask, Guard, Speak
from ..known import Subject
from ..levels import DO, Level, inside
from ..results import fields_at
from ..types import Map

_HINT = "Let it follow a guard with side: answer and rules, or say only what such a guard wrote into a field of its own"
_COMPARING = frozenset(("==", "!=", "<", "<=", ">", ">=", "in", "&&", "||", "!"))


def check_hearing(subject: Subject) -> Iterator[Problem]:
    """Every speak and ask node whose words may be a model's own."""
    words = words_of(subject)
    for level in subject.levels:
        for name, node in level.nodes.items():
            if not isinstance(node, Speak | Ask):
                continue
            path = level.path_of(name)
            key, words_said = ("from", node.text) if isinstance(node, Speak) else ("show", node.show)
            if node.follows in level.nodes:
                author = words.author_of(level, node.follows)
                if author:
                    yield _problem(subject, (*path, "follows"), 0, len(node.follows), author)
            texts = words_said.items() if isinstance(words_said, Mapping) else [("", words_said)]
            for language, text in texts:
                where = (*path, key, language) if language else (*path, key)
                for start, width, author in words.in_value(level, text):
                    yield _problem(subject, where, start, width, author)


def _problem(subject: Subject, path: Path_, start: int, width: int, author: str) -> Problem:
    problem = f"a child would hear what {author!r} wrote, and no guard with rules has let it pass"
    return Problem(subject.at(path, start), problem, _HINT, "E802", width=width)


@dataclass(slots=True)
class Words:
    """Whose words are where.

    Attributes:
        fields: State fields, by the prefix of the level that owns them and their name, with the node that wrote to
            them what a model wrote.
        stores: What is remembered, likewise.
        items: The items of maps, by the prefix of their level.
    """

    subject: Subject
    fields: dict[tuple[str, str], str] = field(default_factory=dict)
    stores: dict[str, str] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)

    def author_of(self, level: Level, name: str, seen: frozenset[str] = frozenset()) -> str:
        """The node whose model wrote what a node gives; "" for none."""
        node, full = level.nodes[name], f"{level.prefix}{name}"
        match node:
            case Writer() | Extract() | Http() | Code():
                return full
            case Guard():
                if node.side == "question" or node.rules:
                    return ""
                before = self._followed(level, name, seen)
                return before or self._first(level, node.text) or (full if node.rewrite else "")
            case Speak():
                return self._followed(level, name, seen) or self._spoken(level, node)
            case Recall():
                return self.stores.get(node.store, "")
            case Map():
                within = inside(level, name, node)
                return self.author_of(within, DO) if node.do is not None else self._first(within, node.gives)
            case Flow():
                return full if _writes_itself(self.subject, node) else ""
            case _:
                return ""

    def _followed(self, level: Level, name: str, seen: frozenset[str]) -> str:
        """Whose words a node takes up; nodes that follow each other in a circle take up none."""
        before = level.nodes[name].follows
        return self.author_of(level, before, seen | {name}) if before in level.nodes and before not in seen else ""

    def _spoken(self, level: Level, node: Speak) -> str:
        texts = [*node.text.values()] if isinstance(node.text, Mapping) else [node.text]
        return next((author for text in texts if (author := self._first(level, text))), "")

    def _first(self, level: Level, value: Any, own: str = "") -> str:
        return next((author for _, _, author in self.in_value(level, value, own)), "")

    def in_value(self, level: Level, value: Any, own: str = "") -> Iterator[tuple[int, int, str]]:
        """Each name in a value that holds a model's words: its index, its width, and who wrote them.

        Args:
            own: Who wrote what `result` or `error` holds.
        """
        if isinstance(value, Mapping | list | tuple):
            for part in value.values() if isinstance(value, Mapping) else value:
                yield from self.in_value(level, part, own)
        elif isinstance(value, str) and value.startswith("${"):
            for chain, start in _said(tokens(value.rstrip()[2:-1])):
                author = self._of_name(level, chain, own)
                if author:
                    yield start + 2, len(".".join(chain)), author

    def _of_name(self, level: Level, chain: tuple[str, ...], own: str) -> str:
        if chain[0] in ("result", "error"):
            return "" if chain == ("error", "kind") else own
        root, *parts = chain
        if root == "state" and parts:
            return self.fields.get((owner_of(level, parts[0]), parts[0]), "")
        for one in level.around():
            if isinstance(one.block, Map) and one.block.as_ == root:
                return self.items.get(one.prefix, "")
        return ""

    def follow(self) -> bool:
        """Look at every node once; whether something new was found."""
        before = len(self.fields) + len(self.stores) + len(self.items)
        for level in self.subject.levels:
            for name, node in level.nodes.items():
                self._node(level, name, node)
        return len(self.fields) + len(self.stores) + len(self.items) > before

    def _node(self, level: Level, name: str, node: NodeBase) -> None:
        author = self.author_of(level, name)
        if isinstance(node.into, str):
            self._written(level, node.into, author)
        else:
            for to, value in node.into.items():
                self._written(level, to, self._first(level, value, "" if _fixed(node, value) else author))
        for to, value in node.values.items() if isinstance(node, Set) else ():
            self._written(level, to, self._first(level, value))
        for to, value in node.on_error.set.items() if node.on_error else ():
            self._written(level, to, self._first(level, value, f"{level.prefix}{name}"))
        if isinstance(node, Remember) and (kept := self._first(level, node.text)):
            self.stores.setdefault(node.store, kept)
        if isinstance(node, Map) and (over := self._first(level, node.over)):
            self.items.setdefault(f"{level.prefix}{name}.", over)

    def _written(self, level: Level, name: str, author: str) -> None:
        shape = fields_at(self.subject, level).get(name)
        if author and shape is not None and not _is_fixed(shape):
            self.fields.setdefault((owner_of(level, name), name), author)


def words_of(subject: Subject) -> Words:
    """Whose words are in each state field, each store and each item of a map."""
    words = Words(subject)
    while words.follow():
        pass
    return words


def _writes_itself(subject: Subject, node: Flow) -> bool:
    """Whether the output of a workflow may hold a model's words."""
    flows = subject.flows
    used = flows.used(subject.folder, node.use)
    if used is None or flows.endless(used):
        return True
    if used.path not in flows.writers:
        inner = Subject(used.spec, used.path.parent, lambda path, shift: "", subject.known, flows)
        words, outer = words_of(inner), inner.levels[0]
        said = any(True for value in used.spec.output.values() for _ in words.in_value(outer, value))
        flows.writers[used.path] = said
    return flows.writers[used.path]


def _is_fixed(shape: Any) -> bool:
    """Whether a value can hold no words but those its author wrote down."""
    return shape.type in ("integer", "number", "boolean") or bool(shape.enum)


def _fixed(node: NodeBase, value: Any) -> bool:
    """`${result.mood}` of an extract whose `mood` can only be one of a few texts."""
    if not isinstance(node, Extract) or not isinstance(value, str):
        return False
    name = value.strip().removeprefix("${result.").removesuffix("}")
    return name in node.fields and _is_fixed(node.fields[name])


def _said(found: tuple[Token, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    """The names whose values may be in what an expression comes to: of `a ? b : c` that is b and c."""
    depth, asks, colon = 0, -1, -1
    for i, token in enumerate(found):
        depth += (token.text in "([{") - (token.text in ")]}") if token.kind == "sign" else 0
        if depth == 0 and token.text == "?" and asks < 0:
            asks = i
        elif depth == 0 and token.text == ":" and asks >= 0 and colon < 0 and _closes(found[asks + 1 : i]):
            colon = i
    if asks >= 0 and colon > 0:
        yield from _said(found[asks + 1 : colon])
        yield from _said(found[colon + 1 :])
    elif not _compares(found):
        yield from _chains(found)


def _closes(between: tuple[Token, ...]) -> bool:
    """Whether each ? between has its own colon."""
    return sum(one.text == "?" for one in between) == sum(one.text == ":" for one in between)


def _compares(found: tuple[Token, ...]) -> bool:
    depth = 0
    for token in found:
        depth += (token.text in "([{") - (token.text in ")]}") if token.kind == "sign" else 0
        if depth == 0 and token.kind in ("sign", "name") and token.text in _COMPARING:
            return True
    return False


def _chains(found: tuple[Token, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    for i, token in enumerate(found):
        if token.kind == "name" and (i == 0 or found[i - 1].text != "."):
            chain, at = [token.text], i
            while at + 2 < len(found) and found[at + 1].text == "." and found[at + 2].kind == "name":
                at += 2
                chain.append(found[at].text)
            yield tuple(chain), token.start

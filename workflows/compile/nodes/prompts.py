"""A prompt of the file becomes messages: its fixed beginning first, so that a server can keep it from turn to turn."""

from collections.abc import Mapping
from dataclasses import dataclass

from ....agents.models.chat import Message
from ....tools.base.checked import checked
from ....tools.base.yaml_reading import parse_yaml
from ...spec.examples import Examples
from ...spec.kinds.think import HISTORY, Prompt
from ...spec.names import Words
from ...spec.scopes import Names
from ...spec.shapes import Type
from ...spec.templates import Template, read_beside
from ..step import Bench, Compiled, Step, in_language


@dataclass(frozen=True, slots=True)
class CompiledPrompt:
    system: Mapping[str, Template]
    examples: Mapping[str, tuple[Message, ...]]
    user: Mapping[str, Template]
    language: Compiled

    def messages(self, step: Step, **more: object) -> tuple[Message, ...]:
        """System, examples, the last texts of the turns before, and the user's message, in the language of this run."""
        told = self.told(step, **more)
        system = (Message("system", told.system),) if self.system else ()
        return (*system, *told.examples, *step.turn.history[-HISTORY:], Message("user", told.user))

    def told(self, step: Step, **more: object) -> "Told":
        """Its parts, in the language of this run."""
        language = str(step.value(self.language))
        names = step.roots() | more
        system = in_language(self.system, language)(names) if self.system else ""
        examples = in_language(self.examples, language) if self.examples else ()
        return Told(language, system, examples, in_language(self.user, language)(names))


@dataclass(frozen=True, slots=True)
class Told:
    """A prompt as a model reads it, without the turns before; "" and () for what it does not have."""

    language: str
    system: str
    examples: tuple[Message, ...]
    user: str


def compile_prompt(prompt: Prompt, bench: Bench, **more: Type) -> CompiledPrompt:
    """Read and check the templates of a prompt; `more` are names they may use, too.

    Raises:
        FileError: a template's file is missing or outside the folder, or the template is wrong.
    """
    names = bench.names.also(**more)
    return CompiledPrompt(
        _templates(prompt.system, prompt.system_file, bench, names),
        {language: _examples(name, bench) for language, name in _by_language(prompt.examples_file).items()},
        _templates(prompt.user, prompt.user_file, bench, names),
        bench.language(prompt.language),
    )


def _by_language(words: Words) -> dict[str, str]:
    return words if isinstance(words, dict) else {"en": words} if words else {}


def _templates(words: Words, files: Words, bench: Bench, names: Names) -> dict[str, Template]:
    inline = {language: Template(text, bench.where, names) for language, text in _by_language(words).items()}
    return inline | {
        language: Template(read_beside(bench.folder, name, bench.where), str(bench.folder / name), names)
        for language, name in _by_language(files).items()
    }


def _examples(name: str, bench: Bench) -> tuple[Message, ...]:
    document = parse_yaml(read_beside(bench.folder, name, bench.where), bench.folder / name)
    turns = checked(document, Examples).examples
    return tuple(
        message for turn in turns for message in (Message("user", turn.user), Message("assistant", turn.assistant))
    )

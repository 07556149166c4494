"""What each code means, with a wrong and a right example: one small file for each, in `codes/`."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from ...tools.base.checked import Strict, checked
from ...tools.base.errors import InputError
from ...tools.base.suggest import guess
from ...tools.base.yaml_reading import read_yaml

FOLDER = Path(__file__).with_name("codes")
GROUPS: Mapping[str, tuple[str, str]] = {
    "1": ("Reading", "读取"),
    "2": ("Shape", "结构"),
    "3": ("Names", "名称"),
    "4": ("Ways between nodes", "流程"),
    "5": ("Expressions", "表达式"),
    "6": ("Templates", "模板"),
    "7": ("Data flow", "数据流"),
    "8": ("Policy", "规定"),
}
"""The first digit of a code, in English and in Chinese."""

Language = Literal["en", "zh"]


class InBoth(Strict):
    """The same in English and in Chinese."""

    en: str
    zh: str


class Explanation(Strict):
    """One code."""

    code: str = Field(pattern=r"^[EW][0-9]{3}$")
    title: InBoth
    text: InBoth
    wrong: str = Field(description="a workflow file that gets this code")
    right: str = Field(description="the same, put right")
    files: dict[str, str] = Field(default_factory=dict, description="files beside it, by name")
    app: str = Field(default="", description="the app.yaml it is checked with")
    made: bool = Field(default=False, description="whether the wrong example needs more than can be written here")
    python: str = Field(default="", description="a Python file with the functions it may call")

    def title_in(self, language: Language) -> str:
        """What the code means, in a few words."""
        return self.title.zh if language == "zh" else self.title.en

    def text_in(self, language: Language) -> str:
        """What it means, and what to do."""
        return (self.text.zh if language == "zh" else self.text.en).strip()


def explanation(code: str) -> Explanation:
    """What a code means; small letters will do.

    Raises:
        InputError: there is no such code.
    """
    known = codes()
    if code.upper() not in known:
        hint = f"{guess(code.upper(), known)}All there are: antiphon explain"
        raise InputError(f"there is no code {code!r}", hint=hint)
    return checked(read_yaml(FOLDER / f"{code.upper()}.yaml"), Explanation)


def codes() -> list[str]:
    """Every code, in order of its number."""
    return sorted((path.stem for path in FOLDER.glob("*.yaml")), key=lambda code: (code[1:], code))


def grouped(language: Language) -> Iterator[tuple[str, list[Explanation]]]:
    """All of them in groups, each with its title."""
    for digit, titles in GROUPS.items():
        here = [one for one in explanations().values() if one.code[1] == digit]
        if here:
            yield titles[language == "zh"], here


@cache
def explanations() -> Mapping[str, Explanation]:
    """All of them."""
    return {code: explanation(code) for code in codes()}

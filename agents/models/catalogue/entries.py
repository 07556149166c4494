"""The catalogue as types: each model, its files with size and hash, and where their bytes come from."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from ....tools.base.checked import Strict, checked
from ....tools.base.yaml_reading import read_yaml

CATALOGUE = Path(__file__).with_name("catalogue.yaml")


def _relative(name: str) -> str:
    parts = name.split("/")
    if "\\" in name or not all(parts) or any(part.startswith(".") for part in parts):
        raise ValueError("must be a path below the model's folder, with / between names")
    return name


RelativeName = Annotated[str, AfterValidator(_relative)]


class Part(Strict):
    """A run of a file's bytes, as a member of a wheel."""

    wheel: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9.]+$", description="name==version")
    member: RelativeName
    bytes: int = Field(gt=0, description="unpacked")


class PinnedFile(Strict):
    """One file of a model: exactly these bytes, whatever they come from."""

    name: RelativeName
    bytes: int = Field(gt=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    parts: tuple[Part, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> "PinnedFile":
        joined = sum(part.bytes for part in self.parts)
        if self.parts and joined != self.bytes:
            raise ValueError(f"the parts of {self.name} have {joined} bytes, the file {self.bytes}")
        return self


class Hub(Strict):
    """A repository on the hub at one revision (a commit)."""

    repo: str = Field(pattern=r"^[\w.-]+/[\w.-]+$")
    revision: str


class Entry(Strict):
    """A model."""

    name: str = Field(default="", description="its key in the catalogue")
    role: Literal["chat", "hear", "speak"]
    what: str
    licence: str
    hub: Hub
    tried: bool = Field(description="run by this project's own tests")
    source: str = Field("", description="where the revision, size and hash come from, if not from the files themselves")
    files: tuple[PinnedFile, ...] = Field(min_length=1)

    @property
    def bytes(self) -> int:
        """The size of all files together."""
        return sum(file.bytes for file in self.files)

    @property
    def in_wheels(self) -> bool:
        """Whether every file can be had from wheels."""
        return all(file.parts for file in self.files)


class Listed(Strict):
    """The file catalogue.yaml."""

    schema_: Literal["catalogue/v1"] = Field(validation_alias="schema")
    models: dict[str, Entry]


@cache
def read_catalogue(path: Path = CATALOGUE) -> Mapping[str, Entry]:
    """The models of a catalogue, by name, in the order of the file.

    Raises:
        FileError: the file is wrong, with every problem.
    """
    listed = checked(read_yaml(path), Listed).models
    return {name: entry.model_copy(update={"name": name}) for name, entry in listed.items()}

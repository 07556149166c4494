"""What a model's server can do, as far as an agent adapts to it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Abilities:
    """
    Attributes:
        schema: Answers can be decoded against a JSON schema.
        tools: It understands native tools and gives calls back as such.
    """

    schema: bool = True
    tools: bool = False

"""The kinds of places in a node where an expression may stand, by the type each expects."""

from typing import Annotated, Any

from pydantic import Field

from .names import Expects, Words

_OR = 'or "${...}": a CEL expression as the whole string'

Value = Annotated[Any, Field(description=f"a literal, {_OR}"), Expects()]
Text = Annotated[Any, Field(description=f"text, {_OR}"), Expects("string")]
WholeNumber = Annotated[Any, Field(description=f"a whole number, {_OR}"), Expects("integer")]
Flag = Annotated[Any, Field(description=f"true or false, {_OR}"), Expects("boolean")]
Items = Annotated[Any, Field(description=f"a list, {_OR}"), Expects("list")]
Audio = Annotated[Any, Field(description='"${...}": a CEL expression for a recording'), Expects("audio")]
OfResult = Annotated[Any, Field(description=f"a literal, {_OR}, over result, too"), Expects(sees="result")]
OfError = Annotated[Any, Field(description=f"a literal, {_OR}, over error, too"), Expects(sees="error")]
Condition = Annotated[str, Field(description="a CEL expression that is true or false"), Expects("boolean", "condition")]
TextOrWords = Annotated[
    Words, Field(description=f"text, {_OR}, or one for each language: {{en: ..., zh: ...}}"), Expects("string")
]
Template = Annotated[Words, Expects("string", "template")]
TemplateFile = Annotated[Words, Expects("string", "file")]

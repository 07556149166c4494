"""What a workflow is made of: types that files are read into, and that people call in Python to build the same."""

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from ...tools.base.checked import Strict, checked
from ...tools.base.written import keys_of
from .python_places import call_of, caller

if TYPE_CHECKING:
    Part = Strict
else:

    class _Called(type(BaseModel)):
        """Only calls come through here: what Pydantic makes of a file never does."""

        def __call__(cls, *arguments: Any, **given: Any) -> Any:
            try:
                return super().__call__(*arguments, **given)
            except ValidationError:
                from .rendering import as_data

                keys = dict(keys_of(cls))
                data = {keys.get(name, name): as_data(value) for name, value in given.items()}
                checked(call_of(caller()).document(data), cls)
                raise

    class Part(Strict, metaclass=_Called):
        """A wrong call tells what a wrong file tells, in the same words, with the line of the call."""

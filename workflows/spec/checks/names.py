"""."""

from collections.abc import Iterator

from ....tools.base.errors import Problem
from ..known import Subject


def check_names(subject: Subject) -> Iterator[Problem]:
    """Not yet."""
    yield from ()

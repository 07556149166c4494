"""."""

from collections.abc import Iterator

from ....tools.base.errors import Problem
from ..known import Subject


def check_policy(subject: Subject) -> Iterator[Problem]:
    """Not yet."""
    yield from ()

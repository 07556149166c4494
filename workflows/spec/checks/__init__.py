"""What the types cannot say: names that exist, ways that lead somewhere, types that fit, data that is there, policy."""

from collections.abc import Collection

from ....tools.base.errors import Problem
from ..known import Subject
from .dataflow import check_data_flow
from .graph import check_graph
from .names import check_names
from .policy import check_policy
from .types import check_types


def problems(subject: Subject) -> list[Problem]:
    """Every complaint about a workflow. Ways and data are followed only where all names are right."""
    found = names_and_types(subject)
    ways = list(check_graph(subject))
    if not any(one.level == "error" for one in (*found, *ways)):
        found += check_data_flow(subject)
    return [*found, *ways, *check_policy(subject)]


def certain(subject: Subject, codes: Collection[str]) -> list[Problem]:
    """The complaints of these codes about what is left of a workflow with mistakes in its shape."""
    return [one for one in (*names_and_types(subject), *check_graph(subject)) if one.code in codes]


def names_and_types(subject: Subject) -> list[Problem]:
    """The complaints about single places: what they name, and whether its type fits."""
    return [*check_names(subject), *check_types(subject)]

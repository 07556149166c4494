"""What a machine demands of every workflow that runs on it, held against one before anything of it starts."""

from dataclasses import replace

from ...agents.roles.policy import Policy
from ...tools.base.errors import FileError
from ..spec.checks.policy import check_policy
from ..spec.known import Subject
from ..workflow import Workflow


def held_to(workflow: Workflow, policy: Policy) -> None:
    """Refuse a workflow that breaks the policy, or that uses one which does.

    Raises:
        FileError: it does; every problem, as `antiphon validate` tells it.
    """
    if policy == Policy():
        return
    source = workflow.source
    subject = Subject(source.spec, source.folder, source.at, replace(workflow.known, policy=policy))
    found = [problem for problem in check_policy(subject) if problem.level == "error"]
    if found:
        raise FileError(found)

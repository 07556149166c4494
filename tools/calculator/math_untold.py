"""What the process that reckons says where it has no answer."""


class Untold(Exception):
    """There is no answer, for a reason that people understand."""

    def __init__(self, problem: str, hint: str = "") -> None:
        self.problem, self.hint = problem, hint
        super().__init__(problem)

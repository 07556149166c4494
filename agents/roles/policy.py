"""What this machine demands of workflows; apart from the rest of app.yaml, for it is needed wherever one is checked."""

from typing import Literal

from pydantic import Field

from ...tools.base.checked import Strict


class Policy(Strict):
    """What this machine demands of every workflow."""

    approve_effects: bool = Field(default=False, description="a person must agree before anything outside is changed")
    audience: Literal["", "child"] = Field(default="", description="child: every workflow is held to that audience")

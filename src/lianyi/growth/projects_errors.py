"""Reasons why something about growth is refused."""

from __future__ import annotations

from lianyi.accounts.errors import StateRefusedError


class ProjectStepRefusedError(StateRefusedError):
    """The project's state has no such step; ``params['reason']`` says why."""

    code = "project-step"


class MilestoneRefusedError(StateRefusedError):
    """Where the milestone stands, this cannot be done with it; ``params['reason']`` says why."""

    code = "milestone-refused"

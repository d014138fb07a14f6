"""Reasons why something about a visit, a point or an action is refused."""

from __future__ import annotations

from lianyi.accounts.errors import StateRefusedError


class VisitStepRefusedError(StateRefusedError):
    """The visit's state has no such step, or its record is settled; ``params['reason']`` says why."""

    code = "visit-step"


class PointStepRefusedError(StateRefusedError):
    """The point was sorted already, or cannot be sorted so; ``params['reason']`` says why."""

    code = "point-step"


class ActionStepRefusedError(StateRefusedError):
    """Where the action stands has no such step; ``params['allowed']`` lists the steps it has."""

    code = "action-step"

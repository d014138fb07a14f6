"""Reasons why something about quality control is refused."""

from __future__ import annotations

from lianyi.accounts.errors import StateRefusedError


class QualityStepRefusedError(StateRefusedError):
    """The case's state has no such step; ``params['allowed']`` lists the steps it has."""

    code = "quality-step"

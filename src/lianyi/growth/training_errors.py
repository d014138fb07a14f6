"""Reasons why something about training is refused."""

from __future__ import annotations

from lianyi.accounts.errors import StateRefusedError
from lianyi.errors import InvalidInputError


class SessionStepRefusedError(StateRefusedError):
    """The state of a training session has no such step."""

    code = "training-step"


class TrainingInputError(InvalidInputError):
    """Something about training cannot be as it was given; ``params['reason']`` says why."""

    code = "training-input"


class TrainingCertificateRefusedError(StateRefusedError):
    """No certificate can be given or revoked; ``params['reason']`` says why."""

    code = "training-certificate"

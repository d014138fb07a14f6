"""Reasons why something about an evaluation is refused."""

from __future__ import annotations

from lianyi.accounts.errors import StateRefusedError
from lianyi.errors import InvalidInputError


class EvaluationStepRefusedError(StateRefusedError):
    """Where the evaluation stands has no such step; ``params['allowed']`` lists the steps it has."""

    code = "evaluation-step"


class EvaluationQuestionRefusedError(InvalidInputError):
    """The question cannot be fixed as it stands: ``params['reason']`` says what is missing."""

    code = "evaluation-question"


class EvaluationTableRefusedError(InvalidInputError):
    """The table that came with the question cannot be used."""

    code = "evaluation-table"


class EvaluationNotComputedError(InvalidInputError):
    """The figures do not allow any answer at all."""

    code = "evaluation-not-computed"

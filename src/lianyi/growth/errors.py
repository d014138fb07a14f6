"""Reasons why something about growth is refused."""

from __future__ import annotations

from collections.abc import Mapping

from lianyi.accounts.errors import StateRefusedError
from lianyi.errors import InvalidInputError


class AssessmentStepRefusedError(StateRefusedError):
    """The assessment's state has no such step; ``params['allowed']`` lists the steps it has."""

    code = "assessment-step"


class AssessmentItemsRefusedError(InvalidInputError):
    """Items of an assessment cannot be kept; ``params['problems']`` holds the refusal of each by its id."""

    code = "assessment-items"

    def __init__(self, message: str, *, problems: Mapping[str, InvalidInputError], count: int) -> None:
        super().__init__(message, problems=problems, count=count)
        self.problems = problems


class CycleStepRefusedError(StateRefusedError):
    """The cycle does not stand where this can be done."""

    code = "capability-cycle-step"


class TechniqueStepRefusedError(StateRefusedError):
    """Where the technique stands has no such step; ``params['allowed']`` lists the steps it has."""

    code = "technique-step"


class TechniqueCaseRefusedError(InvalidInputError):
    """A case cannot be recorded or taken back; ``params['reason']`` says why."""

    code = "technique-case"


class PreconditionsOpenError(InvalidInputError):
    """Preconditions are neither met nor attested; ``params['open']`` lists them."""

    code = "preconditions-open"

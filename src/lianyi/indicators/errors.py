"""Reasons why something about indicators, assessments and evaluations is refused."""

from __future__ import annotations

from collections.abc import Mapping

from lianyi.accounts.errors import StateRefusedError
from lianyi.errors import InvalidInputError


class SheetStepRefusedError(StateRefusedError):
    """The sheet's state has no such step; ``params['allowed']`` lists the steps it has."""

    code = "sheet-step"


class SheetValuesRefusedError(InvalidInputError):
    """Figures of a sheet cannot be kept; ``params['problems']`` holds the refusal of each by its indicator."""

    code = "sheet-values"

    def __init__(self, message: str, *, problems: Mapping[str, InvalidInputError], count: int) -> None:
        super().__init__(message, problems=problems, count=count)
        self.problems = problems

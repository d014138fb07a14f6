"""Reasons why something about a performance assessment is refused."""

from __future__ import annotations

from collections.abc import Mapping

from lianyi.accounts.errors import StateRefusedError
from lianyi.errors import InvalidInputError


class PerformanceStepRefusedError(StateRefusedError):
    """Where the round stands has no such step; ``params['allowed']`` lists the steps it has."""

    code = "performance-step"


class PerformanceFindingsRefusedError(InvalidInputError):
    """Findings of a round cannot be kept; ``params['problems']`` holds the refusal of each by its item."""

    code = "performance-findings"

    def __init__(self, message: str, *, problems: Mapping[str, InvalidInputError], count: int) -> None:
        super().__init__(message, problems=problems, count=count)
        self.problems = problems

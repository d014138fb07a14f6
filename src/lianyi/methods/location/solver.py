"""The linear models of placements, and refusing placements that do not exist or were not found."""

from __future__ import annotations

from lianyi.methods.errors import PlacementImpossibleError, PlacementNotFoundError
from lianyi.methods.linear_models import Ending, Model, Solution

__all__ = ["Ending", "Model", "Solution", "require_values"]


def require_values(solution: Solution, conditions: str) -> None:
    """Refuse a model without a solution.

    Raises
    ------
    PlacementImpossibleError
        When it was proved that there is none.
    PlacementNotFoundError
        When the time ended first.
    """
    if solution.ending is Ending.IMPOSSIBLE:
        message = f"No set of sites meets all of this: {conditions}. Loosen one of them."
        raise PlacementImpossibleError(message, conditions=conditions)
    if not solution.has_values:
        message = (
            f"The time ended before any set of sites was found that meets all of this: {conditions}. Whether there is "
            "one is not known. Give more time or loosen a condition."
        )
        raise PlacementNotFoundError(message, conditions=conditions)

"""Two groups, before and after: the change of those treated less the change of those not treated.

J. Snow (1855) compared two water companies in this way; O. Ashenfelter and D. Card, Review of Economics and Statistics
67 (1985) 648-660.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from lianyi.methods.comparison_groups.clusters import Estimate, estimate_of
from lianyi.methods.proportions import DEFAULT_CONFIDENCE


@dataclass(frozen=True, slots=True)
class Change:
    """The mean of one group before and after; the standard error is that of the change, the units those behind it."""

    before: float
    after: float
    standard_error: float = math.nan
    units: int = 0

    @property
    def value(self) -> float:
        return self.after - self.before


def difference_of_changes(treated: Change, control: Change) -> float:
    """Return the change of the treated group less that of the control group.

    Examples
    --------
    Fast-food restaurants, employees before and after a rise of the minimum wage (D. Card and A. B. Krueger, American
    Economic Review 84 (1994) 772-793, table 3; printed there as 2.76 from unrounded figures):

    >>> round(difference_of_changes(Change(20.44, 21.03), Change(23.33, 21.17)), 2)
    2.75
    """
    return treated.value - control.value


def estimated_difference(treated: Change, control: Change, confidence: float = DEFAULT_CONFIDENCE) -> Estimate:
    """Return the difference of two independent changes with a t interval over all units less one.

    Raises
    ------
    TooFewClustersError, ProbabilityError
        When no interval can be computed.

    Examples
    --------
    The same restaurants, those with both interviews (same table, row 4, printed as 2.75 with the error 1.34):

    >>> found = estimated_difference(Change(0, 0.47, 0.48, 309), Change(0, -2.28, 1.25, 75))
    >>> round(found.value, 2), round(found.standard_error, 2)
    (2.75, 1.34)
    """
    error = math.hypot(treated.standard_error, control.standard_error)
    return estimate_of(difference_of_changes(treated, control), error, treated.units + control.units, confidence)

r"""The floating catchment family and the gravity measure, as sums over any kind of catchments.

With :math:`P_i` people at place i, :math:`S_j` supply at facility j and the weight :math:`W_{ij}` of the way:

2SFCA (W. Luo and F. Wang, Environment and Planning B 30, 2003, 865-884): :math:`W` is 1 within the catchment;
:math:`R_j = S_j / \sum_k P_k W_{kj}`, :math:`A_i = \sum_j R_j W_{ij}`.

E2SFCA (W. Luo and Y. Qi, Health & Place 15, 2009, 1100-1107) and KD2SFCA (D. Dai and F. Wang, Environment and Planning
B 38, 2011, 666-684): the same with weights by zones or by a kernel.

3SFCA (N. Wan, B. Zou and T. Sternberg, International Journal of Geographical Information Science 26, 2012, 1073-1089):
:math:`G_{ij} = W_{ij} / \sum_l W_{il}`, :math:`R_j = S_j / \sum_k G_{kj} P_k W_{kj}`,
:math:`A_i = \sum_j G_{ij} R_j W_{ij}`.

M2SFCA (P. L. Delamater, Health & Place 24, 2013, 30-43): :math:`A_i = \sum_j R_j W_{ij}^2` with the ratio of E2SFCA.

BFCA (A. Paez, C. D. Higgins and S. F. Vivona, PLoS ONE 14, 2019, e0218773): ratios with weights that sum to 1 for each
place, access with weights that sum to 1 for each facility.

MH3SFCA (R. Jörg, N. Lenz, S. Wetz and M. Widmer, Ein Modell zur Analyse der Versorgungsdichte, Obsan 2019):
:math:`G_{ij} = S_j W_{ij} / \sum_l S_l W_{il}`, :math:`R_j = S_j / \sum_k G_{kj} P_k`,
:math:`A_i = \sum_j G_{ij} R_j W_{ij}`.

Gravity (W. G. Hansen, Journal of the American Institute of Planners 25, 1959, 73-76): :math:`A_i = \sum_j S_j W_{ij}`;
it knows no competition.

A facility that nobody reaches has no ratio; it adds nothing to anyone, and it is listed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from lianyi.methods.access.catchments import Catchments, Progress, silent
from lianyi.methods.arrays import Floats, Positions
from lianyi.methods.columns import amounts
from lianyi.methods.errors import AccessMethodError, SurveyLengthError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt


class AccessMethod(StrEnum):
    """The measures, by the names they have in the literature."""

    TWO_STEP = "2sfca"
    ENHANCED = "e2sfca"
    KERNEL_DENSITY = "kd2sfca"
    THREE_STEP = "3sfca"
    MODIFIED = "m2sfca"
    BALANCED = "bfca"
    MODIFIED_HUFF = "mh3sfca"
    GRAVITY = "gravity"

    @property
    def conserves(self) -> bool:
        """Whether people times access adds up to the supply in reach."""
        return self in _CONSERVING


_CONSERVING = frozenset(
    {AccessMethod.TWO_STEP, AccessMethod.ENHANCED, AccessMethod.KERNEL_DENSITY, AccessMethod.THREE_STEP}
)


@dataclass(frozen=True, slots=True, eq=False)
class AccessResult:
    """Access of each demand place, and what happened on the side of the facilities."""

    method: AccessMethod
    access: Floats
    """Supply for one person at each demand place; for the gravity measure, supply in reach by weight."""
    ratio: Floats
    """Supply over weighted demand of each facility; NaN where nobody reaches it and for the gravity measure."""
    unreached: Positions
    """Positions of the facilities whose catchment holds nobody."""
    supply_in_range: float
    """Supply of the facilities that somebody reaches."""
    supply_unreached: float
    people_without_access: float
    """People at places whose access is 0."""
    distributed: float
    """People times access, summed."""

    @property
    def conservation_gap(self) -> float | None:
        """How far `distributed` is from `supply_in_range`, as a share of it; None where the measure promises nothing.

        The measures that conserve promise 0; what is left is rounding.
        """
        if not self.method.conserves:
            return None
        if self.supply_in_range == 0:
            return abs(self.distributed)
        return abs(self.distributed - self.supply_in_range) / self.supply_in_range


@dataclass(frozen=True, slots=True)
class _Sums:
    """Catchments with a count of the passes, for the progress."""

    catchments: Catchments
    choices: Catchments
    passes: int
    progress: Progress
    done: list[int]

    def to_facilities(self, values: Floats, power: int) -> Floats:
        return self._counted(self.catchments.to_facilities, values, power)

    def to_demand(self, values: Floats, power: int) -> Floats:
        return self._counted(self.catchments.to_demand, values, power)

    def chosen_from(self, attraction: Floats) -> Floats:
        """Return for each demand place what its people choose from."""
        return self._counted(self.choices.to_demand, attraction, 1)

    def _counted(self, summed: Callable[[Floats, int, Progress], Floats], values: Floats, power: int) -> Floats:
        before = len(self.done)
        found = summed(values, power, lambda share: self.progress((before + share) / self.passes))
        self.done.append(power)
        self.progress((before + 1) / self.passes)
        return found


def measure_access(
    catchments: Catchments,
    population: npt.ArrayLike,
    capacity: npt.ArrayLike,
    method: AccessMethod | str = AccessMethod.ENHANCED,
    progress: Progress = silent,
    choices: Catchments | None = None,
) -> AccessResult:
    """Return the access of every demand place.

    Parameters
    ----------
    catchments
        The ways, with their weights.
    population
        People at each demand place, in the order of the catchments.
    capacity
        Supply of each facility: beds, doctors, places.
    method
        The measure. 2sfca takes every weight above 0 as 1, whatever the decay.
    progress
        Told the share of the work that is done.
    choices
        The ways over which 3sfca, bfca and mh3sfca share the people out, when these are not those of `catchments`:
        some published work lets people choose beyond the catchment too.

    Raises
    ------
    AccessMethodError
        When the method is not known.
    SurveyAmountError
        When a population or capacity is missing, negative or not finite.
    SurveyLengthError
        When their numbers differ from those of the catchments.

    Examples
    --------
    >>> from lianyi.methods.access import GivenWeights, PairTable
    >>> ways = PairTable([0, 1, 1, 2], [0, 0, 1, 1], [0.9, 0.9, 0.2, 0.9], 3, 2).catchments(GivenWeights())
    >>> measure_access(ways, [10, 10, 10], [5, 5], "e2sfca").access.round(7).tolist()
    [0.25, 0.3409091, 0.4090909]
    """
    known = _known(method)
    people = _for_places("population", population, catchments.demand_count)
    supply = _for_places("capacity", capacity, catchments.facility_count)
    plan, passes = _PLANS[known]
    ratio, access = plan(_Sums(catchments, choices or catchments, passes, progress, []), people, supply)
    return _result(known, people, supply, ratio, access)


def _known(method: AccessMethod | str) -> AccessMethod:
    try:
        return AccessMethod(method)
    except ValueError as error:
        known = ", ".join(AccessMethod)
        message = f"The measure of access is {method!r}; the measures are {known}."
        raise AccessMethodError(message, given=method, expected=known) from error


def _for_places(name: str, values: npt.ArrayLike, count: int) -> Floats:
    found = amounts(name, values)
    if found.size != count:
        message = f"There are {found.size} numbers of {name} for {count} places; give one for each."
        raise SurveyLengthError(message, field=name, given=found.size, expected=count)
    return found


def _result(method: AccessMethod, people: Floats, supply: Floats, ratio: Floats, access: Floats) -> AccessResult:
    is_unreached = np.isnan(ratio)
    return AccessResult(
        method=method,
        access=access,
        ratio=np.full_like(ratio, np.nan) if method is AccessMethod.GRAVITY else ratio,
        unreached=np.flatnonzero(is_unreached),
        supply_in_range=float(supply[~is_unreached].sum()),
        supply_unreached=float(supply[is_unreached].sum()),
        people_without_access=float(people[access <= 0].sum()),
        distributed=float(people @ access),
    )


def _over(dividend: Floats, divisor: Floats) -> Floats:
    """Divide, with NaN where the divisor is 0: nothing is there to share with."""
    return np.divide(dividend, divisor, out=np.full_like(divisor, np.nan), where=divisor > 0)


def _known_part(values: Floats) -> Floats:
    return np.nan_to_num(values, nan=0.0, posinf=np.inf)


def _two_step(sums: _Sums, people: Floats, supply: Floats, power_of_demand: int, power_of_access: int) -> _Found:
    ratio = _over(supply, sums.to_facilities(people, power_of_demand))
    return ratio, sums.to_demand(_known_part(ratio), power_of_access)


def _binary(sums: _Sums, people: Floats, supply: Floats) -> _Found:
    return _two_step(sums, people, supply, 0, 0)


def _weighted(sums: _Sums, people: Floats, supply: Floats) -> _Found:
    return _two_step(sums, people, supply, 1, 1)


def _modified(sums: _Sums, people: Floats, supply: Floats) -> _Found:
    return _two_step(sums, people, supply, 1, 2)


def _three_step(sums: _Sums, people: Floats, supply: Floats) -> _Found:
    # G W = W^2 over the sum of the place, so that sum is divided out of the people and of the access.
    choices = sums.chosen_from(np.ones_like(supply))
    ratio = _over(supply, sums.to_facilities(_known_part(_over(people, choices)), 2))
    return ratio, _known_part(_over(sums.to_demand(_known_part(ratio), 2), choices))


def _balanced(sums: _Sums, people: Floats, supply: Floats) -> _Found:
    choices = sums.chosen_from(np.ones_like(supply))
    ratio = _over(supply, sums.to_facilities(_known_part(_over(people, choices)), 1))
    drawn = sums.to_facilities(np.ones_like(people), 1)
    return ratio, sums.to_demand(_known_part(_over(_known_part(ratio), drawn)), 1)


def _modified_huff(sums: _Sums, people: Floats, supply: Floats) -> _Found:
    choices = sums.chosen_from(supply)
    # S_j stands above and below the line of R_j, so a facility with nothing to offer keeps its limit.
    ratio = _over(np.ones_like(supply), sums.to_facilities(_known_part(_over(people, choices)), 1))
    return ratio, _known_part(_over(sums.to_demand(supply * _known_part(ratio), 2), choices))


def _gravity(sums: _Sums, people: Floats, supply: Floats) -> _Found:
    reached = sums.to_facilities(people, 1)
    return _over(supply, reached), sums.to_demand(supply, 1)


_Found = tuple[Floats, Floats]
_Plan = Callable[[_Sums, Floats, Floats], _Found]
# Each with the number of passes over the ways.
_PLANS: Mapping[AccessMethod, tuple[_Plan, int]] = {
    AccessMethod.TWO_STEP: (_binary, 2),
    AccessMethod.ENHANCED: (_weighted, 2),
    AccessMethod.KERNEL_DENSITY: (_weighted, 2),
    AccessMethod.THREE_STEP: (_three_step, 3),
    AccessMethod.MODIFIED: (_modified, 2),
    AccessMethod.BALANCED: (_balanced, 4),
    AccessMethod.MODIFIED_HUFF: (_modified_huff, 3),
    AccessMethod.GRAVITY: (_gravity, 2),
}

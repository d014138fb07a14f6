"""Availability and readiness of services by SARA and HHFA, the facility assessments of WHO.

WHO, Service Availability and Readiness Assessment (SARA): reference manual, version 2.2 (2015), part 3; the Harmonized
Health Facility Assessment (HHFA, from 2021) keeps its indices. General readiness is the mean of its domains (basic
amenities, basic equipment, standard precautions, diagnostic capacity, essential medicines), each of which is items
present over items. All items pooled together are another number: there a domain with many items outweighs the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lianyi.methods.columns import Floats, check_same_length, label_codes
from lianyi.methods.errors import AvailabilityTargetError, ReadinessItemError, SurveyLengthError


@dataclass(frozen=True, slots=True, eq=False)
class Readiness:
    """Readiness of facilities, as shares from 0 to 1.

    ``scores[i, j]`` is items present over items assessed of facility i in domain j, NaN where none was assessed.
    ``assessed[i, j]`` is their number. ``index[i]`` is the mean of the facility's domains, NaN where one of them was
    not assessed: an unknown domain is not an empty one.
    """

    facilities: tuple[Any, ...]
    domains: tuple[Any, ...]
    scores: npt.NDArray[np.float64]
    assessed: npt.NDArray[np.int64]
    index: Floats

    @property
    def domain_means(self) -> Floats:
        """Mean score of each domain over the facilities in which it was assessed."""
        return self._of_assessed(np.nansum(self.scores, axis=0))

    @property
    def domains_complete(self) -> Floats:
        """Share of facilities with every item of a domain, of those in which it was assessed."""
        return self._of_assessed((self.scores == 1.0).sum(axis=0).astype(np.float64))

    @property
    def mean_index(self) -> float | None:
        """Mean index of the facilities that have one; None when none has."""
        known = self.index[~np.isnan(self.index)]
        return float(known.mean()) if known.size else None

    @property
    def complete(self) -> int:
        """Number of facilities with every item of every domain."""
        return int((self.scores == 1.0).all(axis=1).sum())

    def _of_assessed(self, sums: Floats) -> Floats:
        counts = (~np.isnan(self.scores)).sum(axis=0)
        return np.asarray(np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0))


def item_readiness(facilities: npt.ArrayLike, domains: npt.ArrayLike, present: npt.ArrayLike) -> Readiness:
    """Return readiness from items: one row for each item of each facility.

    Parameters
    ----------
    facilities, domains
        Whose item it is, and of which domain. For one service, give one domain: its readiness is then unweighted items
        present and functioning over items.
    present
        1 for there and functioning, 0 for not, NaN for not assessed, which counts for neither.

    Raises
    ------
    ReadinessItemError
        When `present` is anything else.
    SurveyLengthError
        When the columns differ in length or are empty.

    Examples
    --------
    >>> found = item_readiness(["A", "A", "A"], ["amenities", "amenities", "equipment"], [1, 0, 1])
    >>> found.scores.tolist(), found.index.tolist()
    ([[0.5, 1.0]], [0.75])
    """
    values = np.asarray(present, dtype=np.float64)
    is_bad = ~(np.isnan(values) | (values == 0.0) | (values == 1.0))
    if is_bad.any():
        row = int(np.argmax(is_bad))
        message = f"Record {row + 1}: an item is {values[row]:g}; 1 (there), 0 (not there) or nothing is expected."
        raise ReadinessItemError(message, position=row, given=float(values[row]))
    is_assessed = ~np.isnan(values)
    return counted_readiness(facilities, domains, np.where(is_assessed, values, 0.0), is_assessed.astype(np.float64))


def counted_readiness(
    facilities: npt.ArrayLike, domains: npt.ArrayLike, present: npt.ArrayLike, items: npt.ArrayLike
) -> Readiness:
    """Return readiness from counts: items present and items assessed of each domain of each facility.

    Raises as `item_readiness`; also when more items are present than there are.

    Examples
    --------
    Four items of eight are half a domain, however many items another domain has:

    >>> counted_readiness(["A", "A"], ["diagnostics", "medicines"], [4, 14], [8, 14]).index.tolist()
    [0.75]
    """
    facility_codes, facility_labels = label_codes(facilities)
    domain_codes, domain_labels = label_codes(domains)
    there, assessed = np.asarray(present, dtype=np.float64), np.asarray(items, dtype=np.float64)
    check_same_length(facility=facility_codes, domain=domain_codes, present=there, items=assessed)
    if not there.size:
        raise SurveyLengthError("There is no item at all; one row for each item or domain is expected.")
    is_bad = ~((there >= 0) & (there <= assessed) & np.isfinite(assessed))
    if is_bad.any():
        row = int(np.argmax(is_bad))
        message = f"Record {row + 1}: {there[row]:g} of {assessed[row]:g} items are present; give a part of a whole."
        raise ReadinessItemError(message, position=row, given=float(there[row]))
    shape = (len(facility_labels), len(domain_labels))
    cells = facility_codes * shape[1] + domain_codes
    sums, counts = (
        np.bincount(cells, column, shape[0] * shape[1]).reshape(shape).astype(np.float64)
        for column in (there, assessed)
    )
    scores = np.divide(sums, counts, out=np.full(shape, np.nan), where=counts > 0)
    index = np.asarray(scores.mean(axis=1))
    return Readiness(tuple(facility_labels), tuple(domain_labels), scores, counts.astype(np.int64), index)


@dataclass(frozen=True, slots=True)
class AvailabilityIndicator:
    """One indicator of availability and what it is measured against, in the same unit.

    ``area`` is one of the areas of the index: infrastructure, workforce, use. A target is a policy, with a source and
    a date of its own: 23 core health workers for 10,000 residents (WHO 2006), 44.5 (WHO 2016).

    Raises
    ------
    AvailabilityTargetError
        When the target is not above 0 or the value is below 0 or no number.
    """

    area: str
    name: str
    value: float
    target: float

    def __post_init__(self) -> None:
        if not (self.target > 0.0 and np.isfinite(self.target) and self.value >= 0.0 and np.isfinite(self.value)):
            message = (
                f"{self.name}: {self.value} against a target of {self.target}; a value of 0 or more and a target above "
                "0 are expected."
            )
            raise AvailabilityTargetError(message, name=self.name, given=self.value, target=self.target)

    @property
    def score(self) -> float:
        """Value over target, at most 1: plenty of one does not make up for want of another."""
        return min(self.value / self.target, 1.0)


@dataclass(frozen=True, slots=True)
class Availability:
    """The service availability index, 0 to 1: the mean of its areas, each the mean of its indicators."""

    areas: tuple[tuple[str, float], ...]
    index: float


def service_availability(indicators: Iterable[AvailabilityIndicator]) -> Availability:
    """Return the service availability index of SARA.

    Raises
    ------
    SurveyLengthError
        When there is no indicator.

    Examples
    --------
    >>> found = service_availability([
    ...     AvailabilityIndicator("infrastructure", "facilities per 10,000", 1, target=2),
    ...     AvailabilityIndicator("infrastructure", "beds per 10,000", 30, target=25),
    ...     AvailabilityIndicator("workforce", "core staff per 10,000", 11.5, target=23),
    ... ])
    >>> found.areas, found.index
    ((('infrastructure', 0.75), ('workforce', 0.5)), 0.625)
    """
    by_area: dict[str, list[float]] = {}
    for each in indicators:
        by_area.setdefault(each.area, []).append(each.score)
    if not by_area:
        raise SurveyLengthError("There is no indicator at all; one for each area is expected.")
    areas = tuple((area, sum(scores) / len(scores)) for area, scores in by_area.items())
    return Availability(areas, sum(score for _area, score in areas) / len(areas))

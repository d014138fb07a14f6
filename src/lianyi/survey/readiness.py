"""How ready the services of institutions are, by the last assessment of each, and who is wanted for what is missing.

An assessment is all items of one service, or of general readiness, that were looked at in one institution on one day.
"""

from __future__ import annotations

import datetime
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lianyi.methods.readiness import Readiness, item_readiness
from lianyi.registry.models import Institution
from lianyi.rules import ReadinessThresholds
from lianyi.survey.models import ReadinessItem

GENERAL = ""
"""Stands for general readiness where a service is named."""


class ReadinessStanding(StrEnum):
    READY = "ready"
    BELOW = "below"
    NO_THRESHOLD = "no-threshold"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DomainScore:
    """Items there over items assessed of one domain; the share is None where none was assessed."""

    domain: str
    share: float | None
    present: int
    assessed: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """One service, or general readiness, of one institution on one day.

    ``share`` of a service is items there over items assessed; of general readiness it is the index, the mean of the
    domains. It is None where nothing, or one of the domains nothing, was assessed.
    """

    institution: Institution
    service: str
    assessed_on: datetime.date
    items: tuple[ReadinessItem, ...]
    domains: tuple[DomainScore, ...]
    share: float | None
    least: float | None

    @property
    def present(self) -> int:
        return sum(each.available is True for each in self.items)

    @property
    def assessed(self) -> int:
        return sum(each.available is not None for each in self.items)

    @property
    def missing(self) -> tuple[ReadinessItem, ...]:
        """The items that are not there or do not function; one that was not assessed is not among them."""
        return tuple(each for each in self.items if each.available is False)

    @property
    def standing(self) -> ReadinessStanding:
        if self.share is None:
            return ReadinessStanding.UNKNOWN
        if self.least is None:
            return ReadinessStanding.NO_THRESHOLD
        return ReadinessStanding.BELOW if self.share < self.least else ReadinessStanding.READY

    @property
    def is_sample(self) -> bool:
        return any(each.is_sample for each in self.items)


Key = tuple[int, str, datetime.date]


def assessments(items: Iterable[ReadinessItem], thresholds: ReadinessThresholds) -> list[Assessment]:
    """Form assessments of items and work out their readiness, in the order in which they first stand."""
    grouped: defaultdict[Key, list[ReadinessItem]] = defaultdict(list)
    for each in items:
        grouped[each.institution_id, each.service, each.assessed_on].append(each)
    return [_assessment(rows, thresholds) for rows in grouped.values()]


def _assessment(rows: Sequence[ReadinessItem], thresholds: ReadinessThresholds) -> Assessment:
    first = rows[0]
    by_domain = _readiness([each.domain for each in rows], rows)
    domains = tuple(
        DomainScore(
            str(domain),
            _known(by_domain.scores[0, at]),
            sum(each.available is True for each in rows if each.domain == domain),
            int(by_domain.assessed[0, at]),
        )
        for at, domain in enumerate(by_domain.domains)
    )
    if first.service == GENERAL:
        share, least = _known(by_domain.index[0]), None
    else:
        share = _known(_readiness([first.service] * len(rows), rows).scores[0, 0])
        least = thresholds.least(first.service)
    return Assessment(first.institution, first.service, first.assessed_on, tuple(rows), domains, share, least)


def _readiness(domains: Sequence[str], rows: Sequence[ReadinessItem]) -> Readiness:
    present = [math.nan if each.available is None else float(each.available) for each in rows]
    return item_readiness(["one"] * len(rows), list(domains), present)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def people_wanted(
    found: Assessment, thresholds: ReadinessThresholds
) -> Mapping[tuple[str, str], Sequence[ReadinessItem]]:
    """Return the items missing that ask for people, by the profession and specialty that they name.

    A service below its threshold for want of other things asks for people too, of what profession it does not tell.
    """
    wanted: defaultdict[tuple[str, str], list[ReadinessItem]] = defaultdict(list)
    for each in found.missing:
        if each.domain in thresholds.people_domains:
            wanted[each.profession, each.specialty].append(each)
    if not wanted and found.standing is ReadinessStanding.BELOW:
        return {("", ""): ()}
    return wanted

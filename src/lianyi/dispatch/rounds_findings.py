"""Rounds against the rules of a programme: how often each site was visited, judged in periods that are over.

A requirement such as "once a week in villages" judges the stops of every programme of rounds that names it, and of
programmes that name no rule the stops of its level: village clinics and villages, township centres and townships.
Visits of several programmes to one site count together.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lianyi.dispatch.finding import Finding
from lianyi.dispatch.models import HELD_STATES, RoundStop, RoundVisit
from lianyi.dispatch.rounds_rules import key_of
from lianyi.methods.periods import ONE_DAY, DateSpan
from lianyi.methods.rounds import PeriodVisits, round_frequency
from lianyi.rules import Per, Requirement, RuleSet

_LEVEL_OF_KIND: Mapping[str, Per] = {"village_clinic": Per.VILLAGE, "township_health_centre": Per.TOWNSHIP}


@dataclass(frozen=True, slots=True)
class RoundRecords:
    """The stops of an agreement's programmes of rounds, and the visits to them, as far as the reader reaches them."""

    stops: Sequence[RoundStop] = ()
    visits: Sequence[RoundVisit] = ()


def round_findings(
    requirement: Requirement, rule_set: RuleSet, records: RoundRecords, today: datetime.date
) -> list[Finding]:
    """Judge each site that a requirement is for; without such a site nothing is measured."""
    by_site: defaultdict[tuple[int | None, int], list[RoundStop]] = defaultdict(list)
    for stop in records.stops:
        if _is_for(requirement, rule_set, stop):
            by_site[stop.institution_id, stop.place_id].append(stop)
    held: defaultdict[int, list[datetime.date]] = defaultdict(list)
    for visit in records.visits:
        if visit.state in HELD_STATES and visit.held_on is not None:
            held[visit.stop_id].append(visit.held_on)
    ordered = sorted(by_site.values(), key=lambda stops: stops[0].code)
    found = [_of_site(requirement, stops, [day for stop in stops for day in held[stop.pk]], today) for stops in ordered]
    return [finding for finding in found if finding is not None] or [Finding(requirement, "", None, None)]


def _is_for(requirement: Requirement, rule_set: RuleSet, stop: RoundStop) -> bool:
    named = stop.programme.rule
    if named:
        return named == key_of(rule_set, requirement)
    return requirement.per is not None and _level_of(stop) == requirement.per.value


def _level_of(stop: RoundStop) -> str:
    """Return the level of a stop: by the kind of its institution, which may stand in a place above, else its place."""
    by_kind = None if stop.institution is None else _LEVEL_OF_KIND.get(stop.institution.kind)
    return stop.place.level if by_kind is None else by_kind.value


def _of_site(
    requirement: Requirement, stops: Sequence[RoundStop], held: Iterable[datetime.date], today: datetime.date
) -> Finding | None:
    """Judge one site in all periods that lie wholly in the time of one of its programmes and are over."""
    windows = [window for stop in stops if (window := _window_of(stop, today)) is not None]
    unit = None if requirement.period is None else str(requirement.period.value)
    if not windows or unit is None or requirement.minimum is None:
        return None
    days, judged, running = list(held), dict[str, PeriodVisits](), list[int]()
    for window in windows:
        # A visit of today counts already for the period that still runs.
        frequency = round_frequency(days, window, unit, int(requirement.minimum))
        over = [each for each in frequency.judged if each.period.whole.end < today]
        judged |= {each.period.label: each for each in over}
        running += [each.made for each in frequency.periods if each.period.whole.end >= today]
    short = [each for each in judged.values() if not each.is_met]
    site, programme_id = stops[0].site, stops[0].programme_id
    detail: dict[str, object] = {"site": site, "programme_id": programme_id}
    if not judged:
        return Finding(requirement, site.name_zh, max(running, default=None), None, detail=detail)
    detail |= {"met": len(judged) - len(short), "periods": len(judged)}
    least = min(each.made for each in judged.values())
    gaps = _joined(sorted(each.period.whole for each in short))
    return Finding(requirement, site.name_zh, least, not short, gaps=gaps, detail=detail)


def _window_of(stop: RoundStop, today: datetime.date) -> DateSpan | None:
    programme = stop.programme
    first = max(programme.starts_on, stop.starts_on or programme.starts_on)
    last = min(programme.ends_on, stop.ends_on or programme.ends_on, today)
    return None if last < first else DateSpan(first, last)


def _joined(spans: Iterable[DateSpan]) -> tuple[DateSpan, ...]:
    """Put periods that follow one another into one span."""
    joined: list[DateSpan] = []
    for span in spans:
        if joined and joined[-1].end + ONE_DAY >= span.start:
            joined[-1] = DateSpan(joined[-1].start, span.end)
        else:
            joined.append(span)
    return tuple(joined)

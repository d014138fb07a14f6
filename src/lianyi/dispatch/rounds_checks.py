"""What no programme, crew, stop or visit of rounds can say."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lianyi.dispatch.models import (
    RoundClosure,
    RoundCrew,
    RoundKind,
    RoundPeriod,
    RoundProgramme,
    RoundStop,
)
from lianyi.dispatch.rounds_comparison import PlanLine
from lianyi.dispatch.rounds_rules import rule_of
from lianyi.dispatch.rounds_values import WEEK, clock, codes_in, minutes_of, suits_weekday
from lianyi.errors import InvalidInputError
from lianyi.rules import RuleBook, codes_of

MOST_MINUTES, MOST_VISITS, MOST_NIGHTS, MOST_DAYS_BETWEEN = 1440, 99, 30, 366
NO_TIME = datetime.time()
# Arrivals, departures and ways are each kept in whole minutes.
ROUNDING_MINUTES = 2


def _known(given: str, accepted: Collection[str], field: str) -> None:
    if given not in accepted:
        raise InvalidInputError(
            f"'{given}' is not one of {', '.join(accepted)}.", field=field, reason="round-code-unknown", given=given
        )


def _in_order(first: datetime.date, last: datetime.date) -> None:
    if last < first:
        raise InvalidInputError(
            f"It ends on {last}, before it starts on {first}.",
            field="ends_on",
            reason="round-dates-reversed",
            start=first,
            end=last,
        )


def _number(value: int, most: int, field: str, least: int = 1) -> None:
    if not least <= value <= most:
        raise InvalidInputError(
            f"{value} is no number from {least} to {most}.",
            field=field,
            reason="round-number",
            given=value,
            least=least,
            most=most,
        )


def _weekdays(given: str) -> None:
    if set(given) - set(WEEK):
        raise InvalidInputError(
            f"'{given}' are no weekdays; give digits from 1 (Monday) to 7.",
            field="weekdays",
            reason="round-weekdays",
            given=given,
        )


def _skills(given: str) -> None:
    for code in sorted(codes_in(given)):
        _known(code, codes_of("specialties"), "skills")


def _hours(first: datetime.time | None, last: datetime.time | None, field: str) -> None:
    if first is not None and last is not None and last <= first:
        raise InvalidInputError(
            f"The time {clock(last)} is not after {clock(first)}.",
            field=field,
            reason="round-hours-reversed",
            first=clock(first),
            last=clock(last),
        )


def check_programme(row: RoundProgramme, book: RuleBook) -> None:
    _known(row.kind, RoundKind.values, "kind")
    _known(row.period, RoundPeriod.values, "period")
    _number(row.required_visits, MOST_VISITS, "required_visits")
    _in_order(row.starts_on, row.ends_on)
    _number(row.least_days_between, MOST_DAYS_BETWEEN, "least_days_between")
    if row.most_days_between is not None:
        _number(row.most_days_between, MOST_DAYS_BETWEEN, "most_days_between", row.least_days_between)
    if not row.rule:
        return
    rule = rule_of(book, row.rule)
    if rule is None:
        raise InvalidInputError(
            f"'{row.rule}' is no rule about rounds of this installation.",
            field="rule",
            reason="round-rule-unknown",
            given=row.rule,
        )
    if (rule.visits, rule.period) != (row.required_visits, row.period):
        raise InvalidInputError(
            f"The rule asks for {rule.visits} in every {rule.period}; give this, or name no rule.",
            field="required_visits",
            reason="round-rule-differs",
            visits=rule.visits,
            period=RoundPeriod(rule.period).label,
        )


def check_crew(row: RoundCrew) -> None:
    if row.team.agreement_id != row.programme.agreement_id:
        raise InvalidInputError("The team belongs to another agreement.", field="team", reason="round-team-elsewhere")
    _weekdays(row.weekdays)
    if not row.weekdays:
        _number(0, len(WEEK), "weekdays")
    _skills(row.skills)
    _hours(row.day_starts_at, row.day_ends_at, "day_ends_at")
    _number(row.most_nights, MOST_NIGHTS, "most_nights", least=0)
    if not row.break_minutes:
        return
    if row.break_from is None or not row.day_starts_at <= row.break_from <= row.day_ends_at:
        raise InvalidInputError(
            "A break begins within the working hours; say from when.",
            field="break_from",
            reason="round-break-without-time",
        )
    day = minutes_of(row.day_ends_at) - minutes_of(row.day_starts_at)
    _number(row.break_minutes, day - 1, "break_minutes")


def check_stop(row: RoundStop) -> None:
    if row.institution is not None and row.institution.place_id != row.place_id:
        raise InvalidInputError(
            "The institution stands in another place.", field="institution", reason="round-place-elsewhere"
        )
    _number(row.service_minutes, MOST_MINUTES, "service_minutes")
    if (row.required_visits is None) != (row.period == ""):
        raise InvalidInputError(
            "Give both how many visits and in which period, or neither.",
            field="required_visits",
            reason="round-frequency-half",
        )
    if row.required_visits is not None:
        _number(row.required_visits, MOST_VISITS, "required_visits")
        _known(row.period, RoundPeriod.values, "period")
    _weekdays(row.weekdays)
    _skills(row.skills)
    _hours(row.opens_at, row.closes_at, "closes_at")
    if row.starts_on is not None and row.ends_on is not None:
        _in_order(row.starts_on, row.ends_on)


def check_closure(starts_on: datetime.date, ends_on: datetime.date, kind: str) -> None:
    _in_order(starts_on, ends_on)
    _known(kind, RoundClosure.Kind.values, "kind")


@dataclass(frozen=True, slots=True)
class VisitProblem:
    """Why a crew cannot be at a stop as a line says; ``reason`` has a text in ``rounds_texts``."""

    reason: str
    stop: RoundStop
    crew: RoundCrew
    day: datetime.date


@dataclass(frozen=True, slots=True)
class Wanted:
    """A crew at a stop on a day, with the times where they are known."""

    stop: RoundStop
    crew: RoundCrew
    day: datetime.date
    arrives_at: datetime.time | None = None
    departs_at: datetime.time | None = None


def is_closed(stop: RoundStop, day: datetime.date) -> bool:
    """Tell whether a stop cannot be reached on a day. Closures that were fetched with the stop cost no query."""
    return any(not each.is_void and each.starts_on <= day <= each.ends_on for each in stop.closures.all())


def visit_problems(wanted: Wanted) -> list[VisitProblem]:
    """Return everything that stands against a visit: the days, the roads, the hours, the skills."""
    stop, crew, day = wanted.stop, wanted.crew, wanted.day
    programme = stop.programme
    firsts = [programme.starts_on, *([stop.starts_on] if stop.starts_on else [])]
    lasts = [programme.ends_on, *(each for each in (stop.ends_on, crew.ends_on) if each)]
    against = {
        "elsewhere": crew.programme_id != stop.programme_id,
        "outside-programme": not max(firsts) <= day <= min(lasts),
        "closed": is_closed(stop, day),
        "weekday": not suits_weekday(day, stop.weekdays, crew.weekdays),
        "hours": not _fits_hours(wanted),
        "skills": bool(codes_in(stop.skills) - codes_in(crew.skills)),
    }
    return [VisitProblem(reason, stop, crew, day) for reason, stands in against.items() if stands]


def _fits_hours(wanted: Wanted) -> bool:
    stop, crew = wanted.stop, wanted.crew
    first = max(each for each in (crew.day_starts_at, stop.opens_at) if each is not None)
    last = min(each for each in (crew.day_ends_at, stop.closes_at) if each is not None)
    arrives, departs = wanted.arrives_at, wanted.departs_at
    if arrives is not None and departs is not None and departs < arrives:
        return False
    return all(each is None or first <= each <= last for each in (arrives, departs))


@dataclass(frozen=True, slots=True)
class LineProblem:
    """Why a line of a plan cannot be; ``reason`` has a text in ``rounds_texts``."""

    reason: str
    line: PlanLine
    stop: RoundStop | None
    crew: RoundCrew | None


def line_problems(
    lines: Sequence[PlanLine], stops: Mapping[int, RoundStop], crews: Mapping[int, RoundCrew]
) -> list[LineProblem]:
    """Return what is wrong with the lines of a plan: each by itself, and those of a crew's day side by side."""
    found = []
    for line in lines:
        stop, crew = stops.get(line.stop_id), crews.get(line.crew_id)
        if stop is None or crew is None:
            found.append(LineProblem("elsewhere", line, stop, crew))
            continue
        wanted = Wanted(stop, crew, line.day, line.arrives_at, line.departs_at)
        found += [LineProblem(each.reason, line, stop, crew) for each in visit_problems(wanted)]
    clashing = [*_given_twice(lines), *_overlapping(lines)]
    found += [LineProblem(why, line, stops.get(line.stop_id), crews.get(line.crew_id)) for why, line in clashing]
    return found


def _given_twice(lines: Sequence[PlanLine]) -> Iterator[tuple[str, PlanLine]]:
    seen = set()
    for line in lines:
        if line.key in seen:
            yield "twice", line
        seen.add(line.key)


def _overlapping(lines: Sequence[PlanLine]) -> Iterator[tuple[str, PlanLine]]:
    """Yield the lines at which a crew would arrive before it could have come from its stop before."""
    by_day: defaultdict[tuple[int, datetime.date], list[PlanLine]] = defaultdict(list)
    for line in lines:
        if line.arrives_at is not None and line.departs_at is not None:
            by_day[line.crew_id, line.day].append(line)
    for day in by_day.values():
        in_order = sorted(day, key=lambda each: (minutes_of(each.arrives_at or NO_TIME), each.position or 0))
        for before, after in pairwise(in_order):
            free = minutes_of(before.departs_at or NO_TIME) + (after.travel_minutes or 0) - ROUNDING_MINUTES
            if minutes_of(after.arrives_at or NO_TIME) < free:
                yield "overlap", after

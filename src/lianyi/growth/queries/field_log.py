"""Readings of the field log, within the asker's reach: entries, versions of a day, days without one, totals."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from lianyi.accounts.access import get_in_scope, scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Permission
from lianyi.dispatch.machine import PRESENT, STAYED
from lianyi.dispatch.models import Posting, PostingKind
from lianyi.dispatch.stays import absences_by_posting, stayed_span
from lianyi.growth.field_log_rules import COUNTS
from lianyi.growth.models.field_log import FieldLogEntry
from lianyi.growth.queries.training import countable
from lianyi.growth.training_authority import keeps_training
from lianyi.growth.training_checks import PEOPLE_KEYS
from lianyi.methods.periods import DateSpan

Row = TypeVar("Row", bound=Model)
_PARTS = ("posting__agreement", "posting__staff", "posting__to_institution", "posting__team__leader", "user")
_ONE_DAY = datetime.timedelta(days=1)


def standing(rows: QuerySet[FieldLogEntry, Any]) -> QuerySet[FieldLogEntry, Any]:
    """Keep of each posting and day the newest version, which counts."""
    later = FieldLogEntry.objects.filter(
        posting_id=OuterRef("posting_id"), day=OuterRef("day"), number__gt=OuterRef("number")
    )
    return rows.filter(~Exists(later))


def _own(actor: Actor) -> Q:
    return Q(posting__staff__user_id=actor.user_id) | Q(posting__team__leader__user_id=actor.user_id)


def entries(actor: Actor) -> QuerySet[FieldLogEntry, Any]:
    """Return the standing entries: all within reach for whoever keeps training, else the own ones and the team's."""
    rows = scoped(actor, standing(FieldLogEntry.objects.select_related(*_PARTS)))
    return (rows if keeps_training(actor) else rows.filter(_own(actor))).order_by("-day", "posting_id", "pk")


def entry(actor: Actor, pk: int) -> FieldLogEntry:
    rows = FieldLogEntry.objects.select_related(*_PARTS)
    return get_in_scope(actor, rows if keeps_training(actor) else rows.filter(_own(actor)), pk)


def versions(row: FieldLogEntry) -> list[FieldLogEntry]:
    """Return every version of a day, the newest first; whoever reads one reads all."""
    rows = FieldLogEntry.objects.filter(posting=row.posting_id, day=row.day).select_related("user")
    return list(rows.order_by("-number"))


def postings_to_log(actor: Actor, since: datetime.date) -> list[Posting]:
    """Return the postings whose log the actor writes: the own ones and the team's that were on site since a day."""
    rows = Posting.objects.filter(state__in=STAYED, arrived_on__isnull=False).exclude(kind=PostingKind.SECONDMENT_UP)
    recent = rows.filter(Q(left_on__isnull=True) | Q(left_on__gte=since))
    reached = scoped_for(actor, recent, Permission.parse("training.write"))
    if not keeps_training(actor):
        reached = reached.filter(Q(staff__user_id=actor.user_id) | Q(team__leader__user_id=actor.user_id))
    return list(
        reached.select_related("staff", "to_institution", "agreement", "team__leader").order_by("-starts_on", "pk")
    )


def logged_since(postings: Sequence[Posting], since: datetime.date) -> dict[int, dict[str, int]]:
    """Return for each posting the days since then that have an entry, with the version that stands."""
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    rows = FieldLogEntry.objects.filter(posting__in=[row.pk for row in postings], day__gte=since).order_by("number")
    for posting_id, day, number in rows.values_list("posting_id", "day", "number"):
        found[posting_id][day.isoformat()] = number
    return found


def not_logged_today(actor: Actor, today: datetime.date) -> list[Posting]:
    """Return the actor's own postings on site today, not away, whose day has no entry."""
    own = Posting.objects.filter(staff__user_id=actor.user_id, state__in=PRESENT, arrived_on__lte=today)
    rows = list(own.exclude(kind=PostingKind.SECONDMENT_UP).filter(Q(left_on__isnull=True) | Q(left_on__gte=today)))
    away = absences_by_posting([row.pk for row in rows])
    logged = logged_since(rows, today)
    return [
        row
        for row in rows
        if today.isoformat() not in logged[row.pk] and not any(today in span for span in away.get(row.pk, ()))
    ]


@dataclass(frozen=True, slots=True)
class LogTotal:
    """One posting in a span of days: days on site, days with an entry, and the sums of what was counted."""

    posting: Posting
    days_on_site: int
    missing: tuple[datetime.date, ...]
    counts: dict[str, int | None]
    people: dict[str, int]
    sides: int

    @property
    def days_logged(self) -> int:
        return self.days_on_site - len(self.missing)


def totals(actor: Actor, window: DateSpan, today: datetime.date) -> list[LogTotal]:
    """Sum the log of everybody who was on site in these days, with a fixed number of queries."""
    rows = Posting.objects.filter(state__in=STAYED, arrived_on__lte=min(window.end, today))
    rows = rows.exclude(kind=PostingKind.SECONDMENT_UP).filter(Q(left_on__isnull=True) | Q(left_on__gte=window.start))
    reached = scoped_for(actor, rows, Permission.parse("training.read"))
    if not keeps_training(actor):
        reached = reached.filter(Q(staff__user_id=actor.user_id) | Q(team__leader__user_id=actor.user_id))
    postings = list(
        reached.select_related("staff", "agreement", "to_institution").order_by("agreement__code", "code", "pk")
    )
    return _totals(postings, window, today)


def countable_entries(actor: Actor, window: DateSpan) -> QuerySet[FieldLogEntry, Any]:
    """Return the standing entries of some days to count, also for those who see only counts."""
    rows = countable(actor, standing(FieldLogEntry.objects.filter(day__range=(window.start, window.end))))
    return rows.select_related("posting__agreement")


def _totals(postings: Sequence[Posting], window: DateSpan, today: datetime.date) -> list[LogTotal]:
    ids = [row.pk for row in postings]
    away = absences_by_posting(ids)
    by_posting: defaultdict[int, list[FieldLogEntry]] = defaultdict(list)
    for each in standing(FieldLogEntry.objects.filter(posting__in=ids, day__range=(window.start, window.end))):
        by_posting[each.posting_id].append(each)
    found = []
    for row in postings:
        stayed = stayed_span(row, today)
        inside = None if stayed is None else stayed.intersection(window)
        if inside is not None:
            found.append(_total(row, _days(inside, away.get(row.pk, ())), by_posting[row.pk]))
    return found


def _days(span: DateSpan, away: Iterable[DateSpan]) -> list[datetime.date]:
    spans = list(away)
    days = (span.start + _ONE_DAY * at for at in range(span.days))
    return [day for day in days if not any(day in each for each in spans)]


def _total(posting: Posting, days: Sequence[datetime.date], rows: Sequence[FieldLogEntry]) -> LogTotal:
    logged = {row.day for row in rows}
    return LogTotal(
        posting=posting,
        days_on_site=len(days),
        missing=tuple(day for day in days if day not in logged),
        counts=sums_of(rows),
        people={key: sum(row.people.get(key, 0) for row in rows) for key in PEOPLE_KEYS},
        sides=sum(row.is_beside for row in rows),
    )


def sums_of(rows: Sequence[FieldLogEntry]) -> dict[str, int | None]:
    """Sum each count over those who counted; None where nobody did."""
    found: dict[str, int | None] = {}
    for name in COUNTS:
        told = [value for row in rows if (value := getattr(row, name)) is not None]
        found[name] = sum(told) if told else None
    return found

"""Who is on duty for a green channel at a moment, who may be, and which hours have nobody."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from lianyi.accounts.access import NODE_TARGET
from lianyi.accounts.models import Affiliation, Grant, GrantKind, NodeKind, User
from lianyi.methods.rosters import TimeSpan, day_of, holes
from lianyi.partnerships.models import AgreementParty
from lianyi.referrals.models import DutyRoster, DutySlot, ReferralTerms

ANY_CONDITION = "other"
# The general duty of a hospital has a roster too; it is no green channel and takes the place of none.
GENERAL_DUTY = "general_duty"
# An institution that published a roster in this time is taken to go on with its green channel.
DAYS_REMEMBERED = 90
_ONE_MOMENT = datetime.timedelta(microseconds=1)


def on_duty(institution_id: int, condition: str, at: datetime.datetime) -> DutySlot | None:
    """Return the duty at a moment; the roster for other emergencies serves where a condition has none of its own."""
    return on_duty_by(institution_id, (condition or ANY_CONDITION, ANY_CONDITION), at)


def on_duty_by(institution_id: int, wanted: tuple[str, ...], at: datetime.datetime) -> DutySlot | None:
    """Return the duty at a moment by the first of some rosters that has one."""
    slots = DutySlot.objects.select_related("roster").filter(
        roster__institution_id=institution_id,
        roster__condition__in=wanted,
        roster__state=DutyRoster.State.PUBLISHED,
        is_void=False,
        starts_at__lte=at,
        ends_at__gt=at,
    )
    found = slots.order_by("-roster__published_at", "-starts_at", "id")
    return min(found, key=lambda slot: wanted.index(slot.roster.condition), default=None)


def duty_phone(institution_id: int, at: datetime.datetime) -> str:
    """Return a telephone on which somebody of the institution is on duty now; empty where there is none."""
    rosters = DutyRoster.objects.filter(
        institution_id=institution_id, state=DutyRoster.State.PUBLISHED, starts_at__lte=at, ends_at__gt=at
    )
    return rosters.order_by("-published_at").values_list("duty_phone", flat=True).first() or ""


def coordinating(institution_id: int, day: datetime.date) -> list[int]:
    """Return who coordinates referrals under the agreements that an institution takes part in on a day."""
    mine = AgreementParty.objects.taking_part_on(day).filter(institution_id=institution_id).values("agreement_id")
    terms = ReferralTerms.objects.filter(agreement_id__in=mine, coordinator__isnull=False)
    return sorted(set(terms.values_list("coordinator_id", flat=True)))


def slots_of(roster: DutyRoster) -> QuerySet[DutySlot, Any]:
    """Return the duties of a roster that hold, in their order."""
    return DutySlot.objects.filter(roster=roster, is_void=False).order_by("starts_at", "id")


def span_of(row: DutyRoster | DutySlot) -> TimeSpan:
    return TimeSpan(row.starts_at, row.ends_at)


def holes_of(roster: DutyRoster) -> tuple[TimeSpan, ...]:
    """Return the stretches of a roster that have no person and deputy."""
    return holes(span_of(roster), map(span_of, slots_of(roster)))


def people_for(institution_id: int, span: TimeSpan) -> QuerySet[User, Any]:
    """Return who may be on duty at an institution for the whole of a span: its own people, and those posted there."""
    first = timezone.localdate(span.start)
    last = timezone.localdate(span.end - _ONE_MOMENT)
    there = Q(node_id=institution_id) | Q(node__parent_id=institution_id, node__kind=NodeKind.DEPARTMENT)
    own = Affiliation.objects.filter(
        there, Q(valid_to__isnull=True) | Q(valid_to__gte=last), valid_from__lte=first
    ).values("user_id")
    posted = Grant.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=span.end),
        kind=GrantKind.ASSIGNMENT,
        holder_user__isnull=False,
        target_type=NODE_TARGET,
        target_id=institution_id,
        valid_from__lte=span.start,
        revoked_at__isnull=True,
    ).values("holder_user_id")
    users = User.objects.filter(Q(pk__in=own) | Q(pk__in=posted), is_active=True, is_service=False)
    return users.order_by("display_name", "pk")


@dataclass(frozen=True, slots=True)
class DoubleDuty:
    """Somebody who stands on two rosters at the same hour: allowed, but said."""

    slot: DutySlot
    other: DutySlot
    span: TimeSpan


def double_duties(roster: DutyRoster) -> list[DoubleDuty]:
    """Return the duties of a roster whose person is on duty for another green channel at the same time."""
    own = list(slots_of(roster).select_related("person"))
    others = DutySlot.objects.select_related("roster__institution").filter(
        is_void=False,
        person_id__in={slot.person_id for slot in own},
        starts_at__lt=roster.ends_at,
        ends_at__gt=roster.starts_at,
        roster__state__in=(DutyRoster.State.DRAFT, DutyRoster.State.PUBLISHED),
    )
    found = []
    for other in others.exclude(roster=roster).order_by("starts_at", "id"):
        for slot in own:
            common = span_of(slot).part_in(span_of(other)) if slot.person_id == other.person_id else None
            if common is not None:
                found.append(DoubleDuty(slot, other, common))
    return found


@dataclass(frozen=True, slots=True)
class Hole:
    """Hours of a green channel that nobody is named for."""

    institution_id: int
    condition: str
    span: TimeSpan


def holes_ahead(now: datetime.datetime, days: int) -> list[Hole]:
    """Return the hours of today and the next days for which a green channel that goes on has nobody.

    Days are counted whole, so that a hole keeps its ends from one look to the next on the same day.
    """
    zone = timezone.get_default_timezone()
    today = timezone.localdate(now)
    window = TimeSpan(day_of(today, zone).start, day_of(today + datetime.timedelta(days=days), zone).end)
    published = DutyRoster.objects.filter(state=DutyRoster.State.PUBLISHED)
    channels = (
        published.filter(ends_at__gt=now - datetime.timedelta(days=DAYS_REMEMBERED))
        .order_by("institution_id", "condition")
        .values_list("institution_id", "condition")
        .distinct()
    )
    covered = _covered(window)
    found = []
    for institution_id, condition in channels:
        missing = holes(window, covered.get((institution_id, condition), ()))
        found += [Hole(institution_id, condition, hole) for hole in missing if hole.end > now]
    return found


def _covered(window: TimeSpan) -> dict[tuple[int, str], list[TimeSpan]]:
    slots = DutySlot.objects.filter(
        is_void=False,
        roster__state=DutyRoster.State.PUBLISHED,
        starts_at__lt=window.end,
        ends_at__gt=window.start,
    )
    found: dict[tuple[int, str], list[TimeSpan]] = {}
    rows: Iterable[Any] = slots.values_list("roster__institution_id", "roster__condition", "starts_at", "ends_at")
    for institution_id, condition, starts_at, ends_at in rows:
        found.setdefault((institution_id, condition), []).append(TimeSpan(starts_at, ends_at))
    return found

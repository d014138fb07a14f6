"""What stands on the wall of a duty room: the emergencies on their way, and who is on duty for them."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from lianyi.accounts.access import assigned_nodes, decide, nodes_in_reach, scoped
from lianyi.accounts.actors import Actor
from lianyi.referrals import queries
from lianyi.referrals.models import DutyRoster, DutySlot, Leg, Milestone
from lianyi.referrals.policies import policy_of
from lianyi.referrals.states import LegState, Urgency
from lianyi.rules.referral_policy import Milestone as PlannedMilestone

# Whoever is taken over is in the ward's hands; the wall tells how many, and shows those still to be moved.
IN_WARD = (LegState.UNDER_CARE, LegState.ON_HOLD, LegState.RETURN_PROPOSED, LegState.OUTCOME_SENT)
HOURS_OF_DUTY_AHEAD = 24
MOST_CASES = 60


@dataclass(frozen=True, slots=True)
class ReachedMilestone:
    """A milestone of the pathway, and when it was reached; None as long as nobody recorded it."""

    planned: PlannedMilestone
    at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class WallCase:
    """One emergency. ``is_mine`` is whether the reader's side has the move."""

    leg: Leg
    is_mine: bool
    milestones: tuple[ReachedMilestone, ...]

    @property
    def last_reached(self) -> ReachedMilestone | None:
        reached = [each for each in self.milestones if each.at is not None]
        return max(reached, key=lambda each: each.at, default=None)  # type: ignore[arg-type, return-value]

    @property
    def reached_count(self) -> int:
        return sum(each.at is not None for each in self.milestones)


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on duty now for one green channel of an institution, and who comes next."""

    roster: DutyRoster
    now: DutySlot | None
    next: DutySlot | None


def _emergencies(actor: Actor) -> QuerySet[Leg, Any]:
    asks_something = Q(is_open=True) | ~Q(ball_side="")
    return queries.legs(actor).filter(asks_something, request__urgency=Urgency.EMERGENCY).exclude(state=LegState.DRAFT)


def moving_emergencies(actor: Actor) -> list[WallCase]:
    """Return the emergencies that nobody has taken over yet, those whose clock runs out first on top."""
    rows = _emergencies(actor).exclude(state__in=IN_WARD)
    legs = list(rows.order_by(F("due_at").asc(nulls_last=True), "id")[:MOST_CASES])
    mine = _own_ids(actor, {leg.ball_institution_id for leg in legs if leg.ball_institution_id is not None})
    reached = _milestones(actor, legs)
    return [WallCase(leg, leg.ball_institution_id in mine, _bar(leg, reached[leg.request_id])) for leg in legs]


def in_ward_count(actor: Actor) -> int:
    """Return how many emergencies are in care, paused, on the way back, or have an outcome to read."""
    return _emergencies(actor).filter(state__in=IN_WARD).count()


def _own_ids(actor: Actor, ids: Iterable[int]) -> set[int]:
    wanted = list(ids)
    reach = set(nodes_in_reach(actor).filter(pk__in=wanted).values_list("pk", flat=True))
    return reach | set(assigned_nodes(actor).filter(target_id__in=wanted).values_list("target_id", flat=True))


def _milestones(actor: Actor, legs: Sequence[Leg]) -> defaultdict[int, dict[str, datetime.datetime]]:
    rows = scoped(actor, Milestone.objects.filter(request_id__in={leg.request_id for leg in legs}))
    found: defaultdict[int, dict[str, datetime.datetime]] = defaultdict(dict)
    standing = rows.filter(corrected_by__isnull=True).order_by("occurred_at", "id")
    for request_id, code, at in standing.values_list("request_id", "code", "occurred_at"):
        found[request_id].setdefault(code, at)
    return found


def _bar(leg: Leg, reached: dict[str, datetime.datetime]) -> tuple[ReachedMilestone, ...]:
    planned = policy_of(leg.request.policy).milestones_of(leg.request.condition)
    return tuple(ReachedMilestone(each, reached.get(each.code)) for each in planned)


def duties(actor: Actor, now: datetime.datetime) -> list[Duty]:
    """Return who is on duty at the actor's institutions, for each green channel with a published roster."""
    if not decide(actor, "green_duty.read").allowed:
        return []
    ahead = now + datetime.timedelta(hours=HOURS_OF_DUTY_AHEAD)
    rows = scoped(actor, DutySlot.objects.filter(roster__state=DutyRoster.State.PUBLISHED, is_void=False))
    rows = rows.filter(starts_at__lt=ahead, ends_at__gt=now)
    rows = rows.select_related("roster__institution", "person", "deputy")
    by_channel: defaultdict[tuple[int, str], list[DutySlot]] = defaultdict(list)
    for slot in rows.order_by("roster__institution_id", "roster__condition", "starts_at", "-roster__published_at"):
        by_channel[slot.roster.institution_id, slot.roster.condition].append(slot)
    return [_duty(slots, now) for slots in by_channel.values()]


def _duty(slots: Sequence[DutySlot], now: datetime.datetime) -> Duty:
    here = next((slot for slot in slots if slot.starts_at <= now), None)
    after = next((slot for slot in slots if slot.starts_at > now), None)
    return Duty((here or slots[0]).roster, here, after)

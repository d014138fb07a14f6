"""Whom a clock that ran out calls, rung by rung."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from lianyi.accounts.roles import Role
from lianyi.partnerships.models import Agreement, AgreementParty
from lianyi.referrals import duty, posts
from lianyi.referrals.models import Clock
from lianyi.referrals.policies import after
from lianyi.registry.models import Department
from lianyi.rules.referral_policy import ClockTarget, LadderPost, LadderRung, ReferralPolicy, ReferralUrgency


@dataclass(frozen=True, slots=True)
class Called:
    """An institution, and the people there who are called by name; without any, its desk is."""

    institution_id: int
    user_ids: tuple[int, ...] = ()
    # The upper posts are people and a room: the desk hears of it as well.
    keeps_desk: bool = False

    @property
    def told(self) -> tuple[int | None, ...]:
        """Return who gets the notice; None is the desk."""
        return (*self.user_ids, None) if self.keeps_desk or not self.user_ids else self.user_ids


def rungs_of(policy: ReferralPolicy, urgency: str) -> tuple[LadderRung, ...]:
    """Return the rungs that an urgency has, in their order."""
    wanted = ReferralUrgency(urgency)
    return tuple(rung for rung in policy.ladder if wanted in rung.after)


def call_time(policy: ReferralPolicy, clock: Clock, rung: LadderRung) -> datetime.datetime:
    """Return when a rung is due to be called for a clock."""
    target: ClockTarget = rung.after[ReferralUrgency(clock.urgency)]
    return clock.due_at if target.amount == 0 else after(policy, clock.due_at, target)


def post_of(policy: ReferralPolicy, urgency: str, rung: int) -> LadderPost:
    """Return whom a rung calls, counted from 1; above the top the last posts come round again."""
    rungs = rungs_of(policy, urgency)
    if rung <= len(rungs):
        return rungs[rung - 1].post
    again = rungs[-policy.repeat.posts :]
    return again[(rung - len(rungs) - 1) % len(again)].post


def is_round_over(policy: ReferralPolicy, urgency: str, rung: int) -> bool:
    """Tell whether a rung was the last one of the ladder, or of a round above it."""
    rungs = rungs_of(policy, urgency)
    return rung >= len(rungs) and (rung - len(rungs)) % len(rungs[-policy.repeat.posts :]) == 0


def next_round(policy: ReferralPolicy, urgency: str, now: datetime.datetime) -> datetime.datetime:
    """Return when the top of the ladder is called again. Rounds that a stopped worker missed are not made up for."""
    return after(policy, now, policy.repeat.every[ReferralUrgency(urgency)])


def called_for(post: LadderPost, clock: Clock, now: datetime.datetime) -> Called:
    """Return who stands on a post for a clock at a moment; a post that nobody fills falls to the desk."""
    return _POSTS[post](clock, now)


def _duty_person(clock: Clock, now: datetime.datetime) -> Called:
    slot = duty.on_duty(clock.institution_id, clock.leg.request.condition, now)
    return Called(clock.institution_id, () if slot is None else (slot.person_id,))


def _deputy(clock: Clock, now: datetime.datetime) -> Called:
    slot = duty.on_duty(clock.institution_id, clock.leg.request.condition, now)
    return Called(clock.institution_id, () if slot is None else (slot.deputy_id,))


def _department_head(clock: Clock, now: datetime.datetime) -> Called:
    """Call the head of the department concerned; else of those of the specialty asked; else any head there."""
    heads = posts.holders(clock.institution_id, (Role.DEPARTMENT_HEAD,), timezone.localdate(now))
    for departments in _departments_of(clock):
        users = posts.people_of(heads.filter(Q(department_node_id__in=departments) | Q(node_id__in=departments)))
        if users:
            return Called(clock.institution_id, users)
    return Called(clock.institution_id, posts.people_of(heads))


def _departments_of(clock: Clock) -> Iterator[list[int]]:
    """Return the departments whose heads may know of the case, the nearest first."""
    leg, request = clock.leg, clock.leg.request
    named = None
    if clock.institution_id == leg.to_institution_id:
        named = leg.to_department_id
    elif clock.institution_id == leg.from_institution_id:
        named = request.from_department_id
    if named is not None:
        yield [named]
    if request.specialty:
        there = Department.objects.filter(institution_id=clock.institution_id, specialty=request.specialty)
        yield list(there.values_list("pk", flat=True))


def _hospital_duty(clock: Clock, now: datetime.datetime) -> Called:
    return Called(clock.institution_id, posts.general_duty(clock.institution_id, now), keeps_desk=True)


def _coordinator(clock: Clock, now: datetime.datetime) -> Called:
    institution_id = clock.leg.request.coordinator_id
    return Called(institution_id, posts.coordinators(institution_id, now), keeps_desk=True)


def _alliance_lead(clock: Clock, now: datetime.datetime) -> Called:
    request = clock.leg.request
    institution_id = leading(request.agreement, request.coordinator_id)
    return Called(institution_id, posts.leads(institution_id, now), keeps_desk=True)


def leading(agreement: Agreement | None, coordinator_id: int) -> int:
    """Return who leads the agreement's alliance; without an alliance the supporting party; else the coordinator."""
    if agreement is None:
        return coordinator_id
    if agreement.alliance is not None:
        lead_id: int = agreement.alliance.lead_id
        return lead_id
    supporting = AgreementParty.objects.taking_part_on(timezone.localdate()).filter(
        agreement=agreement, side=AgreementParty.Side.SUPPORTING
    )
    first = supporting.order_by("pk").values_list("institution_id", flat=True).first()
    return first or coordinator_id


_POSTS: Mapping[LadderPost, Callable[[Clock, datetime.datetime], Called]] = {
    LadderPost.DUTY_PERSON: _duty_person,
    LadderPost.DEPUTY: _deputy,
    LadderPost.DEPARTMENT_HEAD: _department_head,
    LadderPost.HOSPITAL_DUTY: _hospital_duty,
    LadderPost.COORDINATOR: _coordinator,
    LadderPost.ALLIANCE_LEAD: _alliance_lead,
}

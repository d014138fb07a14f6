"""Who stands on a post of the ladder for a consultation; a post that nobody fills falls to the desk."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping

from django.db.models import Q
from django.utils import timezone

from lianyi.accounts.roles import Role
from lianyi.referrals import duty, posts
from lianyi.referrals.ladder import Called, leading
from lianyi.referrals.models import Consultation
from lianyi.registry.models import Department
from lianyi.rules.referral_policy import LadderPost


def called_for(post: LadderPost, row: Consultation, now: datetime.datetime) -> Called:
    """Return who is called, at the side that has the move or above both sides."""
    return _POSTS[post](row, now)


def _here(row: Consultation) -> int:
    return int(row.from_institution_id if row.ball_institution_id is None else row.ball_institution_id)


def _duty_person(row: Consultation, now: datetime.datetime) -> Called:
    slot = duty.on_duty(_here(row), row.condition, now)
    return Called(_here(row), () if slot is None else (slot.person_id,))


def _deputy(row: Consultation, now: datetime.datetime) -> Called:
    slot = duty.on_duty(_here(row), row.condition, now)
    return Called(_here(row), () if slot is None else (slot.deputy_id,))


def _department_head(row: Consultation, now: datetime.datetime) -> Called:
    """Call the heads of the department that asks, or of the specialties asked; else any head there."""
    here = _here(row)
    heads = posts.holders(here, (Role.DEPARTMENT_HEAD,), timezone.localdate(now))
    if here == row.from_institution_id:
        departments = [] if row.from_department_id is None else [row.from_department_id]
    else:
        there = Department.objects.filter(institution_id=here, specialty__in=row.specialties)
        departments = list(there.values_list("pk", flat=True))
    near = posts.people_of(heads.filter(Q(department_node_id__in=departments) | Q(node_id__in=departments)))
    return Called(here, near or posts.people_of(heads))


def _hospital_duty(row: Consultation, now: datetime.datetime) -> Called:
    return Called(_here(row), posts.general_duty(_here(row), now), keeps_desk=True)


def _coordinator(row: Consultation, now: datetime.datetime) -> Called:
    return Called(row.coordinator_id, posts.coordinators(row.coordinator_id, now), keeps_desk=True)


def _alliance_lead(row: Consultation, now: datetime.datetime) -> Called:
    institution_id = leading(row.agreement, row.coordinator_id)
    return Called(institution_id, posts.leads(institution_id, now), keeps_desk=True)


_POSTS: Mapping[LadderPost, Callable[[Consultation, datetime.datetime], Called]] = {
    LadderPost.DUTY_PERSON: _duty_person,
    LadderPost.DEPUTY: _deputy,
    LadderPost.DEPARTMENT_HEAD: _department_head,
    LadderPost.HOSPITAL_DUTY: _hospital_duty,
    LadderPost.COORDINATOR: _coordinator,
    LadderPost.ALLIANCE_LEAD: _alliance_lead,
}

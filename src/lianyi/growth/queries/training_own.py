"""What somebody has of training themselves, whatever role they act in: one's own record is always open to oneself."""

from __future__ import annotations

import datetime

from lianyi.accounts.actors import Actor
from lianyi.growth.models.training import Attendance, Enrolment, SessionState, TrainingCertificate, TrainingSession
from lianyi.growth.queries.training import certificate


def attended(actor: Actor) -> list[Attendance]:
    """Return the sessions for which the person was noted, the latest first."""
    rows = Attendance.objects.filter(staff__user_id=actor.user_id).exclude(session__state=SessionState.CANCELLED)
    return list(rows.select_related("session__course", "session__institution").order_by("-session__day", "-pk"))


def enrolments(actor: Actor) -> list[Enrolment]:
    rows = Enrolment.objects.filter(staff__user_id=actor.user_id, is_withdrawn=False)
    return list(rows.select_related("course").order_by("-course__starts_on", "pk"))


def certificates(actor: Actor) -> list[TrainingCertificate]:
    rows = TrainingCertificate.objects.filter(enrolment__staff__user_id=actor.user_id)
    return list(rows.select_related("enrolment__course").order_by("-issued_on", "number"))


def teaching(actor: Actor, since: datetime.date) -> list[TrainingSession]:
    """Return what the person teaches from a day on."""
    rows = TrainingSession.objects.filter(teacher__user_id=actor.user_id, day__gte=since, state=SessionState.PLANNED)
    return list(rows.select_related("institution").order_by("day", "begins_at", "code"))


def certificate_for(actor: Actor, pk: int) -> TrainingCertificate:
    """Return a certificate: the own one, or one within reach of whoever keeps training.

    Raises
    ------
    NotFoundInScopeError
    """
    own = TrainingCertificate.objects.filter(pk=pk, enrolment__staff__user_id=actor.user_id)
    found = own.select_related("enrolment__course__organiser", "enrolment__staff__institution", "issued_by").first()
    if found is not None:
        return found
    return certificate(actor, pk)

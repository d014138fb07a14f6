"""States that follow from others: a request's from its legs, a journey's from everything below it."""

from __future__ import annotations

import datetime

from lianyi.referrals import machine
from lianyi.referrals.models import Consultation, FollowUp, Journey, Leg, Request
from lianyi.referrals.states import LegState as L
from lianyi.referrals.states import RequestStatus, TaskStatus


def status_of(states: list[tuple[str, str]], *, is_revoked: bool) -> RequestStatus:
    """Return the status of a request whose legs have these states and task statuses."""
    open_states = [state for state, _status in states if state in machine.OPEN]
    if open_states:
        if all(state == L.DRAFT for state in open_states):
            return RequestStatus.DRAFT if len(open_states) == len(states) else RequestStatus.ACTIVE
        is_paused = any(state == L.ON_HOLD for state in open_states)
        return RequestStatus.ON_HOLD if is_paused else RequestStatus.ACTIVE
    if any(status == TaskStatus.COMPLETED for _state, status in states):
        return RequestStatus.COMPLETED
    if states and all(state == L.ENTERED_IN_ERROR for state, _status in states):
        return RequestStatus.ENTERED_IN_ERROR
    if is_revoked or any(state == L.DIED for state, _status in states):
        return RequestStatus.REVOKED
    return RequestStatus.ACTIVE


def derive(request: Request) -> None:
    """Compute the request's status from its legs and keep it."""
    states = list(Leg.objects.filter(request_id=request.pk).values_list("state", "task_status"))
    is_revoked = Request.objects.values_list("is_revoked", flat=True).get(pk=request.pk)
    status = status_of(states, is_revoked=is_revoked)
    if status != request.status:
        Request.objects.filter(pk=request.pk).update(status=status)
        request.status = status


def derive_journey(journey_id: int, at: datetime.datetime) -> None:
    """Close a journey when nothing below it is open any more, and open it again when something is."""
    is_open = has_open_parts(journey_id)
    journey = Journey.objects.get(pk=journey_id)
    if is_open and journey.closed_at is not None:
        Journey.objects.filter(pk=journey_id).update(closed_at=None, version=journey.version + 1)
    elif not is_open and journey.closed_at is None:
        closed_at = max(at, journey.opened_at)
        Journey.objects.filter(pk=journey_id).update(closed_at=closed_at, version=journey.version + 1)


def has_open_parts(journey_id: int) -> bool:
    """Tell whether a leg, a follow-up or a consultation of the journey is open, or an ask has no receiver."""
    if Leg.objects.filter(request__journey_id=journey_id, is_open=True).exists():
        return True
    if Leg.objects.filter(request__journey_id=journey_id).exclude(ball_side="").exists():
        return True
    if FollowUp.objects.filter(journey_id=journey_id, state=FollowUp.State.OPEN).exists():
        return True
    consultations = Consultation.objects.filter(journey_id=journey_id)
    if consultations.filter(is_open=True).exists():
        return True
    # A journey that has only begun, with nothing asked of anybody yet.
    return not consultations.exists() and not Leg.objects.filter(request__journey_id=journey_id).exists()

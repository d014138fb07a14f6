"""Rows of the pathways of chest pain and of stroke: moments of referrals, by the institution that they are about."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import Q

from lianyi.indicators.recorded.referral_rows import Patients, steps_of
from lianyi.indicators.recorded.table import Row, chunks, here, moment_within
from lianyi.methods.periods import DateSpan
from lianyi.referrals.models import Leg, Milestone, Request
from lianyi.referrals.states import Direction, LegState

Moments = Mapping[str, datetime.datetime]
_OF_REQUESTS = ("pk", "provenance", "journey_id", "first_contact_at", "from_institution__code", "direction")
TRANSFER = "transfer"


def chest_pain(span: DateSpan | None) -> Iterator[Row]:
    """Yield for each request a row of the sender and one of the receiver to which the patient came."""
    for request, receiver, moments, patient in _requests("chest_pain", span):
        pk, provenance, _journey, contact, sender, _direction = request
        contact = moments.get("first_contact") or contact
        ecg = moments.get("ecg")
        if (door := moments.get("first_door")) is not None:
            yield (
                pk, provenance, here(door), *_first_tests(moments), _is_before(ecg, door), here(contact), here(ecg),
                sender, None, here(moments.get("door_out")), here(moments.get("sender_needle")), None, None, None,
                here(moments.get("troponin_result")), None, patient,
            )  # fmt: skip
        if receiver is not None:
            code, came = receiver
            yield (
                pk, provenance, here(came), *_first_tests(moments), _is_before(ecg, came), here(contact), here(ecg),
                code, None, None, here(moments.get("needle")), None, None, TRANSFER,
                here(moments.get("troponin_result")), here(moments.get("wire")), patient,
            )  # fmt: skip


def _first_tests(moments: Moments) -> Iterator[datetime.datetime | None]:
    for code in ("troponin_drawn", "cath_lab_called", "cath_lab_ready", "ecg_read"):
        yield here(moments.get(code))


def _is_before(ecg: datetime.datetime | None, door: datetime.datetime) -> bool | None:
    return None if ecg is None else ecg < door


def stroke(span: DateSpan | None) -> Iterator[Row]:
    """Yield for each request a row of the receiver to which the patient came."""
    for request, receiver, moments, patient in _requests("stroke", span):
        if receiver is not None:
            code, came = receiver
            yield (
                request[0], request[1], here(came), here(moments.get("assessed")), code, None,
                here(moments.get("needle")), here(moments.get("imaging")), patient,
            )  # fmt: skip


def _requests(
    condition: str, span: DateSpan | None
) -> Iterator[tuple[tuple[Any, ...], tuple[str, datetime.datetime] | None, Moments, str]]:
    """Yield the requests of a green channel, who received the patient and when, the moments, and the patient's key."""
    rows = Request.objects.filter(condition=condition, sent_at__isnull=False, legs__isnull=False)
    rows = rows.exclude(direction=Direction.DOWN).exclude(is_revoked=True)
    if span is not None:
        # A pathway may take a day; who came to which door within the span is told by the engine.
        reached = Milestone.objects.filter(moment_within("occurred_at", span)).values("request_id")
        rows = rows.filter(Q(pk__in=reached) | moment_within("sent_at", span) | moment_within("legs__arrived_at", span))
    for some in chunks(rows.distinct().order_by("pk").values_list(*_OF_REQUESTS).iterator(chunk_size=500)):
        ids = [each[0] for each in some]
        moments, came, patients = _moments(ids), _came(ids), Patients()
        patients.read({each[2] for each in some})
        for each in some:
            yield each, came.get(each[0]), moments[each[0]], patients.key(each[2])


def _moments(requests: Collection[int]) -> Mapping[int, Moments]:
    rows = Milestone.objects.filter(request_id__in=requests, corrected_by__isnull=True).order_by("occurred_at", "id")
    found: defaultdict[int, dict[str, datetime.datetime]] = defaultdict(dict)
    for request, code, at in rows.values_list("request_id", "code", "occurred_at"):
        found[request].setdefault(code, at)
    return found


def _came(requests: Collection[int]) -> dict[int, tuple[str, datetime.datetime]]:
    """Return by request the hospital in the network to which the patient came, and when."""
    legs = Leg.objects.filter(request_id__in=requests, to_institution__isnull=False)
    legs = legs.exclude(state=LegState.ENTERED_IN_ERROR)
    known = {pk: (request, code) for pk, request, code in legs.values_list("pk", "request_id", "to_institution__code")}
    steps = steps_of(known)
    found: dict[int, tuple[str, datetime.datetime]] = {}
    for pk, (request, code) in sorted(known.items()):
        at = steps[pk].arrived if pk in steps else None
        if at is not None and (request not in found or at < found[request][1]):
            found[request] = (code, at)
    return found

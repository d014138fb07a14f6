"""Rows of referrals: each receiver that was asked, and those who came back to a lower unit."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from lianyi.indicators.recorded.table import Row, chunks, day_within, first_of_each, here, moment_within, plain_rows
from lianyi.methods.periods import DateSpan
from lianyi.referrals import machine
from lianyi.referrals.models import BroughtResult, Consultation, ConsultationState, Leg, LegEvent, PatientIdentity
from lianyi.referrals.states import Direction, Disposition, EntryMode, LegState, Urgency
from lianyi.referrals.statistics_queries import ARRIVING

ACCEPTING = tuple(row.name for row in machine.TRANSITIONS if row.rule == "R08")
DECLINING = ("decline", "decline_unanswered")
# A definition speaks of emergency and elective; what is urgent is neither.
URGENCY = {Urgency.EMERGENCY: "emergency", Urgency.URGENT: "urgent", Urgency.ROUTINE: "elective"}
RECOVERED: Mapping[str, bool] = {
    Disposition.RETURNED: True,
    Disposition.HOME: True,
    Disposition.STAYS: False,
    Disposition.ONWARD: False,
    Disposition.DIED: False,
}
_KEY_LENGTH = 16
_OF_LEGS = (
    *("pk", "provenance", "request__direction", "request__urgency", "request__packet__items_given"),
    *("request__packet__items_required", "to_institution_id", "from_institution__code"),
    *("to_institution__code", "external_partner_id", "request__journey_id"),
)


@dataclass
class Steps:
    """What happened with one leg, each step at the first time that counts."""

    accepted: datetime.datetime | None = None
    declined: datetime.datetime | None = None
    arrived: datetime.datetime | None = None
    read: datetime.datetime | None = None
    outcome: datetime.datetime | None = None
    disposition: str = ""


@dataclass
class Patients:
    """One key for each patient, whatever journey it was: a keyed digest of the digest, and of the journey without one.

    Nobody's identity is read, and the key of another installation is another one.
    """

    known: dict[int, str] = field(default_factory=dict)

    def read(self, journeys: Collection[int]) -> None:
        rows = PatientIdentity.objects.filter(journey_id__in=journeys).exclude(match_digest="")
        self.known |= dict(rows.values_list("journey_id", "match_digest"))

    def key(self, journey: int) -> str:
        what = self.known.get(journey) or f"journey {journey}"
        return salted_hmac("lianyi.indicators.patient", what, algorithm="sha256").hexdigest()[:_KEY_LENGTH]


def referrals(span: DateSpan | None) -> Iterator[Row]:
    """Yield the legs that were sent; every moment is that of the step by which something happened."""
    sent = LegEvent.objects.filter(moment_within("occurred_at", span), step="send", from_state=LegState.DRAFT)
    sent = sent.exclude(leg__state=LegState.ENTERED_IN_ERROR)
    found = sent.annotate(at=F("occurred_at")).order_by("leg_id", "id").values_list("leg_id", "at")
    for some in chunks(first_of_each(found.iterator(chunk_size=500))):
        yield from _referrals(dict(some))


def _referrals(sent: Mapping[int, datetime.datetime]) -> Iterator[Row]:
    legs = list(Leg.objects.filter(pk__in=list(sent)).order_by("pk").values_list(*_OF_LEGS))
    steps, repeated = steps_of(sent), _repeated(sent)
    patients, back = Patients(), _back_arrivals({leg[-1] for leg in legs})
    patients.read({leg[-1] for leg in legs})
    for pk, provenance, direction, urgency, given, required, receiver, *rest in legs:
        sender_code, receiver_code, partner, journey = rest
        step, at = steps[pk], sent[pk]
        answers = [each for each in (step.accepted, step.declined) if each is not None]
        returned = _first_after(back.get((journey, receiver), ()), step.arrived) if direction == Direction.UP else None
        yield (
            pk, provenance, here(step.accepted), here(min(answers, default=None)), here(step.arrived),
            here(step.declined), direction, here(step.read), repeated.get(pk), RECOVERED.get(step.disposition),
            urgency == Urgency.EMERGENCY, given, required,
            here(step.outcome) if step.disposition == Disposition.ONWARD else None,
            receiver_code or f"partner-{partner}", here(at), sender_code, here(returned), URGENCY[urgency],
            patients.key(journey),
        )  # fmt: skip


def steps_of(legs: Collection[int]) -> Mapping[int, Steps]:
    """Return what happened with legs, with one query."""
    found: defaultdict[int, Steps] = defaultdict(Steps)
    names = (*ACCEPTING, *DECLINING, *ARRIVING, "acknowledge", "send_outcome")
    events = LegEvent.objects.filter(leg_id__in=list(legs), step__in=names).order_by("leg_id", "id")
    for leg, step, mode, at, facts in events.values_list("leg_id", "step", "entry_mode", "occurred_at", "facts"):
        _take(found[leg], step, mode, at, facts)
    return found


def _take(steps: Steps, step: str, mode: str, at: datetime.datetime, facts: Mapping[str, Any]) -> None:
    if step in ACCEPTING:
        steps.accepted = steps.accepted or at
    elif step in DECLINING:
        steps.declined = steps.declined or at
    elif step in ARRIVING:
        steps.arrived = steps.arrived or at
    elif step == "acknowledge":
        # What the program closed by itself nobody read.
        steps.read = steps.read or (None if mode == EntryMode.AUTOMATIC else at)
    elif steps.outcome is None:
        steps.outcome, steps.disposition = at, facts.get("disposition", "")


def _repeated(legs: Collection[int]) -> dict[int, bool]:
    """Return of the legs about whose results something was said whether one was made again."""
    rows = BroughtResult.objects.filter(leg_id__in=list(legs), corrected_by__isnull=True)
    found: dict[int, bool] = {}
    for leg, use in rows.exclude(use=BroughtResult.Use.MISTAKEN).values_list("leg_id", "use"):
        found[leg] = found.get(leg, False) or use == BroughtResult.Use.REPEATED
    return found


def _back_arrivals(journeys: Collection[int]) -> dict[tuple[int, int], list[datetime.datetime]]:
    """Return when the patients of these journeys came back to a lower unit, by journey and who sent them back."""
    rows = LegEvent.objects.filter(
        step__in=ARRIVING, leg__request__direction=Direction.DOWN, leg__request__journey_id__in=list(journeys)
    ).exclude(leg__state=LegState.ENTERED_IN_ERROR)
    found: defaultdict[tuple[int, int], list[datetime.datetime]] = defaultdict(list)
    for journey, upper, at in rows.values_list(
        "leg__request__journey_id", "leg__from_institution_id", "occurred_at"
    ).order_by("occurred_at"):
        found[journey, upper].append(at)
    return found


def _first_after(moments: Sequence[datetime.datetime], begin: datetime.datetime | None) -> datetime.datetime | None:
    return None if begin is None else next((each for each in moments if each > begin), None)


def consultations(span: DateSpan | None) -> Iterator[Row]:
    """Yield the consultations that were asked for and not taken back."""
    rows = Consultation.objects.filter(moment_within("asked_at", span), asked_at__isnull=False)
    rows = rows.exclude(state=ConsultationState.CANCELLED)
    fields = ("answered_at", "asked_at", "from_institution__code", "to_institution__code", "kind", "journey_id")
    for some in chunks(plain_rows(rows, *fields)):
        patients = Patients()
        patients.read({each[-1] for each in some})
        for pk, provenance, answered, asked, asking, consulted, kind, journey in some:
            yield pk, provenance, here(answered), here(asked), asking, consulted, kind, patients.key(journey)


def test_results(span: DateSpan | None) -> Iterator[Row]:
    """Yield what receivers did with the results that came along: recognised, or the test made again."""
    uses = (BroughtResult.Use.RECOGNISED, BroughtResult.Use.REPEATED)
    rows = BroughtResult.objects.filter(day_within("decided_on", span), corrected_by__isnull=True, use__in=uses)
    rows = rows.exclude(leg__state=LegState.ENTERED_IN_ERROR)
    for some in chunks(plain_rows(rows, "decided_on", "institution__code", "use", "leg__request__journey_id")):
        patients = Patients()
        patients.read({each[-1] for each in some})
        for *told, journey in some:
            yield (*told, patients.key(journey))


def transfers_back(span: DateSpan | None) -> Iterator[Row]:
    """Yield who came back to a lower unit, and when the same patient was next referred up, by whomever."""
    came = LegEvent.objects.filter(
        moment_within("occurred_at", span), step__in=ARRIVING, leg__request__direction=Direction.DOWN
    ).exclude(leg__state=LegState.ENTERED_IN_ERROR)
    fields = ("leg_id", "leg__provenance", "leg__from_institution__code", "leg__request__journey_id", "occurred_at")
    rows = came.order_by("leg_id", "id").values_list(*fields).iterator(chunk_size=500)
    for some in chunks(first_of_each(rows)):
        first = {leg: rest for leg, *rest in some}
        patients, ups = _sent_up({rest[2] for rest in first.values()})
        for leg, (provenance, sender, journey, at) in sorted(first.items()):
            key = patients.key(journey)
            yield leg, provenance, here(_first_after(ups[key], at)), sender, here(at), key


def _sent_up(journeys: Collection[int]) -> tuple[Patients, defaultdict[str, list[datetime.datetime]]]:
    """Return when the patients of these journeys were referred up, whatever journey and hospital it was."""
    digests = PatientIdentity.objects.filter(journey_id__in=list(journeys)).exclude(match_digest="")
    same = set(
        PatientIdentity.objects.filter(match_digest__in=digests.values("match_digest")).values_list(
            "journey_id", flat=True
        )
    )
    patients = Patients()
    patients.read(same)
    up = LegEvent.objects.filter(
        Q(leg__request__journey_id__in=same | set(journeys)), step="send", leg__request__direction=Direction.UP
    ).exclude(leg__state=LegState.ENTERED_IN_ERROR)
    found: defaultdict[str, list[datetime.datetime]] = defaultdict(list)
    for journey, at in up.order_by("occurred_at").values_list("leg__request__journey_id", "occurred_at"):
        found[patients.key(journey)].append(at)
    return patients, found

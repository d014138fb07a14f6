"""What referrals prove of the duties of an agreement, and what of them stands on its map and its time line."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractYear
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.actors import Actor
from lianyi.accounts.records import Provenance
from lianyi.methods.periods import DateSpan
from lianyi.methods.proportions import is_small_cell
from lianyi.partnerships import evidence
from lianyi.partnerships.evidence import CountRequest, Evidence, EvidenceKind
from lianyi.partnerships.models import Agreement, TimelineFact
from lianyi.partnerships.queries import Flow, TimelineEntry, register_flow_source, register_timeline_source
from lianyi.partnerships.words import register_flow_words
from lianyi.referrals import statistics_queries as rows_of
from lianyi.referrals.counting import counting_scope, hides_small_counts
from lianyi.referrals.models import Leg, LegEvent
from lianyi.referrals.policies import COUNTRY, policy_book, policy_for
from lianyi.referrals.states import Direction, LegState
from lianyi.referrals.statistics import JUDGED, counts_for_time, kept_time
from lianyi.referrals.statistics_queries import Selection

ROWS_URL = "referrals:duty-evidence"
FLOW_WORDS: Mapping[str, str | Promise] = {
    "patients_up": _("patients referred up"),
    "patients_down": _("patients transferred back"),
    "patients_lateral": _("patients referred at the same level"),
}


@dataclass(frozen=True, slots=True)
class CountedLeg:
    """A leg that counts toward a duty on a day; ``is_kept`` is whether it was as promised."""

    leg_id: int
    day: datetime.date
    urgency: str
    agreement_id: int
    is_kept: bool
    is_sample: bool


def register() -> None:
    """Register counters, flows and time line; once, when the application starts."""
    counts = (
        (EvidenceKind.REFERRALS_ANSWERED_IN_TIME, answered_in_time),
        (EvidenceKind.PATIENTS_TRANSFERRED_BACK, patients_back),
    )
    for kind, count in counts:
        counter = evidence.Counter(kind=kind, rows_url=ROWS_URL, count=count, hides=hides_small)
        evidence.register_counter(counter)
    register_flow_words(FLOW_WORDS)
    register_flow_source(flows)
    register_timeline_source(timeline_entries)


def _selection(requests: Sequence[CountRequest]) -> Selection:
    legs = Leg.objects.filter(request__agreement_id__in={each.duty.agreement_id for each in requests})
    span = DateSpan(min(each.span.start for each in requests), max(each.span.end for each in requests))
    return Selection(legs.exclude(state=LegState.ENTERED_IN_ERROR), span, timezone.now())


def _facts_of(selection: Selection) -> dict[int, tuple[int, str, bool]]:
    fields = ("pk", "request__agreement_id", "request__urgency", "provenance")
    return {
        pk: (agreement_id, urgency, provenance == Provenance.SAMPLE)
        for pk, agreement_id, urgency, provenance in selection.legs.values_list(*fields)
    }


def _counted(
    selection: Selection, rows: Sequence[tuple[int, datetime.datetime, bool]]
) -> defaultdict[int, list[CountedLeg]]:
    facts = _facts_of(selection)
    by_agreement: defaultdict[int, list[CountedLeg]] = defaultdict(list)
    for leg_id, at, is_kept in rows:
        agreement_id, urgency, is_sample = facts[leg_id]
        leg = CountedLeg(leg_id, timezone.localdate(at), urgency, agreement_id, is_kept, is_sample)
        by_agreement[agreement_id].append(leg)
    return by_agreement


def _of(request: CountRequest, by_agreement: Mapping[int, list[CountedLeg]]) -> list[CountedLeg]:
    """Return the legs of a duty's period that meet the conditions written into the duty."""
    urgencies = request.duty.parameters.get("urgencies")
    return [
        leg
        for leg in by_agreement.get(request.duty.agreement_id, ())
        if leg.day in request.span and (not urgencies or leg.urgency in urgencies)
    ]


def answered_in_time(requests: Sequence[CountRequest]) -> Sequence[Evidence | None]:
    """Count the referrals answered within their clock, of those whose answer was given or ran out in the period."""
    if not requests:
        return []
    selection = _selection(requests)
    judged = [each for each in rows_of.answers(selection) if each.kind in JUDGED and counts_for_time(each)]
    by_agreement = _counted(selection, [(each.leg_id, each.at, kept_time(each)) for each in judged])
    return [_share(_of(request, by_agreement)) for request in requests]


def _share(legs: Sequence[CountedLeg]) -> Evidence | None:
    if not legs:
        return None
    kept = sum(leg.is_kept for leg in legs)
    share = (Decimal(kept) / Decimal(len(legs))).quantize(Decimal("0.0001"))
    return _evidence(legs, share, Decimal(kept), Decimal(len(legs)))


def patients_back(requests: Sequence[CountRequest]) -> Sequence[Evidence | None]:
    """Count the patients who came back to a lower unit in the period: those who arrived there, not those announced."""
    if not requests:
        return []
    selection = _selection(requests)
    arrived = LegEvent.objects.filter(
        leg__in=selection.legs.filter(request__direction=Direction.DOWN).values("pk"),
        step__in=rows_of.ARRIVING,
        occurred_at__gte=selection.start,
        occurred_at__lt=selection.end,
    )
    rows = [(leg_id, at, True) for leg_id, at in arrived.values_list("leg_id", "occurred_at").order_by("id")]
    by_agreement = _counted(selection, rows)
    return [
        _evidence(legs, Decimal(len(legs)), None, None) for legs in (_of(request, by_agreement) for request in requests)
    ]


def _evidence(
    legs: Sequence[CountedLeg], value: Decimal, numerator: Decimal | None, denominator: Decimal | None
) -> Evidence:
    return Evidence(
        value=value,
        row_ids=tuple(sorted(leg.leg_id for leg in legs)),
        numerator=numerator,
        denominator=denominator,
        sample_rows=sum(leg.is_sample for leg in legs),
    )


def hides_small(reader: Actor | None, found: Sequence[Evidence]) -> Sequence[bool]:
    """Tell of each count of patients whether it is hidden from the reader; None is everybody a paper may reach."""
    limit = policy_book().default_on(timezone.localdate(), COUNTRY).limits.small_cell
    small = [_has_small_part(each, limit) for each in found]
    if reader is None or not any(small):
        return small
    legs = Leg.objects.filter(pk__in={pk for each in found for pk in each.row_ids})
    hides = hides_small_counts(reader, legs)
    return [hides and each for each in small]


def _has_small_part(found: Evidence, limit: int) -> bool:
    """Tell whether the count, or a part of the share with what it leaves, is a small one."""
    if found.numerator is None or found.denominator is None:
        return is_small_cell(len(found.row_ids), limit)
    parts = (found.numerator, found.denominator - found.numerator, found.denominator)
    return any(is_small_cell(int(part), limit) for part in parts)


def _sent_under(actor: Actor, agreement: Agreement) -> tuple[Callable[[int], bool], QuerySet[LegEvent, Any]]:
    """Return which numbers the actor may see of an agreement's referrals, and the steps by which they were sent."""
    legs = counting_scope(actor).filter(request__agreement=agreement)
    limit = policy_for(agreement, timezone.localdate()).limits.small_cell
    hides = hides_small_counts(actor, legs)
    sent = LegEvent.objects.filter(leg__in=legs.values("pk"), step="send")
    return (lambda number: not (hides and is_small_cell(number, limit))), sent


def flows(actor: Actor, agreement: Agreement) -> list[Flow]:
    """Return how many patients were referred from where to where; small numbers stay off a map of counts."""
    is_shown, sent = _sent_under(actor, agreement)
    rows = sent.filter(leg__to_institution__isnull=False).order_by()
    counted = rows.values_list(
        "leg__request__direction", "leg__from_institution_id", "leg__to_institution_id"
    ).annotate(patients=Count("leg__request_id", distinct=True))
    return [
        Flow(f"patients_{direction}", source, target, patients)
        for direction, source, target, patients in sorted(counted)
        if is_shown(patients)
    ]


def timeline_entries(actor: Actor, agreement: Agreement) -> list[TimelineEntry]:
    """Return for each year how many patients went up and came back, counts only."""
    is_shown, sent = _sent_under(actor, agreement)
    years = sent.order_by().annotate(year=ExtractYear("occurred_at"))
    counted = years.values_list("year", "leg__request__direction", "leg__provenance").annotate(
        patients=Count("leg__request_id", distinct=True)
    )
    return [
        TimelineEntry(
            day=datetime.date(year, 1, 1),
            precision=TimelineFact.Precision.YEAR,
            kind=TimelineFact.Kind.REFERRAL,
            text_zh=_YEAR_ZH[direction].format(patients),
            text_en=_YEAR_EN[direction].format(patients),
            provenance=provenance,
        )
        for year, direction, provenance, patients in sorted(counted)
        if is_shown(patients)
    ]


_YEAR_ZH = {
    Direction.UP: "年内上转{}人次",
    Direction.DOWN: "年内下转{}人次",
    Direction.LATERAL: "年内同级转诊{}人次",
}
_YEAR_EN = {
    Direction.UP: "{} referrals up within the year",
    Direction.DOWN: "{} transfers back within the year",
    Direction.LATERAL: "{} referrals at the same level within the year",
}

"""Tests made again although a valid result had come along, and ECGs that were sent before the patient came."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from lianyi.referrals.models import Attachment, BroughtResult, LegEvent
from lianyi.referrals.policies import policy_of
from lianyi.referrals.states import Direction
from lianyi.referrals.statistics_figures import Figure, figure_of
from lianyi.referrals.statistics_queries import ARRIVING, Outcome, Selection
from lianyi.rules.referral_measures import ShareCount, ShareMeasure
from lianyi.rules.schema import Words

Use = BroughtResult.Use


@dataclass(frozen=True, slots=True)
class UsedResult:
    """One result that the receiver recognised, or whose test it made again."""

    leg_id: int
    kind: str
    name: Words
    is_valid: bool
    is_repeated: bool
    ground: str
    ground_name: Words | None


@dataclass(frozen=True, slots=True)
class KindOfResults:
    """The patients with a valid result of one kind, and those of them for whom the test was made again."""

    kind: str
    name: Words
    patients: Figure


@dataclass(frozen=True, slots=True)
class GroundOfRepeats:
    ground: str
    name: Words | None
    legs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ResultFigures:
    """What became of results that came with patients. ``too_old`` are patients with a result past its days."""

    said: Figure
    repeated: Figure
    kinds: tuple[KindOfResults, ...]
    grounds: tuple[GroundOfRepeats, ...]
    too_old: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MeasureResult:
    """One share that a standard asks for; ``patients`` is None where nobody records here what it is counted from."""

    policy: str
    measure: ShareMeasure
    patients: Figure | None


@dataclass(frozen=True, slots=True)
class Transfer:
    """A patient of a green channel who came after being sent, and whether an ECG was here first."""

    leg_id: int
    policy: str
    condition: str
    day: datetime.date
    has_ecg: bool


@dataclass(frozen=True, slots=True)
class _Patient:
    leg_id: int
    is_repeated: bool


def results_of(selection: Selection, outcomes: Sequence[Outcome]) -> ResultFigures:
    """Count the results on which the receiver decided within the days."""
    legs = selection.legs.order_by().values("pk")
    standing = BroughtResult.objects.filter(leg__in=legs, corrected_by__isnull=True)
    said = set(standing.exclude(use=Use.MISTAKEN).values_list("leg_id", flat=True))
    used = _used(selection)
    valid = [each for each in used if each.is_valid]
    return ResultFigures(
        said=figure_of("results-said", outcomes, lambda each: each.leg_id in said),
        repeated=_patients("results-repeated", valid),
        kinds=_kinds(valid),
        grounds=_grounds(valid),
        too_old=tuple(dict.fromkeys(each.leg_id for each in used if not each.is_valid)),
    )


def _used(selection: Selection) -> list[UsedResult]:
    last = timezone.localdate(selection.end - datetime.timedelta(microseconds=1))
    rows = BroughtResult.objects.filter(
        leg__in=selection.legs.order_by().values("pk"),
        corrected_by__isnull=True,
        use__in=(Use.RECOGNISED, Use.REPEATED),
        decided_on__gte=selection.span.start,
        decided_on__lte=last,
    )
    fields = ("leg_id", "leg__request__policy", "kind", "use", "done_on", "decided_on", "ground")
    return [_used_result(*row) for row in rows.order_by("id").values_list(*fields)]


def _used_result(
    leg_id: int, policy: str, kind: str, use: str, done_on: datetime.date, decided_on: datetime.date, ground: str
) -> UsedResult:
    rule = policy_of(policy).recognition
    known = None if rule is None else rule.kind(kind)
    why = None if rule is None else rule.ground(ground)
    return UsedResult(
        leg_id=leg_id,
        kind=kind,
        name=Words(kind, kind) if known is None else known.name,
        is_valid=known is not None and (decided_on - done_on).days <= known.valid_days,
        is_repeated=use == Use.REPEATED,
        ground=ground,
        ground_name=None if why is None else why.name,
    )


def _patients(key: str, rows: Sequence[UsedResult]) -> Figure:
    """Return the patients with such results and those with at least one test made again; each patient counts once."""
    again: dict[int, bool] = {}
    for each in rows:
        again[each.leg_id] = again.get(each.leg_id, False) or each.is_repeated
    return figure_of(key, [_Patient(*row) for row in again.items()], lambda each: each.is_repeated)


def _kinds(valid: Sequence[UsedResult]) -> tuple[KindOfResults, ...]:
    by_kind: defaultdict[str, list[UsedResult]] = defaultdict(list)
    for each in valid:
        by_kind[each.kind].append(each)
    return tuple(
        KindOfResults(kind, rows[0].name, _patients(f"results-kind-{kind}", rows))
        for kind, rows in sorted(by_kind.items(), key=lambda found: (-len(found[1]), found[0]))
    )


def _grounds(valid: Sequence[UsedResult]) -> tuple[GroundOfRepeats, ...]:
    by_ground: defaultdict[str, list[UsedResult]] = defaultdict(list)
    for each in valid:
        if each.is_repeated:
            by_ground[each.ground].append(each)
    return tuple(
        GroundOfRepeats(ground, rows[0].ground_name, tuple(each.leg_id for each in rows))
        for ground, rows in sorted(by_ground.items(), key=lambda found: (-len(found[1]), found[0]))
    )


def measure_key(policy: str, measure_id: str) -> str:
    return f"measure--{policy}--{measure_id}"


def measures_of(selection: Selection) -> tuple[MeasureResult, ...]:
    """Return the shares that the policies of these patients ask for, counted where the referrals hold what it takes."""
    by_place: defaultdict[tuple[str, str], list[Transfer]] = defaultdict(list)
    for each in _transfers(selection):
        by_place[each.policy, each.condition].append(each)
    return tuple(
        MeasureResult(policy_id, measure, _measured(policy_id, measure, found))
        for (policy_id, condition), found in sorted(by_place.items())
        for measure in policy_of(policy_id).measures
        if measure.condition == condition and any(measure.is_valid_on(each.day) for each in found)
    )


def _transfers(selection: Selection) -> list[Transfer]:
    """Return the patients of green channels who arrived within the days after they had been sent."""
    ahead = Attachment.objects.filter(
        request_id=OuterRef("leg__request_id"),
        kind=Attachment.Kind.TRACING,
        is_void=False,
        created_at__lt=OuterRef("occurred_at"),
    )
    rows = LegEvent.objects.filter(
        leg__in=selection.legs.order_by().values("pk"),
        step__in=ARRIVING,
        occurred_at__gte=selection.start,
        occurred_at__lt=selection.end,
        leg__sent_at__lt=F("occurred_at"),
    )
    rows = rows.exclude(leg__request__condition="").exclude(leg__request__direction=Direction.DOWN)
    fields = ("leg_id", "leg__request__policy", "leg__request__condition", "occurred_at", "has_ecg")
    found = rows.annotate(has_ecg=Exists(ahead)).order_by("id").values_list(*fields)
    return [
        Transfer(leg_id, policy, condition, timezone.localdate(at), has_ecg)
        for leg_id, policy, condition, at, has_ecg in found
    ]


def _measured(policy_id: str, measure: ShareMeasure, found: Sequence[Transfer]) -> Figure | None:
    if measure.counts is ShareCount.NOT_RECORDED:
        return None
    judged = [each for each in found if measure.is_valid_on(each.day)]
    return figure_of(measure_key(policy_id, measure.id), judged, lambda each: each.has_ecg)

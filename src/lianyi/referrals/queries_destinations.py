"""Where a patient could go: the facts about possible receivers, and their order with the reasons in words.

What is read here goes beyond the asker's reach in the registry on purpose, see ``_possible_receivers``.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from lianyi.accounts.access import require
from lianyi.accounts.actors import Actor
from lianyi.methods.coordinates import Position
from lianyi.methods.destinations import Ability, Candidate, Criterion, RankedCandidate, RankingParameters, rank
from lianyi.methods.travel import estimated_travel
from lianyi.partnerships.models import AgreementParty
from lianyi.referrals.beds import beds_of
from lianyi.referrals.duty import ANY_CONDITION
from lianyi.referrals.models import DutyRoster, DutySlot, Leg
from lianyi.referrals.states import Direction, Urgency
from lianyi.registry.models import (
    Department,
    Equipment,
    Institution,
    ServiceOffered,
)
from lianyi.rules import institution_kinds
from lianyi.rules.referral_policy import ReferralPolicy

UPPER_TIERS = frozenset({"county", "prefecture", "province"})
LOWER_TIERS = frozenset({"village", "township", "county"})
# Kinds that take no patients over, whatever tier they stand at.
_WITHOUT_PATIENTS = frozenset(
    {
        "emergency_centre",
        "blood_centre",
        "cdc",
        "health_supervision",
        "county_medical_community",
        "quality_control_centre",
        "medical_association",
        "health_administration",
    }
)
GREEN_ORDER = (Criterion.ABILITY, Criterion.DUTY, Criterion.TRAVEL, Criterion.PARTNERSHIP, Criterion.LOAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the patient needs and from where, as far as the form tells it."""

    sender: Institution
    direction: str
    urgency: str
    policy: ReferralPolicy
    at: datetime.datetime
    condition: str = ""
    specialty: str = ""
    agreement_id: int | None = None
    name_part: str = ""


@dataclass(frozen=True, slots=True)
class Destination:
    """One place to choose, with its place in the order and the facts behind it."""

    institution: Institution
    ranked: RankedCandidate
    department_name: str

    @property
    def is_able(self) -> bool:
        return self.ranked.candidate.ability is not Ability.LACKING


def destinations(actor: Actor, wish: Wish) -> list[Destination]:
    """Return every place that could take the patient, the best first; nobody able is left out."""
    require(actor, "referral.write")
    rows = list(_possible_receivers(wish))
    facts = _Facts(rows, wish)
    by_key = {str(row.pk): row for row in rows}
    ranked = rank([facts.candidate(row) for row in rows], _parameters(wish))
    return [
        Destination(by_key[each.candidate.key], each, facts.department_name(int(each.candidate.key))) for each in ranked
    ]


def _parameters(wish: Wish) -> RankingParameters:
    limit = wish.policy.limits.bed_state_minutes
    if wish.urgency == Urgency.EMERGENCY:
        return RankingParameters(bed_state_limit_minutes=limit, order=GREEN_ORDER)
    return RankingParameters(bed_state_limit_minutes=limit)


def _possible_receivers(wish: Wish) -> QuerySet[Institution, Any]:
    """Return the open institutions that take patients of this direction, of the whole registry.

    Not scoped by the asker's reach: which hospitals there are, where they lie and what they can treat is public, a
    patient may have to go beyond the own region, and a doctor who cannot see a hospital cannot send anybody there.
    Only name, kind, place and whether it can help are shown; no row of the registry is opened by it.
    """
    tiers = LOWER_TIERS if wish.direction == Direction.DOWN else UPPER_TIERS
    kinds = [
        kind.code
        for kind in institution_kinds()
        if kind.code not in _WITHOUT_PATIENTS and (wish.direction == Direction.LATERAL or tiers & set(kind.tiers))
    ]
    day = timezone.localdate(wish.at)
    rows = Institution.objects.filter(
        Q(closed_on__isnull=True) | Q(closed_on__gt=day),
        Q(opened_on__isnull=True) | Q(opened_on__lte=day),
        kind__in=kinds,
    ).exclude(pk=wish.sender.pk)
    if wish.name_part:
        part = wish.name_part
        rows = rows.filter(Q(name_zh__icontains=part) | Q(name_en__icontains=part) | Q(code__istartswith=part))
    return rows.select_related("place__parent__parent").order_by("code")


class _Facts:
    """What is known of all candidates, read with a number of queries that does not grow with them."""

    def __init__(self, rows: list[Institution], wish: Wish) -> None:
        self.wish = wish
        self.need = wish.policy.condition(wish.condition)
        self.keys = [row.pk for row in rows]
        self.partners = _partners_of(wish)
        self.departments = _departments_of(self.keys, self._specialties())
        self.described = frozenset(
            Department.objects.filter(institution_id__in=self.keys).values_list("institution_id", flat=True)
        )
        self.services = _codes_by_institution(_services_of(self.keys, wish.at))
        self.equipment = _codes_by_institution(_equipment_of(self.keys))
        self.beds = beds_of(self.keys, wish.at)
        self.duties = _duties_of(self.keys, wish)
        self.loads = _loads_of(self.keys)

    def _specialties(self) -> tuple[str, ...]:
        own = (self.wish.specialty,) if self.wish.specialty else ()
        return (*own, *(self.need.specialties if self.need else ()))

    def department_name(self, pk: int) -> str:
        found = self.departments.get(pk, [])
        return found[0].name_zh if found else ""

    def candidate(self, row: Institution) -> Candidate:
        able_by, lacks = self._ability(row.pk)
        beds = self.beds.get(row.pk)
        age = None if beds is None else max(0.0, (self.wish.at - beds.counted_at).total_seconds() / 60)
        return Candidate(
            key=str(row.pk),
            is_partner=row.pk in self.partners,
            travel_minutes=_travel_minutes(self.wish.sender, row),
            open_beds=None if beds is None else beds.free,
            bed_state_age_minutes=age,
            open_cases=self.loads.get(row.pk, 0),
            able_by=able_by,
            lacks=lacks,
            is_on_duty=self.duties.get(row.pk),
        )

    def _ability(self, pk: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return what makes an institution able, and what the registry says that it lacks; silence is not known."""
        departments = [f"specialty:{each.specialty}" for each in self.departments.get(pk, [])]
        if self.need is None:
            is_described = pk in self.described
            lacks = [f"specialty:{self.wish.specialty}"] if self.wish.specialty and is_described else []
            return tuple(dict.fromkeys(departments)), () if departments else tuple(lacks)
        services, equipment = self.services.get(pk, {}), self.equipment.get(pk, {})
        told = [
            *((f"service:{code}", services.get(code)) for code in self.need.services),
            *((f"equipment:{code}", equipment.get(code)) for code in self.need.equipment),
        ]
        able_by = [name for name, works in told if works]
        return tuple(dict.fromkeys((*able_by, *departments))), tuple(name for name, works in told if works is False)


def _partners_of(wish: Wish) -> frozenset[int]:
    """Return the institutions that a running agreement joins to the sender; with one named, those of that one."""
    day = timezone.localdate(wish.at)
    mine = AgreementParty.objects.taking_part_on(day).filter(institution=wish.sender).select_related("agreement")
    running = [part.agreement_id for part in mine if part.agreement.is_running_on(day)]
    if wish.agreement_id in running:
        running = [wish.agreement_id]
    parties = AgreementParty.objects.taking_part_on(day).filter(agreement_id__in=running)
    return frozenset(parties.values_list("institution_id", flat=True))


def _departments_of(keys: Iterable[int], specialties: tuple[str, ...]) -> Mapping[int, list[Department]]:
    """Return the open departments of the specialties asked for; a part of a specialty serves for the whole."""
    found: dict[int, list[Department]] = defaultdict(list)
    if not specialties:
        return found
    condition = Q()
    for code in specialties:
        condition |= Q(specialty=code) | Q(specialty__startswith=f"{code}.")
    rows = Department.objects.filter(condition, institution_id__in=list(keys), closed_on__isnull=True)
    for row in rows.order_by("code"):
        found[row.institution_id].append(row)
    return found


def _services_of(keys: list[int], at: datetime.datetime) -> list[tuple[int, str, bool]]:
    day = timezone.localdate(at)
    rows = ServiceOffered.objects.filter(institution_id__in=keys).values_list(
        "institution_id", "service", "capacity", "since", "until"
    )
    return [
        (
            institution,
            code,
            capacity != ServiceOffered.Capacity.FULL
            and (since is None or since <= day)
            and (until is None or until >= day),
        )
        for institution, code, capacity, since, until in rows
    ]


def _equipment_of(keys: list[int]) -> list[tuple[int, str, bool]]:
    rows = Equipment.objects.filter(institution_id__in=keys).values_list(
        "institution_id", "equipment_kind", "units", "units_working"
    )
    return [
        (institution, code, (units if working is None else working) > 0) for institution, code, units, working in rows
    ]


def _codes_by_institution(rows: list[tuple[int, str, bool]]) -> Mapping[int, dict[str, bool]]:
    found: dict[int, dict[str, bool]] = defaultdict(dict)
    for institution, code, works in rows:
        found[institution][code] = found[institution].get(code, False) or works
    return found


def _duties_of(keys: list[int], wish: Wish) -> Mapping[int, bool]:
    """Tell for each institution with a published roster whether somebody named is on duty now; others are not known."""
    if wish.urgency != Urgency.EMERGENCY:
        return {}
    conditions = {wish.condition or ANY_CONDITION, ANY_CONDITION}
    rosters = DutyRoster.objects.filter(
        institution_id__in=keys, condition__in=conditions, state=DutyRoster.State.PUBLISHED
    )
    found = dict.fromkeys(rosters.values_list("institution_id", flat=True), False)
    slots = DutySlot.objects.filter(
        roster__in=rosters, is_void=False, starts_at__lte=wish.at, ends_at__gt=wish.at
    ).values_list("roster__institution_id", flat=True)
    return {**found, **dict.fromkeys(slots, True)}


def _loads_of(keys: list[int]) -> Mapping[int, int]:
    rows = Leg.objects.filter(to_institution_id__in=keys, is_open=True, sent_at__isnull=False).order_by()
    return dict(rows.values_list("to_institution_id").annotate(number=Count("pk")))


def _travel_minutes(origin: Institution, target: Institution) -> float | None:
    start, end = _position(origin), _position(target)
    return None if start is None or end is None else estimated_travel(start, end).minutes


def _position(row: Institution) -> Position | None:
    """Return where an institution lies: its own coordinates, or those of the nearest place above it that has some."""
    place = row.place
    for each in (row, place, place.parent, None if place.parent is None else place.parent.parent):
        if each is not None and each.longitude is not None and each.latitude is not None:
            return Position(each.longitude, each.latitude)
    return None

"""What a device may keep: the lists for the form, and the open cases that are the person's own."""

from __future__ import annotations

import datetime
import hashlib
import itertools
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from lianyi.accounts.access import decide, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.models import Affiliation, OrganisationNode
from lianyi.partnerships.models import AgreementParty
from lianyi.referrals import queries, queries_destinations, queries_writing
from lianyi.referrals.handling import may_handle
from lianyi.referrals.machine import AGREED, BEFORE_DECISION, BY_NAME, IN_RECEIVERS_HANDS
from lianyi.referrals.models import Leg, LegEvent, MergeConflict, Milestone, OfflineDevice, PatientIdentity
from lianyi.referrals.offline_extensions import lists_beside
from lianyi.referrals.pathway import tellable
from lianyi.referrals.policies import policy_for, policy_of
from lianyi.referrals.problem_words import problem_words
from lianyi.referrals.sides import sides_of
from lianyi.referrals.states import Direction, LegState, Side, Urgency
from lianyi.registry.models import Institution
from lianyi.rules import common_problems, specialties
from lianyi.rules.referral_policy import PacketItem, ReferralPolicy
from lianyi.rules.schema import Words

MOST_CASES = 100
MOST_RECEIVERS = 60


def own_devices(actor: Actor) -> QuerySet[OfflineDevice, Any]:
    """Return the person's own devices, in whatever affiliation they were set up."""
    rows = OfflineDevice.objects.filter(user_id=actor.user_id)
    return rows.select_related("affiliation__node", "revoked_by").order_by("-id")


def administered_devices(actor: Actor) -> QuerySet[OfflineDevice, Any]:
    """Return the devices of people whom the actor administers."""
    rows = scoped(actor, OfflineDevice.objects.exclude(user_id=actor.user_id))
    return rows.select_related("user", "affiliation__node", "revoked_by").order_by("-id")


def conflicts(actor: Actor) -> QuerySet[MergeConflict, Any]:
    """Return the conflicts of late entries within reach, those still to settle first."""
    rows = scoped(actor, MergeConflict.objects.select_related("leg__request__journey", "user", "settled_by"))
    return rows.order_by("settled_at", "-id")


def conflicts_to_settle(actor: Actor) -> QuerySet[MergeConflict, Any]:
    return conflicts(actor).filter(settled_at__isnull=True)


# What the form needs


def setup(actor: Actor) -> dict[str, Any]:
    """Return what a referral is written from while there is no network; names in both languages."""
    affiliation = Affiliation.objects.select_related("node").filter(pk=actor.affiliation_id or 0).first()
    sender = Institution.objects.select_related("place", "node").filter(pk=actor.node_id or 0).first()
    may_write = sender is not None and decide(actor, "referral.write").allowed
    found: dict[str, Any] = {
        "person": {
            "node": _names(affiliation.node) if affiliation else {},
            "may_write": may_write,
            "may_consult": may_write and decide(actor, "consultation.write").allowed,
        },
        "policies": {},
        "receivers": {},
        "problems": [],
        "beside": lists_beside(actor),
    }
    if sender is not None and may_write:
        found |= _for_writing(actor, sender)
    return found


def _for_writing(actor: Actor, sender: Institution) -> dict[str, Any]:
    now, day = timezone.now(), timezone.localdate()
    agreements = queries_writing.running_agreements(actor, sender, day)
    general = policy_for(None, day)
    used = {general.id: general}
    of_partner: dict[int, tuple[int, str]] = {}
    for agreement in agreements:
        policy = policy_for(agreement, day)
        used[policy.id] = policy
        parties = AgreementParty.objects.taking_part_on(day).filter(agreement=agreement)
        for key in parties.values_list("institution_id", flat=True):
            of_partner.setdefault(key, (agreement.pk, policy.id))
    return {
        "general_policy": general.id,
        "policies": {key: _policy(policy) for key, policy in used.items()},
        "receivers": {
            direction: _receivers(actor, sender, direction, general, of_partner, now) for direction in Direction.values
        },
        "specialties": [{"code": each.code, "zh": each.zh, "en": each.en} for each in specialties()],
        "problems": [
            {"code": each.code, "zh": each.zh, "en": each.en, "conditions": list(each.conditions)}
            for each in common_problems()
        ],
    }


def _receivers(
    actor: Actor,
    sender: Institution,
    direction: str,
    policy: ReferralPolicy,
    of_partner: Mapping[int, tuple[int, str]],
    now: datetime.datetime,
) -> list[dict[str, Any]]:
    """Return where a patient may be sent: partners first, then who lies nearest in the tree of places.

    Without network nobody knows beds or who is on duty.
    """
    wish = queries_destinations.Wish(sender=sender, direction=direction, urgency=Urgency.ROUTINE, policy=policy, at=now)
    rows = [each.institution for each in queries_destinations.destinations(actor, wish)]
    paths = dict(OrganisationNode.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "path"))
    rows.sort(key=lambda row: (row.pk not in of_partner, -_levels_shared(sender.node.path, paths[row.pk])))
    return [
        {
            "id": row.pk,
            **_names(row),
            "agreement": of_partner[row.pk][0] if row.pk in of_partner else None,
            "policy": of_partner[row.pk][1] if row.pk in of_partner else policy.id,
        }
        for row in rows[:MOST_RECEIVERS]
    ]


def _levels_shared(path: str, other: str) -> int:
    """Return how far down the tree two nodes have the same way."""
    pairs = zip(path.split("/"), other.split("/"), strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _policy(policy: ReferralPolicy) -> dict[str, Any]:
    return {
        "items": [_item(each) for each in policy.packet],
        "conditions": [{"code": each.code, **_words(each.name)} for each in policy.conditions],
    }


def _item(item: PacketItem) -> dict[str, Any]:
    return {
        "code": item.code,
        **_words(item.name),
        "kind": item.kind.value,
        "unit": None if item.unit is None else _words(item.unit),
        "help": None if item.help is None else _words(item.help),
        "minimum": item.minimum,
        "maximum": item.maximum,
        "choices": [{"code": each.code, "zh": each.zh, "en": each.en} for each in item.choices],
        "required_for": [each.value for each in item.required_for],
        "urgencies": [each.value for each in item.urgencies],
        "directions": list(item.directions),
        "conditions": list(item.conditions),
        "except_conditions": list(item.except_conditions),
    }


def _words(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _names(row: Any) -> dict[str, str]:  # noqa: ANN401 - whatever has names in two languages
    return {"zh": row.name_zh, "en": row.name_en or row.name_zh}


# The person's own cases


def own_open_cases(actor: Actor) -> list[Leg]:
    """Return the open cases that the person took part in, or on which the own side must act now; overdue ones first."""
    own = Q(pk__in=LegEvent.objects.filter(user_id=actor.user_id).values("leg_id"))
    to_move = Q(pk__in=queries.to_move(actor).order_by().values("pk"))
    due = Q(pk__in=queries.follow_ups(actor).order_by().values("leg_id"))
    rows = queries.legs(actor).filter((Q(is_open=True) & own) | to_move | due)
    return list(rows.order_by("due_at", "id")[:MOST_CASES])


def cases(actor: Actor, rows: Iterable[Leg]) -> dict[str, dict[str, Any]]:
    """Return the cases as a device keeps them: identity only where the grant opens it, with a tag of the content."""
    legs = list(rows)
    identities = queries.identities_of(actor, legs)
    requests = [leg.request_id for leg in legs]
    milestones: dict[int, dict[str, str]] = {}
    told = scoped(actor, Milestone.objects.filter(request_id__in=requests, corrected_by__isnull=True))
    for each in told.order_by("id"):
        milestones.setdefault(each.request_id, {})[each.code] = each.occurred_at.isoformat()
    visits: dict[int, list[dict[str, Any]]] = {}
    for visit in queries.follow_ups(actor).filter(leg__in=legs):
        visits.setdefault(visit.leg_id, []).append(
            {"id": visit.pk, "kind": visit.kind, "due_on": visit.due_on.isoformat()}
        )
    found = {}
    for leg in legs:
        case = _case(actor, leg, identities.get(leg.request.journey_id))
        case["milestones"] = _milestones(actor, leg, milestones.get(leg.request_id, {}))
        case["follow_ups"] = visits.get(leg.pk, [])
        case["tag"] = tag_of(case)
        found[str(leg.pk)] = case
    return found


def _case(actor: Actor, leg: Leg, identity: PatientIdentity | None) -> dict[str, Any]:
    asked = leg.request
    sides = sides_of(actor, leg)
    receiver = leg.to_institution
    return {
        "id": leg.pk,
        "number": asked.journey.number,
        "state": leg.state,
        "urgency": asked.urgency,
        "direction": asked.direction,
        "condition": _condition(leg),
        "sender": _names(leg.from_institution),
        "receiver": {"zh": "", "en": ""} if receiver is None else _names(receiver),
        "due_at": _moment(leg.due_at),
        "expected_at": _moment(leg.expected_at),
        "contact": leg.contact,
        "age_band": asked.age_band,
        "sex": asked.sex,
        "county": asked.county_name,
        "patient": None if identity is None else _patient(identity, leg),
        "sides": [side.value for side in sides],
        "facts": _facts(leg, sides),
        "decisions": _decisions(actor, leg, sides),
    }


def _patient(identity: PatientIdentity, leg: Leg) -> dict[str, Any]:
    journey = leg.request.journey
    return {
        "name": identity.name,
        "sex": identity.sex,
        "born_on": None if identity.born_on is None else identity.born_on.isoformat(),
        "phone": identity.phone,
        "address": identity.address,
        "problem_code": journey.problem_code,
        "problem": problem_words(journey),
    }


def _condition(leg: Leg) -> dict[str, str] | None:
    code = leg.request.condition
    found = policy_of(leg.request.policy).condition(code) if code else None
    return None if found is None else _words(found.name)


def _moment(moment: datetime.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _facts(leg: Leg, sides: tuple[Side, ...]) -> list[str]:
    """Return the facts that this side may come to know; whether they fit is settled when they arrive."""
    if leg.state == LegState.DRAFT or not sides:
        return []
    is_away = leg.state in (*BEFORE_DECISION, *AGREED, LegState.IN_TRANSIT)
    found = []
    if is_away and (Side.SENDER in sides or Side.TRANSPORT in sides) and leg.state != LegState.IN_TRANSIT:
        found.append("depart")
    if is_away and (Side.RECEIVER in sides or Side.SENDER in sides):
        found.append("arrive")
    if is_away or leg.state in IN_RECEIVERS_HANDS:
        found.append("record_death")
    return found


def _decisions(actor: Actor, leg: Leg, sides: tuple[Side, ...]) -> list[str]:
    is_down = leg.request.direction == Direction.DOWN
    if Side.RECEIVER not in sides or leg.state not in BY_NAME["accept"].from_states or is_down:
        # The lower unit answers need by need, which takes the whole plan: that is done with the network.
        return []
    return ["accept", "decline"] if decide(actor, "referral.decide").allowed else []


def _milestones(actor: Actor, leg: Leg, told: Mapping[str, str]) -> list[dict[str, Any]]:
    known = policy_of(leg.request.policy).milestones_of(leg.request.condition)
    wanted = tellable(actor, leg, known) if may_handle(actor, leg) else []
    return [{"code": each.code, **_words(each.name), "at": told.get(each.code)} for each in wanted]


def tag_of(content: object) -> str:
    """Return a short mark of a content: equal contents are not sent twice."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]

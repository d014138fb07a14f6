"""What a guest sees of the one case that a link opens: the short form, with identity once the partner has said yes."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lianyi.pages.names import in_language, name_of
from lianyi.pages.values import shown
from lianyi.referrals.commands.partners import GUEST_STEPS
from lianyi.referrals.machine import AGREED, BEFORE_DECISION, UNDECIDED
from lianyi.referrals.models import GuestLink, Packet, PatientIdentity, Request
from lianyi.referrals.packets import items_of, without_identity
from lianyi.referrals.policies import policy_of
from lianyi.referrals.problem_words import problem_words
from lianyi.referrals.states import LegState
from lianyi.rules.referral_policy import PacketItem, PacketKind


@dataclass(frozen=True, slots=True)
class GuestCase:
    """The short form of a case."""

    number: str
    version: int
    urgency: str
    urgency_word: str
    condition: str
    state_word: str
    sender: str
    sender_doctor: str
    problem: str
    who: str
    identity: PatientIdentity | None
    lines: list[tuple[str, str]]
    valid_until: datetime.datetime
    steps: tuple[str, ...]


def guest_case(link: GuestLink) -> GuestCase:
    """Return the case of a link; the link was checked before."""
    leg = link.leg
    row = leg.request
    identity = PatientIdentity.objects.get(journey_id=row.journey_id) if leg.was_accepted else None
    return GuestCase(
        number=row.journey.number,
        version=leg.version,
        urgency=row.urgency,
        urgency_word=str(row.get_urgency_display()),
        condition=condition_word(row),
        state_word=str(LegState(leg.state).label) if leg.state in LegState.values else leg.state,
        sender=name_of(row.from_institution),
        sender_doctor=row.on_behalf_of or row.written_by.display_name,
        problem=problem_words(row.journey),
        who=" · ".join(part for part in (str(row.get_sex_display()), row.age_band, row.county_name) if part),
        identity=identity,
        lines=packet_lines(row, is_identified=identity is not None),
        valid_until=link.valid_until,
        steps=_steps(leg.state),
    )


def _steps(state: str) -> tuple[str, ...]:
    possible: list[str] = []
    if state in UNDECIDED:
        possible += ["accept", "decline"]
    if state in (*AGREED, LegState.IN_TRANSIT, *BEFORE_DECISION):
        possible.append("arrive")
    if state in (LegState.ARRIVED, LegState.UNDER_CARE):
        possible.append("send_outcome")
    return tuple(step for step in possible if step in GUEST_STEPS)


def condition_word(row: Request) -> str:
    found = policy_of(row.policy).condition(row.condition)
    return "" if found is None else in_language(found.name.zh, found.name.en)


def packet_lines(
    row: Request, *, is_identified: bool, items: Sequence[PacketItem] | None = None
) -> list[tuple[str, str]]:
    """Return what was given in the form, as names and words; of ``items`` alone where they are named."""
    packet = Packet.objects.filter(request=row).first()
    if packet is None:
        return []
    known = items_of(row, policy_of(row.policy))
    values = packet.values if is_identified else without_identity(packet.values, known)
    told = known if items is None else items
    return [(item_name(item), item_value(item, values[item.code])) for item in told if item.code in values]


def item_name(item: PacketItem) -> str:
    return in_language(item.name.zh, item.name.en)


def item_value(item: PacketItem, value: Any) -> str:  # noqa: ANN401 - JSON values
    """Return an answer in words, with its unit."""
    if item.kind is PacketKind.CHOICE:
        chosen = next((each for each in item.choices if each.code == value), None)
        return str(value) if chosen is None else in_language(chosen.zh, chosen.en)
    if item.kind is PacketKind.TIME:
        return shown(datetime.datetime.fromisoformat(value))
    if item.kind is PacketKind.NUMBER:
        unit = "" if item.unit is None else in_language(item.unit.zh, item.unit.en)
        return f"{value:g} {unit}".strip()
    return shown(value)

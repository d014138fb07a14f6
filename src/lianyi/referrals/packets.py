"""The structured form of a referral: what the policy asks, what was given, and what is wrong with it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.models import Packet, Request
from lianyi.referrals.moments import CLOCK_TOLERANCE, FARTHEST_AHEAD
from lianyi.rules.referral_policy import PacketItem, PacketKind, ReferralPolicy, ReferralUrgency

# Older than anybody alive: what the form is told may be as old as the patient.
EARLIEST_YEAR = 1890
LONGEST_TEXT = {PacketKind.TEXT: 200, PacketKind.LONG_TEXT: 8000}


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many of the items asked for were given."""

    given: int
    asked: int


def items_of(request: Request, policy: ReferralPolicy) -> tuple[PacketItem, ...]:
    return policy.packet_items(ReferralUrgency(request.urgency), request.direction, request.condition)


def missing_items(request: Request, policy: ReferralPolicy) -> tuple[PacketItem, ...]:
    """Return the items asked for that the packet lacks."""
    asked = policy.required_items(ReferralUrgency(request.urgency), request.direction, request.condition)
    packet = Packet.objects.filter(request=request).first()
    values = {} if packet is None else packet.values
    return tuple(item for item in asked if values.get(item.code) in (None, ""))


def completeness(values: Mapping[str, Any], asked: tuple[PacketItem, ...]) -> Completeness:
    given = sum(values.get(item.code) not in (None, "") for item in asked)
    return Completeness(given=given, asked=len(asked))


def counts_kept(
    values: Mapping[str, Any], items: tuple[PacketItem, ...], required: tuple[PacketItem, ...]
) -> dict[str, int]:
    """Return the counts that a packet keeps of itself: what sending needs, and what the form asks beyond that.

    Nothing is sent without the first, so only the second tells how well forms are filled.
    """
    needed, whole = completeness(values, required), completeness(values, items)
    return {
        "items_required": needed.asked,
        "items_given": needed.given,
        "items_recommended": whole.asked - needed.asked,
        "recommended_given": whole.given - needed.given,
    }


def checked_values(given: Mapping[str, Any], items: tuple[PacketItem, ...]) -> dict[str, Any]:
    """Return what was given as the packet keeps it.

    Raises
    ------
    FactsRefusedError
        Naming the item, what was given and what is expected.
    """
    known = {item.code: item for item in items}
    unknown = [code for code in given if code not in known]
    if unknown:
        raise FactsRefusedError(
            f"The form has no item '{unknown[0]}'. Known here: {', '.join(known)}.",
            field=unknown[0],
            reason="item-unknown",
            item=unknown[0],
        )
    return {code: _checked(known[code], value) for code, value in given.items() if value not in (None, "")}


def _checked(item: PacketItem, value: Any) -> Any:  # noqa: ANN401 - JSON values
    check = _CHECKS[item.kind]
    try:
        return check(item, value)
    except (TypeError, ValueError) as error:
        raise FactsRefusedError(
            f"'{item.name.en}' cannot be '{value}'. Expected: {_expectation(item)}.",
            field=item.code,
            reason="item-value",
            item={"zh": item.name.zh, "en": item.name.en},
            given=str(value)[:60],
            expected=_expectation(item),
        ) from error


def _expectation(item: PacketItem) -> str:
    if item.kind is PacketKind.CHOICE:
        return ", ".join(choice.code for choice in item.choices)
    if item.kind is PacketKind.NUMBER:
        least = "" if item.minimum is None else f">= {item.minimum:g} "
        most = "" if item.maximum is None else f"<= {item.maximum:g}"
        return f"a number {least}{most}".strip()
    return {
        PacketKind.DATE: f"a day from {EARLIEST_YEAR} to {FARTHEST_AHEAD.days} days ahead, as 2026-05-01",
        PacketKind.TIME: f"a time from {EARLIEST_YEAR} until now, as 2026-05-01T03:20",
        PacketKind.YES_NO: "yes or no",
    }.get(item.kind, f"a text of up to {LONGEST_TEXT.get(item.kind, 200)} characters")


def _text(item: PacketItem, value: Any) -> str:  # noqa: ANN401 - JSON values
    if not isinstance(value, str | int | float):
        raise TypeError(value)
    text = str(value).strip()
    if len(text) > LONGEST_TEXT[item.kind] or "\x00" in text:
        raise ValueError(len(text))
    return text


def _number(item: PacketItem, value: Any) -> float:  # noqa: ANN401 - JSON values
    number = float(value)
    below = item.minimum is not None and number < item.minimum
    above = item.maximum is not None and number > item.maximum
    if below or above or number != number:  # noqa: PLR0124 - not a number is unequal to itself
        raise ValueError(value)
    return number


def _choice(item: PacketItem, value: Any) -> str:  # noqa: ANN401 - JSON values
    if value not in {choice.code for choice in item.choices}:
        raise ValueError(value)
    return str(value)


def _date(_item: PacketItem, value: Any) -> str:  # noqa: ANN401 - JSON values
    day = value if isinstance(value, datetime.date) else datetime.date.fromisoformat(value)
    if day.year < EARLIEST_YEAR or day > timezone.localdate() + FARTHEST_AHEAD:
        raise ValueError(value)
    return day.isoformat()


def _time(_item: PacketItem, value: Any) -> str:  # noqa: ANN401 - JSON values
    moment = value if isinstance(value, datetime.datetime) else datetime.datetime.fromisoformat(value)
    # The year first: a moment at the edge of the calendar cannot be brought into another zone.
    if not EARLIEST_YEAR <= moment.year <= timezone.localdate().year + 1:
        raise ValueError(value)
    aware = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
    if aware > timezone.now() + CLOCK_TOLERANCE:
        raise ValueError(value)
    return moment.isoformat()


def _yes_no(_item: PacketItem, value: Any) -> bool:  # noqa: ANN401 - JSON values
    words = {True: True, False: False, "yes": True, "no": False, "true": True, "false": False}
    if value not in words:
        raise ValueError(value)
    return words[value]


_CHECKS = {
    PacketKind.TEXT: _text,
    PacketKind.LONG_TEXT: _text,
    PacketKind.NUMBER: _number,
    PacketKind.CHOICE: _choice,
    PacketKind.DATE: _date,
    PacketKind.TIME: _time,
    PacketKind.YES_NO: _yes_no,
}


def without_identity(values: Mapping[str, Any], items: tuple[PacketItem, ...]) -> dict[str, Any]:
    """Return the packet as a candidate receiver sees it before it accepts."""
    hidden = {item.code for item in items if item.is_identifying}
    return {code: value for code, value in values.items() if code not in hidden}

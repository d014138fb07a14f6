"""The fields of the structured form of a referral, made from what the policy asks."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.pages.names import in_language
from lianyi.referrals.forms.steps import DayField, MomentField
from lianyi.referrals.models import Request
from lianyi.referrals.packets import LONGEST_TEXT
from lianyi.rules.referral_policy import PacketItem, PacketKind

PREFIX = "item_"
YES_NO = [("", "—"), ("yes", _("yes")), ("no", _("no"))]
# Asked once on the page as the reason of the referral; the form's own item follows from it.
UP_REASON, DOWN_REASON = "up_reason", "down_reason"
_UP_REASONS: Mapping[str, str] = {
    Request.Reason.BEYOND_MEANS: "beyond_means",
    Request.Reason.DIFFICULT: "difficult",
    Request.Reason.MASS_EVENT: "mass_event",
    Request.Reason.NO_EQUIPMENT: "no_equipment",
    Request.Reason.OUTSIDE_LICENCE: "out_of_scope",
    Request.Reason.NEEDS_TESTS: "further_tests",
}
_DOWN_REASONS: Mapping[str, str] = {
    Request.Reason.RECOVERY: "rehabilitation",
    Request.Reason.CHRONIC: "chronic",
    Request.Reason.LONG_NURSING: "nursing",
}
OTHER = "other"


def shown_items(items: tuple[PacketItem, ...]) -> tuple[PacketItem, ...]:
    """Return the items that have a field of their own."""
    return tuple(item for item in items if item.code not in (UP_REASON, DOWN_REASON))


def reason_values(items: tuple[PacketItem, ...], reason: str) -> dict[str, str]:
    """Return the form's item that follows from the reason of the referral, where a reason is chosen."""
    if not reason:
        return {}
    codes = {item.code: {choice.code for choice in item.choices} for item in items}
    wanted = {UP_REASON: _UP_REASONS.get(reason, OTHER), DOWN_REASON: _DOWN_REASONS.get(reason, OTHER)}
    return {item: value for item, value in wanted.items() if value in codes.get(item, ())}


def field_of(item: PacketItem, *, is_asked: bool) -> forms.Field:
    """Return the field of one item. None is required: a draft may be saved with gaps, and sending names them."""
    label = in_language(item.name.zh, item.name.en)
    unit = "" if item.unit is None else in_language(item.unit.zh, item.unit.en)
    options: dict[str, Any] = {
        "label": f"{label} ({unit})" if unit else label,
        "required": False,
        "help_text": "" if item.help is None else in_language(item.help.zh, item.help.en),
    }
    field = _plain_field(item, options)
    # Shown as asked for; the browser does not hold back a draft.
    field.is_asked = is_asked  # type: ignore[attr-defined]
    return field


def _plain_field(item: PacketItem, options: dict[str, Any]) -> forms.Field:
    if item.kind in (PacketKind.CHOICE, PacketKind.YES_NO):
        own = [("", "—"), *((each.code, in_language(each.zh, each.en)) for each in item.choices)]
        return forms.ChoiceField(choices=own if item.kind is PacketKind.CHOICE else YES_NO, **options)
    if item.kind is PacketKind.NUMBER:
        widget = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"})
        return forms.FloatField(widget=widget, min_value=item.minimum, max_value=item.maximum, **options)
    if item.kind in (PacketKind.DATE, PacketKind.TIME):
        return DayField(**options) if item.kind is PacketKind.DATE else MomentField(**options)
    longest = LONGEST_TEXT[item.kind]
    if item.kind is PacketKind.LONG_TEXT:
        return forms.CharField(max_length=longest, widget=forms.Textarea(attrs={"rows": 2}), **options)
    return forms.CharField(max_length=longest, **options)


def initial_of(values: Mapping[str, Any], items: tuple[PacketItem, ...]) -> dict[str, Any]:
    """Return what the fields show of the values of a packet."""
    return {f"{PREFIX}{item.code}": _initial(item, values[item.code]) for item in items if item.code in values}


def _initial(item: PacketItem, value: Any) -> Any:  # noqa: ANN401 - JSON values
    if item.kind is PacketKind.YES_NO:
        return "yes" if value else "no"
    if item.kind is PacketKind.TIME:
        moment = datetime.datetime.fromisoformat(value)
        return moment if timezone.is_naive(moment) else timezone.localtime(moment)
    return value


def values_of(cleaned: Mapping[str, Any], items: tuple[PacketItem, ...]) -> dict[str, Any]:
    """Return what was typed as the packet takes it, without what was left empty."""
    given = {item.code: cleaned.get(f"{PREFIX}{item.code}") for item in shown_items(items)}
    return {code: value for code, value in given.items() if value not in (None, "")}

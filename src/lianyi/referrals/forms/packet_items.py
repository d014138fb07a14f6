"""Fields for the items of a structured form, as the policy asks them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianyi.pages.names import in_language
from lianyi.referrals.forms.steps import DayField, MomentField
from lianyi.referrals.packets import LONGEST_TEXT
from lianyi.rules.referral_policy import PacketItem, PacketKind

PREFIX = "item_"
_YES_NO = [("", "—"), ("yes", _("yes")), ("no", _("no"))]


def add_fields(form: forms.Form, items: Iterable[PacketItem], required: frozenset[str]) -> None:
    """Give a form one field for each item; ``required`` names the items that cannot be left empty."""
    for item in items:
        field = _MAKERS[item.kind](item)
        unit = "" if item.unit is None else f" ({in_language(item.unit.zh, item.unit.en)})"
        field.label = f"{in_language(item.name.zh, item.name.en)}{unit}"
        field.help_text = "" if item.help is None else in_language(item.help.zh, item.help.en)
        field.required = item.code in required
        field.widget.is_required = field.required
        form.fields[f"{PREFIX}{item.code}"] = field


def values_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers of a sent form as the packet takes them."""
    return {
        name.removeprefix(PREFIX): value
        for name, value in given.items()
        if name.startswith(PREFIX) and value not in (None, "")
    }


def initial_of(values: Mapping[str, Any], items: Iterable[PacketItem]) -> dict[str, Any]:
    """Return kept answers as a form shows them."""
    return {f"{PREFIX}{item.code}": _initial(item, values[item.code]) for item in items if item.code in values}


def _initial(item: PacketItem, value: Any) -> Any:  # noqa: ANN401 - JSON values
    if item.kind is PacketKind.TIME:
        return datetime.datetime.fromisoformat(value)
    if item.kind is PacketKind.DATE:
        return datetime.date.fromisoformat(value)
    if item.kind is PacketKind.YES_NO:
        return "yes" if value else "no"
    return value


def _text(item: PacketItem) -> forms.Field:
    return forms.CharField(max_length=LONGEST_TEXT[item.kind])


def _long_text(item: PacketItem) -> forms.Field:
    return forms.CharField(max_length=LONGEST_TEXT[item.kind], widget=forms.Textarea(attrs={"rows": 3}))


def _number(item: PacketItem) -> forms.Field:
    return forms.FloatField(min_value=item.minimum, max_value=item.maximum)


def _choice(item: PacketItem) -> forms.Field:
    words = [(choice.code, in_language(choice.zh, choice.en)) for choice in item.choices]
    return forms.ChoiceField(choices=[("", "—"), *words])


_MAKERS: Mapping[PacketKind, Callable[[PacketItem], forms.Field]] = {
    PacketKind.TEXT: _text,
    PacketKind.LONG_TEXT: _long_text,
    PacketKind.NUMBER: _number,
    PacketKind.CHOICE: _choice,
    PacketKind.DATE: lambda _item: DayField(),
    PacketKind.TIME: lambda _item: MomentField(),
    PacketKind.YES_NO: lambda _item: forms.ChoiceField(choices=_YES_NO),
}

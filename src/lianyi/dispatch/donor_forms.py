"""What people type about the limits of a sending hospital, and the list of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import django_tables2 as tables
from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lianyi.dispatch.commands import NewDonorLimits
from lianyi.dispatch.models import DonorLimits
from lianyi.dispatch.models.donors import MOST_PEOPLE
from lianyi.pages.columns import NameColumn, NumberColumn
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.registry.models import Institution

LIMIT_NAMES = tuple(asdict(NewDonorLimits()))


class DonorLimitsForm(CommandForm):
    """What a hospital can miss. What is left empty is no limit."""

    most_away = forms.IntegerField(
        label=_("Most people away at a time"), required=False, min_value=0, max_value=MOST_PEOPLE,
        help_text=_("Whoever is away already by another posting counts."),
    )  # fmt: skip
    most_seniors_away = forms.IntegerField(
        label=_("Most of senior title away at a time"), required=False, min_value=0, max_value=MOST_PEOPLE,
        help_text=_("Associate senior and senior titles."),
    )  # fmt: skip
    most_recipients = forms.IntegerField(
        label=_("Helps at most so many institutions"), required=False, min_value=0, max_value=MOST_PEOPLE
    )

    def __init__(self, row: DonorLimits | None, sent: Mapping[str, Any] | None) -> None:
        known = {} if row is None else {name: getattr(row, name) for name in LIMIT_NAMES}
        version = 0 if row is None else row.version
        super().__init__(sent, initial={**known, "expected_version": version})

    def limits(self) -> NewDonorLimits:
        return NewDonorLimits(**{name: self.cleaned_data[name] for name in LIMIT_NAMES})


class DonorTable(tables.Table):  # type: ignore[misc]
    """Hospitals that send people, with what they can miss."""

    name = NameColumn(accessor="pk", order_by="name_zh", empty_values=(), verbose_name=_("Institution"))
    place = NameColumn(order_by="place__name_zh", verbose_name=_("Place"))
    most_away = NumberColumn(accessor="donor_limits__most_away", verbose_name=_("Away at most"))
    most_seniors_away = NumberColumn(accessor="donor_limits__most_seniors_away", verbose_name=_("Seniors away at most"))
    most_recipients = NumberColumn(accessor="donor_limits__most_recipients", verbose_name=_("Helps at most"))

    empty_hint = _("Hospitals stand here once an agreement names them as sending people.")

    class Meta:
        model = Institution
        fields = ("name", "place", "most_away", "most_seniors_away", "most_recipients")
        empty_text = _("No hospital within your reach sends people.")

    def render_name(self, record: Institution) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("dispatch:donor", args=[record.pk]), name_of(record))

    def value_name(self, record: Institution) -> str:
        return name_of(record)

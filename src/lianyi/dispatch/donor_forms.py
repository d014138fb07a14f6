"""What people type about the limits of a sending hospital, and the list of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lianyi.dispatch.commands import NewDonorLimits
from lianyi.dispatch.donor_specialties import as_cell
from lianyi.dispatch.models import DonorLimits
from lianyi.dispatch.models.donors import MOST_PEOPLE
from lianyi.pages.columns import NAME_CELL, NameColumn, NumberColumn
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.registry.models import Institution
from lianyi.registry.reference_names import numbered_choices, reference_name

LIMIT_NAMES = ("most_away", "most_seniors_away", "most_recipients")
# Rows to fill in beside those that are on record.
_EMPTY_ROWS = 3


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
        self._add_rows({} if row is None else row.most_away_by_specialty)

    def _add_rows(self, known: Mapping[str, int]) -> None:
        rows = [*sorted(known.items()), *[("", None)] * _EMPTY_ROWS]
        # What was sent may have more rows than are on record by now.
        sent = sum(name.startswith("specialty_") for name in self.data)
        rows += [("", None)] * (sent - len(rows))
        choices = [("", "—"), *numbered_choices("specialties")]
        self._rows = range(1, len(rows) + 1)
        for number, (code, most) in zip(self._rows, rows, strict=True):
            facts = {"number": number}
            self.fields[f"specialty_{number}"] = forms.ChoiceField(
                label=_("Specialty %(number)s") % facts, choices=choices, required=False, initial=code
            )
            self.fields[f"people_{number}"] = forms.IntegerField(
                label=_("Away at most, specialty %(number)s") % facts,
                required=False, min_value=0, max_value=MOST_PEOPLE, initial=most,
            )  # fmt: skip

    def plain_fields(self) -> list[Any]:
        return [self[name] for name in LIMIT_NAMES]

    def specialty_rows(self) -> list[tuple[Any, Any]]:
        """Return the fields of each row: which specialty, and how many people."""
        return [(self[f"specialty_{number}"], self[f"people_{number}"]) for number in self._rows]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        named: set[str] = set()
        for number in self._rows:
            code, most = data.get(f"specialty_{number}"), data.get(f"people_{number}")
            if code and code in named:
                self.add_error(f"specialty_{number}", forms.ValidationError(_("This specialty has a row already.")))
            elif code and most is None and f"people_{number}" not in self.errors:
                self.add_error(f"people_{number}", forms.ValidationError(_("Give a number, or leave the row empty.")))
            elif most is not None and not code:
                self.add_error(f"specialty_{number}", forms.ValidationError(_("Choose the specialty.")))
            named |= {code} if code else set()
        return data

    def limits(self) -> NewDonorLimits:
        given = self.cleaned_data
        by_specialty = {
            given[f"specialty_{number}"]: given[f"people_{number}"]
            for number in self._rows
            if given[f"specialty_{number}"]
        }
        return NewDonorLimits(
            **{name: given[name] for name in LIMIT_NAMES}, most_away_by_specialty=dict(sorted(by_specialty.items()))
        )


class DonorTable(tables.Table):  # type: ignore[misc]
    """Hospitals that send people, with what they can miss."""

    name = NameColumn(accessor="pk", order_by="name_zh", empty_values=(), verbose_name=_("Institution"))
    place = NameColumn(order_by="place__name_zh", verbose_name=_("Place"))
    most_away = NumberColumn(accessor="donor_limits__most_away", verbose_name=_("Away at most"))
    most_seniors_away = NumberColumn(accessor="donor_limits__most_seniors_away", verbose_name=_("Seniors away at most"))
    by_specialty = tables.Column(
        accessor="donor_limits__most_away_by_specialty", orderable=False, attrs=NAME_CELL,
        verbose_name=_("Of a specialty away at most"),
    )  # fmt: skip
    most_recipients = NumberColumn(accessor="donor_limits__most_recipients", verbose_name=_("Helps at most"))

    empty_hint = _("Hospitals stand here once an agreement names them as sending people.")

    class Meta:
        model = Institution
        fields = ("name", "place", "most_away", "most_seniors_away", "by_specialty", "most_recipients")
        empty_text = _("No hospital within your reach sends people.")

    def render_name(self, record: Institution) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("dispatch:donor", args=[record.pk]), name_of(record))

    def render_by_specialty(self, value: Mapping[str, int]) -> str:
        return "; ".join(f"{reference_name('specialties', code)} {most}" for code, most in sorted(value.items()))

    def value_by_specialty(self, value: Mapping[str, int] | None) -> str:
        return as_cell(value or {})

    def value_name(self, record: Institution) -> str:
        return name_of(record)

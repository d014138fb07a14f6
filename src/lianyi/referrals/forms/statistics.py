"""What is counted: months, agreement, direction, condition, institution."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from lianyi.methods.periods import DateSpan, month_span
from lianyi.pages.names import in_language, name_of
from lianyi.partnerships.models import Agreement
from lianyi.referrals.states import Direction
from lianyi.registry.models import Institution
from lianyi.rules.referral_policy import ReferralPolicy

MOST_MONTHS = 60
FIRST_YEAR, LAST_YEAR = 2000, 2999
_MONTH = re.compile(r"(\d{4})-(\d{2})")
FILTER_NAMES = ("agreement", "direction", "condition", "institution")
OWN, ALL = "own", "all"


class MonthField(forms.CharField):
    """A month as 2026-05."""

    widget = forms.TextInput(attrs={"type": "month", "size": 8, "placeholder": "2026-05"})

    def clean(self, value: Any) -> DateSpan | None:  # noqa: ANN401 - Django's signature
        text = super().clean(value)
        if not text:
            return None
        found = _MONTH.fullmatch(text)
        year, month = (int(found[1]), int(found[2])) if found else (0, 0)
        if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):  # noqa: PLR2004 - the months of a year
            raise forms.ValidationError(_("“%(given)s” is no month. Write it as 2026-05."), params={"given": text})
        return month_span(year, month)


class StatisticsForm(forms.Form):
    """The filter above the figures. Whole months only, so that nobody finds a case by shifting a day."""

    first = MonthField(label=_("From month"), required=False)
    last = MonthField(label=_("To month"), required=False)
    reach = forms.ChoiceField(
        label=_("Whose cases"),
        choices=[(OWN, _("our institutions")), (ALL, _("also partners' under our agreements"))],
    )
    agreement = forms.ChoiceField(label=_("Agreement"), required=False)
    direction = forms.ChoiceField(label=_("Direction"), required=False, choices=[("", _("all")), *Direction.choices])
    condition = forms.ChoiceField(label=_("Green channel"), required=False)
    institution = forms.ChoiceField(label=_("Institution"), required=False)

    def __init__(
        self,
        given: Mapping[str, Any],
        *,
        today: datetime.date,
        agreements: list[Agreement],
        institutions: list[Institution],
        policy: ReferralPolicy,
        usual_reach: str,
    ) -> None:
        self.today = today
        year = month_span(today.year, 1).start
        defaults = {"first": f"{year:%Y-%m}", "last": f"{today:%Y-%m}", "reach": usual_reach}
        super().__init__({**defaults, **{name: value for name, value in given.items() if value}})
        every = ("", _("all"))
        _choose(self, "agreement", [every, *((str(each.pk), name_of(each, "title")) for each in agreements)])
        _choose(self, "institution", [every, *((str(each.pk), name_of(each)) for each in institutions)])
        conditions = ((each.code, in_language(each.name.zh, each.name.en)) for each in policy.conditions)
        _choose(self, "condition", [every, *conditions])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first is not None and last is not None:
            if last.end < first.start:
                self.add_error("last", _("The last month lies before the first."))
            elif (last.end.year - first.start.year) * 12 + last.end.month - first.start.month >= MOST_MONTHS:
                self.add_error("last", _("Choose at most 60 months."))
        return data

    @property
    def span(self) -> DateSpan:
        return DateSpan(self.cleaned_data["first"].start, self.cleaned_data["last"].end)

    @property
    def chosen(self) -> dict[str, str]:
        """What is narrowed down, by the name of the field."""
        return {name: self.cleaned_data[name] for name in FILTER_NAMES if self.cleaned_data.get(name)}


def _choose(form: StatisticsForm, name: str, choices: list[tuple[Any, Any]]) -> None:
    cast("forms.ChoiceField", form.fields[name]).choices = choices

"""How the list of needs is narrowed down."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lianyi.dispatch.filters import first_level_specialties
from lianyi.dispatch.models import Need, NeedOrigin, NeedPriority, NeedState
from lianyi.pages.lookups import LookupWidget
from lianyi.registry.reference_names import reference_choices

Rows = QuerySet[Need, Any]


class NeedFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Needs by where they stand, who asks, who is wanted and how they came up."""

    institution = django_filters.CharFilter(
        method="at_institution",
        label=_("Institution or place"),
        widget=LookupWidget("partnerships:institution-suggestions"),
    )
    standing = django_filters.ChoiceFilter(choices=NeedState.choices, label=_("State"))
    specialty = django_filters.ChoiceFilter(
        choices=first_level_specialties, method="of_specialty", label=_("Specialty")
    )
    profession = django_filters.ChoiceFilter(choices=lambda: reference_choices("professions"), label=_("Profession"))
    priority = django_filters.ChoiceFilter(choices=NeedPriority.choices, label=_("Priority"))
    origin = django_filters.ChoiceFilter(choices=NeedOrigin.choices, label=_("Origin"))
    wanted_on = django_filters.DateFilter(method="wanted_on_day", label=_("Wanted on"))

    def at_institution(self, rows: Rows, _name: str, value: str) -> Rows:
        site = Q(institution__code__iexact=value) | Q(institution__name_zh__icontains=value)
        return rows.filter(site | Q(place__code__iexact=value) | Q(place__name_zh__icontains=value))

    def of_specialty(self, rows: Rows, _name: str, value: str) -> Rows:
        return rows.filter(specialty__startswith=value)

    def wanted_on_day(self, rows: Rows, _name: str, value: Any) -> Rows:  # noqa: ANN401 - a day
        return rows.filter(starts_on__lte=value, ends_on__gte=value)

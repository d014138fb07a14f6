"""The filters above the survey's lists."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lianyi.pages.lookups import LookupWidget
from lianyi.pages.requests import acting
from lianyi.registry.models import WorkloadMeasure, YearlyWorkload
from lianyi.registry.queries import place_with_code
from lianyi.survey.models import FigureMeasure, Gap, PlaceFigure, Resource, Scenario

WITHDRAWN_CHOICES = (("kept", _("kept")), ("withdrawn", _("withdrawn")))


class FigureFilter(django_filters.FilterSet):  # type: ignore[misc]
    place = django_filters.CharFilter(
        method="in_place", label=_("Place"), widget=LookupWidget("registry:place-suggestions")
    )
    measure = django_filters.ChoiceFilter(choices=FigureMeasure.choices, label=_("Measure"))

    class Meta:
        model = PlaceFigure
        fields: tuple[str, ...] = ()

    def in_place(self, rows: QuerySet[PlaceFigure, Any], _name: str, value: str) -> QuerySet[PlaceFigure, Any]:
        code = value.strip()
        return rows.filter(Q(place__code=code) | Q(place__parent__code=code))


class WorkFilter(django_filters.FilterSet):  # type: ignore[misc]
    place = django_filters.CharFilter(
        method="in_place", label=_("Place"), widget=LookupWidget("registry:place-suggestions")
    )
    year = django_filters.NumberFilter(label=_("Year"))
    measure = django_filters.ChoiceFilter(choices=WorkloadMeasure.choices, label=_("Measure"))

    class Meta:
        model = YearlyWorkload
        fields: tuple[str, ...] = ()

    def in_place(self, rows: QuerySet[YearlyWorkload, Any], _name: str, value: str) -> QuerySet[YearlyWorkload, Any]:
        place = place_with_code(acting(self.request), value.strip())
        return rows.none() if place is None else rows.filter(institution__node__path__startswith=place.node.path)


class ScenarioFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("Name"))
    state = django_filters.ChoiceFilter(method="with_state", choices=WITHDRAWN_CHOICES, label=_("State"))

    class Meta:
        model = Scenario
        fields: tuple[str, ...] = ()

    def with_state(self, rows: QuerySet[Scenario, Any], _name: str, value: str) -> QuerySet[Scenario, Any]:
        return rows.filter(withdrawn_at__isnull=value != "withdrawn")


class GapFilter(django_filters.FilterSet):  # type: ignore[misc]
    resource = django_filters.ChoiceFilter(choices=Resource.choices, label=_("Resource"))
    state = django_filters.ChoiceFilter(choices=Gap.State.choices, label=_("State"))

    class Meta:
        model = Gap
        fields: tuple[str, ...] = ()

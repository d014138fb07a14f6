"""How the lists of rounds are narrowed down."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.dispatch.models import RoundKind, RoundProgramme, RoundVisit, VisitReason, VisitState

ONLY_UNRECORDED = [("yes", _("over and not recorded"))]


class ProgrammeFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Programmes by words, kind and day."""

    words = django_filters.CharFilter(method="with_words", label=_("Name, code or agreement"))
    kind = django_filters.ChoiceFilter(choices=RoundKind.choices, label=_("Kind"))
    on_day = django_filters.DateFilter(method="running_on", label=_("Running on"))

    def with_words(self, rows: QuerySet[RoundProgramme, Any], _name: str, value: str) -> QuerySet[RoundProgramme, Any]:
        own = Q(code__iexact=value) | Q(name_zh__icontains=value) | Q(name_en__icontains=value)
        return rows.filter(own | Q(agreement__code__iexact=value) | Q(agreement__title_zh__icontains=value))

    def running_on(self, rows: QuerySet[RoundProgramme, Any], _name: str, value: Any) -> Any:  # noqa: ANN401
        return rows.filter(starts_on__lte=value, ends_on__gte=value)


class VisitFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Visits by programme, stop, team, state, reason and days."""

    programme = django_filters.CharFilter(
        field_name="stop__programme__code", lookup_expr="iexact", label=_("Programme")
    )
    stop = django_filters.CharFilter(method="at_stop", label=_("Stop"))
    state = django_filters.ChoiceFilter(
        choices=[each for each in VisitState.choices if each[0] != VisitState.WITHDRAWN], label=_("State")
    )
    reason_code = django_filters.ChoiceFilter(choices=VisitReason.choices, label=_("Why"))
    since = django_filters.DateFilter(field_name="day", lookup_expr="gte", label=_("From"))
    until = django_filters.DateFilter(field_name="day", lookup_expr="lte", label=_("To"))
    unrecorded = django_filters.ChoiceFilter(choices=ONLY_UNRECORDED, method="only_unrecorded", label=_("Records"))

    def at_stop(self, rows: QuerySet[RoundVisit, Any], _name: str, value: str) -> QuerySet[RoundVisit, Any]:
        site = Q(stop__institution__name_zh__icontains=value) | Q(stop__place__name_zh__icontains=value)
        return rows.filter(site | Q(stop__code__iexact=value))

    def only_unrecorded(self, rows: QuerySet[RoundVisit, Any], _name: str, _value: str) -> Any:  # noqa: ANN401
        return rows.filter(state=VisitState.PLANNED, day__lt=timezone.localdate())

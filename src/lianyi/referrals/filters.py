"""How lists of cases are narrowed down."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.referrals.models import Leg
from lianyi.referrals.problem_words import codes_named
from lianyi.referrals.states import Direction, LegState, Urgency

Rows = QuerySet[Leg, Any]
DUE_CHOICES = (("over", _("over")), ("open", _("still time")))


class LegFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Cases by number, urgency, direction, state, time and institution; never by a patient's name in an address."""

    q = django_filters.CharFilter(method="with_text", label=_("Journey or institution"))
    urgency = django_filters.ChoiceFilter(field_name="request__urgency", choices=Urgency.choices, label=_("Urgency"))
    direction = django_filters.ChoiceFilter(
        field_name="request__direction", choices=Direction.choices, label=_("Direction")
    )
    state = django_filters.ChoiceFilter(choices=LegState.choices, label=_("State"))
    due = django_filters.ChoiceFilter(choices=DUE_CHOICES, method="by_due", label=_("Due"))

    class Meta:
        model = Leg
        fields = ()

    def with_text(self, rows: Rows, _name: str, value: str) -> Rows:
        number = Q(request__journey__number__iexact=value.strip())
        sender = Q(from_institution__name_zh__icontains=value) | Q(from_institution__name_en__icontains=value)
        receiver = Q(to_institution__name_zh__icontains=value) | Q(to_institution__name_en__icontains=value)
        problem = Q(request__journey__problem_code__iexact=value.strip())
        named = Q(request__journey__problem_code__in=codes_named(value))
        return rows.filter(number | sender | receiver | problem | named)

    def by_due(self, rows: Rows, _name: str, value: str) -> Rows:
        now = timezone.now()
        return rows.filter(due_at__lt=now) if value == "over" else rows.filter(due_at__gte=now)

"""How the list of consultations is narrowed down."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.pages.requests import acting
from lianyi.referrals import consultation_queries as queries
from lianyi.referrals.models import Consultation, ConsultationState
from lianyi.referrals.states import Urgency

Rows = QuerySet[Consultation, Any]
PARTS = (("waiting", _("our move")), ("asked", _("asked by us")), ("given", _("asked of us")))
DUE_CHOICES = (("over", _("over")), ("open", _("still time")))


class ConsultationFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By number or institution, part of ours, kind, urgency, state, time; never by a patient's name in an address."""

    q = django_filters.CharFilter(method="with_text", label=_("Number or institution"))
    part = django_filters.ChoiceFilter(choices=PARTS, method="by_part", label=_("Our part"))
    kind = django_filters.ChoiceFilter(choices=Consultation.Kind.choices, label=_("Kind"))
    urgency = django_filters.ChoiceFilter(choices=Urgency.choices, label=_("Urgency"))
    state = django_filters.ChoiceFilter(choices=ConsultationState.choices, label=_("State"))
    due = django_filters.ChoiceFilter(choices=DUE_CHOICES, method="by_due", label=_("Due"))

    class Meta:
        model = Consultation
        fields = ()

    def with_text(self, rows: Rows, _name: str, value: str) -> Rows:
        found = Q(number__iexact=value.strip()) | Q(journey__number__iexact=value.strip())
        for side in ("from_institution", "to_institution"):
            found |= Q(**{f"{side}__name_zh__icontains": value}) | Q(**{f"{side}__name_en__icontains": value})
        return rows.filter(found)

    def by_part(self, rows: Rows, _name: str, value: str) -> Rows:
        actor = acting(self.request)
        if value == "waiting":
            return rows.filter(pk__in=queries.waiting_for(actor).order_by().values("pk"))
        return rows.filter(queries.asked_by(actor) if value == "asked" else queries.asked_of(actor))

    def by_due(self, rows: Rows, _name: str, value: str) -> Rows:
        now = timezone.now()
        return rows.filter(due_at__lt=now) if value == "over" else rows.filter(due_at__gte=now)

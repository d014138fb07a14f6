"""How the list of techniques is narrowed down, also by what is computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.growth.models import DepartmentTechnique, TechniqueState
from lianyi.growth.technique_ladders import Climbed, climbed_all
from lianyi.growth.technique_texts import STANDING_WORDS, TEAM_WORDS
from lianyi.pages.lookups import LookupWidget
from lianyi.registry.reference_names import numbered_choices

Rows = QuerySet[DepartmentTechnique, Any]


class TechniqueFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Techniques by words, institution, agreement, field, decision, standing, and what became of them."""

    words = django_filters.CharFilter(method="with_words", label=_("Name of the technique or number"))
    institution = django_filters.CharFilter(
        method="at_institution", label=_("Institution"), widget=LookupWidget("partnerships:institution-suggestions")
    )
    agreement = django_filters.CharFilter(
        field_name="agreement__code", lookup_expr="iexact", label=_("Agreement (code)")
    )
    specialty = django_filters.ChoiceFilter(
        field_name="department__specialty", choices=numbered_choices("specialties"), label=_("Specialty")
    )
    state = django_filters.ChoiceFilter(choices=TechniqueState.choices, label=_("Decision"))
    standing = django_filters.ChoiceFilter(
        choices=[(key.value, word) for key, word in STANDING_WORDS.items()], method="standing_at", label=_("Standing")
    )
    team = django_filters.ChoiceFilter(
        choices=[(key.value, word) for key, word in TEAM_WORDS.items()],
        method="after_the_team",
        label=_("After the team left"),
    )

    def with_words(self, rows: Rows, _name: str, value: str) -> Rows:
        return rows.filter(Q(code__icontains=value) | Q(name_zh__icontains=value) | Q(name_en__icontains=value))

    def at_institution(self, rows: Rows, _name: str, value: str) -> Rows:
        return rows.filter(Q(institution__code__iexact=value) | Q(institution__name_zh__icontains=value))

    def standing_at(self, rows: Rows, _name: str, value: str) -> Rows:
        return _those(rows, lambda each: each.ladder.standing.value == value)

    def after_the_team(self, rows: Rows, _name: str, value: str) -> Rows:
        return _those(rows, lambda each: each.team.state.value == value)


def _those(rows: Rows, fits: Callable[[Climbed], bool]) -> Rows:
    """Keep the rows whose ladder fits: what is computed cannot be asked of the database."""
    found = [each.row.pk for each in climbed_all(rows, timezone.localdate()) if fits(each)]
    return rows.filter(pk__in=found)

"""How the lists of the pool and of candidacies are narrowed down."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lianyi.dispatch.filters import first_level_specialties
from lianyi.dispatch.models import Candidacy, CandidacyOrigin, CandidacyState, PoolMember, PoolStanding, Posting
from lianyi.dispatch.needs_filling import PUBLISHED
from lianyi.pages.lookups import LookupWidget
from lianyi.registry.models import StaffUnavailability
from lianyi.registry.reference_names import reference_choices

Rows = QuerySet[Any, Any]
_INSTITUTIONS = "partnerships:institution-suggestions"


class PoolFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Entries by person, hospital, specialty, title, standing and whether they are free on a day."""

    q = django_filters.CharFilter(method="with_text", label=_("Person"))
    institution = django_filters.CharFilter(
        method="at_institution", label=_("Institution"), widget=LookupWidget(_INSTITUTIONS)
    )
    specialty = django_filters.ChoiceFilter(
        choices=first_level_specialties, method="of_specialty", label=_("Specialty")
    )
    title = django_filters.ChoiceFilter(
        field_name="staff__title_rank", choices=lambda: reference_choices("title_ranks"), label=_("Title")
    )
    profession = django_filters.ChoiceFilter(
        field_name="staff__profession", choices=lambda: reference_choices("professions"), label=_("Profession")
    )
    standing = django_filters.ChoiceFilter(choices=PoolStanding.choices, label=_("Standing"))
    free_on = django_filters.DateFilter(method="free_on_day", label=_("Free on"))

    class Meta:
        model = PoolMember
        fields: tuple[str, ...] = ()

    def with_text(self, rows: Rows, _name: str, value: str) -> Rows:
        named = Q(staff__name_zh__icontains=value) | Q(staff__name_en__icontains=value)
        return rows.filter(named | Q(staff__code__iexact=value))

    def at_institution(self, rows: Rows, _name: str, value: str) -> Rows:
        home = Q(staff__institution__code__iexact=value) | Q(staff__institution__name_zh__icontains=value)
        return rows.filter(home)

    def of_specialty(self, rows: Rows, _name: str, value: str) -> Rows:
        return rows.filter(staff__specialty__startswith=value)

    def free_on_day(self, rows: Rows, _name: str, value: Any) -> Rows:  # noqa: ANN401 - a day
        """Keep who is employed, has no leave and no published posting, and did not say otherwise."""
        leave = StaffUnavailability.objects.filter(
            staff_id=OuterRef("staff_id"), starts_on__lte=value, ends_on__gte=value
        )
        there = Q(arrived_on__isnull=True, starts_on__lte=value) | Q(arrived_on__lte=value)
        still = Q(left_on__isnull=True, ends_on__gte=value) | Q(left_on__gte=value)
        posted = Posting.objects.filter(there, still, staff_id=OuterRef("staff_id"), state__in=PUBLISHED)
        begun = Q(not_before__isnull=True) | Q(not_before__lte=value)
        not_over = Q(not_after__isnull=True) | Q(not_after__gte=value)
        came = Q(staff__employed_from__isnull=True) | Q(staff__employed_from__lte=value)
        stays = Q(staff__employed_to__isnull=True) | Q(staff__employed_to__gte=value)
        return rows.filter(begun, not_over, came, stays, ~Exists(leave), ~Exists(posted))


class CandidacyFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Candidacies by who began, where they stand and between whom they are."""

    origin = django_filters.ChoiceFilter(choices=CandidacyOrigin.choices, label=_("Begun by"))
    standing = django_filters.ChoiceFilter(choices=CandidacyState.choices, label=_("State"))
    home = django_filters.CharFilter(method="from_home", label=_("Home hospital"), widget=LookupWidget(_INSTITUTIONS))
    recipient = django_filters.CharFilter(
        method="to_recipient", label=_("Receiving institution"), widget=LookupWidget(_INSTITUTIONS)
    )

    class Meta:
        model = Candidacy
        fields: tuple[str, ...] = ()

    def from_home(self, rows: Rows, _name: str, value: str) -> Rows:
        return rows.filter(Q(home_institution__code__iexact=value) | Q(home_institution__name_zh__icontains=value))

    def to_recipient(self, rows: Rows, _name: str, value: str) -> Rows:
        return rows.filter(Q(to_institution__code__iexact=value) | Q(to_institution__name_zh__icontains=value))

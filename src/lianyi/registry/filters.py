"""The filters above the registry's lists."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.pages.lookups import LookupWidget
from lianyi.pages.requests import acting
from lianyi.registry.bed_ages import oldest_fresh
from lianyi.registry.commands.change_requests import PENDING
from lianyi.registry.forms.departments import specialty_choices
from lianyi.registry.models import ChangeRequest, Institution, InstitutionTier, Place, PlaceLevel, Staff
from lianyi.registry.queries import named, place_with_code, stale_bed_institutions, to_decide
from lianyi.registry.reference_names import reference_choices

OPEN_CHOICES = (("open", _("open")), ("closed", _("closed")))
BED_CHOICES = (("stale", _("out of date")),)
EMPLOYED_CHOICES = (("employed", _("employed")), ("left", _("left")))
WAITING_CHOICES = (
    ("mine", _("proposed by me")),
    ("to-decide", _("waiting for my decision")),
    ("pending", _("pending")),
)


class InstitutionFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By text, kind, tier, place with everything in it, and whether it is open."""

    q = django_filters.CharFilter(method="with_text", label=_("Name or code"))
    kind = django_filters.ChoiceFilter(choices=lambda: reference_choices("institution_kinds"), label=_("Kind"))
    tier = django_filters.ChoiceFilter(choices=InstitutionTier.choices, label=_("Tier"))
    place = django_filters.CharFilter(
        method="in_place", label=_("Within the place"), widget=LookupWidget("registry:place-suggestions")
    )
    state = django_filters.ChoiceFilter(method="with_state", choices=OPEN_CHOICES, label=_("State"))
    beds = django_filters.ChoiceFilter(method="with_beds", choices=BED_CHOICES, label=_("Bed counts"))

    class Meta:
        model = Institution
        fields: tuple[str, ...] = ()

    def with_text(self, rows: QuerySet[Institution, Any], _name: str, value: str) -> QuerySet[Institution, Any]:
        return rows.filter(named(value, "name_zh", "name_en", "alias", "code"))

    def in_place(self, rows: QuerySet[Institution, Any], _name: str, value: str) -> QuerySet[Institution, Any]:
        place = place_with_code(acting(self.request), value.strip())
        return rows.none() if place is None else rows.filter(node__path__startswith=place.node.path)

    def with_beds(self, rows: QuerySet[Institution, Any], _name: str, _value: str) -> QuerySet[Institution, Any]:
        return rows.filter(pk__in=stale_bed_institutions(acting(self.request), oldest_fresh()).values("pk"))

    def with_state(self, rows: QuerySet[Institution, Any], _name: str, value: str) -> QuerySet[Institution, Any]:
        is_closed = Q(closed_on__lte=timezone.localdate())
        return rows.filter(is_closed if value == "closed" else ~is_closed)


class PlaceFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(method="with_text", label=_("Name or code"))
    level = django_filters.ChoiceFilter(choices=PlaceLevel.choices, label=_("Level"))

    class Meta:
        model = Place
        fields: tuple[str, ...] = ()

    def with_text(self, rows: QuerySet[Place, Any], _name: str, value: str) -> QuerySet[Place, Any]:
        return rows.filter(named(value, "name_zh", "name_en", "code"))


class StaffFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By text, institution, profession, title, specialty, and whether they still work there."""

    q = django_filters.CharFilter(method="with_text", label=_("Name or number"))
    institution = django_filters.CharFilter(
        field_name="institution__code",
        label=_("Institution"),
        widget=LookupWidget("registry:institution-suggestions"),
    )
    profession = django_filters.ChoiceFilter(choices=lambda: reference_choices("professions"), label=_("Profession"))
    title_rank = django_filters.ChoiceFilter(choices=lambda: reference_choices("title_ranks"), label=_("Title rank"))
    specialty = django_filters.ChoiceFilter(choices=lambda: specialty_choices()[1:], label=_("Specialty"))
    state = django_filters.ChoiceFilter(method="with_state", choices=EMPLOYED_CHOICES, label=_("State"))

    class Meta:
        model = Staff
        fields: tuple[str, ...] = ()

    def with_text(self, rows: QuerySet[Staff, Any], _name: str, value: str) -> QuerySet[Staff, Any]:
        return rows.filter(named(value, "name_zh", "name_en", "code"))

    def with_state(self, rows: QuerySet[Staff, Any], _name: str, value: str) -> QuerySet[Staff, Any]:
        left = Q(employed_to__lt=timezone.localdate())
        return rows.filter(left if value == "left" else ~left)


class ChangeRequestFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(method="with_text", label=_("Record"))
    waiting = django_filters.ChoiceFilter(method="with_part", choices=WAITING_CHOICES, label=_("Which"))
    state = django_filters.ChoiceFilter(choices=ChangeRequest.State.choices, label=_("State"))

    class Meta:
        model = ChangeRequest
        fields: tuple[str, ...] = ()

    def with_text(self, rows: QuerySet[ChangeRequest, Any], _name: str, value: str) -> QuerySet[ChangeRequest, Any]:
        return rows.filter(named(value, "node__name_zh", "node__name_en", "node__code"))

    def with_part(self, rows: QuerySet[ChangeRequest, Any], _name: str, value: str) -> QuerySet[ChangeRequest, Any]:
        actor = acting(self.request)
        if value == "mine":
            return rows.filter(proposed_by_id=actor.user_id)
        if value == "to-decide":
            return to_decide(actor, rows)
        return rows.filter(state__in=PENDING)

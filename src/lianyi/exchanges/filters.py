"""How the lists of visits, points and actions are narrowed down."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.exchanges.beside import with_a_side_among
from lianyi.exchanges.categories import category_word
from lianyi.exchanges.category_lists import category_book
from lianyi.exchanges.machines.actions import DATED
from lianyi.exchanges.models import (
    Action,
    ActionState,
    ExchangeVisit,
    Point,
    PointKind,
    PointState,
    Recognition,
    RecognitionKind,
    VisitKind,
    VisitState,
)
from lianyi.exchanges.queries import actions as action_queries
from lianyi.exchanges.standing import standing_in
from lianyi.pages.lookups import LookupWidget
from lianyi.pages.requests import acting
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Institution

_YES = (("yes", _("yes")),)
_AGREEMENTS = "dispatch:agreement-suggestions"
_INSTITUTIONS = "partnerships:institution-suggestions"


def category_filter_choices() -> list[tuple[str, str]]:
    return [(each.code, category_word(each.code)) for each in category_book().sets[-1].categories]


class VisitFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Visits by text, agreement, institution, kind and state."""

    q = django_filters.CharFilter(method="with_text", label=_("Title or code"))
    agreement = django_filters.CharFilter(method="of_agreement", label=_("Agreement"), widget=LookupWidget(_AGREEMENTS))
    institution = django_filters.CharFilter(
        method="of_institution", label=_("Host or guest"), widget=LookupWidget(_INSTITUTIONS)
    )
    kind = django_filters.ChoiceFilter(choices=VisitKind.choices, label=_("Kind"))
    state = django_filters.ChoiceFilter(choices=VisitState.choices, label=_("State"))
    unrecorded = django_filters.ChoiceFilter(choices=_YES, method="which_is_over", label=_("Over, not recorded"))

    def with_text(self, rows: QuerySet[ExchangeVisit, Any], _name: str, value: str) -> QuerySet[ExchangeVisit, Any]:
        title = Q(title_zh__icontains=value) | Q(title_en__icontains=value)
        return rows.filter(title | Q(code__icontains=value))

    def of_agreement(self, rows: QuerySet[ExchangeVisit, Any], _name: str, value: str) -> QuerySet[ExchangeVisit, Any]:
        return rows.filter(agreement__in=Agreement.objects.filter(code__iexact=value))

    def of_institution(
        self, rows: QuerySet[ExchangeVisit, Any], _name: str, value: str
    ) -> QuerySet[ExchangeVisit, Any]:
        named = Institution.objects.filter(code__iexact=value)
        return rows.filter(with_a_side_among(named))

    def which_is_over(
        self, rows: QuerySet[ExchangeVisit, Any], _name: str, _value: str
    ) -> QuerySet[ExchangeVisit, Any]:
        return rows.filter(state=VisitState.PLANNED, ends_on__lt=timezone.localdate())


class PointFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Points by visit, agreement, institution, kind, category and what became of them."""

    q = django_filters.CharFilter(method="with_text", label=_("Words"))
    visit = django_filters.CharFilter(
        field_name="visit__code", lookup_expr="iexact", label=pgettext_lazy("visit", "Code of the visit")
    )
    agreement = django_filters.CharFilter(method="of_agreement", label=_("Agreement"), widget=LookupWidget(_AGREEMENTS))
    institution = django_filters.CharFilter(
        method="about", label=_("About the institution"), widget=LookupWidget(_INSTITUTIONS)
    )
    kind = django_filters.ChoiceFilter(choices=PointKind.choices, label=_("Kind"))
    category = django_filters.ChoiceFilter(choices=category_filter_choices, label=_("Category"))
    state = django_filters.ChoiceFilter(choices=PointState.choices, label=_("State"))
    open = django_filters.ChoiceFilter(choices=_YES, method="which_is_open", label=_("Without difficulties"))

    def with_text(self, rows: QuerySet[Point, Any], _name: str, value: str) -> QuerySet[Point, Any]:
        return rows.filter(Q(statement_zh__icontains=value) | Q(statement_en__icontains=value))

    def of_agreement(self, rows: QuerySet[Point, Any], _name: str, value: str) -> QuerySet[Point, Any]:
        return rows.filter(visit__agreement__in=Agreement.objects.filter(code__iexact=value))

    def about(self, rows: QuerySet[Point, Any], _name: str, value: str) -> QuerySet[Point, Any]:
        return rows.filter(institution__code__iexact=value)

    def which_is_open(self, rows: QuerySet[Point, Any], _name: str, _value: str) -> QuerySet[Point, Any]:
        return rows.exclude(kind=PointKind.DIFFICULTY)


class ActionFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Actions by agreement, owner, state, the day, and whose turn it is."""

    q = django_filters.CharFilter(method="with_text", label=_("Title or code"))
    visit = django_filters.CharFilter(
        field_name="point__visit__code", lookup_expr="iexact", label=pgettext_lazy("visit", "Code of the visit")
    )
    agreement = django_filters.CharFilter(method="of_agreement", label=_("Agreement"), widget=LookupWidget(_AGREEMENTS))
    owner = django_filters.CharFilter(
        field_name="owner__code",
        lookup_expr="iexact",
        label=pgettext_lazy("visit", "Owner"),
        widget=LookupWidget(_INSTITUTIONS),
    )
    standing = django_filters.ChoiceFilter(choices=ActionState.choices, label=_("State"))
    open = django_filters.ChoiceFilter(choices=_YES, method="which_is_open", label=_("Without difficulties"))
    late = django_filters.ChoiceFilter(choices=_YES, method="which_is_late", label=_("Late"))
    mine = django_filters.ChoiceFilter(choices=_YES, method="which_is_mine", label=_("Mine to do"))
    to_check = django_filters.ChoiceFilter(choices=_YES, method="which_waits", label=_("Mine to check"))

    def with_text(self, rows: QuerySet[Action, Any], _name: str, value: str) -> QuerySet[Action, Any]:
        title = Q(title_zh__icontains=value) | Q(title_en__icontains=value)
        return rows.filter(title | Q(code__icontains=value))

    def of_agreement(self, rows: QuerySet[Action, Any], _name: str, value: str) -> QuerySet[Action, Any]:
        return rows.filter(point__visit__agreement__in=Agreement.objects.filter(code__iexact=value))

    def which_is_open(self, rows: QuerySet[Action, Any], _name: str, _value: str) -> QuerySet[Action, Any]:
        return rows.exclude(point__kind=PointKind.DIFFICULTY)

    def which_is_late(self, rows: QuerySet[Action, Any], _name: str, _value: str) -> QuerySet[Action, Any]:
        return standing_in(rows, DATED).filter(due_on__lt=timezone.localdate())

    def which_is_mine(self, rows: QuerySet[Action, Any], _name: str, _value: str) -> QuerySet[Action, Any]:
        return rows.filter(pk__in=action_queries.mine(acting(self.request)).values("pk"))

    def which_waits(self, rows: QuerySet[Action, Any], _name: str, _value: str) -> QuerySet[Action, Any]:
        return rows.filter(pk__in=[row.pk for row in action_queries.to_check(acting(self.request))])


class RecognitionFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Recognition by whom it is for, by agreement, by kind and by the day."""

    q = django_filters.CharFilter(method="to_person", label=_("To whom"))
    agreement = django_filters.CharFilter(method="of_agreement", label=_("Agreement"), widget=LookupWidget(_AGREEMENTS))
    kind = django_filters.ChoiceFilter(choices=RecognitionKind.choices, label=_("Kind"))
    given_on = django_filters.DateFilter(label=_("Given on"))

    def of_agreement(self, rows: QuerySet[Recognition, Any], _name: str, value: str) -> QuerySet[Recognition, Any]:
        return rows.filter(agreement__in=Agreement.objects.filter(code__iexact=value))

    def to_person(self, rows: QuerySet[Recognition, Any], _name: str, value: str) -> QuerySet[Recognition, Any]:
        person = Q(to_staff__name_zh__icontains=value) | Q(to_staff__name_en__icontains=value)
        return rows.filter(person | Q(to_words__icontains=value))

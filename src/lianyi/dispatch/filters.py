"""How lists of postings are narrowed down."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.dispatch.board_queries import overdue_arrivals, overdue_ends
from lianyi.dispatch.models import Batch, Posting, PostingKind, PostingState
from lianyi.dispatch.texts import batch_word
from lianyi.pages.lookups import LookupWidget
from lianyi.partnerships.models import Agreement
from lianyi.registry.reference_names import numbered_choices

Rows = QuerySet[Posting, Any]
OVERDUE_CHOICES = (("arrival", _("arrival not recorded")), ("end", _("end not recorded")))
PROBLEM_CHOICES = (("yes", _("with problems")), ("no", _("without problems")))
BOARD_STATES = [
    choice for choice in PostingState.choices if choice[0] not in (PostingState.CANCELLED, PostingState.VOID)
]


def first_level_specialties() -> list[tuple[str, str]]:
    """Return the departments of the first level; choosing one finds everything below it."""
    return [choice for choice in numbered_choices("specialties") if "." not in choice[0]]


class _PostingFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(method="with_text", label=_("Person or number"))
    agreement = django_filters.CharFilter(
        method="of_agreement",
        label=_("Agreement"),
        widget=LookupWidget("dispatch:agreement-suggestions"),
    )
    institution = django_filters.CharFilter(
        method="at_institution",
        label=_("Institution"),
        widget=LookupWidget("partnerships:institution-suggestions"),
    )
    specialty = django_filters.ChoiceFilter(
        choices=first_level_specialties, method="of_specialty", label=_("Specialty")
    )
    kind = django_filters.ChoiceFilter(choices=PostingKind.choices, label=_("Kind"))

    def with_text(self, rows: Rows, _name: str, value: str) -> Rows:
        person = Q(staff__name_zh__icontains=value) | Q(staff__name_en__icontains=value) | Q(staff__code__iexact=value)
        return rows.filter(person | Q(code__iexact=value))

    def at_institution(self, rows: Rows, _name: str, value: str) -> Rows:
        to_it = Q(to_institution__code__iexact=value) | Q(to_institution__name_zh__icontains=value)
        return rows.filter(to_it | Q(from_institution__code__iexact=value))

    def of_agreement(self, rows: Rows, _name: str, value: str) -> Rows:
        # As a set of agreements the database finds the postings by its index instead of looking at all of them.
        return rows.filter(agreement__in=Agreement.objects.filter(code__iexact=value))

    def of_specialty(self, rows: Rows, _name: str, value: str) -> Rows:
        return rows.filter(specialty__startswith=value)


class BoardFilter(_PostingFilter):
    """What the board shows."""

    state = django_filters.ChoiceFilter(choices=BOARD_STATES, label=_("State"))

    def at_institution(self, rows: Rows, _name: str, value: str) -> Rows:
        return rows.filter(Q(to_institution__code__iexact=value) | Q(to_institution__name_zh__icontains=value))


class PostingFilter(_PostingFilter):
    """The list of postings; ``ids`` opens exactly the rows behind a figure."""

    state = django_filters.ChoiceFilter(choices=PostingState.choices, label=_("State"))
    overdue = django_filters.ChoiceFilter(choices=OVERDUE_CHOICES, method="which_is_overdue", label=_("Overdue"))
    ids = django_filters.BaseInFilter(
        field_name="pk", lookup_expr="in", widget=django_filters.widgets.CSVWidget(attrs={"type": "hidden"})
    )

    def which_is_overdue(self, rows: Rows, _name: str, value: str) -> Rows:
        today = timezone.localdate()
        return overdue_arrivals(rows, today) if value == "arrival" else overdue_ends(rows, today)


class OnSiteFilter(_PostingFilter):
    """Who is on site; the day itself is read by the page."""

    day = django_filters.DateFilter(method="left_to_the_page", label=_("Day"))

    def left_to_the_page(self, rows: Rows, _name: str, _value: object) -> Rows:
        return rows


def _with_text(rows: Rows, value: str) -> Rows:
    person = Q(staff__name_zh__icontains=value) | Q(staff__name_en__icontains=value)
    site = Q(to_institution__name_zh__icontains=value) | Q(to_institution__code__iexact=value)
    return rows.filter(person | site | Q(code__iexact=value))


class PlanFilter(django_filters.FilterSet):  # type: ignore[misc]
    """The lines of one plan. Problems are found after reading, so the page applies that choice itself."""

    q = django_filters.CharFilter(method="with_text", label=_("Person, place or number"))
    batch = django_filters.ChoiceFilter(field_name="batch_id", label=_("Batch"))
    problems = django_filters.ChoiceFilter(choices=PROBLEM_CHOICES, method="left_to_the_page", label=_("Problems"))

    def __init__(self, *args: Any, batches: QuerySet[Batch, Any], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.filters["batch"].extra["choices"] = [(str(row.pk), batch_word(row)) for row in batches]

    def with_text(self, rows: Rows, _name: str, value: str) -> Rows:
        return _with_text(rows, value)

    def left_to_the_page(self, rows: Rows, _name: str, _value: str) -> Rows:
        return rows


class ApprovalFilter(django_filters.FilterSet):  # type: ignore[misc]
    """The lines that wait for the reader's answer."""

    q = django_filters.CharFilter(method="with_text", label=_("Person, place or number"))
    agreement = django_filters.CharFilter(field_name="agreement__code", lookup_expr="iexact", label=_("Agreement"))

    def with_text(self, rows: Rows, _name: str, value: str) -> Rows:
        return _with_text(rows, value)

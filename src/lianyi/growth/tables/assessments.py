"""Lists of assessments."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lianyi.growth.forms.assessments import checklist_choices
from lianyi.growth.models import AssessmentKind, AssessmentState, CapabilityAssessment
from lianyi.growth.rulebook import checklist_of
from lianyi.growth.scoring import figures_of
from lianyi.growth.texts_assessments import KIND_TONES, STATE_TONES, checklist_title, percent
from lianyi.pages.columns import NAME_CELL, DateColumn, NumberColumn, TagColumn
from lianyi.pages.names import name_of

WAITING = (AssessmentState.SUBMITTED, AssessmentState.CHECKED)


class AssessmentTable(tables.Table):  # type: ignore[misc]
    """Assessments with the figure that stands for each and how much of it was looked at."""

    code = tables.Column(verbose_name=_("Code"))
    institution = tables.Column(order_by=("institution__name_zh", "pk"), attrs=NAME_CELL, verbose_name=_("Institution"))
    department = tables.Column(order_by=("department__name_zh", "pk"), verbose_name=_("Department"))
    checklist = tables.Column(attrs=NAME_CELL, verbose_name=_("Checklist"))
    assessed_on = DateColumn(verbose_name=_("Assessed on"))
    kind = TagColumn(KIND_TONES, dict(AssessmentKind.choices), verbose_name=_("Kind"))
    headline = NumberColumn(accessor="pk", orderable=False, verbose_name=_("Result"))
    coverage = NumberColumn(accessor="pk", orderable=False, verbose_name=_("Assessed items"))
    state = TagColumn(STATE_TONES, dict(AssessmentState.choices), verbose_name=_("State"))

    empty_hint = _("Begin an assessment of an institution or a department by a checklist, or import a table.")

    class Meta:
        model = CapabilityAssessment
        fields = (
            *("code", "institution", "department", "checklist", "assessed_on", "kind", "headline", "coverage", "state"),
        )
        empty_text = _("No assessment lies within your reach yet.")

    def render_code(self, record: CapabilityAssessment) -> SafeString:
        mark = SafeString(render_to_string("web/sample_mark.html", {"provenance": record.provenance}))
        return format_html('<a href="{}">{}</a> {}', record.get_absolute_url(), record.code, mark)

    def value_code(self, record: CapabilityAssessment) -> str:
        return record.code

    def render_institution(self, record: CapabilityAssessment) -> str:
        return name_of(record.institution)

    def render_department(self, record: CapabilityAssessment) -> str:
        return name_of(record.department)

    def render_checklist(self, record: CapabilityAssessment) -> str:
        return checklist_title(checklist_of(record))

    def render_headline(self, record: CapabilityAssessment) -> str:
        return percent(figures_of(checklist_of(record), record.items.all()).headline)

    def value_headline(self, record: CapabilityAssessment) -> float | None:
        return figures_of(checklist_of(record), record.items.all()).headline

    def render_coverage(self, record: CapabilityAssessment) -> str:
        return percent(figures_of(checklist_of(record), record.items.all()).coverage)

    def value_coverage(self, record: CapabilityAssessment) -> float | None:
        return figures_of(checklist_of(record), record.items.all()).coverage


class AssessmentFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Assessments by words, checklist, kind, state and days."""

    words = django_filters.CharFilter(method="with_words", label=_("Institution, department or code"))
    checklist = django_filters.ChoiceFilter(choices=checklist_choices, label=_("Checklist"))
    kind = django_filters.ChoiceFilter(choices=AssessmentKind.choices, label=_("Kind"))
    state = django_filters.ChoiceFilter(
        choices=[each for each in AssessmentState.choices if each[0] != AssessmentState.WITHDRAWN], label=_("State")
    )
    since = django_filters.DateFilter(field_name="assessed_on", lookup_expr="gte", label=_("From"))
    waiting = django_filters.ChoiceFilter(
        choices=[("yes", _("waits to be checked"))], method="only_waiting", label=_("Waiting")
    )

    def with_words(self, rows: QuerySet[Any, Any], _name: str, value: str) -> QuerySet[Any, Any]:
        site = Q(institution__name_zh__icontains=value) | Q(institution__name_en__icontains=value)
        unit = Q(department__name_zh__icontains=value) | Q(department__name_en__icontains=value)
        return rows.filter(site | unit | Q(code__iexact=value) | Q(institution__code__iexact=value))

    def only_waiting(self, rows: QuerySet[Any, Any], _name: str, _value: str) -> QuerySet[Any, Any]:
        return rows.filter(state__in=WAITING)

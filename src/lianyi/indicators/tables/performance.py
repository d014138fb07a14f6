"""Lists of performance assessments, and the two scores of a round beside one another."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.indicators.forms.performance import scheme_choices
from lianyi.indicators.models import PerformanceAssessment, PerformanceState
from lianyi.indicators.performance_rulebook import scheme_of
from lianyi.indicators.performance_scoring import by_side, figures_of
from lianyi.indicators.performance_sheet import headline_of
from lianyi.indicators.performance_words import STATE_TONES, scheme_title
from lianyi.pages.columns import NAME_CELL, DateColumn, TagColumn
from lianyi.pages.names import name_of

_WAITING = {
    "self": (PerformanceState.DRAFT, PerformanceState.SELF_SCORED),
    "outside": (PerformanceState.SUBMITTED,),
    "objections": (PerformanceState.OPEN,),
    "answers": (PerformanceState.OPEN,),
}


class PerformanceTable(tables.Table):  # type: ignore[misc]
    """Rounds with their result so far. They stand by period and code; there is no order by points."""

    code = tables.Column(verbose_name=_("Code"))
    institution = tables.Column(
        order_by=("institution__name_zh", "pk"), attrs=NAME_CELL, verbose_name=_("Institution assessed")
    )
    scheme = tables.Column(attrs=NAME_CELL, verbose_name=_("Scheme"))
    period_from = DateColumn(verbose_name=_("Period from"))
    period_to = DateColumn(verbose_name=_("Period to"))
    own = tables.Column(accessor="pk", orderable=False, verbose_name=_("Self-score"))
    final = tables.Column(accessor="pk", orderable=False, verbose_name=_("What counts"))
    due_on = DateColumn(verbose_name=_("Self-scores due on"))
    state = TagColumn(STATE_TONES, dict(PerformanceState.choices), verbose_name=_("State"))

    empty_hint = _("Begin a round by a scheme, or import a table.")

    class Meta:
        model = PerformanceAssessment
        fields = (*("code", "institution", "scheme", "period_from", "period_to", "own", "final", "due_on", "state"),)
        empty_text = _("No performance assessment lies within your reach yet.")

    def render_code(self, record: PerformanceAssessment) -> SafeString:
        mark = SafeString(render_to_string("web/sample_mark.html", {"provenance": record.provenance}))
        return format_html('<a href="{}">{}</a> {}', record.get_absolute_url(), record.code, mark)

    def value_code(self, record: PerformanceAssessment) -> str:
        return record.code

    def render_institution(self, record: PerformanceAssessment) -> str:
        return name_of(record.institution)

    def render_scheme(self, record: PerformanceAssessment) -> str:
        return scheme_title(scheme_of(record))

    def render_own(self, record: PerformanceAssessment) -> str:
        return _headline(record, "self")

    def render_final(self, record: PerformanceAssessment) -> str:
        return _headline(record, "final")


def _headline(row: PerformanceAssessment, side: str) -> str:
    findings, scheme = by_side(row.findings.all())[side], scheme_of(row)
    return headline_of(scheme, figures_of(scheme, findings)) if findings else "—"


class PerformanceFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Rounds by words, scheme, state, days and what waits."""

    words = django_filters.CharFilter(method="with_words", label=_("Institution or code"))
    scheme = django_filters.ChoiceFilter(choices=scheme_choices, label=_("Scheme"))
    state = django_filters.ChoiceFilter(
        choices=[each for each in PerformanceState.choices if each[0] != PerformanceState.WITHDRAWN], label=_("State")
    )
    since = django_filters.DateFilter(field_name="period_to", lookup_expr="gte", label=_("Period to, from"))
    waiting = django_filters.ChoiceFilter(
        choices=[
            ("self", pgettext_lazy("performance assessment waits", "for self-scores")),
            ("outside", pgettext_lazy("performance assessment waits", "for outside scores")),
            ("objections", pgettext_lazy("performance assessment waits", "for objections")),
            ("answers", pgettext_lazy("performance assessment waits", "for answers to objections")),
        ],
        method="only_waiting",
        label=_("Waiting"),
    )

    def with_words(self, rows: QuerySet[Any, Any], _name: str, value: str) -> QuerySet[Any, Any]:
        site = Q(institution__name_zh__icontains=value) | Q(institution__name_en__icontains=value)
        return rows.filter(site | Q(code__iexact=value) | Q(institution__code__iexact=value))

    def only_waiting(self, rows: QuerySet[Any, Any], _name: str, value: str) -> QuerySet[Any, Any]:
        found = rows.filter(state__in=_WAITING[value])
        return found.filter(objections__answer="").distinct() if value == "answers" else found


class ComparisonTable(tables.Table):  # type: ignore[misc]
    """Both scores of every item beside one another, with the reason of each difference."""

    number = tables.Column(verbose_name=pgettext_lazy("item of a scheme", "No."))
    dimension = tables.Column(verbose_name=_("Dimension"))
    requirement = tables.Column(attrs=NAME_CELL, verbose_name=_("Requirement"))
    own = tables.Column(verbose_name=_("Self-score"))
    own_found = tables.Column(verbose_name=_("Found by the assessed"))
    outside = tables.Column(verbose_name=_("Outside score"))
    outside_found = tables.Column(verbose_name=_("Found from outside"))
    differs = tables.Column(verbose_name=_("Differs"))
    reason = tables.Column(attrs=NAME_CELL, verbose_name=_("Reason of the difference"))
    final = tables.Column(verbose_name=_("What counts"))

    class Meta:
        empty_text = _("The scheme has no items.")

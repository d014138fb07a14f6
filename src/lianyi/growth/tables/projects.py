"""Tables and filters of projects."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import F, Q, QuerySet
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.growth.models import Milestone, Project, ProjectState
from lianyi.growth.models.projects import KIND_CHOICES
from lianyi.growth.projects_texts import STATE_TONES
from lianyi.pages.columns import NAME_CELL, DateColumn, NumberColumn, TagColumn
from lianyi.pages.names import name_of

LATE = pgettext_lazy("standing of a milestone", "late")
ONLY = [("yes", _("yes"))]


def linked(row: Any, text: str) -> SafeString:  # noqa: ANN401 - a row with a page of its own
    mark = SafeString(render_to_string("web/sample_mark.html", {"provenance": row.provenance}))
    return format_html('<a href="{}">{}</a> {}', row.get_absolute_url(), text, mark)


class ProjectTable(tables.Table):  # type: ignore[misc]
    """Projects, how far they are and what is due."""

    code = tables.Column(verbose_name=_("Code"))
    title = tables.Column(accessor="pk", order_by=("title_zh", "pk"), attrs=NAME_CELL, verbose_name=_("Project"))
    kind = tables.Column(verbose_name=_("Kind"))
    institution = tables.Column(order_by=("institution__name_zh",), attrs=NAME_CELL, verbose_name=_("Institution"))
    state = TagColumn(STATE_TONES, dict(ProjectState.choices), verbose_name=_("State"))
    late = tables.Column(accessor="is_late", order_by=("is_late",), verbose_name=_("Late"))
    milestone_count = NumberColumn(verbose_name=pgettext_lazy("project", "Milestones"))
    reached_count = NumberColumn(verbose_name=_("Reached"))
    signed_count = NumberColumn(verbose_name=_("Signed"))
    next_due_on = DateColumn(verbose_name=_("Next due"))
    target_on = DateColumn(verbose_name=_("Target day"))
    agreement = tables.Column(
        order_by=("agreement__code",), attrs=NAME_CELL, visible=False, verbose_name=_("Agreement")
    )

    empty_hint = _("Write a project with a template, or import a table of projects.")

    class Meta:
        model = Project
        fields = (
            *("code", "title", "kind", "institution", "state", "late", "milestone_count", "reached_count"),
            *("signed_count", "next_due_on", "target_on", "agreement"),
        )
        empty_text = _("No project lies within your reach yet.")

    def render_title(self, record: Project) -> SafeString:
        return linked(record, name_of(record, "title"))

    def value_title(self, record: Project) -> str:
        return name_of(record, "title")

    def render_institution(self, record: Project) -> str:
        return name_of(record.institution)

    def render_agreement(self, record: Project) -> str:
        return "" if record.agreement is None else name_of(record.agreement, "title")

    def render_late(self, value: bool) -> str:  # noqa: FBT001 - what the row holds
        if not value:
            return "—"
        return render_to_string("web/tag.html", {"tone": "bad", "word": str(LATE)})

    def value_late(self, value: bool) -> str:  # noqa: FBT001
        return str(LATE) if value else ""


class MilestoneEvidenceTable(tables.Table):  # type: ignore[misc]
    """The signed milestones behind a counted figure."""

    project = tables.Column(order_by=("project__code",), attrs=NAME_CELL, verbose_name=_("Project"))
    number = NumberColumn(verbose_name=_("Number"))
    name = tables.Column(
        accessor="pk", order_by=("name_zh", "pk"), attrs=NAME_CELL, verbose_name=pgettext_lazy("project", "Milestone")
    )
    reached_on = DateColumn(verbose_name=_("Reached on"))
    verified_on = DateColumn(verbose_name=pgettext_lazy("milestone of a project", "Signed on"))
    evidence = tables.Column(orderable=False, verbose_name=_("Evidence"))

    class Meta:
        model = Milestone
        fields = ("project", "number", "name", "reached_on", "verified_on", "evidence")
        empty_text = _("No milestone stands behind this figure.")

    def render_project(self, record: Milestone) -> str:
        return name_of(record.project, "title")

    def render_name(self, record: Milestone) -> SafeString:
        return linked(record, name_of(record))

    def value_name(self, record: Milestone) -> str:
        return name_of(record)


class ProjectFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Projects by words, kind, state, agreement and what waits."""

    words = django_filters.CharFilter(method="with_words", label=_("Title, code or institution"))
    kind = django_filters.ChoiceFilter(choices=KIND_CHOICES, label=_("Kind"))
    state = django_filters.ChoiceFilter(choices=ProjectState.choices, label=_("State"))
    agreement = django_filters.CharFilter(field_name="agreement__code", lookup_expr="iexact", label=_("Agreement"))
    institution = django_filters.CharFilter(
        field_name="institution__code", lookup_expr="iexact", label=_("Institution code")
    )
    late = django_filters.ChoiceFilter(choices=ONLY, method="only_late", label=_("Late"))
    waiting = django_filters.ChoiceFilter(choices=ONLY, method="only_waiting", label=_("Waits for a signature"))

    def with_words(self, rows: QuerySet[Project, Any], _name: str, value: str) -> QuerySet[Project, Any]:
        own = Q(code__icontains=value) | Q(title_zh__icontains=value) | Q(title_en__icontains=value)
        return rows.filter(own | Q(institution__name_zh__icontains=value) | Q(institution__name_en__icontains=value))

    def only_late(self, rows: Any, _name: str, _value: str) -> Any:  # noqa: ANN401 - rows with counts of the query
        return rows.filter(is_late=True)

    def only_waiting(self, rows: Any, _name: str, _value: str) -> Any:  # noqa: ANN401 - as above
        return rows.filter(reached_count__gt=F("signed_count"))

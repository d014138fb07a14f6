"""Tables and filters of the pipeline."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.growth.models import Innovation, InnovationKind, InnovationState, InnovationStep, InnovationUse
from lianyi.growth.pipeline_stages import stages_on
from lianyi.growth.pipeline_texts import STATE_TONES, stage_word
from lianyi.growth.tables.projects import linked
from lianyi.pages.columns import NAME_CELL, DateColumn, NumberColumn, TagColumn
from lianyi.pages.names import in_language, name_of
from lianyi.registry.models import Institution


def stage_choices() -> list[tuple[str, str]]:
    rows = stages_on(timezone.localdate()).stages
    return [(each.id, in_language(each.name.zh, each.name.en)) for each in rows]


class InnovationTable(tables.Table):  # type: ignore[misc]
    """Projects of the pipeline and where they stand."""

    code = tables.Column(verbose_name=_("Code"))
    title = tables.Column(accessor="pk", order_by=("title_zh", "pk"), attrs=NAME_CELL, verbose_name=_("Project"))
    kind = tables.Column(verbose_name=_("Kind"))
    institution = tables.Column(order_by=("institution__name_zh",), attrs=NAME_CELL, verbose_name=_("Institution"))
    stage = tables.Column(verbose_name=_("Stage"))
    state = TagColumn(STATE_TONES, dict(InnovationState.choices), verbose_name=_("State"))
    started_on = DateColumn(verbose_name=_("Started on"))
    last_step_on = DateColumn(verbose_name=_("Last step"))
    approved_to = DateColumn(verbose_name=_("Ethics approval to"))
    use_count = NumberColumn(verbose_name=_("Institutions that use it"))

    empty_hint = _("Write a project, or import a table of projects of the pipeline.")

    class Meta:
        model = Innovation
        fields = (
            *("code", "title", "kind", "institution", "stage", "state", "started_on", "last_step_on", "approved_to"),
            "use_count",
        )
        empty_text = _("No project of the pipeline lies within your reach yet.")

    def render_title(self, record: Innovation) -> SafeString:
        return linked(record, name_of(record, "title"))

    def value_title(self, record: Innovation) -> str:
        return name_of(record, "title")

    def render_institution(self, record: Innovation) -> str:
        return name_of(record.institution)

    def render_stage(self, value: str) -> str:
        return stage_word(value)


class StageEvidenceTable(tables.Table):  # type: ignore[misc]
    """The completed stages behind a counted figure."""

    innovation = tables.Column(order_by=("innovation__code",), attrs=NAME_CELL, verbose_name=_("Project"))
    stage = tables.Column(verbose_name=_("Stage"))
    on = DateColumn(verbose_name=_("Completed on"))
    evidence = tables.Column(orderable=False, verbose_name=_("What shows it"))

    class Meta:
        model = InnovationStep
        fields = ("innovation", "stage", "on", "evidence")
        empty_text = _("No stage stands behind this figure.")

    def render_innovation(self, value: Innovation) -> SafeString:
        return linked(value, name_of(value, "title"))

    def value_innovation(self, value: Innovation) -> str:
        return name_of(value, "title")

    def render_stage(self, value: str) -> str:
        return stage_word(value)


class UseEvidenceTable(tables.Table):  # type: ignore[misc]
    """The institutions behind a counted figure."""

    innovation = tables.Column(order_by=("innovation__code",), attrs=NAME_CELL, verbose_name=_("Project"))
    institution = tables.Column(order_by=("institution__name_zh",), attrs=NAME_CELL, verbose_name=_("Institution"))
    first_used_on = DateColumn(verbose_name=_("First used on"))

    class Meta:
        model = InnovationUse
        fields = ("innovation", "institution", "first_used_on")
        empty_text = _("No institution stands behind this figure.")

    def render_innovation(self, value: Innovation) -> SafeString:
        return linked(value, name_of(value, "title"))

    def value_innovation(self, value: Innovation) -> str:
        return name_of(value, "title")

    def render_institution(self, value: Institution) -> str:
        return name_of(value)


class InnovationFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Projects of the pipeline by words, kind, stage, state and agreement."""

    words = django_filters.CharFilter(method="with_words", label=_("Title, code or institution"))
    kind = django_filters.ChoiceFilter(choices=InnovationKind.choices, label=_("Kind"))
    stage = django_filters.ChoiceFilter(choices=stage_choices, label=_("Stage"))
    state = django_filters.ChoiceFilter(
        choices=InnovationState.choices, label=pgettext_lazy("state in the pipeline", "State")
    )
    agreement = django_filters.CharFilter(field_name="agreement__code", lookup_expr="iexact", label=_("Agreement"))

    def with_words(self, rows: QuerySet[Innovation, Any], _name: str, value: str) -> QuerySet[Innovation, Any]:
        own = Q(code__icontains=value) | Q(title_zh__icontains=value) | Q(title_en__icontains=value)
        return rows.filter(own | Q(institution__name_zh__icontains=value) | Q(institution__name_en__icontains=value))

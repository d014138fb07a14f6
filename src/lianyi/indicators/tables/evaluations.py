"""Lists of evaluations, and of the rows behind one."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext as _pnow
from django.utils.translation import pgettext_lazy

from lianyi.indicators.evaluation_texts import STATE_TONES
from lianyi.indicators.models import Evaluation, EvaluationSource, EvaluationState
from lianyi.pages.columns import NAME_CELL, NumberColumn, TagColumn
from lianyi.pages.names import name_of


class EvaluationTableOfRows(tables.Table):  # type: ignore[misc]
    """Evaluations, each version a row."""

    code = tables.Column(verbose_name=_("Code"))
    question = tables.Column(attrs=NAME_CELL, verbose_name=_("Question in words"))
    node = tables.Column(
        order_by=("node__name_zh", "pk"), attrs=NAME_CELL, verbose_name=pgettext_lazy("evaluation", "Helped")
    )
    starts = tables.Column(verbose_name=_("Help began in"))
    left = tables.Column(verbose_name=_("The team left in"))
    source = tables.Column(verbose_name=pgettext_lazy("evaluation", "Figures"))
    state = TagColumn(STATE_TONES, dict(EvaluationState.choices), verbose_name=_("State"))

    empty_hint = _("An evaluation begins with a question: to the values of this site, or to a table of your own.")

    class Meta:
        model = Evaluation
        fields = ("code", "question", "node", "starts", "left", "source", "state")
        empty_text = _("No evaluation lies within your reach yet.")

    def render_code(self, record: Evaluation) -> SafeString:
        mark = SafeString(render_to_string("web/sample_mark.html", {"provenance": record.provenance}))
        return format_html('<a href="{}">{}</a> {}', record.get_absolute_url(), str(record), mark)

    def value_code(self, record: Evaluation) -> str:
        return str(record)

    def render_node(self, record: Evaluation) -> str:
        return name_of(record.node)

    def render_left(self, record: Evaluation) -> str:
        return record.left or _pnow("evaluation", "still there")

    def render_question(self, record: Evaluation) -> SafeString | str:
        if hasattr(record, "superseded_by"):
            return format_html('{} <span class="tag tag-neutral">{}</span>', record.question, _now("changed later"))
        return record.question

    def value_question(self, record: Evaluation) -> str:
        return record.question


class EvaluationFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Evaluations by words, state and where the figures come from."""

    words = django_filters.CharFilter(method="with_words", label=_("Question, place or code"))
    state = django_filters.ChoiceFilter(choices=EvaluationState.choices, label=_("State"))
    source = django_filters.ChoiceFilter(choices=EvaluationSource.choices, label=pgettext_lazy("evaluation", "Figures"))

    def with_words(self, rows: QuerySet[Any, Any], _name: str, value: str) -> QuerySet[Any, Any]:
        node = Q(node__name_zh__icontains=value) | Q(node__name_en__icontains=value) | Q(node__code__iexact=value)
        return rows.filter(node | Q(question__icontains=value) | Q(code__iexact=value))


class PanelTable(tables.Table):  # type: ignore[misc]
    """The rows that an answer was computed from: unit, time, level and one outcome."""

    unit = tables.Column(attrs=NAME_CELL, verbose_name=_("Unit"))
    level = tables.Column(attrs={"td": {"class": "unbroken"}}, verbose_name=_("Level"))
    time = tables.Column(attrs={"td": {"class": "unbroken"}}, verbose_name=pgettext_lazy("evaluation", "Time"))
    outcome = tables.Column(attrs=NAME_CELL, verbose_name=pgettext_lazy("evaluation", "Outcome"))
    figure = NumberColumn(verbose_name=pgettext_lazy("of an outcome", "Figure"))

    class Meta:
        empty_text = _("No figure is there.")

    def render_figure(self, record: Any, value: Any) -> SafeString | str:  # noqa: ANN401 - a line of the page
        return format_html('<a href="{}">{}</a>', record["url"], value) if record["url"] else str(value)

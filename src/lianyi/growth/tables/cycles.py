"""The list of capability cycles."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lianyi.growth.cycles_machine import OVER, WORDS, standing_of
from lianyi.growth.models import CapabilityCycle
from lianyi.growth.queries.cycles import steps_by_cycle
from lianyi.pages.columns import NAME_CELL, DateColumn, NumberColumn
from lianyi.pages.names import name_of


class CycleTable(tables.Table):  # type: ignore[misc]
    """Cycles with where they stand, how many gaps they have and when they are looked back on."""

    agreement = tables.Column(order_by=("agreement__code",), attrs=NAME_CELL, verbose_name=_("Agreement"))
    number = NumberColumn(verbose_name=_("Cycle"))
    standing = tables.Column(accessor="pk", orderable=False, verbose_name=_("Stands at"))
    gap_count = NumberColumn(verbose_name=_("Gaps"))
    review_due_on = DateColumn(verbose_name=_("Review due on"))
    aim = tables.Column(attrs=NAME_CELL, orderable=False, verbose_name=_("What this cycle is for"))

    empty_hint = _("Open an agreement and its page Capability cycle; there a cycle is opened.")

    class Meta:
        model = CapabilityCycle
        fields = ("agreement", "number", "standing", "gap_count", "review_due_on", "aim")
        empty_text = _("No capability cycle lies within your reach yet.")

    def before_render(self, _request: Any) -> None:  # noqa: ANN401 - the library's
        self.steps = steps_by_cycle([row.record for row in self.paginated_rows])

    def render_agreement(self, record: CapabilityCycle) -> SafeString:
        mark = SafeString(render_to_string("web/sample_mark.html", {"provenance": record.provenance}))
        title = name_of(record.agreement, "title")
        return format_html('<a href="{}">{}</a> {}', record.get_absolute_url(), title, mark)

    def value_agreement(self, record: CapabilityCycle) -> str:
        return name_of(record.agreement, "title")

    def render_number(self, record: CapabilityCycle, value: int) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), value)

    def value_number(self, value: int) -> int:
        return value

    def render_standing(self, record: CapabilityCycle) -> str:
        if not hasattr(self, "steps"):
            self.steps = steps_by_cycle([row.record for row in self.rows])
        return standing_word(standing_of(self.steps.get((record.agreement_id, record.number), [])))


def standing_word(standing: int) -> str:
    return str(_("review finished")) if standing == OVER else str(WORDS[standing])


class CycleFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Cycles by words, and those whose review is due."""

    words = django_filters.CharFilter(method="with_words", label=_("Agreement or aim"))
    due = django_filters.ChoiceFilter(choices=[("yes", _("review is due"))], method="only_due", label=_("Review"))

    def with_words(self, rows: QuerySet[Any, Any], _name: str, value: str) -> QuerySet[Any, Any]:
        title = Q(agreement__title_zh__icontains=value) | Q(agreement__title_en__icontains=value)
        return rows.filter(title | Q(agreement__code__iexact=value) | Q(aim__icontains=value))

    def only_due(self, rows: QuerySet[Any, Any], _name: str, _value: str) -> QuerySet[Any, Any]:
        return due_for_review(rows)


def due_for_review(rows: QuerySet[CapabilityCycle, Any]) -> QuerySet[CapabilityCycle, Any]:
    """Return the cycles whose review is due by today and not finished."""
    due = rows.filter(review_due_on__lte=timezone.localdate())
    found = list(due)
    steps = steps_by_cycle(found)
    over = [row.pk for row in found if standing_of(steps.get((row.agreement_id, row.number), [])) == OVER]
    return due.exclude(pk__in=over)

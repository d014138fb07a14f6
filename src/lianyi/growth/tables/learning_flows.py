"""The table of who learned what from whom."""

from __future__ import annotations

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.growth.learning_lines import FlowLine
from lianyi.growth.queries.learning_flows import SAMPLE, Behind
from lianyi.pages.columns import NAME_CELL
from lianyi.pages.values import shown

ROWS_SHOWN = 4


class FlowTable(tables.Table):  # type: ignore[misc]
    """One line for each kind and subject between two ends."""

    giver = tables.Column(accessor="giver_word", attrs=NAME_CELL, verbose_name=_("Learned from"))
    subject = tables.Column(accessor="subject_word", attrs=NAME_CELL, verbose_name=_("What was learned"))
    learner = tables.Column(accessor="learner_word", attrs=NAME_CELL, verbose_name=_("Learned by"))
    way = tables.Column(verbose_name=_("How it was learned"))
    people = tables.Column(order_by=("weight",), attrs={"td": {"class": "numeric"}}, verbose_name=_("People"))
    reached = tables.Column(orderable=False, attrs={"td": {"class": "numeric"}}, verbose_name=_("Reached it"))
    days = tables.Column(accessor="first_on", verbose_name=pgettext_lazy("from and to", "Days"))
    rows = tables.Column(orderable=False, verbose_name=_("Records"))

    empty_hint = _("Attendance at sessions, mentors, cases of techniques and secondments up appear here by themselves.")

    class Meta:
        empty_text = _("Nobody within your reach has learned anything on record yet.")

    def render_subject(self, record: FlowLine) -> SafeString:
        mark = SafeString(render_to_string("web/sample_mark.html", {"provenance": SAMPLE}))
        return format_html("{} {}", record.subject_word, mark if record.flow.is_sample else "")

    def value_subject(self, record: FlowLine) -> str:
        return record.subject_word

    def render_days(self, record: FlowLine) -> SafeString:
        first, last = shown(record.first_on), shown(record.last_on)
        return format_html('<span class="unbroken">{} –</span> <span class="unbroken">{}</span>', first, last)

    def value_days(self, record: FlowLine) -> str:
        return f"{record.first_on} – {record.last_on}"

    def render_rows(self, record: FlowLine) -> SafeString | str:
        if not record.shows_links:
            return "—"
        first = format_html_join(" ", "{}", ((_row(each),) for each in record.rows[:ROWS_SHOWN]))
        rest = record.rows[ROWS_SHOWN:]
        if not rest:
            return first
        more = format_html_join(" ", "{}", ((_row(each),) for each in rest))
        return format_html("{} <details><summary>+{}</summary>{}</details>", first, len(rest), more)

    def value_rows(self, record: FlowLine) -> str:
        return " ".join(each.code for each in record.rows) if record.shows_links else ""


def _row(each: Behind) -> SafeString:
    outcome = format_html(' <span class="muted">{}</span>', each.outcome) if each.outcome else ""
    return format_html('<span class="learned-row"><a href="{}">{}</a>{}</span>', each.url, each.code, outcome)

"""Tables of rounds."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.dispatch.models import RoundProgramme, RoundVisit, VisitState
from lianyi.dispatch.rounds_disclosure import watched_counts
from lianyi.dispatch.rounds_texts import VISIT_TONES, frequency_word, reason_word
from lianyi.dispatch.tables import DaysColumn
from lianyi.pages.columns import NAME_CELL, DateColumn, NumberColumn, TagColumn
from lianyi.pages.names import name_of
from lianyi.pages.values import shown


def _linked(row: Any, text: str) -> SafeString:  # noqa: ANN401 - a row with a page of its own
    mark = SafeString(render_to_string("web/sample_mark.html", {"provenance": row.provenance}))
    return format_html('<a href="{}">{}</a> {}', row.get_absolute_url(), text, mark)


class ProgrammeTable(tables.Table):  # type: ignore[misc]
    """Programmes of rounds, what they ask for and when the last visit was."""

    code = tables.Column(verbose_name=_("Code"))
    name = tables.Column(accessor="pk", order_by=("name_zh", "pk"), attrs=NAME_CELL, verbose_name=_("Name"))
    kind = tables.Column(verbose_name=_("Kind"))
    agreement = tables.Column(order_by=("agreement__code",), attrs=NAME_CELL, verbose_name=_("Agreement"))
    frequency = tables.Column(accessor="pk", orderable=False, verbose_name=_("Frequency"))
    stop_count = NumberColumn(verbose_name=_("Stops"))
    crew_count = NumberColumn(verbose_name=_("Teams"))
    last_held_on = DateColumn(verbose_name=_("Last visit"))
    days = DaysColumn(
        "starts_on", "ends_on", order_by=("starts_on", "pk"), verbose_name=pgettext_lazy("from and to", "Days")
    )
    starts_on = DateColumn(visible=False, verbose_name=_("From"))
    ends_on = DateColumn(visible=False, verbose_name=_("To"))

    empty_hint = _("Write a programme under an agreement in force, or import a table of programmes.")

    class Meta:
        model = RoundProgramme
        fields = ("code", "name", "kind", "agreement", "frequency", "stop_count", "crew_count", "last_held_on", "days")
        empty_text = _("No programme of rounds lies within your reach yet.")

    def render_name(self, record: RoundProgramme) -> SafeString:
        return _linked(record, name_of(record))

    def value_name(self, record: RoundProgramme) -> str:
        return name_of(record)

    def render_agreement(self, record: RoundProgramme) -> str:
        return name_of(record.agreement, "title")

    def render_frequency(self, record: RoundProgramme) -> str:
        return frequency_word(record.required_visits, record.period)


class VisitTable(tables.Table):  # type: ignore[misc]
    """Visits as planned and as made."""

    day = DateColumn(verbose_name=_("Day"))
    stop = tables.Column(order_by=("stop__code", "pk"), attrs=NAME_CELL, verbose_name=_("Stop"))
    crew = tables.Column(order_by=("crew__team__code", "pk"), verbose_name=_("Team"))
    state = TagColumn(VISIT_TONES, dict(VisitState.choices), verbose_name=_("State"))
    held_on = DateColumn(verbose_name=_("Held on"))
    people_seen = NumberColumn(verbose_name=_("People seen"))
    why = tables.Column(accessor="pk", order_by=("reason_code", "pk"), verbose_name=_("Why"))
    programme = tables.Column(accessor="pk", orderable=False, visible=False, verbose_name=_("Programme"))

    empty_hint = _("Make a plan of rounds, or record a visit.")

    class Meta:
        model = RoundVisit
        fields = ("day", "stop", "crew", "state", "held_on", "people_seen", "why", "programme")
        empty_text = _("No visit lies within your reach yet.")

    def render_stop(self, record: RoundVisit) -> SafeString:
        return _linked(record, name_of(record.stop.site))

    def value_stop(self, record: RoundVisit) -> str:
        return name_of(record.stop.site)

    def render_crew(self, record: RoundVisit) -> str:
        return name_of(record.crew.team)

    def render_why(self, record: RoundVisit) -> str:
        return reason_word(record.reason_code, record.reason) or "—"

    def value_why(self, record: RoundVisit) -> str:
        return reason_word(record.reason_code, record.reason)

    def value_programme(self, record: RoundVisit) -> str:
        return name_of(record.stop.programme)


class WatchedVisitTable(VisitTable):
    """Visits for those who only watch: small counts of people are told as small, and their order is not told."""

    people_seen = NumberColumn(orderable=False, verbose_name=_("People seen"))

    def render_people_seen(self, value: int) -> str:
        return shown(watched_counts().shown(value))

    def value_people_seen(self, value: int) -> int | str | None:
        return watched_counts().shown(value)


class RoundEvidenceTable(VisitTable):
    """The visits behind a counted figure."""

    class Meta(VisitTable.Meta):
        empty_text = _("No visit stands behind this figure.")


class WatchedRoundEvidenceTable(WatchedVisitTable):
    """The visits behind a counted figure, for those who only watch."""

    class Meta(WatchedVisitTable.Meta):
        empty_text = _("No visit stands behind this figure.")

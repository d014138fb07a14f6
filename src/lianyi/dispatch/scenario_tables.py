"""Tables of scenarios and of their lines."""

from __future__ import annotations

import datetime
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lianyi.dispatch.models import PlanLine, PlanScenario, ScenarioState
from lianyi.dispatch.needs_texts import wanted_word
from lianyi.dispatch.scenario_problem import horizon_of
from lianyi.dispatch.scenario_words import STATE_TONES
from lianyi.dispatch.texts import title_word
from lianyi.pages.columns import NAME_CELL, DateColumn, MomentColumn, NumberColumn, TagColumn
from lianyi.pages.names import name_of
from lianyi.registry.reference_names import reference_name


def last_day_of(row: PlanScenario) -> datetime.date:
    return horizon_of(row).last_day_of(row.periods - 1)


class ScenarioTable(tables.Table):  # type: ignore[misc]
    """What was tried, for which agreements and months, and how good it is."""

    name = tables.Column(attrs=NAME_CELL, verbose_name=_("Scenario"))
    agreements = tables.Column(accessor="pk", orderable=False, attrs=NAME_CELL, verbose_name=_("Agreements"))
    state = TagColumn(STATE_TONES, dict(ScenarioState.choices), verbose_name=_("State"))
    first_day = DateColumn(verbose_name=_("From"))
    last_day = DateColumn(accessor="pk", order_by=("first_day", "periods"), verbose_name=_("To"))
    line_count = NumberColumn(verbose_name=_("Lines"))
    met = NumberColumn(accessor="pk", orderable=False, verbose_name=_("Person-periods met"))
    wanted = NumberColumn(accessor="pk", orderable=False, verbose_name=_("Person-periods wanted"))
    owner = tables.Column(attrs=NAME_CELL, order_by=("owner__name_zh",), verbose_name=_("Office that plans"))
    created_at = MomentColumn(verbose_name=_("Made on"))

    empty_hint = _("Make a scenario: it plans who goes where and when for the needs that are open for help.")

    class Meta:
        model = PlanScenario
        fields = ("name", "agreements", "state", "first_day", "last_day", "line_count", "met", "wanted", "owner")
        sequence = (*fields, "created_at")
        empty_text = _("No plan scenario is on record within your reach.")

    def render_name(self, record: PlanScenario, value: str) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), value)

    def value_name(self, value: str) -> str:
        return value

    def render_agreements(self, record: PlanScenario) -> str:
        return "; ".join(name_of(each, "title") for each in record.agreements.all())

    def value_agreements(self, record: PlanScenario) -> str:
        return "; ".join(each.code for each in record.agreements.all())

    def render_last_day(self, record: PlanScenario) -> str:
        return str(last_day_of(record))

    def value_last_day(self, record: PlanScenario) -> datetime.date:
        return last_day_of(record)

    def render_met(self, record: PlanScenario) -> str:
        return str(record.figures.get("met", "—"))

    def value_met(self, record: PlanScenario) -> Any:  # noqa: ANN401 - a number of the document, or none
        return record.figures.get("met")

    def render_wanted(self, record: PlanScenario) -> str:
        return str(record.figures.get("wanted", "—"))

    def value_wanted(self, record: PlanScenario) -> Any:  # noqa: ANN401
        return record.figures.get("wanted")

    def render_owner(self, record: PlanScenario) -> str:
        return name_of(record.owner)

    def value_owner(self, record: PlanScenario) -> str:
        return name_of(record.owner)


class PlanLineTable(tables.Table):  # type: ignore[misc]
    """The lines of a scenario, one in a row, to sort and to take along."""

    staff = tables.Column(attrs=NAME_CELL, order_by=("staff__name_zh", "staff__code"), verbose_name=_("Person"))
    title = tables.Column(accessor="staff", order_by=("staff__title_rank",), verbose_name=_("Title"))
    home = tables.Column(
        accessor="staff", attrs=NAME_CELL, order_by=("staff__institution__name_zh",), verbose_name=_("From")
    )
    home_department = tables.Column(
        accessor="staff", attrs=NAME_CELL, order_by=("staff__department__name_zh",), verbose_name=_("Home department")
    )
    recipient = tables.Column(
        accessor="need", attrs=NAME_CELL, order_by=("need__institution__name_zh",), verbose_name=_("To")
    )
    need = tables.Column(order_by=("need__code",), verbose_name=_("Need"))
    wanted = tables.Column(
        accessor="need", attrs=NAME_CELL, order_by=("need__specialty",), verbose_name=_("Who is wanted")
    )
    first_day = DateColumn(accessor="pk", order_by=("first",), verbose_name=_("First day"))
    last_day = DateColumn(accessor="pk", order_by=("last",), verbose_name=_("Last day"))
    months = NumberColumn(accessor="pk", orderable=False, verbose_name=_("Months"))
    is_locked = tables.BooleanColumn(verbose_name=_("Locked"))
    origin = tables.Column(verbose_name=_("Origin"))
    staff_code = tables.Column(accessor="staff__code", visible=False, verbose_name=_("Staff number"))
    institution_code = tables.Column(
        accessor="staff__institution__code", visible=False, verbose_name=_("Institution code")
    )
    recipient_code = tables.Column(
        accessor="need__institution__code", visible=False, verbose_name=_("Code of the receiving institution")
    )

    empty_hint = _("Search for a plan, or add a line by hand.")

    class Meta:
        model = PlanLine
        fields = ("staff", "title", "home", "home_department", "recipient", "need", "wanted")
        sequence = (*fields, "first_day", "last_day", "months", "is_locked", "origin", "...")
        empty_text = _("The scenario has no lines yet.")

    def render_staff(self, record: PlanLine) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("dispatch:plan-line", args=[record.pk]), self.value_staff(record)
        )

    def value_staff(self, record: PlanLine) -> str:
        return name_of(record.staff)

    def render_title(self, record: PlanLine) -> str:
        return title_word(record.staff)

    def render_home(self, record: PlanLine) -> str:
        return name_of(record.staff.institution)

    def render_home_department(self, record: PlanLine) -> str:
        return "—" if record.staff.department is None else name_of(record.staff.department)

    def render_recipient(self, record: PlanLine) -> str:
        return name_of(record.need.institution or record.need.place)

    def render_need(self, record: PlanLine) -> str:
        return record.need.code

    def render_wanted(self, record: PlanLine) -> str:
        return wanted_word(record.need)

    def render_first_day(self, record: PlanLine) -> str:
        return str(self.value_first_day(record))

    def value_first_day(self, record: PlanLine) -> datetime.date:
        return horizon_of(record.scenario).first_day_of(record.first)

    def render_last_day(self, record: PlanLine) -> str:
        return str(self.value_last_day(record))

    def value_last_day(self, record: PlanLine) -> datetime.date:
        return horizon_of(record.scenario).last_day_of(record.last)

    def value_months(self, record: PlanLine) -> int:
        return (record.last - record.first + 1) * record.scenario.months_per_period

    def render_months(self, record: PlanLine) -> str:
        return str(self.value_months(record))

    def value_title(self, record: PlanLine) -> str:
        return reference_name("title_ranks", record.staff.title_rank)

    value_home, value_home_department, value_recipient = render_home, render_home_department, render_recipient
    value_need, value_wanted = render_need, render_wanted

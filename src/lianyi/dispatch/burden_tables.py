"""Tables of the burden: people against their peers, departments by the share that is away."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianyi.dispatch.burden import PersonLine, WardLine
from lianyi.dispatch.tables import PersonColumn
from lianyi.dispatch.texts import title_word
from lianyi.pages.columns import NAME_CELL, NameColumn, NumberColumn
from lianyi.registry.reference_names import reference_name

DIGITS = 1


class MonthsColumn(NumberColumn):
    """Months with one digit; nothing where there is nobody to compare with."""

    def render(self, value: float) -> str:
        return f"{value:.{DIGITS}f}"

    def value(self, value: float | None) -> float | None:
        return None if value is None else round(value, 2)


class PersonBurdenTable(tables.Table):  # type: ignore[misc]
    """Months away of each person, and of others of the same profession, title and specialty."""

    person = PersonColumn(accessor="staff", order_by=("staff__code",), verbose_name=gettext_lazy("Person"))
    department = NameColumn(
        accessor="staff__department", order_by=("staff__department_id",), verbose_name=gettext_lazy("Department")
    )
    title = tables.Column(
        accessor="staff", order_by=("staff__title_rank",), attrs=NAME_CELL, verbose_name=gettext_lazy("Title")
    )
    months_away = MonthsColumn(accessor="burden__months_away", verbose_name=gettext_lazy("Months away"))
    per_year = MonthsColumn(accessor="burden__months_per_year", verbose_name=gettext_lazy("Months a year"))
    peers_per_year = MonthsColumn(
        accessor="burden__peers_months_per_year", verbose_name=gettext_lazy("Months a year of the others")
    )
    above = MonthsColumn(accessor="burden__above_peers", verbose_name=gettext_lazy("More than the others"))
    years = NumberColumn(accessor="burden__years_sent", verbose_name=gettext_lazy("Years with a posting"))
    asked = NumberColumn(accessor="times_asked", verbose_name=gettext_lazy("Times asked"))
    # A file keeps every fact in a cell of its own.
    institution = NameColumn(
        accessor="staff__institution",
        order_by=("staff__institution__code",),
        visible=False,
        verbose_name=gettext_lazy("Institution"),
    )
    specialty = tables.Column(accessor="staff__specialty", visible=False, verbose_name=gettext_lazy("Specialty"))
    postings = NumberColumn(accessor="burden__postings", visible=False, verbose_name=gettext_lazy("Postings"))
    peers = NumberColumn(accessor="burden__peers", visible=False, verbose_name=gettext_lazy("Number of the others"))

    empty_hint = gettext_lazy("Enter people in the registry, and publish a plan.")

    class Meta:
        order_by = "-above"
        empty_text = gettext_lazy("Nobody was employed then within your reach.")

    def render_title(self, record: PersonLine) -> str:
        return title_word(record.staff)

    def value_title(self, record: PersonLine) -> str:
        return title_word(record.staff)

    def value_specialty(self, value: str) -> str:
        return reference_name("specialties", value)

    def render_years(self, record: PersonLine) -> SafeString:
        years = len(record.burden.years_sent)
        if not record.is_often:
            return SafeString(years)
        return format_html('{} <span class="tag tag-warning">{}</span>', years, _("again and again"))

    def value_years(self, record: PersonLine) -> int:
        return len(record.burden.years_sent)


class WardBurdenTable(tables.Table):  # type: ignore[misc]
    """What each department gave, and how many were left on its worst day."""

    department = NameColumn(order_by=("department__code",), verbose_name=gettext_lazy("Department"))
    institution = NameColumn(
        accessor="department__institution",
        order_by=("department__institution__code",),
        verbose_name=gettext_lazy("Institution"),
    )
    people = NumberColumn(accessor="burden__people", verbose_name=gettext_lazy("Staff"))
    weeks_away = MonthsColumn(accessor="burden__weeks_away", verbose_name=gettext_lazy("Person-weeks away"))
    share = MonthsColumn(accessor="burden__share_away", verbose_name=gettext_lazy("Share away (%)"))
    most_away = NumberColumn(accessor="burden__most_away", verbose_name=gettext_lazy("Most away on one day"))
    least_left = NumberColumn(verbose_name=gettext_lazy("Left on that day"))
    minimum = NumberColumn(
        accessor="department__minimum_staff_on_duty", verbose_name=gettext_lazy("Have to stay on duty")
    )

    empty_hint = gettext_lazy("Enter people with their departments in the registry.")

    class Meta:
        order_by = "-share"
        empty_text = gettext_lazy("No department had people then within your reach.")

    def render_share(self, record: WardLine) -> str:
        return f"{100 * record.burden.share_away:.{DIGITS}f}"

    def value_share(self, record: WardLine) -> float:
        return round(100 * record.burden.share_away, 2)

    def render_least_left(self, record: WardLine) -> SafeString:
        if not record.is_bare:
            return SafeString(record.least_left)
        return format_html('{} <span class="tag tag-bad">{}</span>', record.least_left, _("too few"))

    def value_least_left(self, record: WardLine) -> int:
        return record.least_left

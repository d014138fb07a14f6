"""Tables of needs."""

from __future__ import annotations

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lianyi.dispatch.models import Need, NeedOrigin, NeedPriority, NeedState
from lianyi.dispatch.needs_texts import NEED_TONES, people_word, wanted_word
from lianyi.dispatch.tables import DaysColumn
from lianyi.pages.columns import NAME_CELL, DateColumn, NumberColumn, TagColumn
from lianyi.pages.names import name_of
from lianyi.registry.reference_names import reference_name

PRIORITY_TONES = {NeedPriority.URGENT: "bad", NeedPriority.HIGH: "warning"}


class NeedTable(tables.Table):  # type: ignore[misc]
    """Who is wanted where, since when, and how much of it is filled."""

    code = tables.Column(verbose_name=_("Number"))
    asks = tables.Column(
        accessor="pk",
        order_by=("institution__name_zh", "place__name_zh"),
        attrs=NAME_CELL,
        verbose_name=_("Institution"),
    )
    wanted = tables.Column(
        accessor="pk", order_by=("specialty", "profession"), attrs=NAME_CELL, verbose_name=_("Who is wanted")
    )
    people = tables.Column(empty_values=(), verbose_name=_("People"))
    filled = NumberColumn(verbose_name=_("Filled"))
    standing = TagColumn(NEED_TONES, dict(NeedState.choices), verbose_name=_("State"))
    priority = TagColumn(PRIORITY_TONES, verbose_name=_("Priority"))
    wanted_days = DaysColumn("starts_on", "ends_on", order_by=("starts_on", "pk"), verbose_name=_("Wanted"))
    origin = tables.Column(verbose_name=_("Origin"))
    # A file keeps every fact in a cell of its own.
    department = tables.Column(visible=False, verbose_name=_("Department"))
    specialty = tables.Column(visible=False, verbose_name=_("Specialty"))
    profession = tables.Column(visible=False, verbose_name=_("Profession"))
    least_title_rank = tables.Column(visible=False, verbose_name=_("Least title"))
    starts_on = DateColumn(visible=False, verbose_name=_("Wanted from"))
    ends_on = DateColumn(visible=False, verbose_name=_("Wanted to"))
    least_term_months = NumberColumn(visible=False, verbose_name=_("Least continuous term (months)"))
    reason_code = tables.Column(visible=False, verbose_name=_("Why"))
    reason = tables.Column(visible=False, verbose_name=_("Why, in words"))

    empty_hint = _("Write a need, import a table of needs, or look at what the records propose.")

    class Meta:
        model = Need
        fields = ("code", "asks", "wanted", "people", "filled", "standing", "priority", "wanted_days", "origin")
        empty_text = _("No need is on record within your reach.")

    def render_code(self, record: Need, value: str) -> SafeString:
        mark = SafeString(render_to_string("web/sample_mark.html", {"provenance": record.provenance}))
        return format_html('<a href="{}">{}</a> {}', record.get_absolute_url(), value, mark)

    def value_code(self, value: str) -> str:
        return value

    def render_asks(self, record: Need) -> str:
        return name_of(record.institution or record.place)

    def value_asks(self, record: Need) -> str:
        return name_of(record.institution or record.place)

    def render_wanted(self, record: Need) -> str:
        return wanted_word(record)

    def value_wanted(self, record: Need) -> str:
        return wanted_word(record)

    def render_people(self, record: Need) -> str:
        return people_word(record)

    def value_people(self, record: Need) -> int | str:
        return people_word(record) if record.people is None else record.people

    def render_origin(self, record: Need) -> str:
        return str(NeedOrigin(record.origin).label)

    def value_department(self, record: Need) -> str:
        return "" if record.department is None else name_of(record.department)

    def value_specialty(self, record: Need) -> str:
        return reference_name("specialties", record.specialty)

    def value_profession(self, record: Need) -> str:
        return reference_name("professions", record.profession)

    def value_least_title_rank(self, record: Need) -> str:
        return reference_name("title_ranks", record.least_title_rank)

"""Tables of mentors and apprentices."""

from __future__ import annotations

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lianyi.growth.models import MentorPair
from lianyi.pages.columns import NAME_CELL, DateColumn, NumberColumn
from lianyi.pages.names import name_of
from lianyi.registry.models import Staff

STANDING = (("yes", _("still together")), ("no", _("ended")))


class MentorPairTable(tables.Table):  # type: ignore[misc]
    """Who teaches whom since when, and how much the logbook holds."""

    code = tables.Column(attrs={"td": {"class": "unbroken"}}, verbose_name=_("Number"))
    mentor = tables.Column(order_by=("mentor__name_zh",), attrs=NAME_CELL, verbose_name=_("Mentor"))
    apprentice = tables.Column(order_by=("apprentice__name_zh",), attrs=NAME_CELL, verbose_name=_("Apprentice"))
    starts_on = DateColumn(verbose_name=_("From"))
    ended_on = DateColumn(verbose_name=_("Ended on"))
    goal_count = NumberColumn(verbose_name=_("Goals"))
    line_count = NumberColumn(verbose_name=_("Confirmed lines"))
    last_done_on = DateColumn(verbose_name=_("Last line"))
    agreement = tables.Column(order_by=("agreement__code",), visible=False, verbose_name=_("Agreement"))

    empty_hint = _("Bring a mentor and an apprentice together, or import a table of pairs.")

    class Meta:
        model = MentorPair
        fields = ("code", "mentor", "apprentice", "starts_on", "ended_on", "goal_count", "line_count", "last_done_on")
        empty_text = _("No mentor and apprentice lie within your reach yet.")

    def render_code(self, record: MentorPair, value: str) -> SafeString:
        mark = SafeString(render_to_string("web/sample_mark.html", {"provenance": record.provenance}))
        return format_html('<a href="{}">{}</a> {}', record.get_absolute_url(), value, mark)

    def value_code(self, value: str) -> str:
        return value

    def render_mentor(self, record: MentorPair) -> str:
        return _person(record.mentor)

    def render_apprentice(self, record: MentorPair) -> str:
        return _person(record.apprentice)

    def render_agreement(self, record: MentorPair) -> str:
        return name_of(record.agreement, "title")


class MentorEvidenceTable(MentorPairTable):
    """The pairs behind a counted figure."""

    class Meta(MentorPairTable.Meta):
        empty_text = _("No pair stands behind this figure.")


def _person(row: Staff) -> str:
    return f"{name_of(row)} · {name_of(row.institution)}"


class MentorPairFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Pairs by people, institution, agreement and whether they go on."""

    words = django_filters.CharFilter(method="with_words", label=_("Person or number"))
    agreement = django_filters.CharFilter(
        field_name="agreement__code", lookup_expr="iexact", label=_("Agreement (code)")
    )
    goes_on = django_filters.ChoiceFilter(choices=STANDING, method="still_together", label=_("Standing"))

    def with_words(self, rows: QuerySet[MentorPair], _name: str, value: str) -> QuerySet[MentorPair]:
        people = Q(mentor__name_zh__icontains=value) | Q(apprentice__name_zh__icontains=value)
        english = Q(mentor__name_en__icontains=value) | Q(apprentice__name_en__icontains=value)
        return rows.filter(Q(code__icontains=value) | people | english)

    def still_together(self, rows: QuerySet[MentorPair], _name: str, value: str) -> QuerySet[MentorPair]:
        return rows.filter(ended_on__isnull=value == "yes")

"""Tables of the pool and of candidacies."""

from __future__ import annotations

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lianyi.dispatch.models import Candidacy, CandidacyOrigin, CandidacyState, PoolMember, PoolStanding
from lianyi.dispatch.pool_texts import CANDIDACY_TONES, POOL_TONES, aim_word, candidate_word, limit_words
from lianyi.dispatch.texts import title_word
from lianyi.pages.columns import NAME_CELL, DateColumn, NameColumn, NumberColumn, TagColumn
from lianyi.pages.names import name_of
from lianyi.registry.reference_names import reference_name


def _mark(provenance: str) -> SafeString:
    return SafeString(render_to_string("web/sample_mark.html", {"provenance": provenance}))


class PoolTable(tables.Table):  # type: ignore[misc]
    """Who may be sent, within which limits, and how often they were sent already."""

    person = tables.Column(accessor="staff", order_by=("staff__name_zh",), attrs=NAME_CELL, verbose_name=_("Person"))
    institution = NameColumn(
        accessor="staff__institution", order_by=("staff__institution__code",), verbose_name=_("Institution")
    )
    department = NameColumn(
        accessor="staff__department", order_by=("staff__department__code",), verbose_name=_("Department")
    )
    title = tables.Column(accessor="staff", order_by=("staff__title_rank",), verbose_name=_("Title"))
    specialty = tables.Column(accessor="staff__specialty", verbose_name=_("Specialty"))
    standing = TagColumn(POOL_TONES, dict(PoolStanding.choices), verbose_name=_("Standing"))
    limits = tables.Column(accessor="pk", orderable=False, verbose_name=_("Limits"))
    postings = NumberColumn(accessor="times_posted", verbose_name=_("Postings so far"))
    last_back = DateColumn(accessor="last_back_on", verbose_name=_("Last back on"))
    # A file keeps every fact in a cell of its own.
    code = tables.Column(accessor="staff__code", visible=False, verbose_name=_("Staff number"))
    longest_term_months = NumberColumn(visible=False, verbose_name=_("Longest term (months)"))
    highest_altitude_m = NumberColumn(visible=False, verbose_name=_("Highest altitude (m)"))
    hardest_hardship = NumberColumn(visible=False, verbose_name=_("Hardest hardship level"))
    not_before = DateColumn(visible=False, verbose_name=_("Not before"))
    not_after = DateColumn(visible=False, verbose_name=_("Not after"))

    empty_hint = _("Enter people, import a table, or let people state their willingness themselves.")

    class Meta:
        model = PoolMember
        fields = ("person", "institution", "department", "title", "specialty", "standing", "limits", "postings")
        empty_text = _("Nobody is in the pool within your reach.")

    def render_person(self, record: PoolMember) -> SafeString:
        mark = _mark(record.provenance)
        return format_html('<a href="{}">{}</a> {}', record.get_absolute_url(), name_of(record.staff), mark)

    def value_person(self, record: PoolMember) -> str:
        return name_of(record.staff)

    def render_title(self, record: PoolMember) -> str:
        return title_word(record.staff)

    def value_title(self, record: PoolMember) -> str:
        return title_word(record.staff)

    def render_specialty(self, value: str) -> str:
        return reference_name("specialties", value)

    def value_specialty(self, value: str) -> str:
        return reference_name("specialties", value)

    def render_limits(self, record: PoolMember) -> str:
        return " · ".join(limit_words(record)) or "—"

    def value_limits(self, record: PoolMember) -> str:
        return " · ".join(limit_words(record))


class CandidacyTable(tables.Table):  # type: ignore[misc]
    """Who was asked for, invited or applied, and what the answer was."""

    about = tables.Column(accessor="pk", orderable=False, attrs=NAME_CELL, verbose_name=_("Who"))
    origin = tables.Column(verbose_name=_("Begun by"))
    home = NameColumn(
        accessor="home_institution", order_by=("home_institution__code",), verbose_name=_("Home hospital")
    )
    aim = tables.Column(accessor="pk", order_by=("to_institution__code",), attrs=NAME_CELL, verbose_name=_("To what"))
    standing = TagColumn(CANDIDACY_TONES, dict(CandidacyState.choices), verbose_name=_("State"))
    answer_by = DateColumn(verbose_name=_("Answer by"))
    starts_on = DateColumn(visible=False, verbose_name=_("Wanted from"))
    ends_on = DateColumn(visible=False, verbose_name=_("Wanted to"))

    empty_hint = _("Invite somebody, or ask a partner hospital for somebody.")

    class Meta:
        model = Candidacy
        fields = ("about", "origin", "home", "aim", "standing", "answer_by")
        empty_text = _("Nobody was asked for or invited yet, and nobody applied.")

    def render_about(self, record: Candidacy) -> SafeString:
        mark = _mark(record.provenance)
        return format_html('<a href="{}">{}</a> {}', record.get_absolute_url(), candidate_word(record), mark)

    def value_about(self, record: Candidacy) -> str:
        return candidate_word(record)

    def render_origin(self, record: Candidacy) -> str:
        return str(CandidacyOrigin(record.origin).label)

    def value_origin(self, record: Candidacy) -> str:
        return str(CandidacyOrigin(record.origin).label)

    def render_aim(self, record: Candidacy) -> str:
        return aim_word(record)

    def value_aim(self, record: Candidacy) -> str:
        return aim_word(record)

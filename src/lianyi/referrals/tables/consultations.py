"""Table of consultations."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lianyi.pages.columns import MomentColumn, NameColumn, TagColumn
from lianyi.pages.names import name_of
from lianyi.pages.values import NOTHING
from lianyi.referrals.consultation_words import STATE_TONES, side_word, specialty_words
from lianyi.referrals.models import Consultation
from lianyi.referrals.tables.legs import DueColumn
from lianyi.referrals.texts import URGENCY_TONES


class ConsultationTable(tables.Table):  # type: ignore[misc]
    """Consultations with whose move it is, by when; nobody is named here."""

    number = tables.Column(verbose_name=_("Number"))
    kind = tables.Column(verbose_name=_("Kind"))
    urgency = TagColumn(URGENCY_TONES, verbose_name=_("Urgency"))
    specialties = tables.Column(orderable=False, verbose_name=_("Specialties"))
    patient = tables.Column(empty_values=(), orderable=False, verbose_name=_("Patient"))
    from_institution = NameColumn(order_by="from_institution__name_zh", verbose_name=_("Asking side"))
    to_institution = NameColumn(order_by="to_institution__name_zh", verbose_name=_("Asked of"))
    state = TagColumn(STATE_TONES, verbose_name=_("State"))
    ball_institution = tables.Column(
        order_by="ball_institution__name_zh", default=NOTHING, verbose_name=_("Whose move")
    )
    due_at = DueColumn(verbose_name=_("Due"))
    asked_at = MomentColumn(verbose_name=_("Asked at"))

    class Meta:
        model = Consultation
        fields = (
            "number", "due_at", "urgency", "state", "ball_institution", "kind", "specialties", "patient",
            "from_institution", "to_institution", "asked_at",
        )  # fmt: skip
        sequence = fields
        empty_text = _("No consultation lies within your reach yet.")

    empty_hint = _("What is asked of you appears here by itself.")

    def render_number(self, record: Consultation) -> SafeString:
        mark = format_html(' <span class="tag tag-sample">{}</span>', _("sample")) if record.is_sample else ""
        return format_html('<a class="unbroken" href="{}">{}</a>{}', record.get_absolute_url(), record.number, mark)

    def value_number(self, record: Consultation) -> str:
        return record.number

    def render_specialties(self, record: Consultation) -> str:
        return specialty_words(record.specialties)

    def render_patient(self, record: Consultation) -> str:
        return " · ".join(part for part in (record.get_sex_display(), record.age_band) if part)

    def render_ball_institution(self, record: Consultation) -> str:
        return f"{name_of(record.ball_institution)} ({side_word(record.ball_side)})"

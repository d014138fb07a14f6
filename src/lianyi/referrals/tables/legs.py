"""Tables of cases."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.pages.columns import NAME_CELL, MomentColumn, TagColumn
from lianyi.pages.names import name_of
from lianyi.pages.values import NOTHING, shown
from lianyi.referrals.models import Leg, PatientIdentity
from lianyi.referrals.problem_words import problem_words
from lianyi.referrals.texts import STATE_TONES, URGENCY_TONES, condition_word, left_word, receiver_name


class CaseColumn(tables.Column):  # type: ignore[misc]
    """The journey's number, leading to the case."""

    def render(self, record: Leg) -> SafeString:
        mark = format_html(' <span class="tag tag-sample">{}</span>', _("sample")) if record.is_sample else ""
        return format_html(
            '<a class="unbroken" href="{}">{}</a>{}', record.get_absolute_url(), record.request.journey.number, mark
        )

    def value(self, record: Leg) -> str:
        return record.request.journey.number


class PatientColumn(tables.Column):  # type: ignore[misc]
    """Who it is for those who may know; for the others age, sex and county."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of every column
        super().__init__(empty_values=(), orderable=False, attrs=NAME_CELL, **options)

    def render(self, record: Leg, table: tables.Table) -> str:
        found: PatientIdentity | None = table.identities.get(record.request.journey_id)
        request = record.request
        about = " · ".join(part for part in (request.get_sex_display(), request.age_band) if part)
        return f"{found.name} · {about}" if found is not None else f"{about} · {request.county_name}"


class DueColumn(tables.Column):  # type: ignore[misc]
    """Until when, and how long that still is; what is over is marked in words, not by colour alone."""

    def render(self, value: Any) -> SafeString:  # noqa: ANN401 - a moment
        now = timezone.now()
        tone = "bad" if value < now else "neutral"
        return format_html(
            '<span class="tag tag-{}">{}</span> <span class="muted unbroken">{}</span>',
            tone,
            left_word(value, now),
            shown(value),
        )

    def value(self, value: Any) -> Any:  # noqa: ANN401
        return timezone.make_naive(value).replace(microsecond=0)


class LegTable(tables.Table):  # type: ignore[misc]
    """Cases with whose move it is and until when."""

    number = CaseColumn(accessor="request__journey__number", verbose_name=_("Journey"))
    patient = PatientColumn(verbose_name=_("Patient"))
    urgency = TagColumn(URGENCY_TONES, accessor="request__urgency", verbose_name=_("Urgency"))
    problem = tables.Column(accessor="request__journey__problem_code", verbose_name=_("Problem"))
    from_institution = tables.Column(
        verbose_name=pgettext_lazy("side of a referral", "Sender"), order_by="from_institution__name_zh"
    )
    receiver = tables.Column(
        empty_values=(),
        verbose_name=pgettext_lazy("side of a referral", "Receiver"),
        order_by="to_institution__name_zh",
    )
    state = TagColumn(STATE_TONES, verbose_name=_("State"))
    ball_institution = tables.Column(
        verbose_name=_("Whose move"), order_by="ball_institution__name_zh", default=NOTHING
    )
    due_at = DueColumn(verbose_name=_("Due"))
    sent_at = MomentColumn(verbose_name=_("Sent"))

    class Meta:
        model = Leg
        fields = ()
        sequence = (
            "number", "due_at", "urgency", "state", "patient", "problem", "from_institution", "receiver",
            "ball_institution", "sent_at",
        )  # fmt: skip
        empty_text = _("No case is here.")

    empty_hint = _("What needs you appears here by itself.")

    def render_urgency(self, record: Leg) -> SafeString:
        condition = condition_word(record)
        tone = URGENCY_TONES.get(record.request.urgency, "neutral")  # type: ignore[call-overload]
        word = record.request.get_urgency_display()
        return format_html('<span class="tag tag-{}">{}</span> {}', tone, word, condition)

    def value_urgency(self, record: Leg) -> str:
        return f"{record.request.get_urgency_display()} {condition_word(record)}".strip()

    def render_problem(self, record: Leg) -> str:
        return problem_words(record.request.journey)

    def render_from_institution(self, record: Leg) -> str:
        return name_of(record.from_institution)

    def render_receiver(self, record: Leg) -> str:
        return receiver_name(record)

    def render_ball_institution(self, record: Leg) -> str:
        return f"{name_of(record.ball_institution)} ({record.get_ball_side_display()})"

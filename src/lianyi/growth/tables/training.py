"""Tables of training."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.growth.models.training import (
    Course,
    CourseKind,
    SessionKind,
    SessionState,
    TrainingCertificate,
    TrainingSession,
)
from lianyi.growth.training_texts import SESSION_TONES, hours_word, person_word, place_word, teacher_word
from lianyi.pages.columns import NAME_CELL, DateColumn, NumberColumn, TagColumn
from lianyi.pages.names import name_of


def _linked(row: Any, text: str) -> SafeString:  # noqa: ANN401 - a row with a page of its own
    mark = SafeString(render_to_string("web/sample_mark.html", {"provenance": row.provenance}))
    return format_html('<a href="{}">{}</a> {}', row.get_absolute_url(), text, mark)


class CourseTable(tables.Table):  # type: ignore[misc]
    """Courses with how much was held and how many take part."""

    code = tables.Column(verbose_name=_("Code"))
    title = tables.Column(accessor="pk", order_by=("title_zh", "pk"), attrs=NAME_CELL, verbose_name=_("Title"))
    kind = tables.Column(verbose_name=_("Kind"))
    organiser = tables.Column(order_by=("organiser__code",), attrs=NAME_CELL, verbose_name=_("Given by"))
    agreement = tables.Column(order_by=("agreement__code",), attrs=NAME_CELL, verbose_name=_("Agreement"))
    starts_on = DateColumn(verbose_name=_("From"))
    ends_on = DateColumn(verbose_name=_("To"))
    held_count = NumberColumn(verbose_name=_("Sessions held"))
    session_count = NumberColumn(verbose_name=_("Sessions in all"))
    enrolled_count = NumberColumn(verbose_name=_("Enrolled"))

    empty_hint = _("Write a course under an agreement, or import a table of courses.")

    class Meta:
        model = Course
        fields = (
            *("code", "title", "kind", "organiser", "agreement", "starts_on", "ends_on", "held_count"),
            *("session_count", "enrolled_count"),
        )
        empty_text = _("No course lies within your reach yet.")

    def render_title(self, record: Course) -> SafeString:
        return _linked(record, name_of(record, "title"))

    def value_title(self, record: Course) -> str:
        return name_of(record, "title")

    def render_organiser(self, record: Course) -> str:
        return name_of(record.organiser)

    def render_agreement(self, record: Course) -> str:
        return name_of(record.agreement, "title")


class SessionTable(tables.Table):  # type: ignore[misc]
    """Sessions as planned and as held."""

    day = DateColumn(verbose_name=_("Day"))
    title = tables.Column(order_by=("title", "pk"), attrs=NAME_CELL, verbose_name=_("Subject"))
    kind = tables.Column(verbose_name=_("Kind"))
    state = TagColumn(SESSION_TONES, dict(SessionState.choices), verbose_name=_("State"))
    held_on = DateColumn(verbose_name=_("Held on"))
    held_minutes = NumberColumn(verbose_name=_("Minutes"))
    where = tables.Column(accessor="pk", order_by=("institution__code", "pk"), attrs=NAME_CELL, verbose_name=_("Where"))
    teacher = tables.Column(accessor="pk", orderable=False, verbose_name=_("Teacher"))
    course = tables.Column(order_by=("course__code", "pk"), attrs=NAME_CELL, verbose_name=_("Course"))
    present_count = NumberColumn(verbose_name=pgettext_lazy("training session", "Came"))
    people_seen = NumberColumn(verbose_name=_("People seen"))
    technique_code = tables.Column(visible=False, verbose_name=_("Technique"))
    code = tables.Column(visible=False, verbose_name=_("Code"))

    empty_hint = _("Plan a session, or import a table of sessions.")

    class Meta:
        model = TrainingSession
        fields = (
            *("day", "title", "kind", "state", "held_on", "held_minutes", "where", "teacher", "course"),
            *("present_count", "people_seen", "technique_code", "code"),
        )
        empty_text = _("No session lies within your reach yet.")

    def render_title(self, record: TrainingSession) -> SafeString:
        return _linked(record, record.title)

    def value_title(self, record: TrainingSession) -> str:
        return record.title

    def render_where(self, record: TrainingSession) -> str:
        return place_word(record)

    def render_teacher(self, record: TrainingSession) -> str:
        return teacher_word(record) or "—"

    def render_course(self, record: TrainingSession) -> str:
        return "" if record.course is None else name_of(record.course, "title")


class TrainingEvidenceTable(SessionTable):
    """The sessions behind a counted figure."""

    class Meta(SessionTable.Meta):
        empty_text = _("No session stands behind this figure.")


class CertificateTable(tables.Table):  # type: ignore[misc]
    """Certificates given, and those revoked."""

    number = tables.Column(verbose_name=_("Number"))
    person = tables.Column(
        accessor="pk", order_by=("enrolment__staff__name_zh", "pk"), attrs=NAME_CELL, verbose_name=_("Person")
    )
    course = tables.Column(
        accessor="enrolment__course",
        order_by=("enrolment__course__code", "pk"),
        attrs=NAME_CELL,
        verbose_name=_("Course"),
    )
    issued_on = DateColumn(verbose_name=_("Issued on"))
    minutes = NumberColumn(verbose_name=_("Hours attended"))
    standing = tables.Column(accessor="pk", order_by=("revoked_at", "pk"), verbose_name=_("State"))

    empty_hint = _("Certificates are given on the page of a course.")

    class Meta:
        model = TrainingCertificate
        fields = ("number", "person", "course", "issued_on", "minutes", "standing")
        empty_text = _("No certificate lies within your reach yet.")

    def render_number(self, record: TrainingCertificate) -> SafeString:
        address = reverse("growth:training-certificate-pdf", args=[record.pk])
        return format_html('<a href="{}">{}</a>', address, record.number)

    def value_number(self, record: TrainingCertificate) -> str:
        return record.number

    def render_person(self, record: TrainingCertificate) -> str:
        return person_word(record.enrolment)

    def render_course(self, record: TrainingCertificate) -> str:
        return name_of(record.enrolment.course, "title")

    def render_minutes(self, record: TrainingCertificate) -> str:
        return hours_word(record.minutes)

    def value_minutes(self, record: TrainingCertificate) -> float:
        return round(record.minutes / 60, 1)

    def render_standing(self, record: TrainingCertificate) -> SafeString:
        if record.revoked_at is None:
            return format_html('<span class="tag tag-good">{}</span>', _("valid"))
        address = reverse("growth:training-certificate-pdf", args=[record.pk])
        return format_html(
            '<span class="tag tag-bad">{}</span> <span data-of="{}">{}</span>',
            _("revoked"),
            address,
            record.revoked_reason,
        )

    def value_standing(self, record: TrainingCertificate) -> str:
        return str(_("valid")) if record.revoked_at is None else f"{_('revoked')}: {record.revoked_reason}"


class CourseFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Courses by words, kind and day."""

    words = django_filters.CharFilter(method="with_words", label=_("Title, code or agreement"))
    kind = django_filters.ChoiceFilter(choices=CourseKind.choices, label=_("Kind"))
    on_day = django_filters.DateFilter(method="running_on", label=_("Running on"))

    def with_words(self, rows: QuerySet[Course, Any], _name: str, value: str) -> QuerySet[Course, Any]:
        own = Q(code__iexact=value) | Q(title_zh__icontains=value) | Q(title_en__icontains=value)
        return rows.filter(own | Q(agreement__code__iexact=value) | Q(agreement__title_zh__icontains=value))

    def running_on(self, rows: QuerySet[Course, Any], _name: str, value: Any) -> Any:  # noqa: ANN401
        return rows.filter(starts_on__lte=value, ends_on__gte=value)


class SessionFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Sessions by words, kind, state, agreement, course, days, and those nobody has recorded."""

    words = django_filters.CharFilter(method="with_words", label=_("Subject, teacher or technique"))
    kind = django_filters.ChoiceFilter(choices=SessionKind.choices, label=_("Kind"))
    state = django_filters.ChoiceFilter(choices=SessionState.choices, label=_("State"))
    agreement = django_filters.CharFilter(field_name="agreement__code", lookup_expr="iexact", label=_("Agreement"))
    course = django_filters.CharFilter(field_name="course__code", lookup_expr="iexact", label=_("Course"))
    since = django_filters.DateFilter(field_name="day", lookup_expr="gte", label=pgettext_lazy("days", "From"))
    until = django_filters.DateFilter(field_name="day", lookup_expr="lte", label=pgettext_lazy("days", "To"))
    unrecorded = django_filters.ChoiceFilter(
        choices=[("yes", _("over and not recorded"))], method="only_unrecorded", label=_("Records")
    )

    def with_words(
        self, rows: QuerySet[TrainingSession, Any], _name: str, value: str
    ) -> QuerySet[TrainingSession, Any]:
        by_teacher = Q(teacher__name_zh__icontains=value) | Q(teacher_name__icontains=value)
        return rows.filter(
            by_teacher | Q(title__icontains=value) | Q(technique_code__iexact=value) | Q(code__iexact=value)
        )

    def only_unrecorded(self, rows: QuerySet[TrainingSession, Any], _name: str, _value: str) -> Any:  # noqa: ANN401
        return rows.filter(state=SessionState.PLANNED, day__lt=timezone.localdate())

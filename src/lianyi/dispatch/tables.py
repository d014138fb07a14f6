"""Tables of postings."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.dispatch.models import Batch, Posting
from lianyi.dispatch.texts import STATE_TONES, batch_word, days_word, side_word, specialty_word
from lianyi.methods.periods import DateSpan
from lianyi.pages.columns import NAME_CELL, DateColumn, NameColumn, NumberColumn, TagColumn
from lianyi.pages.names import name_of
from lianyi.pages.values import NOTHING, shown
from lianyi.partnerships.rule_titles import rule_set_title


def _sample_mark(posting: Posting) -> str:
    return render_to_string("web/sample_mark.html", {"provenance": posting.provenance})


class PostingColumn(tables.Column):  # type: ignore[misc]
    """The posting's number, leading to its page, with the mark of where the fact comes from."""

    def render(self, value: str, record: Any) -> SafeString:  # noqa: ANN401 - a posting or a line about one
        posting = getattr(record, "posting", record)
        address = reverse("dispatch:posting", args=[posting.pk])
        return format_html('<a href="{}">{}</a> {}', address, value, SafeString(_sample_mark(posting)))

    def value(self, value: str) -> str:
        return value


class PersonColumn(tables.Column):  # type: ignore[misc]
    """The person, leading to their record."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of every column
        super().__init__(attrs=NAME_CELL, **options)

    def render(self, value: Any) -> SafeString:  # noqa: ANN401 - a staff member
        return format_html('<a href="{}">{}</a>', reverse("dispatch:person", args=[value.pk]), name_of(value))

    def value(self, value: Any) -> str:  # noqa: ANN401
        return name_of(value)


class SpecialtyColumn(tables.Column):  # type: ignore[misc]
    """The specialty in words."""

    def render(self, value: str) -> str:
        return specialty_word(value)

    def value(self, value: str) -> str:
        return specialty_word(value)


def _two_days(first: datetime.date, last: datetime.date | None) -> SafeString:
    """Draw a span of days that may take two lines, never breaking inside a day."""
    end = "" if last is None else shown(last)
    return format_html('<span class="unbroken">{} –</span> <span class="unbroken">{}</span>', shown(first), end)


class DaysColumn(tables.Column):  # type: ignore[misc]
    """The first and the last day of a posting as one text; files have them apart."""

    def __init__(self, first: str, last: str, **options: Any) -> None:  # noqa: ANN401 - those of every column
        self.first, self.last = first, last
        super().__init__(empty_values=(), exclude_from_export=True, **options)

    def render(self, record: Any) -> str:  # noqa: ANN401 - a posting
        first, last = getattr(record, self.first), getattr(record, self.last)
        return NOTHING if first is None else _two_days(first, last)


class PostingTable(tables.Table):  # type: ignore[misc]
    """Every posting with its plan and its real days."""

    code = PostingColumn(verbose_name=_("Number"))
    staff = PersonColumn(order_by=("staff__name_zh", "pk"), verbose_name=_("Person"))
    kind = tables.Column(verbose_name=_("Kind"))
    state = TagColumn(STATE_TONES, verbose_name=_("State"))
    from_institution = NameColumn(
        order_by="from_institution__name_zh", verbose_name=pgettext_lazy("institution", "From")
    )
    to_institution = NameColumn(order_by="to_institution__name_zh", verbose_name=pgettext_lazy("institution", "To"))
    specialty = SpecialtyColumn(verbose_name=_("Specialty"))
    planned = DaysColumn("starts_on", "ends_on", order_by=("starts_on", "pk"), verbose_name=_("Planned"))
    stayed = DaysColumn("arrived_on", "left_on", order_by=("arrived_on", "pk"), verbose_name=_("On site"))
    # A file keeps every day in a cell of its own.
    starts_on = DateColumn(visible=False, verbose_name=_("Planned from"))
    ends_on = DateColumn(visible=False, verbose_name=_("Planned to"))
    arrived_on = DateColumn(visible=False, verbose_name=_("Arrived"))
    left_on = DateColumn(visible=False, verbose_name=_("Last day"))
    agreement = NameColumn(stem="title", order_by="agreement__code", visible=False, verbose_name=_("Agreement"))

    empty_hint = _("Open an agreement and write the first line of its plan, or import the postings from a workbook.")

    class Meta:
        model = Posting
        fields = (
            "code",
            "staff",
            "kind",
            "state",
            "from_institution",
            "to_institution",
            "specialty",
            "planned",
            "stayed",
            "starts_on",
            "ends_on",
            "arrived_on",
            "left_on",
        )
        empty_text = _("No posting lies within your reach yet.")


class EvidenceTable(PostingTable):
    """The rows behind a counted figure."""

    class Meta(PostingTable.Meta):
        empty_text = _("No posting stands behind this figure.")


class OnSiteTable(tables.Table):  # type: ignore[misc]
    """Who is where on a day, and who of them is away on it."""

    to_institution = NameColumn(order_by="to_institution__name_zh", verbose_name=_("Institution"))
    staff = PersonColumn(order_by=("staff__name_zh", "pk"), verbose_name=_("Person"))
    absent = tables.Column(accessor="absences_of_day", empty_values=(), orderable=False, verbose_name=_("Present"))
    kind = tables.Column(verbose_name=_("Kind"))
    specialty = SpecialtyColumn(verbose_name=_("Specialty"))
    from_institution = NameColumn(
        order_by="from_institution__name_zh", verbose_name=pgettext_lazy("institution", "From")
    )
    arrived_on = DateColumn(verbose_name=_("Since"))
    ends_on = DateColumn(verbose_name=_("Planned to"))
    code = PostingColumn(verbose_name=_("Number"))

    empty_hint = _("Choose another day, or record arrivals in the plan of an agreement.")

    class Meta:
        model = Posting
        fields = (
            "to_institution",
            "staff",
            "absent",
            "kind",
            "specialty",
            "from_institution",
            "arrived_on",
            "ends_on",
            "code",
        )
        empty_text = _("Nobody is on site on this day.")

    def render_absent(self, value: Sequence[Any]) -> str:
        if not value:
            return render_to_string("web/tag.html", {"tone": "good", "word": _("present")})
        away = value[0]
        tag = render_to_string("web/tag.html", {"tone": "warning", "word": away.get_kind_display()})
        return format_html("{} {}", SafeString(tag), _two_days(away.starts_on, away.ends_on))

    def value_absent(self, value: Sequence[Any]) -> str:
        return str(value[0].get_kind_display()) if value else str(_("present"))


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One draft with what stands in the way of publishing it, in words."""

    posting: Posting
    problems: tuple[str, ...]


class _ChoiceColumn(tables.Column):  # type: ignore[misc]
    """A box to tick; it belongs to the form with the given id, wherever that stands on the page."""

    def __init__(self, form_id: str, **options: Any) -> None:  # noqa: ANN401 - those of every column
        self.form_id = form_id
        super().__init__(orderable=False, exclude_from_export=True, **options)

    def render(self, value: int | str, record: Any) -> SafeString:  # noqa: ANN401
        posting = getattr(record, "posting", record)
        label = f"{posting.code} {name_of(posting.staff)}"
        return format_html(
            '<input type="checkbox" class="form-check-input" name="ids" value="{}" form="{}" aria-label="{}">',
            value,
            self.form_id,
            label,
        )


class PlanTable(tables.Table):  # type: ignore[misc]
    """The lines of a plan that are not published yet."""

    choose = _ChoiceColumn("publish", accessor="posting__pk", verbose_name=_("Choose"))
    code = PostingColumn(accessor="posting__code", verbose_name=_("Number"))
    staff = PersonColumn(accessor="posting__staff", order_by="posting__staff__name_zh", verbose_name=_("Person"))
    to_institution = NameColumn(
        accessor="posting__to_institution",
        order_by="posting__to_institution__name_zh",
        verbose_name=pgettext_lazy("institution", "To"),
    )
    specialty = SpecialtyColumn(accessor="posting__specialty", verbose_name=_("Specialty"))
    batch = tables.Column(accessor="posting__batch", order_by="posting__batch_id", verbose_name=_("Batch"))
    starts_on = DateColumn(accessor="posting__starts_on", verbose_name=_("From"))
    ends_on = DateColumn(accessor="posting__ends_on", verbose_name=_("To"))
    problems = tables.Column(empty_values=(), orderable=False, verbose_name=_("Check"))

    empty_hint = _("Write a line, or import the postings from a workbook.")

    class Meta:
        empty_text = _("No line waits for publication.")
        sequence = (
            "choose",
            "code",
            "staff",
            "to_institution",
            "specialty",
            "batch",
            "starts_on",
            "ends_on",
            "problems",
        )

    def render_batch(self, value: Batch) -> str:
        return batch_word(value)

    def value_batch(self, value: Batch | None) -> str:
        return batch_word(value)

    def render_problems(self, value: Sequence[str]) -> SafeString:
        if not value:
            return SafeString(render_to_string("web/tag.html", {"tone": "good", "word": _("ready")}))
        lines = format_html_join("", "<li>{}</li>", ((line,) for line in value))
        return format_html('<ul class="problem-list">{}</ul>', lines)

    def value_problems(self, value: Sequence[str]) -> str:
        return " ".join(value) or NOTHING


# Between a line and the side for which it is answered, in what a ticked box sends.
SIDE_MARK = ":"


class _AnswerColumn(_ChoiceColumn):
    """A box that names the line and the side that the reader saw, so that nothing else is answered."""

    def render(self, value: int | str, record: Any) -> SafeString:  # noqa: ANN401
        return super().render(f"{value}{SIDE_MARK}{record.side}", record)


class ApprovalTable(tables.Table):  # type: ignore[misc]
    """Lines of plans that wait for an answer of the reader."""

    choose = _AnswerColumn("approve", accessor="pk", verbose_name=_("Choose"))
    code = PostingColumn(verbose_name=_("Number"))
    staff = PersonColumn(order_by=("staff__name_zh", "pk"), verbose_name=_("Person"))
    side = tables.Column(orderable=False, verbose_name=_("You answer for"))
    kind = tables.Column(verbose_name=_("Kind"))
    from_institution = NameColumn(
        order_by="from_institution__name_zh", verbose_name=pgettext_lazy("institution", "From")
    )
    to_institution = NameColumn(order_by="to_institution__name_zh", verbose_name=pgettext_lazy("institution", "To"))
    starts_on = DateColumn(verbose_name=_("From day"))
    ends_on = DateColumn(verbose_name=_("To day"))
    agreement = NameColumn(stem="title", order_by="agreement__code", verbose_name=_("Agreement"))

    class Meta:
        model = Posting
        fields = (
            "choose",
            "code",
            "staff",
            "side",
            "kind",
            "from_institution",
            "to_institution",
            "starts_on",
            "ends_on",
            "agreement",
        )
        empty_text = _("No posting waits for your answer.")

    def render_side(self, value: str) -> str:
        return side_word(value)

    def value_side(self, value: str) -> str:
        return side_word(value)


@dataclass(frozen=True, slots=True)
class Service:
    """One posting in a person's record with the days really served."""

    posting: Posting
    stayed: DateSpan | None
    absent_days: int
    present_days: int | None

    @property
    def days_text(self) -> str:
        return NOTHING if self.present_days is None else days_word(self.present_days)


class RuleAgreementTable(tables.Table):  # type: ignore[misc]
    """Agreements with the rule set that their postings are judged by."""

    title = NameColumn(accessor="pk", stem="title", order_by="title_zh", empty_values=(), verbose_name=_("Agreement"))
    code = tables.Column(verbose_name=_("Code"))
    rule_set = tables.Column(attrs={"td": {"class": "wide-cell"}}, verbose_name=_("Rule set"))
    starts_on = DateColumn(verbose_name=_("From"))
    ends_on = DateColumn(verbose_name=_("To"))
    postings = NumberColumn(accessor="posting_count", verbose_name=_("Postings"))

    empty_hint = _("Give an agreement the rule set of its programme when you write or change it.")

    class Meta:
        fields = ("title", "code", "rule_set", "starts_on", "ends_on", "postings")
        empty_text = _("No agreement within your reach names a rule set.")

    def render_title(self, record: Any) -> SafeString:  # noqa: ANN401 - an agreement
        return format_html('<a href="{}">{}</a>', reverse("dispatch:rules", args=[record.pk]), name_of(record, "title"))

    def value_title(self, record: Any) -> str:  # noqa: ANN401
        return name_of(record, "title")

    def render_rule_set(self, value: str) -> str:
        return rule_set_title(value)

    def value_rule_set(self, value: str) -> str:
        return rule_set_title(value)

"""Tables of rosters, duties, notices and what carries them."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianyi.pages.columns import MomentColumn, NameColumn, NumberColumn, TagColumn
from lianyi.pages.names import name_of
from lianyi.referrals.models import Delivery, DutyRoster, DutySlot, Notice, Webhook
from lianyi.referrals.notice_words import channel_word, notice_details, notice_word, urgency_word
from lianyi.referrals.states import Urgency
from lianyi.referrals.texts import URGENCY_TONES

ROSTER_TONES = {
    DutyRoster.State.DRAFT: "warning",
    DutyRoster.State.PUBLISHED: "good",
    DutyRoster.State.WITHDRAWN: "neutral",
}
_UNBROKEN = {"td": {"class": "unbroken"}}


class RosterTable(tables.Table):  # type: ignore[misc]
    """Every roster within reach."""

    condition = tables.Column(verbose_name=gettext_lazy("Green channel"))
    institution = NameColumn(order_by="institution__name_zh", verbose_name=gettext_lazy("Institution"))
    state = TagColumn(ROSTER_TONES, verbose_name=gettext_lazy("State"))
    starts_at = MomentColumn(attrs=_UNBROKEN, verbose_name=gettext_lazy("From"))
    ends_at = MomentColumn(attrs=_UNBROKEN, verbose_name=gettext_lazy("To"))
    duty_phone = tables.Column(verbose_name=gettext_lazy("Duty telephone"))

    empty_hint = gettext_lazy("Write one for the next week: the green channel opens when no hour is without a name.")

    class Meta:
        model = DutyRoster
        fields = ("condition", "institution", "state", "starts_at", "ends_at", "duty_phone")
        empty_text = gettext_lazy("No duty roster lies within your reach yet.")

    def render_condition(self, record: DutyRoster, value: str) -> SafeString:
        mark = render_to_string("web/sample_mark.html", {"provenance": record.provenance})
        return format_html('<a href="{}">{}</a> {}', record.get_absolute_url(), channel_word(value), SafeString(mark))

    def value_condition(self, value: str) -> str:
        return channel_word(value)


class OwnDutyTable(tables.Table):  # type: ignore[misc]
    """When the reader is on duty."""

    starts_at = MomentColumn(attrs=_UNBROKEN, verbose_name=gettext_lazy("From"))
    ends_at = MomentColumn(attrs=_UNBROKEN, verbose_name=gettext_lazy("To"))
    post = tables.Column(accessor="pk", orderable=False, verbose_name=gettext_lazy("As"))
    condition = tables.Column(accessor="roster__condition", verbose_name=gettext_lazy("Green channel"))
    institution = NameColumn(
        accessor="roster__institution",
        order_by="roster__institution__name_zh",
        verbose_name=gettext_lazy("Institution"),
    )
    other = tables.Column(accessor="deputy", orderable=False, verbose_name=gettext_lazy("Together with"))
    phone = tables.Column(accessor="roster__duty_phone", verbose_name=gettext_lazy("Duty telephone"))

    empty_hint = gettext_lazy("Published rosters in which you are named appear here.")

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - those of every table
        super().__init__(*args, **options)
        self.user_id = self.request.user.pk

    class Meta:
        model = DutySlot
        fields = ("starts_at", "ends_at", "post", "condition", "institution", "other", "phone")
        empty_text = gettext_lazy("You have no duty ahead.")

    def render_post(self, record: DutySlot) -> str:
        return _("person on duty") if record.person_id == self.user_id else _("deputy on duty")

    def value_post(self, record: DutySlot) -> str:
        return self.render_post(record)

    def render_condition(self, value: str) -> str:
        return channel_word(value)

    def value_condition(self, value: str) -> str:
        return channel_word(value)

    def render_other(self, record: DutySlot) -> str:
        other = record.deputy if record.person_id == self.user_id else record.person
        return other.display_name

    def value_other(self, record: DutySlot) -> str:
        return self.render_other(record)


class NoticeTable(tables.Table):  # type: ignore[misc]
    """What the reader is told."""

    what = tables.Column(accessor="pk", orderable=False, verbose_name=gettext_lazy("What"))
    number = tables.Column(accessor="params", orderable=False, attrs=_UNBROKEN, verbose_name=gettext_lazy("Case"))
    urgency = TagColumn(URGENCY_TONES, verbose_name=gettext_lazy("Urgency"))
    institution = NameColumn(order_by="institution__name_zh", verbose_name=gettext_lazy("Told to"))
    made_at = MomentColumn(attrs=_UNBROKEN, verbose_name=gettext_lazy("When"))
    seen_at = MomentColumn(attrs=_UNBROKEN, default="", verbose_name=gettext_lazy("Seen"))

    empty_hint = gettext_lazy("What the other sides do with your cases, and calls to you, appear here.")

    class Meta:
        model = Notice
        fields = ("what", "number", "urgency", "institution", "made_at", "seen_at")
        empty_text = gettext_lazy("Nothing new.")
        row_attrs = {"class": lambda record: "" if record.seen_at else "notice-unseen"}

    def render_what(self, record: Notice) -> SafeString:
        address = reverse("referrals:notice", args=[record.pk])
        details = " · ".join(notice_details(record))
        return format_html(
            '<a href="{}">{}</a><span class="muted notice-details">{}</span>', address, notice_word(record), details
        )

    def value_what(self, record: Notice) -> str:
        return " · ".join((notice_word(record), *notice_details(record)))

    def render_number(self, record: Notice) -> str:
        return str(record.params.get("number", "")) or "—"

    def value_number(self, record: Notice) -> str:
        return str(record.params.get("number", ""))

    def render_urgency(self, record: Notice) -> str:
        tone = URGENCY_TONES[Urgency(record.urgency)] if record.urgency in Urgency.values else "neutral"
        return render_to_string("web/tag.html", {"tone": tone, "word": urgency_word(record.urgency)})

    def value_urgency(self, record: Notice) -> str:
        return urgency_word(record.urgency)


class DeadLetterTable(tables.Table):  # type: ignore[misc]
    """Deliveries that were given up."""

    notice = tables.Column(accessor="notice", orderable=False, verbose_name=gettext_lazy("What"))
    institution = NameColumn(
        accessor="notice__institution",
        order_by="notice__institution__name_zh",
        verbose_name=gettext_lazy("Told to"),
    )
    channel = tables.Column(verbose_name=gettext_lazy("Channel"))
    last_error = tables.Column(orderable=False, verbose_name=gettext_lazy("Last error"))
    made_at = MomentColumn(accessor="notice__made_at", attrs=_UNBROKEN, verbose_name=gettext_lazy("When"))
    attempts = NumberColumn(verbose_name=gettext_lazy("Tries"))
    again = tables.Column(accessor="pk", orderable=False, exclude_from_export=True, verbose_name=gettext_lazy("Again"))

    empty_hint = gettext_lazy("What could not be delivered after several tries appears here, and can be sent again.")

    class Meta:
        model = Delivery
        fields = ("notice", "institution", "channel", "last_error", "made_at", "attempts", "again")
        empty_text = gettext_lazy("No delivery was given up.")

    def render_notice(self, value: Notice) -> str:
        return " · ".join(part for part in (notice_word(value), str(value.params.get("number", ""))) if part)

    def value_notice(self, value: Notice) -> str:
        return self.render_notice(value)

    def render_again(self, record: Delivery) -> str:
        context = {"action": reverse("referrals:delivery-replay", args=[record.pk]), "label": _("Send again")}
        return render_to_string("web/confirm_form.html", context, request=self.request)


class WebhookTable(tables.Table):  # type: ignore[misc]
    """Addresses that are told of cases; their secrets are never shown again."""

    url = tables.Column(verbose_name=gettext_lazy("Address"))
    institution = NameColumn(order_by="institution__name_zh", verbose_name=gettext_lazy("Institution"))
    is_active = TagColumn(
        {True: "good", False: "neutral"},
        {True: gettext_lazy("in use"), False: gettext_lazy("retired")},
        verbose_name=gettext_lazy("State"),
    )
    retire = tables.Column(
        accessor="pk", orderable=False, exclude_from_export=True, verbose_name=gettext_lazy("Change")
    )

    empty_hint = gettext_lazy("Add the address of the hospital's own system that shall be told of its cases.")

    class Meta:
        model = Webhook
        fields = ("url", "institution", "is_active", "retire")
        empty_text = gettext_lazy("No webhook lies within your reach.")

    def render_retire(self, record: Webhook) -> str:
        if not record.is_active:
            return "—"
        context = {
            "action": reverse("referrals:webhook-retire", args=[record.pk]),
            "expected_version": record.version,
            "label": _("Retire"),
            "tone": "danger",
            "question": _("Send nothing more to %(institution)s at this address?")
            % {"institution": name_of(record.institution)},
        }
        return render_to_string("web/confirm_form.html", context, request=self.request)

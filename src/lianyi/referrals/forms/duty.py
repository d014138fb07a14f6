"""What people type about duty rosters and webhooks."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import User
from lianyi.pages.forms import CommandForm
from lianyi.partnerships.forms import InstitutionField
from lianyi.referrals.commands.duty import DailyDuty, NewRoster, Replacement, RosterFacts
from lianyi.referrals.forms.steps import DayField, MomentField
from lianyi.referrals.models import DutyRoster, DutySlot
from lianyi.referrals.notice_words import channel_choices

PHONE_HELP = _("The number that the person on duty answers at any hour.")


class TimeField(forms.TimeField):
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class _RosterTimes(CommandForm):
    starts_at = MomentField(label=_("From"))
    ends_at = MomentField(label=_("To"))
    duty_phone = forms.CharField(label=_("Duty telephone"), max_length=60, help_text=PHONE_HELP)


class NewRosterForm(_RosterTimes):
    """A roster as it begins; proposed is the week after this one."""

    institution = InstitutionField(label=_("Institution"))
    condition = forms.ChoiceField(label=_("Green channel"), choices=[])
    field_order = ("institution", "condition", "starts_at", "ends_at", "duty_phone")

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - those of forms
        super().__init__(*args, **options)
        self.fields["condition"].choices = channel_choices(timezone.localdate())  # type: ignore[attr-defined]

    def roster(self) -> NewRoster:
        given = self.cleaned_data
        return NewRoster(
            institution_id=given["institution"].pk,
            condition=given["condition"],
            starts_at=given["starts_at"],
            ends_at=given["ends_at"],
            duty_phone=given["duty_phone"],
        )


class RosterForm(_RosterTimes):
    """Times and telephone of a roster; of a published one only the telephone can be changed."""

    def __init__(self, roster: DutyRoster, *args: Any, **options: Any) -> None:  # noqa: ANN401 - those of forms
        super().__init__(*args, **options)
        self.roster = roster
        if roster.state != DutyRoster.State.DRAFT:
            for name in ("starts_at", "ends_at"):
                self.fields[name].disabled = True

    @staticmethod
    def initial_of(roster: DutyRoster) -> dict[str, Any]:
        return {
            "expected_version": roster.version,
            "starts_at": roster.starts_at,
            "ends_at": roster.ends_at,
            "duty_phone": roster.duty_phone,
        }

    def roster_facts(self) -> RosterFacts:
        given = self.cleaned_data
        is_draft = self.roster.state == DutyRoster.State.DRAFT
        return RosterFacts(
            starts_at=given["starts_at"] if is_draft else self.roster.starts_at,
            ends_at=given["ends_at"] if is_draft else self.roster.ends_at,
            duty_phone=given["duty_phone"],
        )


class WithdrawForm(CommandForm):
    """Why a roster is taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class _PeopleForm(CommandForm):
    person = forms.ChoiceField(label=_("On duty"), choices=[])
    deputy = forms.ChoiceField(label=_("Deputy"), choices=[])

    def offer(self, people: list[User]) -> None:
        """Offer the people of the institution."""
        choices = [("", "—"), *((str(user.pk), user.display_name) for user in people)]
        for name in ("person", "deputy"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class FillForm(_PeopleForm):
    """The same hours and people on one or several days; an end before the beginning is one of the next morning."""

    first_day = DayField(label=_("First day"))
    last_day = DayField(label=_("Last day"))
    begins = TimeField(label=_("Begins at"))
    ends = TimeField(
        label=_("Ends at"), help_text=_("At or before the beginning: on the next day. 08:00 to 08:00 is a whole day.")
    )
    field_order = ("first_day", "last_day", "begins", "ends", "person", "deputy")

    def duty(self) -> DailyDuty:
        given = self.cleaned_data
        return DailyDuty(
            first_day=given["first_day"],
            last_day=given["last_day"],
            begins=given["begins"],
            ends=given["ends"],
            person_id=int(given["person"]),
            deputy_id=int(given["deputy"]),
        )


class ReplaceForm(_PeopleForm):
    """Who takes over a duty, or a part of it."""

    starts_at = MomentField(label=_("From"))
    ends_at = MomentField(label=_("To"))
    field_order = ("starts_at", "ends_at", "person", "deputy")

    @staticmethod
    def initial_of(slot: DutySlot) -> dict[str, Any]:
        return {
            "expected_version": slot.version,
            "starts_at": slot.starts_at,
            "ends_at": slot.ends_at,
            "person": str(slot.person_id),
            "deputy": str(slot.deputy_id),
        }

    def replacement(self) -> Replacement:
        given = self.cleaned_data
        return Replacement(
            person_id=int(given["person"]),
            deputy_id=int(given["deputy"]),
            starts_at=given["starts_at"],
            ends_at=given["ends_at"],
        )


class WebhookForm(CommandForm):
    """An address that is told of an institution's cases."""

    institution = InstitutionField(label=_("Institution"))
    url = forms.CharField(
        label=_("Address"),
        max_length=200,
        widget=forms.URLInput,
        help_text=_("It starts with https://. Every notice to the institution's desk is sent there, signed."),
    )


def next_week(today: datetime.date) -> tuple[datetime.datetime, datetime.datetime]:
    """Return the first moments of the next Monday and of the Monday after it."""
    zone = timezone.get_default_timezone()
    monday = today + datetime.timedelta(days=7 - today.weekday())
    start = datetime.datetime.combine(monday, datetime.time.min, tzinfo=zone)
    return start, datetime.datetime.combine(monday + datetime.timedelta(days=7), datetime.time.min, tzinfo=zone)

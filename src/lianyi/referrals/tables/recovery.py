"""Tables of bounced returns and of what units lacked."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lianyi.pages.columns import MomentColumn, NumberColumn
from lianyi.pages.names import name_of
from lianyi.referrals.models import CapabilityFinding, Leg
from lianyi.referrals.texts import receiver_name


def _case_link(leg: Leg) -> SafeString:
    return format_html('<a class="unbroken" href="{}">{}</a>', leg.get_absolute_url(), leg.request.journey.number)


class BounceTable(tables.Table):  # type: ignore[misc]
    """Returns that were followed by another referral up."""

    leg = tables.Column(verbose_name=_("Journey"), order_by="leg__request__journey__number")
    lower = tables.Column(accessor="leg", verbose_name=_("Took the patient back"), orderable=False)
    upper = tables.Column(accessor="leg", verbose_name=_("Sent the patient back"), orderable=False)
    came_back_at = MomentColumn(verbose_name=_("Came back"))
    sent_up_at = MomentColumn(verbose_name=_("Referred up again"))
    days = NumberColumn(verbose_name=_("Days between"))

    class Meta:
        empty_text = _("Nobody was referred up again soon after the return.")

    empty_hint = _("Returns are watched for as many days as the referral policy says.")

    def render_leg(self, value: Leg) -> SafeString:
        return _case_link(value)

    def value_leg(self, value: Leg) -> str:
        return value.request.journey.number

    def render_lower(self, value: Leg) -> str:
        return receiver_name(value)

    def render_upper(self, value: Leg) -> str:
        return name_of(value.from_institution)


class FindingTable(tables.Table):  # type: ignore[misc]
    """What a unit lacked when it was asked to take a patient back."""

    institution = tables.Column(verbose_name=_("Unit"), order_by="institution__name_zh")
    kind = tables.Column(verbose_name=_("Kind"))
    description = tables.Column(verbose_name=_("What was lacking"), orderable=False)
    found_at = MomentColumn(verbose_name=_("Found at"))
    leg = tables.Column(verbose_name=_("Journey"), order_by="leg__request__journey__number")

    class Meta:
        model = CapabilityFinding
        fields = ()
        sequence = ("institution", "kind", "description", "found_at", "leg")
        empty_text = _("No finding is within your reach.")

    empty_hint = _("A finding is written by itself when a unit cannot take a patient back for want of something.")

    def render_institution(self, value: Any) -> str:  # noqa: ANN401
        return name_of(value)

    def render_leg(self, value: Leg) -> SafeString:
        return _case_link(value)

    def value_leg(self, value: Leg) -> str:
        return value.request.journey.number

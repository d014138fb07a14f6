"""Table of follow-ups."""

from __future__ import annotations

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lianyi.pages.columns import DateColumn, NameColumn
from lianyi.referrals.models import FollowUp


class FollowUpTable(tables.Table):  # type: ignore[misc]
    """What is to do for patients, by day."""

    number = tables.Column(accessor="leg__request__journey__number", verbose_name=_("Journey"))
    kind = tables.Column(verbose_name=_("Kind"))
    institution = NameColumn(verbose_name=_("Done by"), order_by="institution__name_zh")
    opens_on = DateColumn(verbose_name=_("Not before"))
    due_on = DateColumn(verbose_name=_("Due"))

    class Meta:
        model = FollowUp
        fields = ("number", "kind", "institution", "opens_on", "due_on")
        empty_text = _("No follow-up is open.")

    empty_hint = _("Follow-ups come with a transfer back, or when a patient did not come.")

    def render_number(self, record: FollowUp, value: str) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("referrals:follow-up", args=[record.pk]), value)

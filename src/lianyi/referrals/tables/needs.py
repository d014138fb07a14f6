"""Table of the help that lower units ask for."""

from __future__ import annotations

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lianyi.pages.columns import MomentColumn
from lianyi.referrals.models import ReturnNeed


class NeedTable(tables.Table):  # type: ignore[misc]
    """What is lacking, which help is asked, until when."""

    number = tables.Column(accessor="request__journey__number", verbose_name=_("Journey"))
    kind = tables.Column(verbose_name=_("Kind"))
    description = tables.Column(verbose_name=_("What is needed"))
    asked_help = tables.Column(verbose_name=_("Help asked"))
    due_at = MomentColumn(verbose_name=_("Due"))

    class Meta:
        model = ReturnNeed
        fields = ("due_at", "number", "kind", "description", "asked_help")
        empty_text = _("No lower unit waits for help of yours.")

    empty_hint = _("When a lower unit lacks something for a patient who goes back, it asks here for help.")

    def render_number(self, record: ReturnNeed, value: str) -> SafeString:
        address = reverse("referrals:case", args=[record.leg_id])  # type: ignore[attr-defined]
        return format_html('<a href="{}#needs">{}</a>', address, value)

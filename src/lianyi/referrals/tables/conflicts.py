"""Table of conflicts of late entries."""

from __future__ import annotations

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lianyi.pages.columns import MomentColumn
from lianyi.referrals import machine
from lianyi.referrals.models import MergeConflict


class ConflictTable(tables.Table):  # type: ignore[misc]
    """What was told from a device and contradicts the case."""

    number = tables.Column(accessor="leg__request__journey__number", verbose_name=_("Journey"))
    step = tables.Column(verbose_name=_("Told"))
    occurred_at = MomentColumn(verbose_name=_("Happened"))
    user = tables.Column(verbose_name=_("Told by"))
    state_met = tables.Column(verbose_name=_("State of the case"))
    settled_at = MomentColumn(verbose_name=_("Settled"), default=_("to settle"))

    class Meta:
        model = MergeConflict
        fields = ("number", "step", "occurred_at", "user", "state_met", "settled_at")
        empty_text = _("There is no conflict.")

    empty_hint = _("A conflict arises when somebody without network decides about a case that was decided meanwhile.")

    def render_number(self, record: MergeConflict, value: str) -> SafeString:
        name = "referrals:case" if record.settled_at else "referrals:conflict"
        pk = record.leg_id if record.settled_at else record.pk
        return format_html('<a href="{}">{}</a>', reverse(name, args=[pk]), value)

    def render_step(self, value: str) -> str:
        row = machine.BY_NAME.get(value)
        return value if row is None else str(row.label)

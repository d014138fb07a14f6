"""Table of what other records show about patients."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lianyi.pages.columns import MomentColumn
from lianyi.pages.names import name_of
from lianyi.referrals import machine, reconciling
from lianyi.referrals.models import ClosingProposal
from lianyi.referrals.texts import state_word
from lianyi.registry.models import Institution


class ProposalTable(tables.Table):  # type: ignore[misc]
    """What was seen, where and when, and what follows if it is applied."""

    number = tables.Column(accessor="leg__request__journey__number", verbose_name=_("Journey"))
    state_now = tables.Column(accessor="leg__state", verbose_name=_("State of the case"))
    fact = tables.Column(verbose_name=_("Another record shows"))
    institution = tables.Column(verbose_name=_("Where"), default="—")
    happened_at = MomentColumn(verbose_name=_("Happened"))
    follows = tables.Column(empty_values=(), orderable=False, verbose_name=_("What would follow"))
    apply_at = MomentColumn(verbose_name=_("Applied by itself"), default=_("only by a person"))
    mover = tables.Column(accessor="leg__ball_institution", orderable=False, verbose_name=_("Must act now"))

    class Meta:
        model = ClosingProposal
        fields = ("number", "state_now", "fact", "institution", "happened_at", "follows", "apply_at", "mover")
        empty_text = _("No record of another case shows anything about a patient of yours.")

    empty_hint = _("When a patient of an open case arrives or dies elsewhere, it stands here until somebody answers.")

    def render_number(self, record: ClosingProposal, value: str) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.leg.get_absolute_url(), value)

    def render_state_now(self, record: ClosingProposal) -> str:
        return state_word(record.leg)

    def render_institution(self, value: Institution) -> str:
        return name_of(value)

    def render_mover(self, value: Institution) -> str:
        return name_of(value)

    def render_follows(self, record: ClosingProposal) -> str:
        return str(machine.BY_NAME[reconciling.what_follows(record, record.leg)].label)

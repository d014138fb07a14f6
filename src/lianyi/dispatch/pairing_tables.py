"""Tables of pairing plans, of their pairs, and of what is known of the institutions."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lianyi.dispatch.models import PairingPlan, PairingState, PlannedPair
from lianyi.dispatch.pairing_telling import PairTeller
from lianyi.dispatch.pairing_words import PAIRING_TONES, STANDING_TONES
from lianyi.pages.columns import NAME_CELL, DateColumn, MomentColumn, NameColumn, NumberColumn, TagColumn
from lianyi.pages.names import name_of

_WIDE = {"td": {"class": "wide-cell"}}
_WORDS = {"td": {"class": "pair-words"}}
_SHORT = {"th": {"class": "numeric pair-short"}, "td": {"class": "numeric"}}


class PairingTable(tables.Table):  # type: ignore[misc]
    """What was tried, and how good it is."""

    name = tables.Column(attrs=NAME_CELL, verbose_name=_("Pairing plan"))
    state = TagColumn(PAIRING_TONES, dict(PairingState.choices), verbose_name=_("State"))
    first_day = DateColumn(verbose_name=_("From"))
    last_day = DateColumn(verbose_name=_("To"))
    pair_count = NumberColumn(verbose_name=_("Pairs"))
    met = NumberColumn(accessor="pk", orderable=False, verbose_name=_("People found"))
    wanted = NumberColumn(accessor="pk", orderable=False, verbose_name=_("People asked for"))
    owner = tables.Column(attrs=NAME_CELL, order_by=("owner__name_zh",), verbose_name=_("Office that plans"))
    created_at = MomentColumn(verbose_name=_("Made on"))

    empty_hint = _("Make a plan: it pairs hospitals that give with hospitals that receive, by strengths and needs.")

    class Meta:
        model = PairingPlan
        fields = ("name", "state", "first_day", "last_day", "pair_count", "met", "wanted", "owner", "created_at")
        sequence = fields
        empty_text = _("No pairing plan is on record within your reach.")

    def render_name(self, record: PairingPlan, value: str) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), value)

    def value_name(self, value: str) -> str:
        return value

    def render_met(self, record: PairingPlan) -> str:
        return str(record.figures.get("met", "—"))

    def value_met(self, record: PairingPlan) -> Any:  # noqa: ANN401 - a number of the document, or none
        return record.figures.get("met")

    def render_wanted(self, record: PairingPlan) -> str:
        return str(record.figures.get("wanted", "—"))

    def value_wanted(self, record: PairingPlan) -> Any:  # noqa: ANN401
        return record.figures.get("wanted")

    def render_owner(self, record: PairingPlan) -> str:
        return name_of(record.owner)

    value_owner = render_owner


class PlannedPairTable(tables.Table):  # type: ignore[misc]
    """The pairs of a plan, each with its reason, to sort and to take along. The context holds ``teller``."""

    recipient = NameColumn(order_by=("recipient__name_zh", "donor__code"), verbose_name=_("Receives"))
    donor = NameColumn(order_by=("donor__name_zh", "recipient__code"), verbose_name=_("Gives"))
    standing = TagColumn(
        STANDING_TONES,
        dict(PlannedPair.Standing.choices),
        attrs={"th": {"class": "pair-short"}},
        verbose_name=_("Against today"),
    )
    people = NumberColumn(attrs=_SHORT, verbose_name=_("People"))
    meets = tables.Column(orderable=False, attrs=_WORDS, verbose_name=_("What it meets"))
    why = tables.Column(orderable=False, attrs=_WORDS, verbose_name=_("Why this pair"))
    travel_hours = NumberColumn(attrs=_SHORT, verbose_name=_("Hours of travel"))
    tie_years = NumberColumn(attrs=_SHORT, verbose_name=_("Years as partners"))
    donor_code = tables.Column(accessor="donor__code", visible=False, verbose_name=_("Code of who gives"))
    recipient_code = tables.Column(accessor="recipient__code", visible=False, verbose_name=_("Code of who receives"))

    empty_hint = _("Search for pairs first, or take the filter away.")

    class Meta:
        model = PlannedPair
        fields = ("recipient", "donor", "standing", "people", "meets", "why", "travel_hours", "tie_years")
        sequence = (*fields, "...")
        empty_text = _("The plan has no such pairs.")

    teller: PairTeller | None = None

    def _teller(self, record: PlannedPair) -> PairTeller:
        if self.teller is None:
            self.teller = PairTeller(record.plan)
        return self.teller

    def render_recipient(self, record: PlannedPair) -> SafeString:
        address = reverse("dispatch:pairing-pair", args=[record.plan_id, record.donor_id, record.recipient_id])
        return format_html('<a href="{}">{}</a>', address, name_of(record.recipient))

    def value_recipient(self, record: PlannedPair) -> str:
        return name_of(record.recipient)

    def render_meets(self, record: PlannedPair) -> str:
        return "; ".join(self._teller(record).meets(record))

    value_meets = render_meets

    def render_why(self, record: PlannedPair) -> str:
        return self._teller(record).why(record)

    value_why = render_why

    def render_travel_hours(self, value: float) -> str:
        return f"{value:.1f}"

    def value_travel_hours(self, value: float | None) -> float | None:
        return value


class KnownTable(tables.Table):  # type: ignore[misc]
    """What the site knows of the institutions of a plan within the planner's reach."""

    institution = NameColumn(order_by=("institution__name_zh",), verbose_name=_("Institution"))
    side = tables.Column(verbose_name=_("Side"))
    staff = NumberColumn(accessor="known__staff", verbose_name=_("Staff"))
    departments = NumberColumn(accessor="known__departments", verbose_name=_("Departments"))
    weak = NumberColumn(accessor="known__weak", verbose_name=_("Weak departments"))
    needs = NumberColumn(accessor="known__needs", verbose_name=_("Needs that count"))
    most_away = NumberColumn(accessor="known__limits__most_away", verbose_name=_("Can miss at a time"))
    most_recipients = NumberColumn(accessor="known__limits__most_recipients", verbose_name=_("Helps at most"))
    has_position = tables.BooleanColumn(accessor="known__has_position", verbose_name=_("Position known"))
    missing = tables.Column(orderable=False, attrs=_WIDE, verbose_name=_("What is missing"))

    class Meta:
        sequence = ("institution", "side", "missing", "staff", "departments", "weak", "needs", "...")
        empty_text = _("The plan names no institution.")

    def render_missing(self, value: list[str]) -> str:
        return "; ".join(value)

    value_missing = render_missing

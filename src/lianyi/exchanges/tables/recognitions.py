"""Tables of recognition and thanks."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.exchanges.models import Recognition
from lianyi.exchanges.tables.points import WIDE_CELL
from lianyi.exchanges.tables.visits import linked
from lianyi.pages.columns import NAME_CELL, DateColumn, NameColumn
from lianyi.pages.names import name_of


class RecognitionTable(tables.Table):  # type: ignore[misc]
    """To whom, what for, by whom, and what was handed over."""

    given_on = DateColumn(verbose_name=_("Given on"))
    kind = tables.Column(verbose_name=_("Kind"))
    to = tables.Column(
        accessor="pk",
        order_by=("to_staff__name_zh", "to_words"),
        attrs=NAME_CELL,
        verbose_name=pgettext_lazy("visit", "To"),
    )
    what_for = tables.Column(accessor="pk", order_by=("what_for_zh", "pk"), attrs=WIDE_CELL, verbose_name=_("What for"))
    given_by = NameColumn(order_by=("given_by__name_zh",), verbose_name=pgettext_lazy("visit", "By"))
    gift = tables.Column(verbose_name=_("Gift"))
    handed_over_on = DateColumn(verbose_name=_("Handed over on"))
    code = tables.Column(visible=False, verbose_name=_("Code"))

    empty_hint = _("Write down who was thanked and what for; families too.")

    class Meta:
        model = Recognition
        fields = ("given_on", "kind", "to", "what_for", "given_by", "gift", "handed_over_on")
        empty_text = _("No recognition is on record within your reach.")

    def render_to(self, record: Recognition) -> SafeString:
        return linked(record, receiver_word(record))

    def value_to(self, record: Recognition) -> str:
        return receiver_word(record)

    def render_what_for(self, record: Recognition) -> str:
        return name_of(record, "what_for")

    def value_what_for(self, record: Recognition) -> str:
        return name_of(record, "what_for")


def receiver_word(row: Recognition) -> str:
    """Say who was thanked: the person on record, or the words; both where both stand."""
    person = "" if row.to_staff is None else name_of(row.to_staff)
    return " · ".join(each for each in (person, row.to_words) if each)

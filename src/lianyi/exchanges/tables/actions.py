"""Tables of actions."""

from __future__ import annotations

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.exchanges.machines.actions import is_late
from lianyi.exchanges.models import Action, ActionState
from lianyi.exchanges.tables.points import WIDE_CELL
from lianyi.exchanges.tables.visits import linked
from lianyi.exchanges.texts import ACTION_TONES, owner_word
from lianyi.pages.columns import NAME_CELL, DateColumn, NameColumn, NumberColumn, TagColumn
from lianyi.pages.names import name_of
from lianyi.pages.values import shown


class ActionTable(tables.Table):  # type: ignore[misc]
    """Who does what until when, and where it stands."""

    code = tables.Column(verbose_name=_("Number"))
    title = tables.Column(
        accessor="pk", order_by=("title_zh", "pk"), attrs=WIDE_CELL, verbose_name=pgettext_lazy("visit", "Action")
    )
    standing = TagColumn(ACTION_TONES, dict(ActionState.choices), verbose_name=_("State"))
    due_on = DateColumn(verbose_name=_("Due on"))
    owner = tables.Column(
        accessor="pk", order_by=("owner__name_zh", "pk"), attrs=NAME_CELL, verbose_name=pgettext_lazy("visit", "Owner")
    )
    supporter = NameColumn(order_by=("supporter__name_zh",), verbose_name=_("Supporter"))
    recurrence_count = NumberColumn(verbose_name=pgettext_lazy("visit", "Came back"))
    duty = NameColumn(stem="title", order_by=("duty__code",), verbose_name=_("Duty"))
    indicator_code = tables.Column(visible=False, verbose_name=_("Indicator"))
    indicator_words = tables.Column(visible=False, verbose_name=_("Indicator in words"))
    done_on = DateColumn(visible=False, verbose_name=_("Done on"))
    evidence = tables.Column(visible=False, verbose_name=_("Evidence that it is done"))
    checked_on = DateColumn(visible=False, verbose_name=_("Checked on"))
    checked_by = tables.Column(visible=False, verbose_name=_("Checked by"))
    closed_on = DateColumn(visible=False, verbose_name=pgettext_lazy("visit", "Closed on"))

    empty_hint = _("Actions are made of the points that were raised at visits.")

    class Meta:
        model = Action
        fields = ("code", "title", "standing", "due_on", "owner", "supporter", "recurrence_count", "duty")
        # Read on the page; printed and taken along never.
        row_attrs = {"data-confidential": lambda record: "" if record.point.is_confidential else None}
        empty_text = _("No action lies within your reach yet.")

    def render_code(self, record: Action, value: str) -> SafeString:
        return linked(record, value)

    def value_code(self, value: str) -> str:
        return value

    def render_title(self, record: Action) -> str:
        return name_of(record, "title")

    def value_title(self, record: Action) -> str:
        return name_of(record, "title")

    def render_due_on(self, record: Action, value: object) -> SafeString | str:
        if not is_late(record.standing, record.due_on, timezone.localdate()):  # type: ignore[attr-defined]
            return shown(value)
        mark = SafeString(render_to_string("web/tag.html", {"word": now("late"), "tone": "bad"}))
        return format_html("{} {}", shown(value), mark)

    def render_owner(self, record: Action) -> str:
        return owner_word(record) or "—"

    def value_owner(self, record: Action) -> str:
        return owner_word(record)


class ActionEvidenceTable(ActionTable):
    """The actions behind a counted figure."""

    class Meta(ActionTable.Meta):
        empty_text = _("No action stands behind this figure.")

"""Tables of users and of the trail."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import Affiliation, AuditEvent, ReadEvent, User
from lianyi.accounts.roles import Role
from lianyi.pages.action_names import action_name
from lianyi.pages.columns import DateColumn, MomentColumn, NameColumn, NumberColumn, TagColumn
from lianyi.pages.names import name_of
from lianyi.web.page_names import page_name
from lianyi.web.trail import object_text

STATE_TONES = {True: "good", False: "bad"}
STATE_WORDS = {True: _("active"), False: _("shut out")}


class UserTable(tables.Table):  # type: ignore[misc]
    username = tables.Column(linkify=("accounts:user", {"pk": tables.A("pk")}), verbose_name=_("User name"))
    display_name = tables.Column(verbose_name=_("Name"))
    affiliations = tables.Column(empty_values=(), orderable=False, verbose_name=_("Affiliations"))
    is_active = TagColumn(STATE_TONES, STATE_WORDS, verbose_name=_("State"))
    last_login = MomentColumn(verbose_name=_("Last signed in"))

    empty_hint = _("Give the first person a user name and a role.")
    empty_action_label = _("New user")
    empty_action_url = reverse_lazy("accounts:user-create")

    class Meta:
        model = User
        fields = ("username", "display_name", "affiliations", "is_active", "last_login")
        empty_text = _("No users yet within your reach.")

    def render_affiliations(self, record: User) -> str:
        held: list[Affiliation] = record.affiliations_today  # type: ignore[attr-defined] # set by the query
        return "; ".join(f"{each.get_role_display()} · {name_of(each.department_node or each.node)}" for each in held)


class AffiliationTable(tables.Table):  # type: ignore[misc]
    node = NameColumn(orderable=False, verbose_name=_("Institution or place"))
    department_node = NameColumn(orderable=False, verbose_name=_("Department"))
    role = tables.Column(orderable=False, verbose_name=_("Role"))
    valid_from = DateColumn(orderable=False, verbose_name=_("From"))
    valid_to = DateColumn(orderable=False, verbose_name=_("To"))
    end = tables.Column(
        accessor="pk",
        orderable=False,
        exclude_from_export=True,
        linkify=("accounts:affiliation-end", {"pk": tables.A("pk")}),
        verbose_name=_("Change"),
    )

    class Meta:
        model = Affiliation
        fields = ("node", "department_node", "role", "valid_from", "valid_to", "end")
        empty_text = _("No affiliation within your reach.")

    def render_end(self) -> Any:  # noqa: ANN401 - a lazy text
        return _("End it")


class AuditTable(tables.Table):  # type: ignore[misc]
    sequence = NumberColumn(linkify=("accounts:audit-event", {"pk": tables.A("pk")}), verbose_name=_("No."))
    recorded_at = MomentColumn(verbose_name=_("Recorded"))
    user = tables.Column(order_by="user__display_name", verbose_name=_("Person"))
    acting_node = NameColumn(order_by="acting_node__name_zh", verbose_name=_("Acting for"))
    acting_role = tables.Column(verbose_name=_("Role"))
    action = tables.Column(verbose_name=_("Action"))
    object = tables.Column(empty_values=(), order_by=("object_type", "object_id"), verbose_name=_("Record"))
    reason = tables.Column(orderable=False, verbose_name=_("Reason"))

    class Meta:
        model = AuditEvent
        fields = ("sequence", "recorded_at", "user", "acting_node", "acting_role", "action", "object", "reason")
        empty_text = _("Nothing was done yet within your reach.")

    def render_acting_role(self, value: str) -> str:
        return role_name(value)

    def render_action(self, value: str) -> str:
        return action_name(value)

    def render_object(self, record: AuditEvent) -> str:
        return object_text(record.object_type, record.object_id)


class ReadingTable(tables.Table):  # type: ignore[misc]
    read_at = MomentColumn(verbose_name=_("Read at"))
    user = tables.Column(order_by="user__display_name", verbose_name=_("Person"))
    acting_node = NameColumn(order_by="acting_node__name_zh", verbose_name=_("Acting for"))
    acting_role = tables.Column(verbose_name=_("Role"))
    object = tables.Column(empty_values=(), order_by=("object_type", "object_id"), verbose_name=_("Record"))
    rows = NumberColumn(verbose_name=_("Persons"))
    basis = tables.Column(verbose_name=_("Basis"))
    page = tables.Column(verbose_name=_("Page"))

    class Meta:
        model = ReadEvent
        fields = ("read_at", "user", "acting_node", "acting_role", "object", "rows", "basis", "page")
        empty_text = _("Nobody has read data about persons yet within your reach.")

    def render_acting_role(self, value: str) -> str:
        return role_name(value)

    def render_object(self, record: ReadEvent) -> str:
        return object_text(record.object_type, record.object_id)

    def render_page(self, value: str) -> SafeString:
        return format_html('<span title="{}">{}</span>', value, page_name(value))

    def value_page(self, value: str) -> str:
        return page_name(value)


def role_name(role: str) -> str:
    """Return the role as people read it; the program itself has none."""
    return str(Role(role).label) if role in Role.values else role

"""The list of partners outside the network."""

from __future__ import annotations

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lianyi.pages.columns import NameColumn, TagColumn
from lianyi.referrals.models import ExternalPartner


class PartnerTable(tables.Table):  # type: ignore[misc]
    name = tables.Column(verbose_name=_("Name"))
    contact = tables.Column(verbose_name=_("Contact person"))
    phone = tables.Column(verbose_name=_("Telephone"))
    kept_by = NameColumn(verbose_name=_("Kept by"), order_by="kept_by__name_zh")
    is_active = TagColumn(
        {True: "good", False: "neutral"}, {True: _("in use"), False: _("out of use")}, verbose_name=_("Standing")
    )
    empty_hint = _("Put hospitals on the list that you send patients to and that do not use this system.")

    class Meta:
        model = ExternalPartner
        fields = ("name", "contact", "phone", "kept_by", "is_active")
        sequence = fields
        empty_text = _("No partner is on the list yet.")

    def render_name(self, value: str, record: ExternalPartner) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("referrals:partner-change", args=[record.pk]), value)

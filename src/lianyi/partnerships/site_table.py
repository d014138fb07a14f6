"""The places of work of an agreement as a list."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from lianyi.pages.columns import DateColumn, NameColumn
from lianyi.partnerships.models import AgreementParty


class SiteTable(tables.Table):  # type: ignore[misc]
    code = tables.Column(accessor="institution__code", verbose_name=_("Code"))
    institution = NameColumn(
        verbose_name=_("Institution"),
        order_by="institution__name_zh",
        linkify=("registry:institution-detail", {"pk": tables.A("institution_id")}),
    )
    place = NameColumn(accessor="institution__place", order_by="institution__place__code", verbose_name=_("Place"))
    answer = tables.Column(orderable=False, verbose_name=_("Standing"))
    valid_from = DateColumn(verbose_name=_("From"))
    valid_to = DateColumn(verbose_name=_("To"))

    class Meta:
        model = AgreementParty
        fields = ("code", "institution", "place", "answer", "valid_from", "valid_to")
        empty_text = _("The people of this agreement work at its parties; no other place is named.")

    def render_answer(self, value: AgreementParty.Answer) -> str:
        return str(value.label)

    def value_answer(self, value: AgreementParty.Answer) -> str:
        return str(value.label)

"""Lists of agreements and alliances."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.pages.columns import DateColumn, NameColumn, NumberColumn
from lianyi.pages.names import name_of
from lianyi.partnerships.models import Agreement, AgreementParty, Alliance, Standing

STANDING_TONES = {
    Standing.DRAFT: "neutral",
    Standing.NOT_BEGUN: "info",
    Standing.IN_FORCE: "good",
    Standing.TERM_OVER: "neutral",
    Standing.TERMINATED: "warning",
}


class PartiesColumn(tables.Column):  # type: ignore[misc]
    """The parties in the order supporting, supported."""

    def render(self, record: Any) -> str:  # noqa: ANN401 - a row of the table
        return render_to_string("partnerships/_parties.html", {"parties": record.named_parties})

    def value(self, record: Any) -> str:  # noqa: ANN401
        return "; ".join(f"{name_of(party.institution)} ({party.get_side_display()})" for party in record.named_parties)


class StandingColumn(tables.Column):  # type: ignore[misc]
    """The state with what the dates say."""

    def render(self, record: Agreement) -> str:
        standing = record.standing(timezone.localdate())
        return render_to_string("web/tag.html", {"word": standing.label, "tone": STANDING_TONES[standing]})

    def value(self, record: Agreement) -> str:
        return str(record.standing(timezone.localdate()).label)


class AgreementTable(tables.Table):  # type: ignore[misc]
    code = tables.Column(
        linkify=("partnerships:agreement", {"pk": tables.A("pk")}),
        attrs={"td": {"class": "unbroken"}},
        verbose_name=_("Code"),
    )
    title = NameColumn(
        stem="title",
        accessor="pk",
        empty_values=(),
        order_by="title_zh",
        verbose_name=_("Agreement"),
        linkify=("partnerships:agreement", {"pk": tables.A("pk")}),
    )
    kind = tables.Column(verbose_name=_("Kind"))
    parties = PartiesColumn(
        accessor="pk",
        empty_values=(),
        orderable=False,
        attrs={"td": {"class": "wide-cell"}},
        verbose_name=_("Parties"),
    )
    starts_on = DateColumn(verbose_name=_("From"))
    ends_on = DateColumn(verbose_name=_("To"))
    state = StandingColumn(verbose_name=_("State"), order_by=("state", "ends_on"))
    site_count = NumberColumn(verbose_name=_("Sites"))
    provenance = tables.TemplateColumn(
        template_name="partnerships/_sample_cell.html", verbose_name=_("Provenance"), orderable=False
    )

    class Meta:
        model = Agreement
        fields = ("code", "title", "kind", "parties", "starts_on", "ends_on", "state", "site_count", "provenance")
        empty_text = _("No agreement is within your reach.")

    def render_title(self, record: Agreement) -> str:
        return name_of(record, "title")

    def value_title(self, record: Agreement) -> str:
        return name_of(record, "title")

    def value_provenance(self, record: Agreement) -> str:
        return record.get_provenance_display()


class AgreementFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(method="with_text", label=_("Title, party or code"))
    kind = django_filters.ChoiceFilter(choices=Agreement.Kind.choices, label=_("Kind"))
    state = django_filters.ChoiceFilter(choices=Agreement.State.choices, label=_("State"))
    running_on = django_filters.DateFilter(method="by_day", label=_("Running on"))

    class Meta:
        model = Agreement
        fields = ("q", "kind", "state", "running_on")

    def with_text(self, rows: QuerySet[Agreement, Any], _name: str, value: str) -> QuerySet[Agreement, Any]:
        named = AgreementParty.objects.filter(
            Q(institution__name_zh__icontains=value) | Q(institution__name_en__icontains=value)
        )
        return rows.filter(
            Q(code__icontains=value)
            | Q(title_zh__icontains=value)
            | Q(title_en__icontains=value)
            | Q(pk__in=named.values("agreement_id"))
        )

    def by_day(self, rows: QuerySet[Agreement, Any], _name: str, value: Any) -> QuerySet[Agreement, Any]:  # noqa: ANN401
        ended_early = Q(terminated_on__lt=value)
        return rows.filter(starts_on__lte=value, ends_on__gte=value).exclude(ended_early)


class AllianceTable(tables.Table):  # type: ignore[misc]
    code = tables.Column(
        linkify=("partnerships:alliance", {"pk": tables.A("pk")}),
        attrs={"td": {"class": "unbroken"}},
        verbose_name=_("Code"),
    )
    name = tables.Column(
        accessor="pk",
        empty_values=(),
        order_by="name_zh",
        verbose_name=_("Alliance"),
        linkify=("partnerships:alliance", {"pk": tables.A("pk")}),
    )
    kind = tables.Column(verbose_name=_("Kind"))
    lead = NameColumn(verbose_name=_("Lead institution"), order_by="lead__name_zh")
    founded_on = DateColumn(verbose_name=_("Founded on"))
    member_count = NumberColumn(verbose_name=_("Members"))

    class Meta:
        model = Alliance
        fields = ("code", "name", "kind", "lead", "founded_on", "member_count")
        empty_text = _("No alliance is within your reach.")

    def render_name(self, record: Alliance) -> str:
        return name_of(record)

    def value_name(self, record: Alliance) -> str:
        return name_of(record)


class AllianceFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(method="with_text", label=_("Name or code"))
    kind = django_filters.ChoiceFilter(choices=Alliance.Kind.choices, label=_("Kind"))

    class Meta:
        model = Alliance
        fields = ("q", "kind")

    def with_text(self, rows: QuerySet[Alliance, Any], _name: str, value: str) -> QuerySet[Alliance, Any]:
        return rows.filter(Q(name_zh__icontains=value) | Q(name_en__icontains=value) | Q(code__icontains=value))

"""The survey's lists."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianyi.pages.columns import DateColumn, MomentColumn, NameColumn, NumberColumn, TagColumn
from lianyi.pages.names import name_of
from lianyi.registry.models import YearlyWorkload
from lianyi.registry.reference_names import reference_name
from lianyi.registry.tables import WIDE_SCREENS, ReferenceColumn
from lianyi.survey.amounts import InstitutionAmount
from lianyi.survey.models import Gap, PlaceFigure, Scenario

GAP_TONES = {Gap.State.PUT_FORWARD: "warning", Gap.State.TAKEN_UP: "good", Gap.State.WITHDRAWN: "neutral"}


class AmountTable(tables.Table):  # type: ignore[misc]
    """Institutions with what each is known to have; a dash where it stated nothing."""

    name = tables.Column(
        accessor="institution",
        order_by=("institution__name_zh",),
        attrs={"td": {"class": "wide-cell"}},
        verbose_name=gettext_lazy("Name"),
    )
    kind = ReferenceColumn("institution_kinds", accessor="institution__kind", verbose_name=gettext_lazy("Kind"))
    tier = tables.Column(accessor="institution__tier", attrs=WIDE_SCREENS, verbose_name=gettext_lazy("Level"))
    place = tables.Column(
        accessor="institution__place", order_by=("institution__place__code",), verbose_name=gettext_lazy("Place")
    )
    beds = NumberColumn(accessor="beds__beds", verbose_name=gettext_lazy("Beds"))
    counted = DateColumn(accessor="beds__newest", verbose_name=gettext_lazy("Beds counted"))
    doctors = NumberColumn(accessor="staff__doctors", verbose_name=gettext_lazy("Doctors"))
    nurses = NumberColumn(accessor="staff__nurses", verbose_name=gettext_lazy("Nurses"))
    village_doctors = NumberColumn(accessor="staff__village_doctors", verbose_name=gettext_lazy("Village doctors"))
    other_staff = NumberColumn(accessor="staff__other_staff", verbose_name=gettext_lazy("Other staff"))
    position = tables.Column(
        accessor="has_own_position", empty_values=(), attrs=WIDE_SCREENS, verbose_name=gettext_lazy("Position")
    )

    class Meta:
        fields: tuple[str, ...] = ()
        empty_text = gettext_lazy("No open institution within your reach.")

    def render_name(self, record: InstitutionAmount) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.institution.get_absolute_url(), name_of(record.institution))

    def value_name(self, record: InstitutionAmount) -> str:
        return name_of(record.institution)

    def render_tier(self, record: InstitutionAmount) -> str:
        return record.institution.get_tier_display()

    def render_place(self, record: InstitutionAmount) -> str:
        return name_of(record.institution.place)

    def render_counted(self, record: InstitutionAmount) -> str:
        return "" if record.beds is None else timezone.localdate(record.beds.newest).isoformat()

    def value_counted(self, record: InstitutionAmount) -> Any:  # noqa: ANN401 - a day or nothing
        return None if record.beds is None else timezone.localdate(record.beds.newest)

    def render_position(self, record: InstitutionAmount) -> str:
        if record.has_own_position:
            return _("its own")
        return _("of its place") if record.position is not None else _("none")


class FigureTable(tables.Table):  # type: ignore[misc]
    place = NameColumn(
        order_by=("place__code",),
        linkify=("registry:place-detail", {"pk": tables.A("place_id")}),
        verbose_name=gettext_lazy("Place"),
    )
    measure = tables.Column(verbose_name=gettext_lazy("Measure"))
    year = tables.Column(verbose_name=gettext_lazy("Year"))
    quantity = NumberColumn(verbose_name=gettext_lazy("Quantity"))
    source = tables.Column(attrs={"td": {"class": "wide-cell"}}, verbose_name=gettext_lazy("Source"))
    provenance = tables.Column(verbose_name=gettext_lazy("Provenance"))

    empty_hint = gettext_lazy("Import a table of published figures: areas, incomes, beds, doctors and nurses by year.")

    class Meta:
        model = PlaceFigure
        fields = ("place", "measure", "year", "quantity", "source", "provenance")
        empty_text = gettext_lazy("No published figure is on record.")


class WorkTable(tables.Table):  # type: ignore[misc]
    institution = NameColumn(
        order_by=("institution__code",),
        linkify=("registry:institution-detail", {"pk": tables.A("institution_id")}),
        verbose_name=gettext_lazy("Institution"),
    )
    department = NameColumn(order_by=("department__code",), verbose_name=gettext_lazy("Department"))
    measure = tables.Column(verbose_name=gettext_lazy("Measure"))
    year = tables.Column(verbose_name=gettext_lazy("Year"))
    quantity = NumberColumn(verbose_name=gettext_lazy("Quantity"))
    source = tables.Column(attrs={"td": {"class": "wide-cell"}}, verbose_name=gettext_lazy("Source"))
    provenance = tables.Column(verbose_name=gettext_lazy("Provenance"))

    empty_hint = gettext_lazy("Import a table of yearly work, or enter it at an institution.")

    class Meta:
        model = YearlyWorkload
        fields = ("institution", "department", "measure", "year", "quantity", "source", "provenance")
        empty_text = gettext_lazy("No yearly work within your reach is on record.")


class ScenarioTable(tables.Table):  # type: ignore[misc]
    name = tables.Column(linkify=True, verbose_name=gettext_lazy("Name"))
    place = NameColumn(order_by=("place__code",), verbose_name=gettext_lazy("Region"))
    kind = tables.Column(accessor="parameters", orderable=False, verbose_name=gettext_lazy("Option"))
    created_at = MomentColumn(verbose_name=gettext_lazy("Kept at"))
    made_by = tables.Column(accessor="made_by__display_name", verbose_name=gettext_lazy("Made by"))
    state = tables.Column(
        accessor="withdrawn_at", empty_values=(), order_by=("withdrawn_at",), verbose_name=gettext_lazy("State")
    )

    empty_hint = gettext_lazy("Work through an option on the page “Options” and keep it.")

    class Meta:
        model = Scenario
        fields = ("name", "place", "kind", "created_at", "made_by", "state")
        empty_text = gettext_lazy("No scenario is kept yet.")

    def render_kind(self, record: Scenario) -> str:
        resource = reference_name("services", str(record.parameters.get("service", "")))
        return resource or _("%(count)s new sites") % {"count": len(record.parameters.get("sites", []))}

    def render_state(self, record: Scenario) -> str:
        return _("kept") if record.withdrawn_at is None else _("withdrawn")


class GapTable(tables.Table):  # type: ignore[misc]
    place = tables.Column(order_by=("place__code",), verbose_name=gettext_lazy("Place"))
    institution = NameColumn(order_by=("institution__code",), verbose_name=gettext_lazy("Institution"))
    resource = tables.Column(verbose_name=gettext_lazy("Resource"))
    required = NumberColumn(verbose_name=gettext_lazy("Required"))
    present = NumberColumn(verbose_name=gettext_lazy("On hand"))
    shortfall = NumberColumn(orderable=False, verbose_name=gettext_lazy("Shortfall"))
    created_at = MomentColumn(verbose_name=gettext_lazy("Put forward at"))
    state = TagColumn(GAP_TONES, verbose_name=gettext_lazy("State"))

    empty_hint = gettext_lazy("Choose a shortfall on the page “Shortfalls” and put it forward.")

    class Meta:
        model = Gap
        fields = ("place", "institution", "resource", "required", "present", "shortfall", "created_at", "state")
        empty_text = gettext_lazy("No gap was put forward yet.")

    def render_place(self, record: Gap) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("survey:gap", args=[record.pk]), name_of(record.place))

    def value_place(self, record: Gap) -> str:
        return name_of(record.place)

"""The registry's lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django.db.models import Model
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianyi.pages.columns import DateColumn, MomentColumn, NameColumn, NumberColumn, TagColumn
from lianyi.pages.names import in_language, name_of
from lianyi.registry.imports.kinds import table_kind
from lianyi.registry.models import ChangeRequest, ImportRun, Institution, InstitutionGrade, Place, Staff
from lianyi.registry.page_facts import summary_of
from lianyi.registry.reference_names import reference_name

REQUEST_TONES: Mapping[Any, str] = {
    ChangeRequest.State.PROPOSED: "info",
    ChangeRequest.State.COUNTY_APPROVED: "info",
    ChangeRequest.State.APPLIED: "good",
    ChangeRequest.State.REFUSED: "bad",
    ChangeRequest.State.WITHDRAWN: "neutral",
    ChangeRequest.State.SUPERSEDED: "warning",
}


WIDE_SCREENS = {"th": {"class": "d-none d-md-table-cell"}, "td": {"class": "d-none d-md-table-cell"}}
"""For columns that a narrow screen does without; the row's own page tells them."""


def tag(word: object, tone: str) -> SafeString:
    return render_to_string("web/tag.html", {"word": word, "tone": tone})


class RecordColumn(tables.Column):  # type: ignore[misc]
    """The row's own name in the page's language, as a link to its page, with its mark when it is sample data."""

    def __init__(self, url_name: str, **options: Any) -> None:  # noqa: ANN401 - those of every column
        self.url_name = url_name
        super().__init__(accessor="name_zh", empty_values=(), order_by=("name_zh",), **options)

    def render(self, record: Any) -> SafeString:  # noqa: ANN401 - a row of any model
        mark = render_to_string("web/sample_mark.html", {"provenance": record.provenance})
        address = reverse(self.url_name, args=[record.pk])
        return format_html('<a href="{}">{}</a> {}', address, name_of(record), mark)

    def value(self, record: Any) -> str:  # noqa: ANN401
        return name_of(record)


class ReferenceColumn(tables.Column):  # type: ignore[misc]
    """The name of a code of a reference list."""

    def __init__(self, list_name: str, **options: Any) -> None:  # noqa: ANN401
        self.list_name = list_name
        super().__init__(**options)

    def render(self, value: str) -> str:
        return reference_name(self.list_name, value)

    def value(self, value: str | None) -> str:
        return reference_name(self.list_name, value)


class InstitutionTable(tables.Table):  # type: ignore[misc]
    name = RecordColumn("registry:institution-detail", verbose_name=gettext_lazy("Name"))
    code = tables.Column(attrs=WIDE_SCREENS, verbose_name=gettext_lazy("Code"))
    kind = ReferenceColumn("institution_kinds", verbose_name=gettext_lazy("Kind"))
    tier = tables.Column(attrs=WIDE_SCREENS, verbose_name=gettext_lazy("Tier"))
    grade = tables.Column(visible=False, verbose_name=gettext_lazy("Grade"))
    place = NameColumn(
        order_by=("place__code",),
        linkify=("registry:place-detail", {"pk": tables.A("place_id")}),
        verbose_name=gettext_lazy("Place"),
    )
    parent = NameColumn(attrs=WIDE_SCREENS, order_by=("parent__name_zh",), verbose_name=gettext_lazy("Branch of"))
    state = tables.Column(empty_values=(), order_by=("closed_on",), verbose_name=gettext_lazy("State"))
    provenance = tables.Column(visible=False, verbose_name=gettext_lazy("Provenance"))

    empty_hint = gettext_lazy("Import a table of institutions, or open the first one.")

    class Meta:
        model = Institution
        fields = ("name", "code", "kind", "tier", "grade", "place", "parent", "state", "provenance")
        empty_text = gettext_lazy("No institution lies within your reach.")

    def render_tier(self, record: Institution) -> str:
        """Show the grade beside the tier; most institutions below have none."""
        tier = record.get_tier_display()
        return tier if record.grade == InstitutionGrade.NONE else f"{tier} · {record.get_grade_display()}"

    def value_tier(self, record: Institution) -> str:
        return record.get_tier_display()

    def render_state(self, record: Institution) -> SafeString:
        is_open = record.is_open_on(timezone.localdate())
        return tag(self.value_state(record), "good" if is_open else "neutral")

    def value_state(self, record: Institution) -> str:
        today = timezone.localdate()
        if record.is_open_on(today):
            return _("open")
        has_opened = record.opened_on is None or record.opened_on <= today
        return _("closed") if has_opened else _("not open yet")


class PlaceTable(tables.Table):  # type: ignore[misc]
    """Places found by a search."""

    name = RecordColumn("registry:place-detail", verbose_name=gettext_lazy("Name"))
    code = tables.Column(verbose_name=gettext_lazy("Code"))
    level = tables.Column(verbose_name=gettext_lazy("Level"))
    parent = NameColumn(attrs=WIDE_SCREENS, order_by=("parent__code",), verbose_name=gettext_lazy("Part of"))
    valid_to = DateColumn(attrs=WIDE_SCREENS, verbose_name=gettext_lazy("Valid to"))
    provenance = tables.Column(visible=False, verbose_name=gettext_lazy("Provenance"))

    empty_hint = gettext_lazy("Import a table of places: `lianyi import places FILE` on the server makes the root.")

    class Meta:
        model = Place
        fields = ("name", "code", "level", "parent", "valid_to", "provenance")
        empty_text = gettext_lazy("No place is on record yet.")


class StaffTable(tables.Table):  # type: ignore[misc]
    name = RecordColumn("registry:staff-detail", verbose_name=gettext_lazy("Name"))
    code = tables.Column(attrs=WIDE_SCREENS, verbose_name=gettext_lazy("Staff number"))
    institution = NameColumn(order_by=("institution__name_zh",), verbose_name=gettext_lazy("Institution"))
    department = NameColumn(
        attrs=WIDE_SCREENS, order_by=("department__name_zh",), verbose_name=gettext_lazy("Department")
    )
    profession = ReferenceColumn("professions", attrs=WIDE_SCREENS, verbose_name=gettext_lazy("Profession"))
    title_rank = ReferenceColumn("title_ranks", verbose_name=gettext_lazy("Title rank"))
    specialty = ReferenceColumn("specialties", attrs=WIDE_SCREENS, verbose_name=gettext_lazy("Specialty"))
    state = tables.Column(empty_values=(), order_by=("employed_to",), verbose_name=gettext_lazy("State"))
    provenance = tables.Column(visible=False, verbose_name=gettext_lazy("Provenance"))

    empty_hint = gettext_lazy("Open an institution's page to add somebody, or import a table of staff.")

    class Meta:
        model = Staff
        fields = (
            *("name", "code", "institution", "department", "profession", "title_rank", "specialty", "state"),
            "provenance",
        )
        empty_text = gettext_lazy("No staff lie within your reach.")

    def render_state(self, record: Staff) -> SafeString:
        left = record.employed_to is not None and record.employed_to < timezone.localdate()
        return tag(self.value_state(record), "neutral" if left else "good")

    def value_state(self, record: Staff) -> str:
        left = record.employed_to is not None and record.employed_to < timezone.localdate()
        return _("left") if left else _("employed")


class ChangeRequestTable(tables.Table):  # type: ignore[misc]
    record = NameColumn(
        accessor="node",
        order_by=("node__name_zh",),
        linkify=("registry:change-request-detail", {"pk": tables.A("pk")}),
        verbose_name=gettext_lazy("Record"),
    )
    about = tables.Column(empty_values=(), orderable=False, verbose_name=gettext_lazy("What changes"))
    effective_on = DateColumn(verbose_name=gettext_lazy("Effective on"))
    proposed_by = tables.Column(order_by=("proposed_by__display_name",), verbose_name=gettext_lazy("Proposed by"))
    created_at = MomentColumn(verbose_name=gettext_lazy("Proposed at"))
    state = TagColumn(REQUEST_TONES, verbose_name=gettext_lazy("State"))

    empty_hint = gettext_lazy("On an institution's page choose “Propose a change”.")

    class Meta:
        model = ChangeRequest
        fields = ("record", "about", "effective_on", "proposed_by", "created_at", "state")
        empty_text = gettext_lazy("No change is proposed within your reach.")

    def render_about(self, record: ChangeRequest) -> str:
        return summary_of(record, model_of(record))

    def value_about(self, record: ChangeRequest) -> str:
        return summary_of(record, model_of(record))


def model_of(request: ChangeRequest) -> type[Model]:
    """Return the kind of record that a change request is about."""
    return request.node._meta.get_field(request.node.kind).related_model  # type: ignore[return-value]


class ImportRunTable(tables.Table):  # type: ignore[misc]
    created_at = MomentColumn(verbose_name=gettext_lazy("Imported at"))
    kind = tables.Column(verbose_name=gettext_lazy("Table"))
    file_name = tables.Column(attrs=WIDE_SCREENS, verbose_name=gettext_lazy("File"))
    user = tables.Column(order_by=("user__display_name",), verbose_name=gettext_lazy("By"))
    mode = tables.Column(attrs=WIDE_SCREENS, verbose_name=gettext_lazy("Mode"))
    rows_read = NumberColumn(verbose_name=gettext_lazy("Rows"))
    rows_created = NumberColumn(verbose_name=gettext_lazy("Created"))
    rows_updated = NumberColumn(verbose_name=gettext_lazy("Updated"))
    rows_unchanged = NumberColumn(verbose_name=gettext_lazy("Unchanged"))
    rows_refused = NumberColumn(verbose_name=gettext_lazy("Refused"))

    empty_hint = gettext_lazy("Choose a kind of table above, and upload a file.")

    class Meta:
        model = ImportRun
        fields = (
            *("created_at", "kind", "file_name", "user", "mode", "rows_read", "rows_created", "rows_updated"),
            *("rows_unchanged", "rows_refused"),
        )
        empty_text = gettext_lazy("Nothing was imported yet within your reach.")

    def render_kind(self, value: str) -> str:
        return kind_title(value)

    def value_kind(self, value: str) -> str:
        return kind_title(value)


def kind_title(name: str) -> str:
    """Return what a kind of table is called in the page's language."""
    kind = table_kind(name)
    return name if kind is None else in_language(kind.title_zh, kind.title_en)

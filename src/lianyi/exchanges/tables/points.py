"""Tables of points."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.exchanges.categories import category_word
from lianyi.exchanges.models import Point, PointKind, PointState
from lianyi.exchanges.tables.visits import linked
from lianyi.exchanges.texts import KIND_TONES, POINT_TONES
from lianyi.pages.columns import NAME_CELL, DateColumn, NameColumn, TagColumn
from lianyi.pages.names import name_of

WIDE_CELL = {"td": {"class": "wide-cell"}}


class PointTable(tables.Table):  # type: ignore[misc]
    """What was raised, and what became of it."""

    number = tables.Column(accessor="pk", order_by=("visit__starts_on", "number"), verbose_name=_("Number"))
    statement = tables.Column(
        accessor="pk", order_by=("statement_zh", "pk"), attrs=WIDE_CELL, verbose_name=_("What was raised")
    )
    kind = TagColumn(KIND_TONES, dict(PointKind.choices), verbose_name=_("Kind"))
    category = tables.Column(verbose_name=_("Category"))
    state = TagColumn(POINT_TONES, dict(PointState.choices), verbose_name=pgettext_lazy("visit", "What became of it"))
    raised_on = DateColumn(verbose_name=_("Raised on"))
    institution = NameColumn(order_by=("institution__name_zh",), verbose_name=_("About"))
    raised = tables.Column(accessor="pk", orderable=False, attrs=NAME_CELL, verbose_name=_("Raised by"))
    evidence = tables.Column(visible=False, verbose_name=_("Evidence"))
    answer = tables.Column(visible=False, verbose_name=_("Answer or reason"))

    empty_hint = _("Points are raised on the page of a visit.")

    class Meta:
        model = Point
        fields = ("number", "statement", "kind", "category", "state", "raised_on", "institution", "raised")
        # Read on the page; printed and taken along never.
        row_attrs = {"data-confidential": lambda record: "" if record.is_confidential else None}
        empty_text = _("No point lies within your reach yet.")

    def render_number(self, record: Point) -> SafeString:
        return linked(record, str(record))

    def value_number(self, record: Point) -> str:
        return str(record)

    def render_statement(self, record: Point) -> str:
        return name_of(record, "statement")

    def value_statement(self, record: Point) -> str:
        return name_of(record, "statement")

    def render_category(self, value: str) -> str:
        return category_word(value)

    def value_category(self, value: str) -> str:
        return category_word(value)

    def render_raised(self, record: Point) -> str:
        return raised_by_word(record) or "—"

    def value_raised(self, record: Point) -> str:
        return raised_by_word(record)


def raised_by_word(row: Point) -> str:
    """Say who raised a point: the person, and the institution."""
    person = name_of(row.raised_by_staff) if row.raised_by_staff is not None else row.raised_by
    return " · ".join(each for each in (person, name_of(row.raised_by_institution)) if each)

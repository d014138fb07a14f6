"""An export of DHIS2 read by the kept names: the table of values that it makes, and an account of what it did not."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from lianyi.accounts.actors import Actor
from lianyi.accounts.models import OrganisationNode
from lianyi.analysis.dhis2 import Converted, Mapped, NotUsed, NotUsedReason, values_of_export
from lianyi.indicators.imports.values_figures import VALUE_COLUMNS
from lianyi.indicators.queries import exports as queries
from lianyi.tabular.reading import read_tables
from lianyi.tabular.writing import write_table

COLUMNS: Final = ("indicator_code", "unit_code", "period", "numerator", "denominator", "provenance")
WHY_WORDS: Final[Mapping[NotUsedReason, str | Promise]] = {
    NotUsedReason.PERIOD: gettext_lazy("“%(given)s” is no month, quarter or year."),
    NotUsedReason.UNIT: gettext_lazy("The unit “%(given)s” is not in the table of organisation units."),
    NotUsedReason.NUMBER: gettext_lazy("“%(given)s” is no number of 0 or more."),
    NotUsedReason.TWICE: gettext_lazy("%(given)s stands in the export twice; the first counts."),
}


def read_export(actor: Actor, keeper: OrganisationNode, content: bytes, file_name: str) -> Converted:
    """Return the values of an export by what a bureau keeps of its names.

    Raises
    ------
    TableFileError, ExportShapeError, ExportMappingError
    """
    elements = queries.elements(actor).filter(keeper=keeper, is_used=True)
    mapping = [Mapped(each.element, each.code, each.part) for each in elements]
    units = {each.org_unit: each.node.code for each in queries.units(actor).filter(keeper=keeper, is_used=True)}
    workbook = read_tables(content, file_name)
    return values_of_export(workbook.sheets[0].rows, mapping, units)


def table_of(found: Converted) -> bytes:
    """Return the values as the table that the import of values reads."""
    columns = [each for each in VALUE_COLUMNS if each.name in COLUMNS]
    rows = (
        {
            "indicator_code": each.indicator,
            "unit_code": each.unit,
            "period": each.period,
            "numerator": _figure(each.numerator),
            "denominator": _figure(each.denominator),
            "provenance": "reported",
        }
        for each in found.values
    )
    return write_table(columns, rows, "en", "csv")


def _figure(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(repr(number)).normalize()


def why_word(each: NotUsed) -> str:
    return str(WHY_WORDS[each.reason]) % {"given": each.given}

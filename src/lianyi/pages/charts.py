"""A chart for a page: its ECharts option, its title and the same figures as a table for those who cannot see it.

Templates show it with ``{% include "web/chart.html" with chart=chart %}``. The option is plain JSON: no functions.
A data item with a ``url`` (a path of this site) opens that page when it is clicked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

HEIGHTS = ("short", "medium", "tall")


@dataclass(frozen=True, slots=True)
class ChartTable:
    """The figures behind a chart: one text for each column, rows of values."""

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything web/chart.html needs."""

    element_id: str
    title: str
    option: Mapping[str, Any]
    table: ChartTable
    height: str = "medium"
    maps: Mapping[str, Any] = field(default_factory=dict)

    @property
    def data_id(self) -> str:
        return f"{self.element_id}-data"

    @property
    def data(self) -> dict[str, Any]:
        """What charts.js reads: the option, and GeoJSON of the maps it names."""
        return {"option": self.option, "maps": self.maps}


def chart(
    element_id: str,
    option: Mapping[str, Any],
    *,
    title: str,
    table: ChartTable,
    height: str = "medium",
    maps: Mapping[str, Any] | None = None,
) -> Chart:
    """Return a chart for a template.

    Parameters
    ----------
    element_id
        An id that is unique on the page.
    option
        The ECharts option. Colours, fonts and the language come from the page's theme.
    title
        What the chart shows, in a few words; it stands above it and is its name for a screen reader.
    table
        The same figures, shown under "Show the figures".
    height
        short, medium or tall.
    maps
        GeoJSON by the name under which the option's ``geo`` or ``map`` series asks for it.
    """
    if height not in HEIGHTS:
        raise ValueError(f"The height '{height}' is not known. Accepted: {', '.join(HEIGHTS)}.")
    return Chart(element_id, title, option, table, height, maps or {})

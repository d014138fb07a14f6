"""Where all points of a partnership stand: by state, and by how long those that are open have been."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianyi.exchanges.former import GROUPS, group_of
from lianyi.exchanges.queries.points import PointStanding
from lianyi.methods.action_ages import AGE_BANDS, AgeBand, age_band
from lianyi.pages.charts import Chart, ChartTable, chart

# Colour and order tell the same: what presses stands first and is red.
_COLOURS = {
    "came_back": "#97231c",
    "late": "#c8553d",
    "open": "#0b5fa5",
    "waiting": "#b87a00",
    "closed": "#2f7d4f",
    "settled": "#8b98a3",
}


def band_word(band: AgeBand | None) -> str:
    """Say an age band in words; None stands for what is over."""
    if band is None:
        return pgettext("visit", "over")
    if band.last_day is None:
        return _("%(first)s days and more") % {"first": band.first_day}
    return _("%(first)s to %(last)s days") % {"first": band.first_day, "last": band.last_day}


def standing_chart(found: Sequence[PointStanding]) -> Chart:
    """Draw a bar for each age of points, cut by where they stand."""
    bands: list[AgeBand | None] = [*AGE_BANDS, None]
    counts = Counter((age_band(each.days_open), group_of(each)) for each in found)
    groups = [name for name in GROUPS if any(counts[band, name] for band in bands)]
    labels = [band_word(band) for band in bands]
    series = [
        {
            "type": "bar",
            "stack": "points",
            "name": str(GROUPS[name]),
            "data": [counts[band, name] or None for band in bands],
            "barMaxWidth": 30,
            "itemStyle": {"color": _COLOURS[name]},
            "label": {"show": True, "color": "#ffffff"},
        }
        for name in groups
    ]
    option: dict[str, Any] = {
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "legend": {"top": 0, "type": "scroll"},
        "grid": {"left": 8, "right": 24, "top": 40, "bottom": 24, "containLabel": True},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "data": labels, "inverse": True},
        "series": series,
    }
    rows = [[label, *(counts[band, name] for name in groups)] for label, band in zip(labels, bands, strict=True)]
    table = ChartTable([_("Open for"), *(str(GROUPS[name]) for name in groups)], rows)
    return chart("points-standing", option, title=_("Points by age and by where they stand"), table=table)

"""A value in the line of its own past: one point for each period, gaps where nothing was given."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianyi.indicators.models import IndicatorValue
from lianyi.indicators.values_definitions import value_of
from lianyi.indicators.values_periods import next_start, period_code
from lianyi.indicators.values_texts import UNIT_WORDS, figure_word, value_word
from lianyi.pages.charts import Chart, ChartTable, chart
from lianyi.rules.indicators import IndicatorDefinition

LEAST_POINTS = 2
MOST_PERIODS = 60


def series_chart(definition: IndicatorDefinition, rows: Sequence[IndicatorValue]) -> Chart | None:
    """Draw the values of one unit over time; None with fewer than two of them."""
    if sum(value_of(row) is not None for row in rows) < LEAST_POINTS:
        return None
    kind = rows[-1].sheet.period
    by_start = {row.period_start: row for row in rows}
    starts, at = [], rows[0].period_start
    while at <= rows[-1].period_start:
        starts.append(at)
        at = next_start(kind, at)
    starts = starts[-MOST_PERIODS:]
    points = []
    for start in starts:
        row = by_start.get(start)
        value = None if row is None else value_of(row)
        url = "" if row is None else row.get_absolute_url()
        points.append({"value": None if value is None else round(value, 4), "url": url})
    names = [period_code(kind, start) for start in starts]
    option = {
        "xAxis": {"type": "category", "data": names},
        "yAxis": {"type": "value", "name": str(UNIT_WORDS[definition.unit]), "scale": True},
        "series": [{"type": "line", "data": points, "connectNulls": False, "symbolSize": 7}],
    }
    lines = [
        [
            name,
            value_word(by_start[start]),
            figure_word(by_start[start].numerator),
            figure_word(by_start[start].denominator),
        ]
        if start in by_start
        else [name, _("nothing given"), "", ""]
        for name, start in zip(names, starts, strict=True)
    ]
    table = ChartTable([_("Period"), _("Value"), _("Numerator"), _("Denominator")], lines)
    return chart("value-series", option, title=pgettext("values of an indicator", "Over time"), table=table)

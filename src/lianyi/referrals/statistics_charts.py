"""Pictures of the figures: answers by month, ways up and down by month, reasons of refusals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from lianyi.pages.charts import Chart, ChartTable, chart
from lianyi.referrals.statistics import Statistics
from lianyi.referrals.statistics_line import Group, Line
from lianyi.referrals.statistics_place_lines import shown_places
from lianyi.referrals.statistics_veil import Veil

_GRID = {"left": 8, "right": 24, "top": 36, "bottom": 8, "containLabel": True}


def charts_of(found: Statistics, reasons: Group | None, veil: Veil) -> list[Chart]:
    """Return the pictures that hold something. By month nothing is drawn of a filtered figure that hides numbers."""
    pictures = [] if veil.hides_parts else [_answers_chart(found, veil), _ways_chart(found, veil)]
    if reasons is not None:
        pictures.append(_reasons_chart(reasons.lines))
    return [each for each in pictures if _holds_something(each)]


def _holds_something(picture: Chart) -> bool:
    return any(isinstance(number, int) and number > 0 for row in picture.table.rows for number in row)


def _answers_chart(found: Statistics, veil: Veil) -> Chart:
    table = veil.table([(each.accepted, each.declined, each.no_response) for each in found.months])
    shown_above = shown_places(found, veil)
    series = []
    for place, name in enumerate((_("accepted"), _("declined"), _("no answer"))):
        # A total that is hidden in the table above would be the sum of these bars.
        is_told = not shown_above.column_totals or shown_above.column_totals[place] is not None
        series.append((name, [row[place] if is_told else None for row in table.cells]))
    return _by_month("answers-by-month", _("Answers by month"), found, series, stack="answers")


def _ways_chart(found: Statistics, veil: Veil) -> Chart:
    table = veil.table([(each.up, each.down) for each in found.months])
    series = [
        (name, [row[place] for row in table.cells]) for place, name in enumerate((_("sent up"), _("sent back down")))
    ]
    return _by_month("ways-by-month", _("Up and back down by month"), found, series, stack="")


def _by_month(
    element_id: str, title: str, found: Statistics, series: Sequence[tuple[str, list[int | None]]], stack: str
) -> Chart:
    labels = [each.label for each in found.months]
    option: dict[str, Any] = {
        "tooltip": {"trigger": "axis"},
        "grid": _GRID,
        "legend": {"top": 0},
        "xAxis": {"type": "category", "data": labels},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {"type": "bar", "name": name, "data": numbers, "barMaxWidth": 36, **({"stack": stack} if stack else {})}
            for name, numbers in series
        ],
    }
    rows = [[label, *(numbers[at] for _name, numbers in series)] for at, label in enumerate(labels)]
    table = ChartTable([_("Month"), *(name for name, _numbers in series)], rows)
    return chart(element_id, option, title=title, table=table)


def _reasons_chart(lines: Sequence[Line]) -> Chart:
    option: dict[str, Any] = {
        "tooltip": {"trigger": "item"},
        "grid": _GRID | {"top": 8},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": [line.measure for line in lines],
            "axisLabel": {"width": 130, "overflow": "break"},
        },
        "series": [{"type": "bar", "data": [line.numerator for line in lines], "barMaxWidth": 24}],
    }
    table = ChartTable([_("Reason"), _("Refusals")], [[line.measure, line.numerator] for line in lines])
    return chart("reasons", option, title=_("Refusals by reason"), table=table, height="short")

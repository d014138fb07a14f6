"""Yearly figures as a table of years, and as small charts, one for each measure so that each keeps its own scale."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lianyi.pages.charts import Chart, ChartTable, chart
from lianyi.pages.names import name_of
from lianyi.registry.models import PlacePopulation, WorkloadMeasure, YearlyWorkload

FEWEST_YEARS_OF_A_CHART = 2


@dataclass(frozen=True, slots=True)
class WorkloadLine:
    """One measure of the house or of one department, year by year; None where nothing was stated."""

    measure: str
    department: str
    figures: tuple[YearlyWorkload | None, ...]


@dataclass(frozen=True, slots=True)
class WorkloadTable:
    years: tuple[int, ...]
    lines: tuple[WorkloadLine, ...]


def workload_table(rows: Sequence[YearlyWorkload]) -> WorkloadTable:
    """Turn single figures into one line for each measure and department; ``rows`` come in the order of lines."""
    years = tuple(sorted({row.year for row in rows}))
    figures: dict[tuple[str, int | None], dict[int, YearlyWorkload]] = defaultdict(dict)
    for row in rows:
        figures[row.measure, row.department_id][row.year] = row
    lines = []
    for by_year in figures.values():
        one = next(iter(by_year.values()))
        department = name_of(one.department) if one.department is not None else ""
        found = tuple(by_year.get(year) for year in years)
        lines.append(WorkloadLine(one.get_measure_display(), department, found))
    return WorkloadTable(years, tuple(lines))


def workload_charts(rows: Iterable[YearlyWorkload]) -> list[Chart]:
    """Return a chart for each measure of the whole house that is known for more than one year."""
    by_measure: dict[str, list[YearlyWorkload]] = defaultdict(list)
    for row in rows:
        if row.department_id is None:
            by_measure[row.measure].append(row)
    return [
        _bars(f"workload-{measure}", str(WorkloadMeasure(measure).label), found)
        for measure, found in by_measure.items()
        if len(found) >= FEWEST_YEARS_OF_A_CHART
    ]


def _bars(element_id: str, title: str, rows: Sequence[YearlyWorkload]) -> Chart:
    figures = {row.year: row.quantity for row in rows}
    years = list(range(min(figures), max(figures) + 1))
    option = {
        **_frame(years),
        "series": [{"type": "bar", "name": title, "data": [figures.get(year) for year in years], "barMaxWidth": 28}],
    }
    table = ChartTable([_("Year"), title], [(str(row.year), row.quantity) for row in rows])
    return chart(element_id, option, title=title, table=table, height="short")


def _frame(years: Sequence[int]) -> dict[str, object]:
    return {
        "grid": {"left": 8, "right": 12, "top": 16, "bottom": 4, "containLabel": True},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [str(year) for year in years]},
        "yAxis": {"type": "value", "splitNumber": 3},
    }


def population_chart(rows: Sequence[PlacePopulation]) -> Chart | None:
    """Return the population of a place by group and year; None where fewer than two years are known."""
    known = {row.year for row in rows}
    if len(known) < FEWEST_YEARS_OF_A_CHART:
        return None
    years = list(range(min(known), max(known) + 1))
    groups: dict[str, dict[int, int]] = defaultdict(dict)
    for row in rows:
        groups[str(row.get_group_display())][row.year] = row.persons
    series = [
        {
            "type": "line",
            "name": name,
            "data": [figures.get(year) for year in years],
            "connectNulls": True,
            "symbolSize": 7,
        }
        for name, figures in groups.items()
    ]
    option = {**_frame(years), "legend": {"top": 0}, "series": series}
    option["grid"] = {"left": 8, "right": 16, "top": 36, "bottom": 4, "containLabel": True}
    figures_by_year = [(str(year), *(groups[name].get(year) for name in groups)) for year in sorted(known)]
    table = ChartTable([_("Year"), *groups], figures_by_year)
    return chart("population", option, title=_("Population by year"), table=table, height="medium")

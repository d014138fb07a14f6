"""What hospitals treat and at what cost by diagnosis-related groups, over the rows of a data frame."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from lianyi.analysis.columns import Floats, Table, labels, numbers
from lianyi.analysis.figures import Document, figure, interval_document
from lianyi.methods.case_groups import (
    CaseGroupIndices,
    CaseTable,
    RegionGroups,
    case_group_indices,
    case_table,
    region_of,
)
from lianyi.methods.proportions import DEFAULT_CONFIDENCE, check_probability

_FEW_CASES: Final = 30
_MOST_OF_REGION: Final = 0.5


class Amounts(StrEnum):
    """What a row says of cost and days."""

    MEAN = "mean"
    """Of one case."""
    TOTAL = "total"
    """Of all its cases together."""


@dataclass(frozen=True, slots=True)
class CaseColumns:
    """Which columns of a table mean what: one row for each hospital and group."""

    hospital: str
    group: str
    cases: str
    cost: str
    days: str | None = None
    deaths: str | None = None
    low_risk: str | None = None
    amounts: Amounts = Amounts.MEAN


def case_group_document(
    table: Table, columns: CaseColumns, region: Table | None = None, confidence: float = DEFAULT_CONFIDENCE
) -> Document:
    """Return the indices of each hospital, as the document of ``lianyi evaluate drg --json``.

    Parameters
    ----------
    table
        A data frame, or a mapping of names to columns.
    region
        Another table with the same columns that the hospitals are compared with; without it the table itself.

    Raises
    ------
    CaseTableError, ZeroTotalError, SurveyLengthError, TableColumnError, ColumnNumberError, ProbabilityError
        When a column is not there or cannot be used.

    Examples
    --------
    >>> rows = {"h": ["A", "A", "B"], "g": ["x", "y", "x"], "n": [80, 20, 40], "c": [8_800, 19_000, 8_000]}
    >>> found = case_group_document(rows, CaseColumns("h", "g", "n", "c"))
    >>> [(row["hospital"], row["groups"], round(row["case_mix_index"], 4)) for row in found["rows"]]
    [('A', 2, 1.0596), ('B', 1, 0.8509)]
    """
    check_probability("confidence", confidence)
    cases = _case_table(table, columns)
    groups = region_of(cases if region is None else _case_table(region, columns))
    indices = case_group_indices(cases, groups)
    rows = [_row(indices, at, columns, confidence) for at in range(len(indices.hospitals))]
    return {
        "hospitals": len(indices.hospitals),
        "groups": len(cases.groups),
        "cases": float(indices.cases.sum()),
        "compared_with": "the table itself" if region is None else "another table",
        "region_mean_cost": groups.overall_mean_cost,
        "rows": rows,
        "weights": _weights(groups),
        "warnings": [*_warnings(indices, columns), *(_own_region_warnings(indices) if region is None else ())],
        "conventions": _conventions(),
    }


def _case_table(table: Table, columns: CaseColumns) -> CaseTable:
    count = numbers(table, columns.cases)

    def mean_of(name: str | None) -> Floats | None:
        if name is None:
            return None
        amounts = numbers(table, name)
        if columns.amounts is Amounts.MEAN:
            return amounts
        # What no case has cost is no cost of a case.
        return np.asarray(np.divide(amounts, count, out=np.full(len(count), np.nan), where=count > 0))

    return case_table(
        labels(table, columns.hospital),
        labels(table, columns.group),
        count,
        mean_cost=mean_of(columns.cost),
        mean_days=mean_of(columns.days),
        deaths=None if columns.deaths is None else numbers(table, columns.deaths),
        low_risk=None if columns.low_risk is None else numbers(table, columns.low_risk),
    )


def _row(indices: CaseGroupIndices, at: int, columns: CaseColumns, confidence: float) -> Document:
    row: Document = {
        "hospital": indices.hospitals[at],
        "cases": float(indices.cases[at]),
        "groups": int(indices.number_of_groups[at]),
        "total_weight": figure(indices.total_weight[at]),
        "case_mix_index": figure(indices.case_mix_index[at]),
        "cost_index": figure(indices.cost_index[at]),
        "time_index": figure(indices.time_index[at]),
        "cases_without_weight": float(indices.cases_without_weight[at]),
        "cases_without_cost": float(indices.cases_without_cost[at]),
        "cases_without_days": float(indices.cases_without_days[at]),
        "rows_without_cases": int(indices.rows_without_cases[at]),
    }
    if columns.deaths is not None and columns.low_risk is not None:
        share = indices.low_risk_death(at)
        row["low_risk"] = {
            "deaths": share.numerator,
            "cases": share.denominator,
            "cases_without_deaths": int(indices.low_risk_cases_without_deaths[at]),
            "share": share.value,
            "interval": interval_document(share.interval(confidence)),
        }
    return row


def _weights(region: RegionGroups) -> list[Document]:
    return [
        {"group": group, "weight": figure(weight), "mean_cost": figure(cost), "mean_days": figure(days)}
        for group, weight, cost, days in zip(
            region.groups, region.weights, region.mean_cost, region.mean_days, strict=True
        )
    ]


def _warnings(indices: CaseGroupIndices, columns: CaseColumns) -> list[str]:
    found = []
    few = int(((indices.cases > 0) & (indices.cases < _FEW_CASES)).sum())
    if few:
        found.append(f"Hospitals with fewer than {_FEW_CASES} cases: {few}. A few patients move their indices.")
    for told, missing in (
        ("without a weight, for the region does not have their group or its cost", indices.cases_without_weight),
        ("not in the cost index, for their cost is missing here or in the region", indices.cases_without_cost),
    ):
        if missing.sum():
            found.append(f"Cases {told}: {missing.sum():,.0f}.")
    without = indices.cases_without_days.sum()
    if columns.days is not None and without:
        found.append(f"Cases not in the time index, for their days are missing here or in the region: {without:,.0f}.")
    if indices.rows_without_cases.sum():
        found.append(
            f"Rows left out, for they do not say how many cases there were: {indices.rows_without_cases.sum():,}."
        )
    if (columns.deaths is None) != (columns.low_risk is None):
        found.append("Low-risk deaths need both the deaths and the column that marks low-risk groups.")
    return found


def _own_region_warnings(indices: CaseGroupIndices) -> list[str]:
    """Say so where one hospital is most of the region that it is compared with."""
    largest = float(indices.cases.max() / indices.cases.sum()) if indices.cases.sum() else 0.0
    if len(indices.hospitals) == 1 or largest <= _MOST_OF_REGION:
        return []
    return [f"One hospital has {largest:.0%} of all cases; its indices lie near 1 whatever it does."]


def _conventions() -> Document:
    return {
        "weight": "mean cost of the group's cases over mean cost of all cases of the region",
        "case_mix_index": "sum of cases times weight over cases, of cases that have a weight",
        "cost_index": "mean over cases of cost here over cost in the region, group by group; 1 is average",
        "time_index": "the same with length of stay",
        "low_risk": "deaths over cases of low-risk groups; Wilson interval",
        "reading": "case mix says what a hospital takes in, not how well it treats; read all indices together",
    }

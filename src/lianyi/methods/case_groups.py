"""What hospitals treat and at what cost, by diagnosis-related groups: breadth, case mix, cost and time, deaths.

R. B. Fetter and others, Case mix definition by diagnosis-related groups, Medical Care 18 (1980) 2 Suppl. 1-53, made the
groups; the indices are those by which China's hospitals are compared (DRG 能力指数). The weight of a group is what its
case costs in the region over what any case costs there; the case-mix index (CMI) is the mean weight of a hospital's
cases. Cost and time index (费用消耗指数, 时间消耗指数) compare each case with the region's mean case of its group: 1 is
average, below 1 cheaper or faster. The formulas of these two are the usual ones; no document that fixes them was
found.

Read them together: hospitals in a partnership were seen to treat more groups and lose fewer patients while CMI stood
still and the cost index got worse. CMI says what a hospital takes in, not how well it treats.

Whatever is missing is left out of the index that needs it, above and below the line, and counted: missing is not 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lianyi.methods.columns import Floats, Integers, check_same_length, label_codes, whole_number_codes
from lianyi.methods.errors import CaseTableError, SurveyLengthError, ZeroTotalError
from lianyi.methods.proportions import Share


@dataclass(frozen=True, slots=True, eq=False)
class CaseTable:
    """Cases by hospital and group, one row for each pair; made by `case_table`. NaN where something is missing."""

    hospitals: tuple[Any, ...]
    groups: tuple[Any, ...]
    hospital_of_row: Integers
    group_of_row: Integers
    cases: Floats
    mean_cost: Floats
    mean_days: Floats
    deaths: Floats
    is_low_risk: npt.NDArray[np.bool_]
    rows_without_cases: Integers
    """Of each hospital, the rows that were left out because they do not say how many cases there were."""

    def row_sums(self, values: Floats) -> Floats:
        """Return the sum of a column for each hospital, without what is missing."""
        sums = np.bincount(self.hospital_of_row, np.nan_to_num(values, nan=0.0), len(self.hospitals))
        return np.asarray(sums, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class RegionGroups:
    """What a case of each group costs and takes in the region; NaN where no case of the group tells it."""

    groups: tuple[Any, ...]
    weights: Floats
    mean_cost: Floats
    mean_days: Floats
    overall_mean_cost: float


@dataclass(frozen=True, slots=True, eq=False)
class CaseGroupIndices:
    """The indices of hospitals, one value for each; NaN where nothing can be said.

    ``number_of_groups`` is breadth. ``case_mix_index`` is over cases whose group has a weight, ``cost_index`` over
    cases with a cost here and in the region, ``time_index`` likewise with days; the ``cases_without_`` columns say how
    many cases each leaves out. Low-risk deaths are of the low-risk cases whose deaths are known.
    """

    hospitals: tuple[Any, ...]
    cases: Floats
    number_of_groups: Integers
    total_weight: Floats
    case_mix_index: Floats
    cost_index: Floats
    time_index: Floats
    cases_without_weight: Floats
    cases_without_cost: Floats
    cases_without_days: Floats
    low_risk_cases: Integers
    low_risk_deaths: Integers
    low_risk_cases_without_deaths: Integers
    rows_without_cases: Integers

    def low_risk_death(self, position: int) -> Share:
        """Return the deaths of one hospital's low-risk cases as a share, whose interval holds for small numbers."""
        return Share(int(self.low_risk_deaths[position]), int(self.low_risk_cases[position]))


def case_table(
    hospitals: npt.ArrayLike,
    groups: npt.ArrayLike,
    cases: npt.ArrayLike,
    *,
    mean_cost: npt.ArrayLike | None = None,
    mean_days: npt.ArrayLike | None = None,
    deaths: npt.ArrayLike | None = None,
    low_risk: npt.ArrayLike | None = None,
) -> CaseTable:
    """Check the columns of a table of cases: one row for each hospital and group; a pair may stand in several.

    Parameters
    ----------
    cases
        Number of cases; a row without it is left out and counted.
    mean_cost, mean_days
        Cost and length of stay of one case, NaN where unknown. Costs in one currency and one year.
    deaths
        Deaths among the cases, NaN where unknown.
    low_risk
        1 for a group in which hardly anybody should die, 0 for another; the same in each row of the group.

    Raises
    ------
    SurveyLengthError
        When the columns differ in length or are empty.
    CaseTableError
        When a number is negative or infinite, a count is not whole, more died than were treated, or a group is of low
        risk in one row only.

    Examples
    --------
    >>> case_table(["A", "A"], ["g1", "g2"], [80, None]).rows_without_cases.tolist()
    [1]
    """
    hospital_codes, hospital_labels = label_codes(hospitals)
    group_codes, group_labels = label_codes(groups)
    if not hospital_labels:
        raise SurveyLengthError("There is no row at all; one for each hospital and group is expected.")
    rows = len(hospital_codes)
    number = _counts("number of cases", cases, rows)
    check_same_length(hospital=hospital_codes, group=group_codes, cases=number)
    cost, days, flags = (
        _numbers(name, values, rows)
        for name, values in (("cost", mean_cost), ("days", mean_days), ("low risk", low_risk))
    )
    died = _counts("number of deaths", deaths, rows)
    check_same_length(cases=number, cost=cost, days=days, deaths=died, low_risk=flags)
    _refuse_more_deaths_than_cases(died, number)
    is_low_risk = _low_risk_of(flags, group_codes, group_labels)
    is_known = ~np.isnan(number)
    return CaseTable(
        hospitals=tuple(hospital_labels),
        groups=tuple(group_labels),
        hospital_of_row=hospital_codes[is_known],
        group_of_row=group_codes[is_known],
        cases=number[is_known],
        mean_cost=cost[is_known],
        mean_days=days[is_known],
        deaths=died[is_known],
        is_low_risk=is_low_risk[is_known],
        rows_without_cases=np.bincount(hospital_codes[~is_known], minlength=len(hospital_labels)).astype(np.int64),
    )


def region_of(table: CaseTable) -> RegionGroups:
    """Return what a case of each group costs and takes, over all hospitals of a table, and the weights.

    Raises
    ------
    ZeroTotalError
        When no case has a cost above 0, so that no group can have a weight.

    Examples
    --------
    >>> region = region_of(case_table(["all", "all"], ["A", "B"], [700, 300], mean_cost=[8_000, 20_000]))
    >>> region.overall_mean_cost, region.weights.round(6).tolist()
    (11600.0, [0.689655, 1.724138])
    """
    has_cost = ~np.isnan(table.mean_cost)
    priced, costs = table.cases[has_cost], (table.cases * table.mean_cost)[has_cost]
    if costs.sum() <= 0.0:
        raise ZeroTotalError("No case of the region has a cost above 0, so no group has a weight.", field="cost")
    overall = float(costs.sum() / priced.sum())
    mean_cost = _means_of_groups(table, table.mean_cost)
    return RegionGroups(table.groups, mean_cost / overall, mean_cost, _means_of_groups(table, table.mean_days), overall)


def case_group_indices(table: CaseTable, region: RegionGroups) -> CaseGroupIndices:
    """Return the indices of each hospital against a region, which may be the table itself or another one.

    A group that the region does not have has no weight: its cases count for the breadth, and for no other index.

    Examples
    --------
    >>> region = region_of(case_table(
    ...     ["all", "all"], ["A", "B"], [700, 300], mean_cost=[8_000, 20_000], mean_days=[6, 12]))
    >>> found = case_group_indices(case_table(
    ...     ["Ceheng"] * 2, ["A", "B"], [80, 20], mean_cost=[8_800, 19_000], mean_days=[6.6, 11.4]), region)
    >>> [round(float(value[0]), 6) for value in (found.case_mix_index, found.cost_index, found.time_index)]
    [0.896552, 1.07, 1.07]
    """
    at = _positions_in(region.groups, table.groups)[table.group_of_row]
    weights, region_cost, region_days = (
        np.where(at < 0, np.nan, column[at]) for column in (region.weights, region.mean_cost, region.mean_days)
    )
    cases = table.row_sums(table.cases)
    total_weight = table.row_sums(table.cases * weights)
    weighed = table.row_sums(np.where(np.isnan(weights), 0.0, table.cases))
    cost_index, costed = _consumption(table, table.mean_cost, region_cost)
    time_index, timed = _consumption(table, table.mean_days, region_days)
    low_cases = np.where(table.is_low_risk, table.cases, 0.0)
    told = np.where(np.isnan(table.deaths), 0.0, low_cases)
    return CaseGroupIndices(
        hospitals=table.hospitals,
        cases=cases,
        number_of_groups=_breadth(table),
        total_weight=total_weight,
        case_mix_index=_over(total_weight, weighed),
        cost_index=cost_index,
        time_index=time_index,
        cases_without_weight=cases - weighed,
        cases_without_cost=cases - costed,
        cases_without_days=cases - timed,
        low_risk_cases=table.row_sums(told).astype(np.int64),
        low_risk_deaths=table.row_sums(np.where(table.is_low_risk, table.deaths, 0.0)).astype(np.int64),
        low_risk_cases_without_deaths=table.row_sums(low_cases - told).astype(np.int64),
        rows_without_cases=table.rows_without_cases,
    )


def _consumption(table: CaseTable, here: Floats, region: Floats) -> tuple[Floats, Floats]:
    """Return the mean of here over region, case by case, for each hospital, and of how many cases it is."""
    ratios = np.divide(here, region, out=np.full(len(here), np.nan), where=region > 0.0)
    compared = table.row_sums(np.where(np.isnan(ratios), 0.0, table.cases))
    return _over(table.row_sums(table.cases * ratios), compared), compared


def _means_of_groups(table: CaseTable, values: Floats) -> Floats:
    is_known = ~np.isnan(values)
    at, cases, count = table.group_of_row[is_known], table.cases[is_known], len(table.groups)
    whole, parts = (
        np.asarray(np.bincount(at, column, count), dtype=np.float64) for column in (cases, cases * values[is_known])
    )
    return _over(parts, whole)


def _breadth(table: CaseTable) -> Integers:
    count = len(table.groups)
    pairs = (table.hospital_of_row * count + table.group_of_row)[table.cases > 0.0]
    if not pairs.size:
        return np.zeros(len(table.hospitals), dtype=np.int64)
    different, _codes = whole_number_codes(pairs)
    return np.bincount(different // count, minlength=len(table.hospitals)).astype(np.int64)


def _positions_in(known: tuple[Any, ...], wanted: tuple[Any, ...]) -> Integers:
    """Return where each label stands among those known, -1 where it does not."""
    places = {label: place for place, label in enumerate(known)}
    return np.array([places.get(label, -1) for label in wanted], dtype=np.int64)


def _over(above: Floats, below: Floats) -> Floats:
    return np.asarray(np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0.0))


def _numbers(name: str, values: npt.ArrayLike | None, rows: int) -> Floats:
    if values is None:
        return np.full(rows, np.nan)
    array = np.asarray(values, dtype=np.float64)
    is_bad = np.isinf(array) | (array < 0.0)
    if is_bad.any():
        row = int(np.argmax(is_bad))
        message = f"Record {row + 1}: the {name} is {array[row]:g}; a number of 0 or more, or nothing, is expected."
        raise CaseTableError(message, field=name, position=row)
    return array


def _counts(name: str, values: npt.ArrayLike | None, rows: int) -> Floats:
    array = _numbers(name, values, rows)
    is_bad = array != np.floor(array)
    is_bad &= ~np.isnan(array)
    if is_bad.any():
        row = int(np.argmax(is_bad))
        message = f"Record {row + 1}: the {name} is {array[row]:g}; people are counted whole."
        raise CaseTableError(message, field=name, position=row)
    return array


def _refuse_more_deaths_than_cases(deaths: Floats, cases: Floats) -> None:
    is_bad = deaths > cases
    if is_bad.any():
        row = int(np.argmax(is_bad))
        message = f"Record {row + 1}: {deaths[row]:g} of {cases[row]:g} cases died; deaths are part of the cases."
        raise CaseTableError(message, field="deaths", position=row)


def _low_risk_of(flags: Floats, group_of_row: Integers, groups: list[Any]) -> npt.NDArray[np.bool_]:
    """Return for each row whether its group is of low risk; a row that does not say takes it from its group."""
    is_bad = ~(np.isnan(flags) | (flags == 0.0) | (flags == 1.0))
    if is_bad.any():
        row = int(np.argmax(is_bad))
        message = f"Record {row + 1}: low risk is {flags[row]:g}; 1 (low risk), 0 (not) or nothing is expected."
        raise CaseTableError(message, field="low risk", position=row)
    is_low, is_other = (
        np.bincount(group_of_row[flags == value], minlength=len(groups)).astype(bool) for value in (1.0, 0.0)
    )
    if (is_low & is_other).any():
        group = groups[int(np.argmax(is_low & is_other))]
        message = f"The group {group} is of low risk in one record and not in another; it must be the same in all."
        raise CaseTableError(message, field="low risk", given=group)
    return np.asarray(is_low[group_of_row])

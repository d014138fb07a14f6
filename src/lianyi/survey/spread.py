"""How a resource is shared among the parts of a region, with the figures of those parts and what had to be left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lianyi.methods.distribution import (
    Agglomeration,
    LorenzCurve,
    Resampling,
    Theil,
    agglomeration,
    concentration_index,
    lorenz_curve,
    percentile_intervals,
    resampled_gini,
    theil_l,
    theil_t,
)
from lianyi.methods.errors import UndefinedLogarithmError
from lianyi.methods.proportions import Interval
from lianyi.survey.lines import RegionLine

FEWEST_UNITS = 2
_SEED = 20_240_601
_RESAMPLES = 400


@dataclass(frozen=True, slots=True)
class Unit:
    """One part of a region with what is needed of it."""

    line: RegionLine
    group: str
    amount: float
    residents: float
    area_km2: float | None
    income: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """The figures; those that need areas or incomes are None unless every unit has them."""

    units: Sequence[Unit]
    by_people: LorenzCurve
    people_interval: Interval | None
    by_area: LorenzCurve | None
    theil: Theil
    is_theil_t: bool
    agglomeration: Agglomeration | None
    concentration: float | None


def units_of(lines: Sequence[RegionLine], resource: str) -> tuple[list[Unit], list[RegionLine]]:
    """Return the parts that can be compared, and those whose people or resource are not known."""
    units, left_out = [], []
    for line in lines:
        amount, residents = line.amounts.amount(resource), line.people.residents
        if line.place is None or amount is None or residents is None or not residents.quantity:
            left_out.append(line)
            continue
        above = line.place.parent
        units.append(
            Unit(
                line,
                "" if above is None else above.code,
                float(amount),
                residents.quantity,
                line.people.area_km2.quantity if line.people.area_km2 else None,
                line.people.income.quantity if line.people.income else None,
            )
        )
    return units, left_out


def spread_of(units: Sequence[Unit]) -> Spread | None:
    """Return the figures of at least two units that have any of the resource at all, else None."""
    amounts = np.array([unit.amount for unit in units])
    if len(units) < FEWEST_UNITS or not amounts.sum():
        return None
    people = np.array([unit.residents for unit in units])
    areas = _known([unit.area_km2 for unit in units])
    incomes = _known([unit.income for unit in units])
    theil, is_theil_t = _theil(amounts, people, [unit.group for unit in units])
    [interval] = percentile_intervals(
        resampled_gini(amounts, people), len(units), Resampling(seed=_SEED, resamples=_RESAMPLES)
    )
    has_areas = areas is not None and bool((areas > 0).all())
    return Spread(
        units=units,
        by_people=lorenz_curve(amounts, people),
        people_interval=interval,
        by_area=lorenz_curve(amounts, areas) if areas is not None and has_areas else None,
        theil=theil,
        is_theil_t=is_theil_t,
        agglomeration=agglomeration(amounts, people, areas) if areas is not None and has_areas else None,
        concentration=None if incomes is None else concentration_index(amounts / people, incomes, people),
    )


def _known(values: Sequence[float | None]) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    known = [value for value in values if value is not None]
    return np.array(known) if len(known) == len(values) else None


def _theil(
    amounts: np.ndarray[tuple[int], np.dtype[np.float64]],
    people: np.ndarray[tuple[int], np.dtype[np.float64]],
    groups: Sequence[str],
) -> tuple[Theil, bool]:
    """Return the usual form; where a part has nothing at all that one is infinite, and the other is taken."""
    levels = {"group": np.array(groups)} if len(set(groups)) > 1 else {}
    try:
        return theil_l(amounts, people, levels), False
    except UndefinedLogarithmError:
        return theil_t(amounts, people, levels), True

"""A funnel of the units of a table: how far each lies from all together, and whether that is more than chance.

Examples
--------
>>> table = {"unit": ["A", "B", "C"], "deaths": [15, 40, 72], "expected": [13, 32, 75]}
>>> found = funnel(table, FunnelColumns(observed="deaths", expected="expected", unit="unit")).document
>>> [(row["unit"], round(row["z"], 4), row["verdict"]) for row in found["units"]]
[('A', 0.5349, 'within'), ('B', 1.3354, 'within'), ('C', -0.3499, 'within')]
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from lianyi.analysis.chart_series import is_missing, shown_time
from lianyi.analysis.columns import Floats, Table, labels, numbers
from lianyi.analysis.figures import Document, figures
from lianyi.errors import InvalidInputError
from lianyi.methods.funnels import Funnel, FunnelWish, Limits, Scale, Verdict, proportion_funnel, ratio_funnel

_CONVENTIONS: Final = {
    Scale.LOGARITHM: "z = ln(O / E) sqrt(E), target 1",
    Scale.SQUARE_ROOT: "z = 2 (sqrt(O) - sqrt(E)), target 1",
    Scale.ARCSINE: "z = 2 sqrt(n) (asin sqrt(r / n) - asin sqrt(target)), target the share of all units together",
}
_DISPERSION: Final = (
    "phi = mean z^2 after trimming; tau2 = max(0, (n phi - (n - 1)) / (sum w - sum w^2 / sum w)), w = 1 / s^2; limits "
    "at 1.959964 and 3.090232 times sqrt(s^2 + tau2), brought back to the scale of the figures"
)
_FEW_UNITS: Final = 10


class FunnelColumnsError(InvalidInputError):
    """Neither observed and expected nor events and total were named, or both."""

    code = "funnel-columns"


class FunnelNamesError(InvalidInputError):
    """A unit has no name, or one that stands twice."""

    code = "funnel-names"


@dataclass(frozen=True, slots=True)
class FunnelColumns:
    """Which columns mean what: observed and expected for ratios, or events and total for shares.

    Raises
    ------
    FunnelColumnsError
        When it is neither, or both.
    """

    observed: str | None = None
    expected: str | None = None
    events: str | None = None
    total: str | None = None
    unit: str | None = None

    def __post_init__(self) -> None:
        ratio, share = (self.observed, self.expected), (self.events, self.total)
        is_ratio = None not in ratio and share == (None, None)
        is_share = None not in share and ratio == (None, None)
        if not is_ratio and not is_share:
            given = {"observed": self.observed, "expected": self.expected, "events": self.events, "total": self.total}
            told = ", ".join(name for name, column in given.items() if column is not None) or "nothing"
            message = f"Given: {told}. Name the columns of observed and expected, or those of events and total."
            raise FunnelColumnsError(message, given=told)

    @property
    def pair(self) -> tuple[str, str]:
        """The two columns that are compared."""
        return (self.observed or self.events or "", self.expected or self.total or "")

    @property
    def are_shares(self) -> bool:
        """Whether events of a total are compared, not observed with expected."""
        return self.events is not None


@dataclass(frozen=True, slots=True, eq=False)
class FunnelAccount:
    """The document that is told, and the funnel behind it with the names of its units."""

    document: Document
    funnel: Funnel
    names: list[str]


@dataclass(frozen=True, slots=True)
class FunnelOptions:
    """How the funnel is made."""

    scale: Scale = Scale.SQUARE_ROOT
    """For ratios; shares are always compared by the arcsine."""
    wish: FunnelWish = field(default_factory=FunnelWish)


def funnel(table: Table, columns: FunnelColumns, options: FunnelOptions | None = None) -> FunnelAccount:
    """Return the funnel of the units of a table; units with a missing figure are left out and named.

    Raises
    ------
    TableKindError, TableColumnError, ColumnNumberError, FunnelNamesError
        When the table cannot be used.
    FunnelUnitsError, FunnelCountError, FunnelTransformError
        When counts cannot be, or there are too few units.
    """
    asked = options or FunnelOptions()
    counts, sizes = (numbers(table, name) for name in columns.pair)
    names = _names(table, columns.unit, len(counts))
    known = ~(np.isnan(counts) | np.isnan(sizes))
    _refuse_impossible(counts, sizes, columns, names)
    kept = [name for name, is_known in zip(names, known.tolist(), strict=True) if is_known]
    left_out = [name for name, is_known in zip(names, known.tolist(), strict=True) if not is_known]
    if columns.are_shares:
        found = proportion_funnel(counts[known], sizes[known], asked.wish)
    else:
        found = ratio_funnel(counts[known], sizes[known], asked.scale, asked.wish)
    return FunnelAccount(_document(found, columns, asked, (kept, left_out), counts[known]), found, kept)


def _refuse_impossible(counts: Floats, sizes: Floats, columns: FunnelColumns, names: list[str]) -> None:
    """Refuse with the name of the unit and the columns what the method would refuse by its place."""
    first, second = columns.pair
    for place, name in enumerate(names):
        count, size = float(counts[place]), float(sizes[place])
        if count < 0 or size < 0:
            wrong, value = (first, count) if count < 0 else (second, size)
            raise FunnelNamesError(f"{name}: {wrong} is {value:g}; it must be 0 or more.", unit=name, given=value)
        if columns.are_shares and count > size:
            message = f"{name}: {first} {count:g} of {second} {size:g}. The part cannot be larger than the whole."
            raise FunnelNamesError(message, unit=name, given=count)


def _names(table: Table, column: str | None, length: int) -> list[str]:
    if column is None:
        return [str(place) for place in range(1, length + 1)]
    found: dict[str, int] = {}
    for place, value in enumerate(labels(table, column).tolist()):
        if is_missing(value):
            message = f"Record {place + 1}: the unit in the column {column} is empty. Name each unit."
            raise FunnelNamesError(message, field=column, position=place)
        name = shown_time(value)
        if name in found:
            message = f"{name} stands in record {found[name] + 1} and again in record {place + 1}. Name each unit once."
            raise FunnelNamesError(message, field=column, unit=name)
        found[name] = place
    return list(found)


def _document(
    found: Funnel, columns: FunnelColumns, asked: FunnelOptions, names: tuple[list[str], list[str]], counts: Floats
) -> Document:
    kept, left_out = names
    verdicts = found.verdicts
    outside = [verdict for verdict in verdicts if verdict in (Verdict.ABOVE_998, Verdict.BELOW_998)]
    return {
        "columns": dict(
            zip(("events", "total") if columns.are_shares else ("observed", "expected"), columns.pair, strict=True)
        ),
        "scale": str(found.scale),
        "target": found.target,
        "phi": found.dispersion.phi,
        "tau2": found.dispersion.tau2,
        "dispersion": {
            "extremes": str(asked.wish.adjustment.extremes),
            "trimmed_share": asked.wish.adjustment.trimmed_share,
            "units": found.dispersion.units,
        },
        "small_units": {
            "least_expected": asked.wish.small_units.least_expected,
            "least_total": asked.wish.small_units.least_total if columns.are_shares else None,
        },
        "units": _rows(found, kept, columns, counts),
        "limits": _limit_rows(found),
        "left_out": left_out,
        "outside_99_8": {"found": len(outside), "expected_by_chance": found.expected_outside_998},
        "warnings": _warnings(found, verdicts, left_out),
        "conventions": {"z": _CONVENTIONS[found.scale], "limits": _DISPERSION},
    }


def _rows(found: Funnel, names: list[str], columns: FunnelColumns, counts: Floats) -> list[Document]:
    adjusted, plain = found.limits_at(found.sizes), found.unadjusted_limits_at(found.sizes)
    exact = found.exact_limits_at(found.sizes)
    heads = ("events", "total") if columns.are_shares else ("observed", "expected")
    rates, verdicts = found.false_discovery_rates, found.verdicts
    return [
        {
            "unit": name,
            **figures(**{heads[0]: counts[place], heads[1]: found.sizes[place]}),
            **figures(value=found.values[place], z=found.z[place], adjusted_z=found.adjusted_z[place]),
            "limits": _at(adjusted, place),
            "unadjusted_limits": _at(plain, place),
            "exact_limits": _at(exact, place),
            **figures(false_discovery_rate=rates[place]),
            "verdict": str(verdicts[place]),
        }
        for place, name in enumerate(names)
    ]


def _at(limits: Limits, place: int) -> Document:
    return figures(
        low_95=limits.low_95[place],
        high_95=limits.high_95[place],
        low_99_8=limits.low_998[place],
        high_99_8=limits.high_998[place],
    )


def funnel_sizes(found: Funnel) -> Floats:
    """Return sizes from the smallest unit to the largest at which lines are drawn.

    Examples
    --------
    >>> funnel_sizes(ratio_funnel([3, 4, 5], [1, 2, 101]))[[0, -1]].tolist()
    [1.0, 101.0]
    """
    return np.geomspace(found.sizes.min(), found.sizes.max(), _LINE_POINTS)


_LINE_POINTS: Final = 60


def _limit_rows(found: Funnel) -> list[Document]:
    sizes = funnel_sizes(found)
    limits = found.limits_at(sizes)
    rows: list[dict[str, Any]] = []
    for place, size in enumerate(sizes.tolist()):
        rows.append({"size": size, **_at(limits, place)})
    return rows


def _warnings(found: Funnel, verdicts: list[Verdict], left_out: list[str]) -> list[str]:
    told = [
        "A funnel ranks nobody: inside the limits the order of units is chance. Outside it says where to look first."
    ]
    if len(verdicts) < _FEW_UNITS:
        told.append(f"{len(verdicts)} units say little about how much units differ beyond chance.")
    small = verdicts.count(Verdict.TOO_SMALL)
    if small:
        told.append(f"Units too small to be called out, wherever they lie: {small}.")
    if left_out:
        told.append(f"Left out for a missing figure: {', '.join(left_out)}.")
    if found.dispersion.tau2 > 0:
        told.append(
            f"Units differ more than by chance (phi {found.dispersion.phi:.2f}): limits are wider for it. That may be "
            "what they treat as well as how."
        )
    return told

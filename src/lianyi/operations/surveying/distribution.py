"""How a resource of a table is spread over its places: the document and the lines of `lianyi survey distribution`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from lianyi.drawing import Axis, LineChart, Series, svg_of
from lianyi.drawing.point_map import MapLayer, PointMap
from lianyi.methods.access import GlobePoints
from lianyi.methods.columns import Floats, Labels
from lianyi.methods.distribution import (
    AGGLOMERATION_CONVENTION,
    CONCENTRATION_CONVENTION,
    GINI_CONVENTION,
    Resampling,
    Theil,
    TheilForm,
    agglomeration,
    concentration_index,
    density,
    gini,
    lorenz_curve,
    percentile_intervals,
    resampled_gini,
    resampled_theil,
    theil_l,
    theil_t,
    together,
)
from lianyi.methods.errors import UndefinedLogarithmError
from lianyi.methods.proportions import Interval
from lianyi.operations.console import Stage
from lianyi.operations.errors import SurveyFileError
from lianyi.tabular.arrays import ArrayColumn, read_arrays

_FEW_ROWS: Final = 10
_ROW_COLUMNS: Final = frozenset({"name", "population", "resource", "density", "area", "density_area", "hrad", "pad"})
_POSITION: Final = ("lon", "lat")
_DEGREES: Final = (
    ArrayColumn("lon", "number", description="for --map: longitude in degrees, WGS 84", may_have_gaps=True),
    ArrayColumn("lat", "number", description="for --map: latitude in degrees, WGS 84", may_have_gaps=True),
)
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DistributionWish:
    """Which columns mean what, and what is to be computed from them."""

    table: Path
    population: str
    resource: str
    area: str | None = None
    groups: tuple[str, ...] = ()
    rank: str | None = None
    name: str | None = None
    per: float = 1000.0
    logarithm_base: float = math.e
    resampling: Resampling | None = None
    leaves_out_missing: bool = False
    shows_map: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """The rows that are used, and those that were left out for a missing figure: (name, column)."""

    names: list[str]
    population: Floats
    resource: Floats
    area: Floats | None
    groups: dict[str, Labels]
    rank: Floats | None
    left_out: tuple[tuple[str, str], ...]
    longitude: Floats | None = None
    """With latitude in degrees, WGS 84, NaN where they are missing; None when no map is wanted."""
    latitude: Floats | None = None

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True, slots=True, eq=False)
class DistributionAccount:
    """What the command tells: the document for --json, the rows for --out, the pictures for --plot and --map."""

    document: Document
    rows: Mapping[str, np.ndarray[Any, Any]]
    picture: LineChart
    map: PointMap | None


def account_of(wish: DistributionWish, stage: Stage) -> DistributionAccount:
    """Read the table and compute every index that its columns allow."""
    table = _read(wish)
    rows = _rows(table, wish)
    document: Document = {
        "table": wish.table.name,
        "columns": {"population": wish.population, "resource": wish.resource, "area": wish.area, "rank": wish.rank},
        "groups": list(wish.groups),
        "places": len(table),
        "left_out": [{"name": name, "missing": column} for name, column in table.left_out],
        "total": _totals(table),
        "density_per": wish.per,
        "density": density(table.resource, table.population, wish.per).overall,
        **_ginis(table),
        **_theils(table, wish.logarithm_base),
        **_concentration(table),
        "warnings": _warnings(table),
        "conventions": _conventions(table, wish),
        "rows": _records(rows),
    }
    _add_intervals(document, table, wish, stage)
    return DistributionAccount(document, rows, _picture(table, wish, document), _map(table, wish, rows["density"]))


def lines_of(document: Document) -> list[str]:
    """Return the indices as a person reads them; the rows come apart."""
    lines = [f"{document['places']:,} places, {document['total']['resource']:,.10g} {document['columns']['resource']}"]
    lines.append(f"per {document['density_per']:,g} {document['columns']['population']}: {document['density']:.4g}")
    for key, label in (("gini_population", "Gini by population"), ("gini_area", "Gini by area")):
        if key in document:
            lines.append(f"{label}: {document[key]:.4f}{_interval_text(document.get(f'{key}_interval'))}")
    for key, label in (
        ("theil", "Theil P ln(P/Y)"),
        ("theil_t", "Theil Y ln(Y/P)"),
        ("theil_area", "Theil by area P ln(P/Y)"),
    ):
        lines += _theil_lines(document[key], label) if key in document else []
    if "concentration_index" in document:
        lines.append(f"Concentration index by {document['columns']['rank']}: {document['concentration_index']:.4f}")
    return lines


def _theil_lines(theil: Document, label: str) -> list[str]:
    if theil["total"] is None:
        return [f"{label}: not defined. {theil['reason']}"]
    lines = [f"{label}: {theil['total']:.6f}{_interval_text(theil.get('total_interval'))}"]
    for part in theil["components"]:
        share = "" if part["share"] is None else f" ({part['share']:.1%})"
        place = "within them" if part["level"] == "rows" else f"between {part['level']}"
        lines.append(f"  {place}: {part['value']:.6f}{share}")
    return lines


def _interval_text(interval: Document | None) -> str:
    if interval is None:
        return ""
    return f" ({interval['confidence']:.0%} interval {interval['low']:.4f} to {interval['high']:.4f})"


def _read(wish: DistributionWish) -> _Table:
    numbers = {wish.population: "the number of residents", wish.resource: "the amount of the resource"}
    if wish.area is not None:
        numbers[wish.area] = "the area, in one unit for all rows"
    if wish.rank is not None:
        numbers[wish.rank] = "what the places are ranked by, the poorest lowest"
    texts = [*wish.groups, *([wish.name] if wish.name is not None else [])]
    both = sorted(numbers.keys() & set(texts))
    if both:
        raise SurveyFileError(
            f"{wish.table.name}: {', '.join(both)} cannot be a figure and a name or group at once. Choose another.",
            file=wish.table.name,
            columns=tuple(both),
        )
    gaps = wish.leaves_out_missing
    columns = [
        ArrayColumn(name, "number", minimum=None if name == wish.rank else 0, description=text, may_have_gaps=gaps)
        for name, text in numbers.items()
    ]
    columns += [ArrayColumn(name, may_have_gaps=gaps) for name in dict.fromkeys(texts)]
    if wish.shows_map:
        columns += [degrees for degrees in _DEGREES if degrees.name not in {column.name for column in columns}]
    return _table_of(wish, read_arrays(wish.table, columns))


def _table_of(wish: DistributionWish, found: Mapping[str, np.ndarray[Any, Any]]) -> _Table:
    length = len(found[wish.population])
    names = found[wish.name] if wish.name is not None else np.array([str(n) for n in range(1, length + 1)], object)
    is_whole = np.ones(length, dtype=bool)
    left_out: list[tuple[str, str]] = []
    used = [column for column in found if column not in _POSITION or column in (wish.population, wish.resource)]
    for column in used:
        values = found[column]
        is_missing = np.isnan(values) if values.dtype == np.float64 else values == ""
        left_out += [(str(name), column) for name in names[is_missing & is_whole]]
        is_whole &= ~is_missing
    return _Table(
        names=[str(name) for name in names[is_whole]],
        population=found[wish.population][is_whole],
        resource=found[wish.resource][is_whole],
        area=None if wish.area is None else found[wish.area][is_whole],
        groups={group: found[group][is_whole] for group in wish.groups},
        rank=None if wish.rank is None else found[wish.rank][is_whole],
        left_out=tuple(left_out),
        longitude=found["lon"][is_whole] if wish.shows_map else None,
        latitude=found["lat"][is_whole] if wish.shows_map else None,
    )


def _totals(table: _Table) -> Document:
    totals: Document = {"population": float(table.population.sum()), "resource": float(table.resource.sum())}
    if table.area is not None:
        totals["area"] = float(table.area.sum())
    return totals


def _ginis(table: _Table) -> Document:
    found: Document = {"gini_population": gini(table.resource, table.population)}
    if table.area is not None:
        found["gini_area"] = gini(table.resource, table.area)
    return found


def _theils(table: _Table, logarithm_base: float) -> Document:
    found: Document = {}
    for key, form, base in _theil_forms(table):
        theil = theil_l if form is TheilForm.BASE_FIRST else theil_t
        try:
            found[key] = _theil_document(theil(table.resource, base, table.groups, logarithm_base))
        except UndefinedLogarithmError as error:
            found[key] = {"form": form.value, "total": None, "reason": error.message}
    return found


def _theil_forms(table: _Table) -> list[tuple[str, TheilForm, Floats]]:
    forms = [
        ("theil", TheilForm.BASE_FIRST, table.population),
        ("theil_t", TheilForm.RESOURCE_FIRST, table.population),
    ]
    return forms if table.area is None else [*forms, ("theil_area", TheilForm.BASE_FIRST, table.area)]


def _add_intervals(document: Document, table: _Table, wish: DistributionWish, stage: Stage) -> None:
    """Draw the rows once for all figures, and put each interval beside its figure."""
    if wish.resampling is None:
        return
    unit = 1.0 / math.log(wish.logarithm_base)
    figures = [resampled_gini(table.resource, table.population)]
    places: list[tuple[Document, str, float]] = [(document, "gini_population_interval", 1.0)]
    if table.area is not None:
        figures.append(resampled_gini(table.resource, table.area))
        places.append((document, "gini_area_interval", 1.0))
    for key, form, base in _theil_forms(table):
        theil = document[key]
        if theil["total"] is not None:
            figures.append(resampled_theil(table.resource, base, table.groups, form))
            places.append((theil, "total_interval", unit))
            if table.groups:
                places += [(theil, "between_interval", unit), (theil, "between_share_interval", 1.0)]
    with stage("Drawing places") as progress:
        intervals = percentile_intervals(together(*figures), len(table), wish.resampling, progress)
    for interval, (part, name, scale) in zip(intervals, places, strict=True):
        part[name] = _interval_document(interval, scale)


def _theil_document(theil: Theil) -> Document:
    return {
        "form": theil.form.value,
        "logarithm_base": theil.logarithm_base,
        "total": theil.value,
        "between": theil.between,
        "within": theil.within,
        "between_share": theil.between_share,
        "within_share": theil.within_share,
        "components": [{"level": part.level, "value": part.value, "share": part.share} for part in theil.components],
        "groups": [
            {
                "name": group.label,
                "base_share": group.base_share,
                "resource_share": group.resource_share,
                "index": group.index,
                "between": group.between,
                "within": group.within,
                "share": group.share,
            }
            for group in theil.groups
        ],
        "convention": theil.convention,
    }


def _interval_document(interval: Interval | None, unit: float) -> Document | None:
    if interval is None:
        return None
    return {"low": interval.low * unit, "high": interval.high * unit, "confidence": interval.confidence}


def _concentration(table: _Table) -> Document:
    if table.rank is None:
        return {}
    per_person = np.divide(table.resource, table.population, out=np.zeros(len(table)), where=table.population > 0)
    return {"concentration_index": concentration_index(per_person, table.rank, table.population)}


def _warnings(table: _Table) -> list[str]:
    found = []
    if len(table) < _FEW_ROWS:
        found.append(
            f"{len(table)} places only: indices and, even more, their intervals say little. What differs inside a "
            "place is not seen."
        )
    unpeopled = int(((table.population == 0) & (table.resource > 0)).sum())
    if unpeopled:
        found.append(f"{unpeopled} places have some of the resource and no population.")
    return found


def _conventions(table: _Table, wish: DistributionWish) -> Document:
    found: Document = {"gini": GINI_CONVENTION}
    if table.area is not None:
        found["agglomeration"] = AGGLOMERATION_CONVENTION
    if table.rank is not None:
        found["concentration_index"] = CONCENTRATION_CONVENTION
    if wish.resampling is not None:
        found["intervals"] = wish.resampling.convention
    return found


def _rows(table: _Table, wish: DistributionWish) -> dict[str, np.ndarray[Any, Any]]:
    rows: dict[str, np.ndarray[Any, Any]] = {
        "name": np.array(table.names, dtype=object),
        **{name if name not in _ROW_COLUMNS else f"group_{name}": labels for name, labels in table.groups.items()},
        "population": table.population,
        "resource": table.resource,
        "density": density(table.resource, table.population, wish.per).values,
    }
    if table.area is not None:
        degrees = agglomeration(table.resource, table.population, table.area)
        rows |= {
            "area": table.area,
            "density_area": density(table.resource, table.area, 1.0).values,
            "hrad": degrees.hrad,
            "pad": degrees.pad,
            "hrad_pad_ratio": degrees.ratio,
            "hrad_pad_difference": degrees.difference,
        }
    return rows


def _records(rows: Mapping[str, np.ndarray[Any, Any]]) -> list[Document]:
    columns = [
        [None if isinstance(value, float) and math.isnan(value) else value for value in column.tolist()]
        for column in rows.values()
    ]
    return [dict(zip(rows, record, strict=True)) for record in zip(*columns, strict=True)]


def _picture(table: _Table, wish: DistributionWish, document: Document) -> LineChart:
    series = [Series("everybody has the same", [0.0, 100.0], [0.0, 100.0], is_guide=True)]
    for base, label, key in (
        (table.population, wish.population, "gini_population"),
        (table.area, wish.area, "gini_area"),
    ):
        if base is not None:
            curve = lorenz_curve(table.resource, base)
            name = f"by {label}: Gini {document[key]:.4f}{_interval_text(document.get(f'{key}_interval'))}"
            series.append(Series(name, (curve.base_shares * 100).tolist(), (curve.resource_shares * 100).tolist()))
    return LineChart(
        title=f"Lorenz curve of {wish.resource}, {len(table):,} places",
        x_axis=Axis("share of population or area, those with the least first", 0, 100, "%"),
        y_axis=Axis(f"share of {wish.resource}", 0, 100, "%"),
        series=tuple(series),
        note=GINI_CONVENTION,
    )


def _map(table: _Table, wish: DistributionWish, densities: Floats) -> PointMap | None:
    """Return the places that have a position, coloured by how much of the resource there is for their residents."""
    if table.longitude is None or table.latitude is None:
        return None
    is_there = ~(np.isnan(table.longitude) | np.isnan(table.latitude))
    if not is_there.any():
        raise SurveyFileError(
            f"{wish.table.name}: no row has both lon and lat, so there is nothing to draw on a map. Fill them in "
            "degrees (WGS 84), or leave out --map.",
            file=wish.table.name,
        )
    points = GlobePoints.of(table.longitude[is_there], table.latitude[is_there])
    absent = int((~is_there).sum())
    missing = f" {absent:,} places without lon or lat are not drawn." if absent else ""
    return PointMap(
        title=f"{wish.resource} per {wish.per:,g} {wish.population}: {wish.table.name}",
        places=MapLayer(points.longitude, points.latitude, np.array(table.names, dtype=object)[is_there]),
        values=densities[is_there],
        people=table.population[is_there],
        value_label=f"{wish.resource} per {wish.per:,g} {wish.population}",
        facilities=None,
        note=f"{len(table):,} places; classes with equally many places. Positions in WGS 84.{missing}",
        nothing="no residents",
    )


def picture_text(account: DistributionAccount) -> str:
    """Return the Lorenz curves as an SVG document."""
    return svg_of(account.picture)

"""Funnels of a table file: what `lianyi evaluate funnel` tells and draws."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from lianyi.analysis.figures import Document
from lianyi.analysis.funnels import FunnelAccount, FunnelColumns, FunnelOptions, funnel
from lianyi.drawing.funnel_chart import FunnelLines, FunnelPicture, FunnelPoint, svg_of_funnel
from lianyi.methods.funnels import Scale, Verdict
from lianyi.tabular.arrays import ArrayColumn, read_arrays

_OUTSIDE: Final = (str(Verdict.ABOVE_998), str(Verdict.BELOW_998))


def funnel_of_file(path: Path, columns: FunnelColumns, options: FunnelOptions) -> FunnelAccount:
    """Read a table and compare the units in it."""
    first, second = columns.pair
    wanted = [
        ArrayColumn(first, "number", minimum=0, description="the events of each unit", may_have_gaps=True),
        ArrayColumn(second, "number", minimum=0, description="what they are compared with", may_have_gaps=True),
    ]
    if columns.unit is not None:
        wanted.append(ArrayColumn(columns.unit, description="the name of each unit"))
    account = funnel(read_arrays(path, wanted), columns, options)
    account.document["table"] = path.name
    return account


def lines_of(document: Document) -> list[str]:
    """Return what a funnel tells before its units, as a person reads it."""
    outside = document["outside_99_8"]
    return [
        f"{len(document['units']):,} units, {document['scale']} scale, target {document['target']:.6g}",
        f"phi {document['phi']:.5g} ({document['dispersion']['extremes']}), tau2 {document['tau2']:.6g}",
        f"outside the 99.8 % limits: {outside['found']}; by chance alone {outside['expected_by_chance']:.2g}",
    ]


def unit_cells(document: Document) -> tuple[list[str], list[list[str]]]:
    """Return headings and rows of the units, in the order of the table: a funnel ranks nobody."""
    first, second = (name for name in document["units"][0] if name in ("observed", "expected", "events", "total"))
    headings = ["unit", first, second, "value", "z", "adjusted z", "99.8 % low", "99.8 % high", "verdict"]
    rows = []
    for row in document["units"]:
        limits = row["limits"]
        told = [
            row[first],
            row[second],
            row["value"],
            row["z"],
            row["adjusted_z"],
            limits["low_99_8"],
            limits["high_99_8"],
        ]
        rows.append([row["unit"], *(_figure(value) for value in told), row["verdict"]])
    return headings, rows


def picture_text(account: FunnelAccount) -> str:
    """Return the funnel as an SVG document."""
    document = account.document
    first, second = document["columns"].values()
    points = tuple(
        FunnelPoint(
            name=row["unit"],
            size=float(account.funnel.sizes[place]),
            value=row["value"],
            is_called_out=row["verdict"] in _OUTSIDE,
            is_small=row["verdict"] == str(Verdict.TOO_SMALL),
        )
        for place, row in enumerate(document["units"])
    )
    limits = document["limits"]
    ratio = f"{first} / {second}"
    is_share = account.funnel.scale is Scale.ARCSINE
    return svg_of_funnel(
        FunnelPicture(
            title=f"{ratio}: funnel of {len(points):,} units",
            size_label=second if is_share else f"{second} (events)",
            value_label=ratio,
            target=document["target"],
            points=points,
            lines=FunnelLines(
                [row["size"] for row in limits],
                [row["low_95"] for row in limits],
                [row["high_95"] for row in limits],
                [row["low_99_8"] for row in limits],
                [row["high_99_8"] for row in limits],
            ),
            notes=(f"phi {document['phi']:.4g}, tau2 {document['tau2']:.4g}.", *document["warnings"]),
        )
    )


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= _WHOLE_FROM or float(value).is_integer() else f"{value:.5g}"


_WHOLE_FROM: Final = 10_000

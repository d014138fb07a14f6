"""A funnel of the units of one period, or of several taken together: shares, or events against what was expected.

Nobody is ranked. Units may be put in order by name, by size, or with those outside the limits first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from lianyi.drawing.funnel_chart import FunnelLines, FunnelPicture, FunnelPoint, svg_of_funnel
from lianyi.indicators.quality_series import Panel
from lianyi.methods.arrays import Floats
from lianyi.methods.funnels import FEWEST_UNITS, Funnel, Verdict, proportion_funnel, ratio_funnel
from lianyi.rules.indicators import Formula, IndicatorDefinition, IndicatorUnit

SPANS: Final = (1, 3, 6, 12)
_LINE_POINTS: Final = 60
_OUTSIDE_FIRST: Final[Mapping[Verdict, int]] = {
    Verdict.ABOVE_998: 0,
    Verdict.BELOW_998: 0,
    Verdict.ABOVE_95: 1,
    Verdict.BELOW_95: 1,
}


def has_funnel(definition: IndicatorDefinition) -> bool:
    """Tell whether an indicator counts events of so many: a share, or a rate over a population or days."""
    if definition.formula is not Formula.QUOTIENT:
        return False
    is_rate = definition.unit in (IndicatorUnit.PER_1000, IndicatorUnit.PER_10000)
    return is_rate or (definition.unit is IndicatorUnit.PERCENT and definition.numerator_is_part)


@dataclass(frozen=True, slots=True)
class FunnelLine:
    """One unit of a funnel."""

    node_id: int
    name: str
    numerator: float
    denominator: float
    value: float
    low: float
    high: float
    verdict: Verdict
    false_discovery_rate: float | None

    @property
    def outside_order(self) -> int:
        return _OUTSIDE_FIRST.get(self.verdict, 2)


@dataclass(frozen=True, slots=True, eq=False)
class FunnelAccount:
    """The lines of a funnel, what is behind it, and who is left out because a period is missing."""

    funnel: Funnel | None
    lines: tuple[FunnelLine, ...]
    left_out: tuple[str, ...]
    factor: float
    pooled: float
    """The value of all units together, in the unit of the indicator."""
    sizes_per_denominator: float

    @property
    def outside(self) -> int:
        return sum(line.outside_order == 0 for line in self.lines)


def funnel_of(panel: Panel, last: int, span: int, name: Callable[[int], str]) -> FunnelAccount:
    """Return the funnel of the periods up to ``last`` that the span holds; a unit without one of them is left out."""
    first = last - span + 1
    events = panel.numerators[:, first : last + 1].sum(axis=1) if first >= 0 else np.full(len(panel.nodes), np.nan)
    totals = panel.denominators[:, first : last + 1].sum(axis=1) if first >= 0 else np.full(len(panel.nodes), np.nan)
    usable = ~np.isnan(events) & ~np.isnan(totals) & (totals > 0)
    left_out = tuple(sorted(name(node) for node, is_in in zip(panel.nodes, usable.tolist(), strict=True) if not is_in))
    nodes = [node for node, is_in in zip(panel.nodes, usable.tolist(), strict=True) if is_in]
    factor = panel.definition.factor
    if len(nodes) < FEWEST_UNITS or events[usable].sum() <= 0:
        return FunnelAccount(None, (), left_out, factor, 0.0, 1.0)
    return _account(panel, nodes, events[usable], totals[usable], left_out, name)


def _account(
    panel: Panel,
    nodes: list[int],
    events: Floats,
    totals: Floats,
    left_out: tuple[str, ...],
    name: Callable[[int], str],
) -> FunnelAccount:
    factor = panel.definition.factor
    pooled = float(events.sum() / totals.sum())
    is_share = panel.definition.unit is IndicatorUnit.PERCENT
    found = proportion_funnel(events, totals) if is_share else ratio_funnel(events, totals * pooled)
    # A ratio funnel compares with what was expected; on the page everything stands in the unit of the indicator.
    scale = factor if is_share else factor * pooled
    limits, verdicts, rates = found.limits_at(found.sizes), found.verdicts, found.false_discovery_rates
    lines = [
        FunnelLine(
            node,
            name(node),
            float(events[at]),
            float(totals[at]),
            float(events[at] / totals[at]) * factor,
            float(limits.low_998[at]) * scale,
            float(limits.high_998[at]) * scale,
            verdicts[at],
            None if np.isnan(rates[at]) else float(rates[at]),
        )
        for at, node in enumerate(nodes)
    ]
    lines.sort(key=lambda line: (line.name, line.node_id))
    return FunnelAccount(found, tuple(lines), left_out, factor, pooled * factor, 1.0 if is_share else pooled)


@dataclass(frozen=True, slots=True)
class FunnelWords:
    """What stands on the picture, in the reader's language."""

    title: str
    size_label: str
    value_label: str
    names: tuple[str, str, str, str, str]
    notes: tuple[str, ...]


def funnel_svg(account: FunnelAccount, words: FunnelWords) -> str:
    """Return the picture of a funnel; those beyond the outer limits carry their names."""
    found = account.funnel
    if found is None:
        return ""
    scale = account.pooled / found.target
    sizes = np.geomspace(found.sizes.min(), found.sizes.max(), _LINE_POINTS)
    limits = found.limits_at(sizes)
    points = tuple(
        FunnelPoint(
            line.name,
            line.denominator,
            line.value,
            is_called_out=line.outside_order == 0,
            is_small=line.verdict is Verdict.TOO_SMALL,
        )
        for line in account.lines
    )
    lines = FunnelLines(
        list(sizes / account.sizes_per_denominator),
        *(list(each * scale) for each in (limits.low_95, limits.high_95, limits.low_998, limits.high_998)),
    )
    return svg_of_funnel(
        FunnelPicture(
            words.title, words.size_label, words.value_label, account.pooled, points, lines, words.names, words.notes
        )
    )

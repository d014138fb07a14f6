"""Small counts behind an evaluation: exact for those who work with the figures, hidden from those who only read."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from lianyi.accounts.actors import Actor
from lianyi.dispatch.rounds_disclosure import watched_counts
from lianyi.indicators.evaluation_authority import reads_exact
from lianyi.indicators.evaluation_panel import Panel
from lianyi.indicators.models import Evaluation, EvaluationSource
from lianyi.indicators.values_definitions import versions_of
from lianyi.rules.indicators import IndicatorUnit

# Longer numbers are not read; a mean has no more places than its figures bear.
_DECIMALS = 2


def plain_figure(figure: float) -> str:
    """Return a figure as people write it."""
    return f"{figure:,.0f}" if figure.is_integer() else f"{figure:,.{_DECIMALS}f}"


@dataclass(frozen=True, slots=True)
class Veil:
    """Shows figures, or only that a count is small; a threshold of 0 hides nothing."""

    threshold: int = 0
    counts: frozenset[str] = field(default_factory=frozenset)
    """The outcomes that are counts of people or events."""

    def hides(self, outcome: str, figure: float | None) -> bool:
        if figure is None or not self.threshold or outcome not in self.counts:
            return False
        return 0 < figure < self.threshold

    def shown(self, outcome: str, figure: float | None) -> str:
        """Return the figure, or words in its place."""
        if figure is None:
            return "—"
        if self.hides(outcome, figure):
            return _("fewer than %(count)s") % {"count": self.threshold}
        return plain_figure(figure)


def veil_for(actor: Actor, row: Evaluation, panel: Panel) -> Veil:
    """Return how the figures of an evaluation are shown to somebody."""
    if reads_exact(actor, row):
        return Veil()
    return Veil(watched_counts().threshold, frozenset(name for name in row.outcomes if _is_count(row, panel, name)))


def _is_count(row: Evaluation, panel: Panel, name: str) -> bool:
    if row.source == EvaluationSource.VALUES:
        versions = versions_of(name)
        return bool(versions) and versions[0].unit is IndicatorUnit.COUNT
    # Of a table nobody says what its figures are: whole numbers are taken for counts.
    return all(figure is None or figure.is_integer() for figure in panel.outcomes.get(name, ()))

"""What of the counted figures may be shown: everything to those whose cases they are, no small count to the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lianyi.methods.disclosure import ShownTable, hide_small_cells_in_table
from lianyi.methods.durations import DurationSummary
from lianyi.methods.proportions import Share, hide_small_cells, is_small_cell
from lianyi.referrals.statistics import Statistics
from lianyi.referrals.statistics_figures import Figure


@dataclass(frozen=True, slots=True)
class ShownShare:
    """A share as it may be shown; None is hidden. A hidden numerator hides the value with it."""

    numerator: int | None
    denominator: int | None

    @property
    def share(self) -> Share | None:
        if self.numerator is None or self.denominator is None:
            return None
        return Share(self.numerator, self.denominator)

    @property
    def is_hidden(self) -> bool:
        return self.numerator is None or self.denominator is None


HIDDEN = ShownShare(None, None)


@dataclass(frozen=True, slots=True)
class OpenVeil:
    """Hides nothing: the reader works with these cases."""

    hides: bool = False
    hides_parts: bool = False
    threshold: int = 0

    def count(self, number: int) -> int | None:
        return number

    def figure(self, found: Figure) -> ShownShare:
        return ShownShare(len(found.numerator), len(found.denominator))

    def share(self, found: Share) -> ShownShare:
        return ShownShare(found.numerator, found.denominator)

    def summary(self, found: DurationSummary) -> DurationSummary | None:
        return found

    def row(self, counts: Sequence[int]) -> tuple[tuple[int | None, ...], int | None]:
        return tuple(counts), sum(counts)

    def table(self, counts: Sequence[Sequence[int]]) -> ShownTable:
        return hide_small_cells_in_table(counts, 0)


@dataclass(frozen=True, slots=True)
class DrawnVeil:
    """Hides counts below the threshold, and whatever would betray them within the page (tier T0).

    ``compared`` are figures that the reader can also open, of more or of fewer cases: where the difference is small,
    the figure is hidden too, because both pages together would tell it.
    """

    threshold: int
    compared: tuple[Statistics, ...] = ()
    hides: bool = True

    @property
    def hides_parts(self) -> bool:
        """Whether the parts of a figure (by place, reason, month) stay away, because they cannot be compared."""
        return bool(self.compared)

    def count(self, number: int) -> int | None:
        return None if is_small_cell(number, self.threshold) else number

    def share(self, found: Share) -> ShownShare:
        rest = found.denominator - found.numerator
        shown = hide_small_cells((found.numerator, rest), self.threshold)
        return ShownShare(shown.counts[0], shown.total)

    def figure(self, found: Figure) -> ShownShare:
        others = [figure for each in self.compared if (figure := each.figure(found.key)) is not None]
        is_told = any(self._tells(found.share, figure.share) for figure in others)
        return HIDDEN if is_told else self.share(found.share)

    def _tells(self, one: Share, other: Share) -> bool:
        counted = one.numerator - other.numerator
        all_of_it = one.denominator - other.denominator
        differences = (counted, all_of_it, all_of_it - counted)
        return any(is_small_cell(abs(each), self.threshold) for each in differences)

    def summary(self, found: DurationSummary) -> DurationSummary | None:
        return None if is_small_cell(found.count, self.threshold) else found

    def row(self, counts: Sequence[int]) -> tuple[tuple[int | None, ...], int | None]:
        shown = hide_small_cells(counts, self.threshold)
        return shown.counts, shown.total

    def table(self, counts: Sequence[Sequence[int]]) -> ShownTable:
        return hide_small_cells_in_table(counts, self.threshold)


Veil = OpenVeil | DrawnVeil

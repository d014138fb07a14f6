"""Bed counts as pages show them: how many are free, and whether the count is too old to rely on."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from lianyi.registry.models import BedCount
from lianyi.registry.quality.limits import limits_on


def oldest_fresh() -> datetime.datetime:
    """Return the moment before which a count of beds is out of date, by the same limit as the data-quality check."""
    return timezone.now() - datetime.timedelta(days=limits_on(timezone.localdate()).beds_days)


@dataclass(frozen=True, slots=True)
class BedLine:
    """The last count of one type of bed."""

    count: BedCount
    is_stale: bool

    @property
    def free(self) -> int | None:
        """Open beds that nobody has or is promised; None where the occupied ones were not counted."""
        if self.count.beds_occupied is None:
            return None
        return self.count.beds_open - self.count.beds_occupied - (self.count.beds_reserved or 0)


def bed_lines(counts: Iterable[BedCount]) -> list[BedLine]:
    oldest = oldest_fresh()
    return [BedLine(count, count.counted_at < oldest) for count in counts]

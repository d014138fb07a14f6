"""Outcomes and offsets of many series, checked against their model: what is there, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from lianyi.methods.arrays import Flags, Floats
from lianyi.methods.interrupted_series.design import Design, SegmentedModel
from lianyi.methods.interrupted_series.errors import SeriesOutcomeError, SeriesShapeError


@dataclass(frozen=True)
class Observations:
    """Outcomes of many series on the points of one design: series x rows x points, 0 where there is no point."""

    design: Design
    outcomes: Floats
    offsets: Floats
    is_there: Flags

    @property
    def series(self) -> int:
        """How many series there are."""
        return len(self.outcomes)

    @cached_property
    def weights(self) -> Floats:
        """1 for a point that counts, otherwise 0; one row for all series where they lack the same points."""
        flat = self.is_there.reshape(self.series, -1)
        shared = flat[:1] if (flat == flat[0]).all() else flat
        return shared.astype(np.float64)

    @cached_property
    def observed(self) -> Floats:
        """How many points of each series count."""
        found: Floats = self.is_there.sum(axis=(1, 2)).astype(np.float64)
        return found

    def parts(self, series: int) -> Iterator[Observations]:
        """Return so many series at a time: what fits into the cache of the processor is several times faster."""
        for first in range(0, max(self.series, 1), series):
            some = slice(first, first + series)
            yield Observations(self.design, self.outcomes[some], self.offsets[some], self.is_there[some])

    def flat(self, values: Floats) -> Floats:
        """Put the rows of each series one behind the other."""
        return values.reshape(self.series, -1)


def observations(model: SegmentedModel, outcomes: npt.ArrayLike, offsets: npt.ArrayLike | None = None) -> Observations:
    """Check outcomes (series x points, or series x 2 x points with a control) and offsets of the same shape.

    NaN is a missing value: the point is left out of that series. Missing is not 0.

    Raises
    ------
    SeriesShapeError
        When the points are not those of the model, or a value is infinite.
    SeriesPointsError
        When even complete series would be too short for the terms.
    """
    design = Design(model)
    design.square  # noqa: B018 - refuses what cannot be told before anything is read
    found = _shaped("outcomes", outcomes, model)
    given = np.zeros_like(found) if offsets is None else _shaped("offsets", offsets, model)
    if given.shape != found.shape:
        raise SeriesShapeError(
            f"Offsets have the shape {given.shape}, outcomes {found.shape}. Give one offset for each outcome.",
            field="offsets",
        )
    is_there = np.isfinite(found) & np.isfinite(given) & model.used()
    return Observations(design, np.where(is_there, found, 0.0), np.where(is_there, given, 0.0), is_there)


def check_counts(observed: Observations) -> None:
    """Refuse outcomes below 0.

    Raises
    ------
    SeriesOutcomeError
        Naming the first.
    """
    if (observed.outcomes < 0).any():
        series, row, point = np.argwhere(observed.outcomes < 0)[0].tolist()
        raise SeriesOutcomeError(
            f"Series {series + 1}, point {point + 1}: the outcome is {observed.outcomes[series, row, point]:g}. "
            "Poisson and quasi-Poisson take counts of 0 or more; use the family gaussian.",
            field="outcome",
            series=series,
            point=point,
        )


def logarithms(observed: Observations) -> Observations:
    """Return the logarithms of outcomes less their offsets: log rates.

    Raises
    ------
    SeriesOutcomeError
        Naming the first outcome that is not above 0.
    """
    is_bad = observed.is_there & (observed.outcomes <= 0)
    if is_bad.any():
        series, row, point = np.argwhere(is_bad)[0].tolist()
        raise SeriesOutcomeError(
            f"Series {series + 1}, point {point + 1}: the outcome is {observed.outcomes[series, row, point]:g}, which "
            "has no logarithm. Use the family quasipoisson for counts with zeros, or gaussian for other figures.",
            field="outcome",
            series=series,
            point=point,
        )
    rates = np.log(np.where(observed.is_there, observed.outcomes, 1.0)) - observed.offsets
    return Observations(observed.design, rates, np.zeros_like(rates), observed.is_there)


def _shaped(name: str, values: npt.ArrayLike, model: SegmentedModel) -> Floats:
    array = np.asarray(values, np.float64)
    wanted = (model.rows, model.points) if model.is_controlled else (model.points,)
    if array.shape[-len(wanted) :] != wanted or array.ndim not in (len(wanted), len(wanted) + 1):
        raise SeriesShapeError(
            f"The {name} have the shape {array.shape}; {wanted}, or series times that, is expected: one value for each "
            "point of the model, NaN where it is missing.",
            field=name,
        )
    if np.isinf(array).any():
        raise SeriesShapeError(f"The {name} hold an infinite number. Leave out what is missing.", field=name)
    return array.reshape(-1, model.rows, model.points)

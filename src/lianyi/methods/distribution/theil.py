"""Theil's two indices, and how much of them lies between and within regions, to any depth of nesting."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from lianyi.methods.columns import (
    Floats,
    Integers,
    amount_column,
    check_same_length,
    label_codes,
    total_of,
    weighted_sum,
    whole_number_codes,
)
from lianyi.methods.errors import LogarithmBaseError, UndefinedLogarithmError

# An index no larger than this is 0 but for rounding, and its parts are no shares of anything.
_ROUNDING: Final = 1e-14
NO_LEVELS: Final[Mapping[str, npt.ArrayLike]] = {}


class TheilForm(StrEnum):
    """Which share stands in front: P is a row's share of the base (people, area), Y its share of the resource."""

    BASE_FIRST = "sum P ln(P/Y)"
    RESOURCE_FIRST = "sum Y ln(Y/P)"


@dataclass(frozen=True, slots=True)
class TheilComponent:
    """A part of the index: between the groups of a level, inside the groups of the level above."""

    level: str
    value: float
    share: float | None
    """Part over whole, 0 to 1; None when the whole is 0 but for rounding. In China: contribution rate (贡献率)."""


@dataclass(frozen=True, slots=True)
class TheilGroup:
    """What one group of the coarsest level has to do with the index.

    ``index`` is the group's own Theil index, as if there were no others. ``between`` is its term of the part between
    groups and may be negative, for only the sum is not; ``within`` is ``index`` times the group's leading share.
    """

    label: Any
    base_share: float
    resource_share: float
    index: float
    between: float
    within: float
    share: float | None
    """`between` and `within` over the whole index; the shares of all groups sum to 1. It may be negative."""


@dataclass(frozen=True, slots=True)
class Theil:
    """A Theil index and its parts, from the coarsest level down to the rows; without levels it has no parts."""

    form: TheilForm
    logarithm_base: float
    value: float
    components: tuple[TheilComponent, ...] = ()
    groups: tuple[TheilGroup, ...] = ()

    @property
    def between(self) -> float | None:
        """The part between the groups of the coarsest level."""
        return self.components[0].value if self.components else None

    @property
    def within(self) -> float | None:
        """The rest: all that lies inside the groups of the coarsest level."""
        return math.fsum(part.value for part in self.components[1:]) if self.components else None

    @property
    def between_share(self) -> float | None:
        return self.components[0].share if self.components else None

    @property
    def within_share(self) -> float | None:
        shares = [part.share for part in self.components[1:] if part.share is not None]
        return math.fsum(shares) if shares else None

    @property
    def convention(self) -> str:
        """Say how it was computed, for whoever compares it with a published figure."""
        natural = "natural logarithm" if self.logarithm_base == math.e else f"logarithm to base {self.logarithm_base:g}"
        return f"T = {self.form.value}, P share of the base, Y share of the resource; {natural}; shares inside a group"


@dataclass(frozen=True, slots=True)
class _Level:
    """The groups of one level: of which group each row is, and which group of the level above holds each group."""

    codes: Integers
    parents: Integers
    labels: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Terms:
    """The terms of one level, one for each group, and the coarsest group that each belongs to."""

    values: Floats
    coarsest: Integers


def theil_l(
    resource: npt.ArrayLike,
    base: npt.ArrayLike,
    levels: Mapping[str, npt.ArrayLike] = NO_LEVELS,
    logarithm_base: float = math.e,
) -> Theil:
    """Return Theil's L, the population-weighted mean logarithmic deviation: sum P ln(P/Y).

    This is the form that Chinese health statistics call the Theil index (泰尔指数), with between the regions
    sum P_g ln(P_g/Y_g) and within them sum P_g T_g. H. Theil, Economics and Information Theory (1967) 91-134; A. F.
    Shorrocks, Econometrica 48 (1980) 613-625.

    Parameters
    ----------
    resource, base
        What there is in each row and for whom: doctors and residents, beds and square kilometres.
    levels
        Names of levels with a label for each row, from the coarsest to the finest. A finer label counts within the
        coarser one, so that two districts of one name in different cities are two.
    logarithm_base
        Natural by default. Some papers use 10, and their index is 2.3 times smaller.

    Raises
    ------
    UndefinedLogarithmError
        When a row has people and no resource: the index is infinite. Other programs put a tiny number in its place,
        and the result then depends on that number. `theil_t` allows such rows.
    ZeroTotalError, SurveyAmountError, SurveyLengthError, LogarithmBaseError
        When the columns or the base of the logarithm cannot be used.

    Examples
    --------
    >>> found = theil_l([1, 1, 2, 4], [1, 1, 1, 1], {"region": ["A", "A", "B", "B"]})
    >>> round(found.value, 6), round(found.between, 6), round(found.within, 6)
    (0.173287, 0.143841, 0.029446)
    """
    return _theil(TheilForm.BASE_FIRST, *_columns(resource, base), levels, logarithm_base)


def theil_t(
    resource: npt.ArrayLike,
    base: npt.ArrayLike,
    levels: Mapping[str, npt.ArrayLike] = NO_LEVELS,
    logarithm_base: float = math.e,
) -> Theil:
    """Return Theil's T: sum Y ln(Y/P), with the shares of the resource as weights.

    Parameters and errors as in `theil_l`, but that a row may have no resource; what it may not have is resource and
    nobody to use it.

    Examples
    --------
    >>> found = theil_t([0, 0, 0, 10, 10, 10], [1] * 6, {"half": list("aaabbb")})
    >>> round(found.value, 10), round(found.between, 10), found.within
    (0.6931471806, 0.6931471806, 0.0)
    """
    return _theil(TheilForm.RESOURCE_FIRST, *_columns(resource, base), levels, logarithm_base)


def resampled_theil(
    resource: npt.ArrayLike,
    base: npt.ArrayLike,
    levels: Mapping[str, npt.ArrayLike] = NO_LEVELS,
    form: TheilForm = TheilForm.BASE_FIRST,
) -> Callable[[Floats], tuple[float, ...]]:
    """Return index, part between the coarsest groups and its share as functions of how often each row was drawn.

    For `percentile_intervals`. The logarithm is natural; without levels only the index is returned.
    """
    amounts, bases = _columns(resource, base)
    leading, other = (bases, amounts) if form is TheilForm.BASE_FIRST else (amounts, bases)
    _refuse_infinite(form, leading, other)
    row_terms = leading * _logarithms(leading, other)
    found = _nested_levels(dict(list(levels.items())[:1]), len(amounts))

    def value(counts: Floats) -> tuple[float, ...]:
        whole_leading, whole_other = weighted_sum(counts, leading), weighted_sum(counts, other)
        if whole_leading <= 0.0 or whole_other <= 0.0:
            return (np.nan,) * (3 if found else 1)
        centre = math.log(whole_leading / whole_other)
        index = weighted_sum(counts, row_terms) / whole_leading - centre
        if not found:
            return (index,)
        groups = len(found[0].labels)
        held = _sums(found[0].codes, counts * leading, groups)
        terms = held * _logarithms(held, _sums(found[0].codes, counts * other, groups))
        between = float(terms.sum()) / whole_leading - centre
        return index, between, between / index if index > 0.0 else np.nan

    return value


def _columns(resource: npt.ArrayLike, base: npt.ArrayLike) -> tuple[Floats, Floats]:
    amounts, bases = amount_column("resource", resource), amount_column("base", base)
    check_same_length(resource=amounts, base=bases)
    return amounts / total_of("resource", amounts), bases / total_of("base", bases)


def _theil(
    form: TheilForm, amounts: Floats, bases: Floats, levels: Mapping[str, npt.ArrayLike], logarithm_base: float
) -> Theil:
    if not (math.isfinite(logarithm_base) and logarithm_base > 0.0) or logarithm_base == 1.0:
        message = f"The base of the logarithm is {logarithm_base}; it must be above 0 and not 1, such as e or 10."
        raise LogarithmBaseError(message, given=logarithm_base)
    leading, other = (bases, amounts) if form is TheilForm.BASE_FIRST else (amounts, bases)
    _refuse_infinite(form, leading, other)
    unit = math.log(logarithm_base)
    found = _nested_levels(levels, len(amounts))
    terms = [_Terms(each.values / unit, each.coarsest) for each in _terms_of_levels(leading, other, found)]
    # By Jensen's inequality no part is below 0; rounding may put it a hair there.
    parts = [max(0.0, float(each.values.sum())) for each in terms]
    value = math.fsum(parts)
    if not found:
        return Theil(form, logarithm_base, value)
    whole = value if value > _ROUNDING else math.nan
    components = tuple(
        TheilComponent(name, part, _share(part, whole)) for name, part in zip((*levels, "rows"), parts, strict=True)
    )
    groups = _groups(found[0], (leading, amounts, bases), terms, whole)
    return Theil(form, logarithm_base, value, components, groups)


def _share(part: float, whole: float) -> float | None:
    return None if math.isnan(whole) else part / whole


def _refuse_infinite(form: TheilForm, leading: Floats, other: Floats) -> None:
    is_infinite = (leading > 0.0) & (other == 0.0)
    if not is_infinite.any():
        return
    row = int(np.argmax(is_infinite))
    has, lacks, mend = (
        ("base", "resource", "Join the record with a neighbour, or use Theil's T, which allows it")
        if form is TheilForm.BASE_FIRST
        else ("resource", "base", "Join the record with a neighbour, or use Theil's L, which allows it")
    )
    message = (
        f"Record {row + 1} has some {has} and no {lacks}, as {int(is_infinite.sum())} records do: {form.value} is then "
        f"infinite. {mend}."
    )
    raise UndefinedLogarithmError(message, position=row, count=int(is_infinite.sum()), form=form.value)


def _nested_levels(levels: Mapping[str, npt.ArrayLike], rows: int) -> list[_Level]:
    """Give the groups of each level numbers within those of the level above."""
    found: list[_Level] = []
    above = np.zeros(rows, dtype=np.int64)
    for name, column in levels.items():
        codes, labels = label_codes(column)
        check_same_length(**{"resource": above, name: codes})
        keys, nested = whole_number_codes(above * len(labels) + codes)
        of_keys = tuple(labels[key] for key in (keys % len(labels)).tolist())
        found.append(_Level(nested, keys // len(labels), of_keys))
        above = nested
    return found


def _terms_of_levels(leading: Floats, other: Floats, levels: list[_Level]) -> list[_Terms]:
    """Return for each level, the rows being the last, the terms whose sum is its part of the index.

    The term of a group is its share times the logarithm of (its share inside its parent of the one, over that of the
    other). Taken so, no part is a small difference of large numbers.
    """
    found: list[_Terms] = []
    parent_leading, parent_other = np.ones(1), np.ones(1)
    coarsest = np.zeros(1, dtype=np.int64)
    for depth, level in enumerate(levels):
        groups = len(level.labels)
        held, shared = _sums(level.codes, leading, groups), _sums(level.codes, other, groups)
        coarsest = np.arange(groups) if depth == 0 else coarsest[level.parents]
        values = _terms(held, shared, parent_leading[level.parents], parent_other[level.parents])
        found.append(_Terms(values, coarsest))
        parent_leading, parent_other = held, shared
    of_row = levels[-1].codes if levels else np.zeros(len(leading), dtype=np.int64)
    values = _terms(leading, other, parent_leading[of_row], parent_other[of_row])
    found.append(_Terms(values, coarsest[of_row]))
    return found


def _sums(codes: Integers, column: Floats, groups: int) -> Floats:
    return np.asarray(np.bincount(codes, column, groups), dtype=np.float64)


def _terms(leading: Floats, other: Floats, parent_leading: Floats, parent_other: Floats) -> Floats:
    return np.asarray(leading * _logarithms(leading * parent_other, other * parent_leading))


def _logarithms(above: Floats, below: Floats) -> Floats:
    """Return ln(above / below), and 0 where above is 0, for 0 times its logarithm is 0."""
    ratios = np.ones_like(above)
    np.divide(above, below, out=ratios, where=(above > 0.0) & (below > 0.0))
    return np.log(ratios)


def _groups(
    level: _Level, columns: tuple[Floats, Floats, Floats], terms: list[_Terms], whole: float
) -> tuple[TheilGroup, ...]:
    count = len(level.labels)
    leading, amounts, bases = (_sums(level.codes, column, count) for column in columns)
    within = sum((_sums(each.coarsest, each.values, count) for each in terms[1:]), np.zeros(count))
    index = np.divide(within, leading, out=np.zeros(count), where=leading > 0.0)
    shares = (within + terms[0].values) / whole
    figures = (bases, amounts, index, terms[0].values, within)
    of_whole = [None] * count if math.isnan(whole) else shares.tolist()
    rows = zip(level.labels, *(column.tolist() for column in figures), of_whole, strict=True)
    return tuple(itertools.starmap(TheilGroup, rows))

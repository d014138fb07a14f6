"""The concentration index: whether a resource, or an illness, is more with the poor or with the rich."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from lianyi.methods.columns import Floats, amount_column, check_same_length, number_column, total_of, weighted_sum

CONCENTRATION_CONVENTION: Final = (
    "C = 2 cov(h, R) / mean(h), h per person, R fractional rank from the poorest, weighted by people; equals "
    "sum (p_t L_{t+1} - p_{t+1} L_t); negative: more with the poor; rows of equal rank share it"
)


def concentration_index(values: npt.ArrayLike, rank_by: npt.ArrayLike, people: npt.ArrayLike) -> float:
    """Return the concentration index by the covariance with the rank, -1 to 1.

    O. O'Donnell and others, Analyzing Health Equity Using Household Survey Data, World Bank (2008), chapter 8,
    equation 8.3, with people as weights and the variance over all of them.

    Parameters
    ----------
    values
        What one person of the row has: doctors per resident, a mortality rate.
    rank_by
        What the rows are ranked by, the poorest having the smallest: income, GDP per resident. Its size counts for
        nothing. Rows that are equal in it share their middle rank.
    people
        How many persons the row stands for.

    Raises
    ------
    SurveyAmountError, SurveyLengthError, ZeroTotalError
        When the columns cannot be used or nobody has anything.

    Examples
    --------
    The poorest fifth has the highest mortality of children (World Bank, Quantitative Techniques for Health Equity
    Analysis, note 7):

    >>> births = [29939, 28776, 26528, 24689, 19739]
    >>> mortality = [154.7, 152.9, 119.5, 86.9, 54.3]
    >>> round(concentration_index(mortality, [1, 2, 3, 4, 5], births), 4)
    -0.1694
    """
    shares, levels = _ranked(values, rank_by, people)
    ranks = np.cumsum(shares) - shares / 2.0
    mean = weighted_sum(shares, levels)
    # Every rank is half the people away from 1/2 on average, so the mean rank is exactly 1/2.
    return 2.0 * weighted_sum(shares, (levels - mean) * (ranks - 0.5)) / mean


def grouped_concentration_index(values: npt.ArrayLike, rank_by: npt.ArrayLike, people: npt.ArrayLike) -> float:
    """Return the concentration index by the cumulative shares of groups: the same number, as spreadsheets form it.

    sum (p_t L_{t+1} - p_{t+1} L_t) over the cumulative shares of people p and of what they have L. N. Kakwani, A.
    Wagstaff and E. van Doorslaer, Journal of Econometrics 77 (1997) 87-103. Parameters and errors as in
    `concentration_index`.

    Examples
    --------
    >>> round(grouped_concentration_index([1, 3], [10, 20], [1, 1]), 4)
    0.25
    """
    shares, levels = _ranked(values, rank_by, people)
    held = np.cumsum(shares * levels) / weighted_sum(shares, levels)
    counted = np.cumsum(shares)
    return weighted_sum(counted[:-1], held[1:]) - weighted_sum(counted[1:], held[:-1])


def concentration_curve(values: npt.ArrayLike, rank_by: npt.ArrayLike, people: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return the cumulative shares of people, the poorest first, and of what they have, both from 0 to 1.

    Examples
    --------
    >>> concentration_curve([1, 3], [10, 20], [1, 1])
    (array([0. , 0.5, 1. ]), array([0.  , 0.25, 1.  ]))
    """
    shares, levels = _ranked(values, rank_by, people)
    held = shares * levels
    return _from_zero(shares), _from_zero(held / held.sum())


def _ranked(values: npt.ArrayLike, rank_by: npt.ArrayLike, people: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return shares of people and what one has, from the poorest on, rows of equal rank made one."""
    levels, ranking = amount_column("value", values), number_column("rank", rank_by)
    counts = amount_column("people", people)
    check_same_length(value=levels, rank=ranking, people=counts)
    total = total_of("people", counts)
    total_of("value", levels * counts)
    different, codes = np.unique(ranking, return_inverse=True)
    together = np.bincount(codes, counts, len(different))
    held = np.bincount(codes, counts * levels, len(different))
    is_peopled = together > 0.0
    return together[is_peopled] / total, held[is_peopled] / together[is_peopled]


def _from_zero(shares: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(shares)])

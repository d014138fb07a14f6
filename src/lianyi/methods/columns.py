"""Columns from anywhere - lists, arrays, columns of a data frame - as arrays that were checked once."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from lianyi.methods.errors import SurveyAmountError, SurveyLengthError, ZeroTotalError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Labels = npt.NDArray[Any]

_SPREAD: Final = 10


def amount_column(name: str, values: npt.ArrayLike) -> Floats:
    """Return finite numbers of at least 0, one for each row.

    Raises
    ------
    SurveyLengthError
        When they are not one column of at least one row.
    SurveyAmountError
        Naming the first record, counted from 1, that is missing, negative or not finite.

    Examples
    --------
    >>> amount_column("beds", [3, 5.5])
    array([3. , 5.5])
    """
    array = number_column(name, values)
    if (array < 0).any():
        row = int(np.argmax(array < 0))
        message = f"Record {row + 1}: the {name} is {array[row]:g}; it must be 0 or more."
        raise SurveyAmountError(message, field=name, position=row, count=int((array < 0).sum()))
    return array


def amounts(name: str, values: npt.ArrayLike) -> Floats:
    """Do as `amount_column` for the places of a table that may have none.

    Examples
    --------
    >>> amounts("population", []).size
    0
    """
    array = floats_of(values)
    return array if array.shape == (0,) else amount_column(name, array)


def floats_of(values: npt.ArrayLike) -> Floats:
    """Return numbers in one piece that may be written to: compiled code would be made anew for those that may not."""
    return np.require(np.asarray(values, np.float64), requirements=["C", "W"])


def number_column(name: str, values: npt.ArrayLike) -> Floats:
    """Return finite numbers of any sign, one for each row. Raises as `amount_column`."""
    array = np.ascontiguousarray(values, np.float64)
    if array.ndim != 1 or not array.size:
        message = f"The {name} has the shape {array.shape}; one column of at least one row is expected."
        raise SurveyLengthError(message, field=name, shape=array.shape)
    is_bad = ~np.isfinite(array)
    if is_bad.any():
        row = int(np.argmax(is_bad))
        message = (
            f"Record {row + 1}: the {name} is {array[row]}. Missing is not 0: give a number in every row, or leave the "
            "record out and say so."
        )
        raise SurveyAmountError(message, field=name, position=row, count=int(is_bad.sum()))
    return array


def total_of(name: str, column: Floats) -> float:
    """Return the sum of a column of which shares are to be formed.

    Raises
    ------
    ZeroTotalError
        When it is 0.
    """
    total = float(column.sum())
    if total <= 0.0:
        message = f"The {name} is 0 in every row, so nobody has a share of it. Give rows with some {name}."
        raise ZeroTotalError(message, field=name)
    return total


def weighted_sum(column: Floats, weights: Floats) -> float:
    """Return the sum of products.

    Not by ``@``, whose threads wait for one another longer than they work on a column, and whose last digit depends
    on how many there are.

    Examples
    --------
    >>> weighted_sum(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    11.0
    """
    return float((column * weights).sum())


def check_same_length(**columns: npt.NDArray[Any]) -> None:
    """Refuse columns of one table that differ in length.

    Raises
    ------
    SurveyLengthError
        Naming each column with its length.
    """
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise SurveyLengthError(f"The columns differ in length: {told}. Give one value for each row.", lengths=lengths)


def label_codes(labels: npt.ArrayLike) -> tuple[Integers, list[Any]]:
    """Give the different labels numbers: whole numbers by their size, others in the order in which they first stand.

    Examples
    --------
    >>> label_codes(["west", "east", "west"])
    (array([0, 1, 0]), ['west', 'east'])
    >>> label_codes([520000, 510000, 520000])
    (array([1, 0, 1]), [510000, 520000])
    """
    array = np.asarray(labels)
    if array.dtype.kind == "i" and array.size:
        different, numbered = whole_number_codes(array.astype(np.int64))
        return numbered, different.tolist()
    codes: dict[Any, int] = {}
    first_seen = [codes.setdefault(label, len(codes)) for label in array.tolist()]
    return np.array(first_seen, dtype=np.int64), list(codes)


def whole_number_codes(numbers: Integers) -> tuple[Integers, Integers]:
    """Return the different numbers in order, and for each row which of them it is.

    Without sorting where the numbers lie close together, which is several times faster than ``numpy.unique``.

    Examples
    --------
    >>> whole_number_codes(np.array([7, 3, 7]))
    (array([3, 7]), array([1, 0, 1]))
    """
    lowest = int(numbers.min())
    span = int(numbers.max()) - lowest + 1
    if span > _SPREAD * (len(numbers) + _SPREAD):
        different, codes = np.unique(numbers, return_inverse=True)
        return different, codes.astype(np.int64)
    is_there = np.zeros(span, dtype=bool)
    is_there[numbers - lowest] = True
    rank = np.cumsum(is_there) - 1
    return np.flatnonzero(is_there) + lowest, rank[numbers - lowest]

"""Columns that come from anywhere, as the arrays that the methods work on, checked once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from lianyi.methods.errors import SurveyAmountError, SurveyLengthError

if TYPE_CHECKING:
    from collections.abc import Sized

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]
Zone = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]


def amounts(name: str, values: npt.ArrayLike) -> Floats:
    """Return amounts of people or of supply: finite numbers of at least 0, one for each place.

    Anything that NumPy can read is taken: a list, an array, a column of a data frame.
    """
    array = floats_of(values)
    if array.ndim != 1:
        message = f"The {name} has {array.ndim} dimensions; give one number for each place."
        raise SurveyLengthError(message, field=name)
    bad = ~(np.isfinite(array) & (array >= 0))
    if bad.any():
        where = int(np.argmax(bad))
        message = (
            f"The {name} of place number {where + 1} is {array[where]}, and {int(bad.sum())} of {array.size} are so; "
            "give a number of at least 0 for each place. Missing is not 0: leave a place out if its figure is unknown."
        )
        raise SurveyAmountError(message, field=name, position=where, count=int(bad.sum()))
    return array


def floats_of(values: npt.ArrayLike) -> Floats:
    """Return numbers in one piece that may be written to: compiled code would be made anew for those that may not."""
    return np.require(np.asarray(values, np.float64), requirements=["C", "W"])


def check_lengths(**columns: Sized) -> None:
    """Refuse columns of one table that differ in length."""
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise SurveyLengthError(
            f"The columns differ in length: {told}; give one value for each row.", **_params(lengths)
        )


def _params(lengths: dict[str, int]) -> dict[str, Any]:
    return {"lengths": lengths}

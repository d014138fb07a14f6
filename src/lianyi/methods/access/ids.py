"""From the ids in a table of costs to positions in the lists of places."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lianyi.methods.access.arrays import Integers
from lianyi.methods.access.pair_kernels import look_up
from lianyi.methods.errors import UnlistedPlaceError

# A table of positions for whole numbers may be so many times as long as the list of ids.
_SPREAD = 50
_LEAST_TABLE = 1_000_000


def positions_of(ids: npt.ArrayLike, among: npt.ArrayLike, name: str = "place") -> Integers:
    """Return the position of each id in the list; ids are whole numbers or texts.

    Raises
    ------
    UnlistedPlaceError
        When an id is not in the list.

    Examples
    --------
    >>> positions_of(["B", "A", "B"], among=["A", "B"]).tolist()
    [1, 0, 1]
    >>> positions_of([30, 10], among=[10, 20, 30]).tolist()
    [2, 0]
    """
    wanted, listed = np.asarray(ids), np.asarray(among)
    if wanted.dtype.kind in "iu" and listed.dtype.kind in "iu":
        found = _whole_numbers(wanted, listed)
    else:
        found = _texts(wanted, listed)
    # Anything unlisted is -1, so the smallest position tells whether there is any.
    if found.min(initial=0) < 0:
        missing = found < 0
        where = int(np.argmax(missing))
        message = (
            f"Row {where + 1} of the costs names the {name} “{wanted[where]}”, which is not in the list, and "
            f"{int(missing.sum())} rows are so. Add it to the list or take its rows out of the costs."
        )
        raise UnlistedPlaceError(message, row=where + 1, place=name, given=str(wanted[where]))
    return found


def _whole_numbers(wanted: npt.NDArray[np.integer], listed: npt.NDArray[np.integer]) -> Integers:
    smallest = int(listed.min(initial=0))
    length = int(listed.max(initial=0)) - smallest + 1
    if length > max(_LEAST_TABLE, _SPREAD * listed.size):
        return _index_in(pa.array(wanted.astype(np.int64)), pa.array(listed.astype(np.int64)))
    table = np.full(length, -1, np.int32)
    table[listed.astype(np.int64) - smallest] = np.arange(listed.size, dtype=np.int32)
    return look_up(np.ascontiguousarray(wanted), smallest, table)


def _texts(wanted: npt.NDArray[np.generic], listed: npt.NDArray[np.generic]) -> Integers:
    return _index_in(pa.array(wanted.astype(str).astype(object)), pa.array(listed.astype(str).astype(object)))


def _index_in(wanted: pa.Array, listed: pa.Array) -> Integers:
    found = pc.index_in(wanted, value_set=listed).fill_null(-1)
    return np.array(found.to_numpy(), np.int32)

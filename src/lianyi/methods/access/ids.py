"""From the ids in a table of costs to positions in the lists of places."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lianyi.methods.access.pair_kernels import look_up
from lianyi.methods.arrays import Flags, Integers
from lianyi.methods.errors import UnlistedPlaceError

# A table of positions for whole numbers may be so many times as long as the list of ids.
_SPREAD = 50
_LEAST_TABLE = 1_000_000


def positions_of(ids: npt.ArrayLike, among: npt.ArrayLike, name: str = "place") -> Integers:
    """Return the position of each id in the list; for a table in batches make an `IdList` once.

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
    return IdList(among, name).positions(ids)


class IdList:
    """A list of ids, whole numbers or texts, made ready to be searched.

    Examples
    --------
    >>> clinics = IdList([10, 20, 30], "clinic")
    >>> clinics.positions([30]).tolist(), clinics.positions([10, 20]).tolist()
    ([2], [0, 1])
    """

    def __init__(self, ids: npt.ArrayLike, name: str = "place") -> None:
        self._ids = np.asarray(ids)
        self._name = name
        self._smallest, self._table = _table_of(self._ids)

    def positions(self, ids: npt.ArrayLike) -> Integers:
        """Return where each id stands in the list; raises as `positions_of`."""
        wanted = np.asarray(ids)
        if self._table is not None and wanted.dtype.kind in "iu":
            found = np.empty(wanted.size, np.int32)
            look_up(found, np.ascontiguousarray(wanted), self._smallest, self._table)
        else:
            found = self._searched(wanted)
        # Anything unlisted is -1, so the smallest position tells whether there is any.
        if found.min(initial=0) < 0:
            raise self._unlisted(wanted, found < 0)
        return found

    def _searched(self, wanted: npt.NDArray[np.generic]) -> Integers:
        if wanted.dtype.kind in "iu" and self._ids.dtype.kind in "iu":
            return _index_in(pa.array(wanted.astype(np.int64)), pa.array(self._ids.astype(np.int64)))
        return _index_in(_texts(wanted), _texts(self._ids))

    def _unlisted(self, wanted: npt.NDArray[np.generic], missing: Flags) -> UnlistedPlaceError:
        where = int(np.argmax(missing))
        message = (
            f"Row {where + 1} of the costs names the {self._name} “{wanted[where]}”, which is not in the list, and "
            f"{int(missing.sum())} rows are so. Add it to the list or take its rows out of the costs."
        )
        return UnlistedPlaceError(message, row=where + 1, place=self._name, given=str(wanted[where]))


def _table_of(listed: npt.NDArray[np.generic]) -> tuple[int, Integers | None]:
    """Return the smallest id, and positions from there on, for whole numbers that are not too far apart."""
    if listed.dtype.kind not in "iu":
        return 0, None
    whole = listed.astype(np.int64)
    smallest = int(whole.min(initial=0))
    length = int(whole.max(initial=0)) - smallest + 1
    if length > max(_LEAST_TABLE, _SPREAD * whole.size):
        return smallest, None
    table = np.full(length, -1, np.int32)
    table[whole - smallest] = np.arange(whole.size, dtype=np.int32)
    return smallest, table


def _texts(ids: npt.NDArray[np.generic]) -> pa.Array:
    return pa.array(ids.astype(str).astype(object))


def _index_in(wanted: pa.Array, listed: pa.Array) -> Integers:
    return np.array(pc.index_in(wanted, value_set=listed).fill_null(-1).to_numpy(), np.int32)

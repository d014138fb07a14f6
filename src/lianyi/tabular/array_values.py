"""Columns of Arrow as arrays of NumPy: texts, numbers, whole numbers, and ids as row numbers of another table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lianyi.tabular.errors import (
    MissingValueError,
    NotANumberError,
    NotWholeError,
    UnknownIdError,
    ValueBelowMinimumError,
)
from lianyi.tabular.formula_guard import unguarded
from lianyi.tabular.numbers_in_cells import number_of

ArrayKind = Literal["text", "number", "whole", "reference"]
Array = np.ndarray[Any, Any]

_FIRST_INEXACT: Final = 2.0**53
_MOST_IDS_NAMED: Final = 5
_SPREAD: Final = 100


@dataclass(frozen=True, slots=True)
class ArrayColumn:
    """A column that a calculation reads.

    Parameters
    ----------
    name
        The heading in the file. Blanks around it and capitals make no difference where that is clear.
    kind
        ``text``: an array of ``str``; ``number``: float64; ``whole``: int64; ``reference``: int64, the row of the id
        in `among`.
    required
        Whether the column must be there with a value in every row. Otherwise a missing column is left out of what is
        read, and cells may be empty.
    minimum
        The smallest number allowed.
    description
        What the column holds, with its unit; it stands in the message that misses it.
    may_have_gaps
        Whether a column that is required may have empty cells: NaN in a column of numbers, "" in one of texts. Whole
        numbers and references are never empty.
    among
        The ids of the other table, in its order, for a ``reference``.
    """

    name: str
    kind: ArrayKind = "text"
    required: bool = True
    minimum: float | None = None
    description: str = ""
    among: Array | None = field(default=None, compare=False)
    may_have_gaps: bool = False

    @property
    def needs_values(self) -> bool:
        """Whether every row must have a value."""
        return self.required and not self.may_have_gaps


@dataclass(frozen=True, slots=True)
class Place:
    """Which file, and the row of its first value in this batch as people count them."""

    file_name: str
    first_row: int

    def row(self, index: int) -> int:
        return self.first_row + index


Converter = Callable[[Any, Place], Array]


def converter_of(column: ArrayColumn) -> Converter:
    """Return what turns one batch of the column into an array; what is needed for all batches is made once."""
    if column.kind == "text":
        return lambda values, place: _texts(values, column, place)
    if column.kind == "reference":
        return _References(column)
    if column.kind == "whole":
        return lambda values, place: _whole_numbers(values, column, place)
    return lambda values, place: _numbers(values, column, place)


def _texts(values: Any, column: ArrayColumn, place: Place) -> Array:  # noqa: ANN401 - Arrow has no types
    texts = _as_text(values)
    if column.needs_values:
        _refuse_missing(pc.or_kleene(pc.is_null(texts), pc.equal(texts, "")), column, place)
    return np.asarray(texts.fill_null("").to_numpy(zero_copy_only=False), dtype=object)


def _as_text(values: Any) -> Any:  # noqa: ANN401 - Arrow has no types
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pa.types.is_floating(values.type) or pa.types.is_decimal(values.type):
        # Tables with an empty cell come out of other programs with ids such as 510107.0.
        numbers = values.cast(pa.float64())
        is_whole = pc.all(pc.equal(pc.round(numbers), numbers)).as_py() in (True, None)
        values = numbers.cast(pa.int64()) if is_whole else numbers
    texts = pc.utf8_trim_whitespace(values.cast(pa.string()))
    if pc.any(pc.starts_with(texts, "'")).as_py():
        texts = pa.array([None if text is None else unguarded(text) for text in texts.to_pylist()], pa.string())
    return texts


def _numbers(values: Any, column: ArrayColumn, place: Place) -> Array:  # noqa: ANN401 - Arrow has no types
    kind = values.type
    if pa.types.is_dictionary(kind):
        values = values.dictionary_decode()
        kind = values.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        found = values.cast(pa.float64(), safe=False)
        if pc.any(pc.is_nan(found)).as_py():
            # Programs without empty numbers write NaN for them.
            found = pc.if_else(pc.is_nan(found), None, found)
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        found = _numbers_of_texts(values, column, place)
    elif pa.types.is_null(kind):
        found = values.cast(pa.float64())
    else:
        raise _not_a_number(column, place, 0, f"a value of type {kind}")
    if column.needs_values:
        _refuse_missing(pc.is_null(found), column, place)
    is_missing = pc.is_null(found).to_numpy(zero_copy_only=False) if found.null_count else None
    numbers = np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.float64)
    _refuse_numbers(numbers, is_missing, column, place)
    return numbers


def _numbers_of_texts(values: Any, column: ArrayColumn, place: Place) -> Any:  # noqa: ANN401 - Arrow has no types
    texts = pc.utf8_trim_whitespace(values)
    texts = pc.if_else(pc.equal(texts, ""), None, texts)
    try:
        return texts.cast(pa.float64())
    except pa.ArrowInvalid:
        # Grouped thousands, full-width digits, or no number at all: one by one.
        return pa.array([_number(text, column, place, row) for row, text in enumerate(texts.to_pylist())], pa.float64())


def _number(text: str | None, column: ArrayColumn, place: Place, index: int) -> float | None:
    if text is None:
        return None
    found = number_of(unguarded(text))
    if found is None:
        raise _not_a_number(column, place, index, f"“{text}”")
    return float(found)


def _refuse_numbers(numbers: Array, is_missing: Array | None, column: ArrayColumn, place: Place) -> None:
    is_finite = np.isfinite(numbers)
    if is_missing is not None:
        is_finite |= is_missing
    if not is_finite.all():
        index = int(np.argmin(is_finite))
        raise _not_a_number(column, place, index, str(numbers[index]))
    if column.minimum is not None and numbers.size:
        # NaN of an empty cell is not below anything.
        is_low = numbers < column.minimum
        if is_low.any():
            index = int(np.argmax(is_low))
            raise ValueBelowMinimumError(
                f"{place.file_name}, row {place.row(index)}: {column.name} is {numbers[index]:g}; it must be at least "
                f"{column.minimum:g}.{_description(column)}",
                file=place.file_name,
                row=place.row(index),
                column=column.name,
                given=float(numbers[index]),
                minimum=column.minimum,
            )


def _whole_numbers(values: Any, column: ArrayColumn, place: Place) -> Array:  # noqa: ANN401 - Arrow has no types
    if pa.types.is_integer(values.type) and not values.null_count and column.minimum is None:
        return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.int64)
    numbers = _numbers(values, column, place)
    _refuse_missing(pa.array(np.isnan(numbers)), column, place)
    is_whole = (numbers == np.rint(numbers)) & (np.abs(numbers) < _FIRST_INEXACT)
    if not is_whole.all():
        index = int(np.argmin(is_whole))
        raise NotWholeError(
            f"{place.file_name}, row {place.row(index)}: {column.name} is {numbers[index]:.17g}; a whole number is "
            f"expected.{_description(column)}",
            file=place.file_name,
            row=place.row(index),
            column=column.name,
            given=float(numbers[index]),
        )
    return numbers.astype(np.int64)


class _References:
    """Finds ids in another table, in the type in which the file holds them."""

    def __init__(self, column: ArrayColumn) -> None:
        self._column = column
        self._among = pa.array(column.among, pa.string()) if column.among is not None else pa.array([], pa.string())
        self._whole_ids = self._ids_as_whole_numbers()
        self._rows_by_id = self._rows_of_close_ids()

    def _ids_as_whole_numbers(self) -> Any:  # noqa: ANN401 - Arrow has no types
        """Return the ids as numbers where each is written as its number is, so that 007 is not taken for 7."""
        try:
            numbers = self._among.cast(pa.int64())
        except pa.ArrowInvalid:
            return None
        is_same = pc.all(pc.equal(numbers.cast(pa.string()), self._among)).as_py()
        return numbers if is_same else None

    def _rows_of_close_ids(self) -> Array | None:
        """Return a list of rows by id where ids are small and close together: ten times faster than searching."""
        if self._whole_ids is None or not len(self._whole_ids):
            return None
        ids = self._whole_ids.to_numpy(zero_copy_only=False)
        if ids.min() < 0 or ids.max() > _SPREAD * len(ids) + _SPREAD:
            return None
        rows = np.full(int(ids.max()) + 1, -1, dtype=np.int64)
        rows[ids] = np.arange(len(ids))
        return rows

    def __call__(self, values: Any, place: Place) -> Array:  # noqa: ANN401 - Arrow has no types
        if self._rows_by_id is not None and pa.types.is_integer(values.type) and not values.null_count:
            numbers = values.cast(pa.int64()).to_numpy(zero_copy_only=False)
            if len(numbers) and numbers.min() >= 0 and numbers.max() < len(self._rows_by_id):
                rows = self._rows_by_id[numbers]
                if rows.min() >= 0:
                    return np.asarray(rows)
        return self._searched(values, place)

    def _searched(self, values: Any, place: Place) -> Array:  # noqa: ANN401 - Arrow has no types
        if pa.types.is_integer(values.type) and self._whole_ids is not None:
            found = pc.index_in(values.cast(pa.int64()), value_set=self._whole_ids, skip_nulls=True)
        elif pa.types.is_string(values.type):
            found = pc.index_in(values, value_set=self._among, skip_nulls=True)
        else:
            found = None
        if found is None or found.null_count:
            texts = _as_text(values)
            _refuse_missing(pc.or_kleene(pc.is_null(texts), pc.equal(texts, "")), self._column, place)
            found = pc.index_in(texts, value_set=self._among)
            if found.null_count:
                raise self._unknown(texts, found, place)
        return np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.int64)

    def _unknown(self, texts: Any, found: Any, place: Place) -> UnknownIdError:  # noqa: ANN401 - Arrow has no types
        rows = np.flatnonzero(pc.is_null(found).to_numpy(zero_copy_only=False))
        row = place.row(int(rows[0]))
        unknown = texts[int(rows[0])].as_py()
        known = ", ".join(self._among.slice(0, _MOST_IDS_NAMED).to_pylist())
        return UnknownIdError(
            f"{place.file_name}, row {row}: {self._column.name} “{unknown}” is no id of the other table, which begins "
            f"with {known or 'nothing'}. Add its row there, or take the row out here. Leading zeros count: a "
            "spreadsheet may have taken them away.",
            file=place.file_name,
            row=row,
            column=self._column.name,
            given=unknown,
        )


def _refuse_missing(is_missing: Any, column: ArrayColumn, place: Place) -> None:  # noqa: ANN401 - Arrow has no types
    rows = np.flatnonzero(is_missing.fill_null(fill_value=True).to_numpy(zero_copy_only=False))
    if rows.size:
        row = place.row(int(rows[0]))
        raise MissingValueError(
            f"{place.file_name}, row {row}: {column.name} is empty. Missing is not zero: give a value in every row, or "
            f"leave the row out.{_description(column)}",
            file=place.file_name,
            row=row,
            column=column.name,
        )


def _not_a_number(column: ArrayColumn, place: Place, index: int, given: str) -> NotANumberError:
    return NotANumberError(
        f"{place.file_name}, row {place.row(index)}: {column.name} holds {given}; a number such as 12.5 is "
        f"expected.{_description(column)}",
        file=place.file_name,
        row=place.row(index),
        column=column.name,
        given=given,
    )


def _description(column: ArrayColumn) -> str:
    return f" {column.name} is {column.description}." if column.description else ""

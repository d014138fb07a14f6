"""What every recorded table says of itself, and how its rows are read in a few queries."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from lianyi.methods.periods import DateSpan

RECORD_ID, PROVENANCE, PATIENT_KEY = "record_id", "provenance", "patient_key"
"""Columns beside those of the contract: the row of this site, how it came, and whose it is, without a name."""
CHUNK: Final = 2000
Row = tuple[Any, ...]
Item = TypeVar("Item")


class ColumnKind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    WHOLE = "whole"
    DAY = "day"
    MOMENT = "moment"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class RecordedTable:
    """One table of the contract as this site fills it.

    ``rows`` gives for a span of days (None is everything) the key of a row, its provenance, and its columns in their
    order. ``model`` is what the key names. With ``is_of_patients`` each row is somebody's treatment; its last value
    is then what tells one patient from another.
    """

    name: str
    model: type[Model]
    columns: Mapping[str, ColumnKind]
    rows: Callable[[DateSpan | None], Iterator[Row]]
    is_of_patients: bool = False

    @property
    def all_columns(self) -> dict[str, ColumnKind]:
        """Return every column of a row of `rows`, in its order."""
        head = {RECORD_ID: ColumnKind.WHOLE, PROVENANCE: ColumnKind.TEXT}
        tail = {PATIENT_KEY: ColumnKind.TEXT} if self.is_of_patients else {}
        return {**head, **self.columns, **tail}


def plain_rows(found: QuerySet[Any, Any], *fields: str) -> Iterator[Row]:
    """Return key, provenance and fields of rows, read as they are asked for."""
    return iter(found.order_by("pk").values_list("pk", "provenance", *fields).iterator(chunk_size=CHUNK))


def chunks(found: Iterable[Item]) -> Iterator[list[Item]]:
    """Yield items by some thousands, so that what belongs to them is read with one query for each."""
    each = iter(found)
    while some := list(itertools.islice(each, CHUNK)):
        yield some


def first_of_each(found: Iterable[Row]) -> Iterator[Row]:
    """Yield of neighbouring rows with the same key, which stands first in them, only the first."""
    return (next(rows) for _key, rows in itertools.groupby(found, key=lambda row: row[0]))


def day_within(field: str, span: DateSpan | None) -> Q:
    """Return the condition that a day lies within the span; a row without a day never counts, so it may stay away."""
    return Q() if span is None else Q(**{f"{field}__gte": span.start, f"{field}__lte": span.end})


def moment_within(field: str, span: DateSpan | None) -> Q:
    """Return the condition that a moment lies within the days of a span here."""
    if span is None:
        return Q()
    return Q(**{f"{field}__gte": _midnight(span.start), f"{field}__lt": _midnight(span.end + _ONE_DAY)})


def here(moment: datetime.datetime | None) -> datetime.datetime | None:
    """Return a moment as the clock on the wall showed it."""
    return None if moment is None else timezone.localtime(moment).replace(tzinfo=None)


_ONE_DAY = datetime.timedelta(days=1)


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))

"""Columns of tables, each shown and exported the same way everywhere."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils import timezone

from lianyi.pages.names import name_of
from lianyi.pages.values import shown

# A name breaks over a few lines rather than over many.
NAME_CELL = {"td": {"class": "name-cell"}}


class DateColumn(tables.Column):  # type: ignore[misc]
    """A day as 2024-05-01, never broken over two lines; in a workbook a real date."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of every column
        options.setdefault("attrs", {"td": {"class": "unbroken"}})
        super().__init__(**options)

    def render(self, value: Any) -> str:  # noqa: ANN401 - whatever the row holds
        return shown(value)

    def value(self, value: Any) -> Any:  # noqa: ANN401
        return value


class MomentColumn(tables.Column):  # type: ignore[misc]
    """A moment in the installation's time zone; in a workbook a real one."""

    def render(self, value: datetime.datetime) -> str:
        return shown(value)

    def value(self, value: datetime.datetime | None) -> datetime.datetime | None:
        return None if value is None else timezone.make_naive(value).replace(microsecond=0)


class NumberColumn(tables.Column):  # type: ignore[misc]
    """A figure, at the right, in a workbook a number."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of every column
        options.setdefault("attrs", {"th": {"class": "numeric"}, "td": {"class": "numeric"}})
        super().__init__(**options)

    def render(self, value: Any) -> str:  # noqa: ANN401
        return shown(value)

    def value(self, value: Any) -> Any:  # noqa: ANN401
        return value


class NameColumn(tables.Column):  # type: ignore[misc]
    """The name of the row, or of the row that the accessor leads to, in the page's language.

    ``order_by`` must name real columns, for example ``order_by="name_zh"``.
    """

    def __init__(self, *, stem: str = "name", **options: Any) -> None:  # noqa: ANN401
        options.setdefault("attrs", NAME_CELL)
        self.stem = stem
        super().__init__(**options)

    def render(self, value: Any) -> str:  # noqa: ANN401
        return name_of(value, self.stem)

    def value(self, value: Any) -> str:  # noqa: ANN401
        return name_of(value, self.stem)


class TagColumn(tables.Column):  # type: ignore[misc]
    """A word on a tint. ``tones`` gives the tone (neutral, info, good, warning, bad) of each raw value.

    The word comes from the row's ``get_FIELD_display``, from ``words``, or is the value itself.
    """

    def __init__(self, tones: Mapping[Any, str], words: Mapping[Any, Any] | None = None, **options: Any) -> None:  # noqa: ANN401
        self.tones = tones
        self.words = words or {}
        super().__init__(**options)

    def _raw(self, record: Any, bound_column: Any, value: Any) -> Any:  # noqa: ANN401
        # Tables replace a choice by its word before a column sees it.
        return getattr(record, bound_column.accessor, value) if "__" not in bound_column.accessor else value

    def _word(self, raw: Any, value: Any) -> str:  # noqa: ANN401
        return str(self.words.get(raw, value))

    def render(self, record: Any, bound_column: Any, value: Any) -> str:  # noqa: ANN401
        raw = self._raw(record, bound_column, value)
        context = {"word": self._word(raw, value), "tone": self.tones.get(raw, "neutral")}
        return render_to_string("web/tag.html", context)

    def value(self, record: Any, bound_column: Any, value: Any) -> str:  # noqa: ANN401
        return self._word(self._raw(record, bound_column, value), value)

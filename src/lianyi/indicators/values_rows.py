"""The way from a value that was counted to the rows it was counted from.

An application that counts an indicator registers, under its code, the address of its own list for a unit and a period.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable

from lianyi.accounts.actors import Actor
from lianyi.accounts.models import OrganisationNode
from lianyi.indicators.models import IndicatorValue, ValueSource
from lianyi.indicators.values_periods import last_day

RowsUrl = Callable[[Actor, OrganisationNode, datetime.date, datetime.date], str]
_SOURCES: dict[str, RowsUrl] = {}


def register_rows(code: str, url: RowsUrl) -> None:
    """Let an application lead from the values of an indicator to its rows."""
    _SOURCES[code] = url


def rows_behind(actor: Actor, row: IndicatorValue) -> str:
    """Return the address of the rows behind a counted value; empty where it was reported."""
    source = _SOURCES.get(row.code)
    if source is None or row.source != ValueSource.COUNTED:
        return ""
    return source(actor, row.node, row.period_start, last_day(row.sheet.period, row.period_start))

"""Whether the answer about a series would be another by another method, or on dates on which nothing began.

Newey-West is what many published evaluations use. Its intervals are too short in series of a few years, so it stands
beside the usual method with its share of false alarms (measured, `lianyi.methods.interrupted_series.cautions`) and is
never the answer. Placebo dates ask the usual method where nothing began.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lianyi.analysis.columns import Table
from lianyi.analysis.interrupted_series import SeriesQuestion, interrupted_series
from lianyi.errors import InvalidInputError
from lianyi.methods.interrupted_series.cautions import NEWEY_WEST_ALARMS, REML_ALARMS

Document = dict[str, Any]


def sensitivity_of(table: Table, asked: SeriesQuestion) -> Document:
    """Return the last effect by least squares with Newey-West beside what placebo dates find.

    What another method cannot tell is None with the reason.

    Examples
    --------
    >>> months = [f"{year}-{month:02d}" for year in (2019, 2020, 2021) for month in range(1, 13)]
    >>> cases = [20 + month % 3 + (10 if month >= 18 else 0) for month in range(36)]
    >>> found = sensitivity_of({"month": months, "cases": cases}, SeriesQuestion("month", "cases", "2020-07"))
    >>> found["newey_west"]["verdict"], found["newey_west"]["false_alarms_percent"], found["false_alarms_percent"]
    ('rose', [17, 22, 23], [5, 6, 8])
    """
    return {
        "newey_west": _newey_west(table, asked),
        "placebo": interrupted_series(table, replace(asked, asks_placebos=True))["placebo"],
        "false_alarms_percent": list(REML_ALARMS),
        "correlations": [0.0, 0.3, 0.6],
    }


def _newey_west(table: Table, asked: SeriesQuestion) -> Document:
    about: Document = {"false_alarms_percent": list(NEWEY_WEST_ALARMS)}
    try:
        series = interrupted_series(table, replace(asked, family="gaussian"))
    except InvalidInputError as error:
        return {**about, "verdict": "not told", "why": error.message, "effect": None, "lag": None}
    effect = series["effect"][-1]
    return {
        **about,
        "verdict": verdict_of(effect["absolute"]),
        "why": "",
        "effect": effect,
        "lag": series["method"]["lag"],
    }


def verdict_of(interval: Document) -> str:
    """Return the answer in a word: an interval that holds 0 is no detectable change, said as plainly as the others.

    Examples
    --------
    >>> verdict_of({"low": -0.1, "high": 0.2}), verdict_of({"low": 0.1, "high": 0.2})
    ('no detectable change', 'rose')
    """
    if interval["low"] > 0:
        return "rose"
    return "fell" if interval["high"] < 0 else "no detectable change"

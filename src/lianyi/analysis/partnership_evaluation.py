"""Did a partnership work? Lead, recipient and village level apart, equity inside the county, and after the team left.

The obvious summary of a partnership, one number before and one after, hides what published evaluations find: lead and
county hospitals often gain most, villages little, effects fade, efficiency can worsen. So each level has its own
interrupted series, beside units chosen for comparison where there are some; several outcomes (cases, cost, length of
stay) stand beside one another; the effect is told again 12 and 24 months after the team left; and how evenly the
outcome is spread over the units of the county is compared before and after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from lianyi.analysis.columns import Floats, Labels, Table, labels, numbers
from lianyi.analysis.evaluation_sensitivity import sensitivity_of, verdict_of
from lianyi.analysis.interrupted_series import SeriesNotToldError, SeriesQuestion, interrupted_series
from lianyi.analysis.time_axis import TimeAxis, time_axis
from lianyi.errors import InvalidInputError
from lianyi.methods.distribution import Resampling, percentile_intervals
from lianyi.methods.distribution.lorenz import gini_of_values
from lianyi.methods.interrupted_series import SeriesPointsError

Document = dict[str, Any]
MONTHS_AFTER: Final = (12, 24)
FEWEST_UNITS: Final = 5
_A_YEAR: Final = {"month": 12.0, "quarter": 4.0, "year": 1.0, "week": 52.0, "day": 365.0, "number": 12.0}
_MONTHS_OF_A_YEAR: Final = 12


class EvaluationQuestionError(InvalidInputError):
    """What is asked of an evaluation does not go together."""

    code = "analysis-evaluation-question"


class EvaluationUnitsError(InvalidInputError):
    """A level has no unit with a whole series, or a unit stands in the table twice."""

    code = "analysis-evaluation-units"


@dataclass(frozen=True, slots=True)
class EvaluationQuestion:
    """Which columns mean what, when help began and ended, and what it is compared with.

    Parameters
    ----------
    unit, time, level
        Columns: the institution or village, the month, and which level it belongs to (lead, recipient, village ...).
    outcomes
        Columns told beside one another: cases, cost of a case, length of stay.
    start
        The time at which help began; ``left`` the time at which the team left, None while it is there.
    comparison
        The label in the column ``level`` of units that had no such help, chosen before the figures were seen, and
        ``why_comparable``, the reason in words, which is told with the answer.
    inside
        The levels over which evenness inside the county is told; none for all but the first named.
    resampling
        How often units are drawn for the interval of the change of evenness, and the seed.
    """

    unit: str
    time: str
    level: str
    outcomes: tuple[str, ...]
    start: object
    left: object | None = None
    comparison: str | None = None
    why_comparable: str = ""
    inside: tuple[str, ...] = ()
    phase_in_points: int = 0
    resampling: Resampling = field(default_factory=lambda: Resampling(seed=1))

    def __post_init__(self) -> None:
        if not self.outcomes:
            raise EvaluationQuestionError("No outcome is named. Give at least one column.", field="outcomes")
        if self.comparison is not None and not self.why_comparable.strip():
            raise EvaluationQuestionError(
                f"Units of the level {self.comparison} are to be compared with, and nothing says why they are "
                "comparable. Say how and when they were chosen: the reason is told with the answer.",
                field="why_comparable",
            )


@dataclass(frozen=True, slots=True, eq=False)
class _Panel:
    """Units x points of one outcome; NaN where nothing was reported."""

    axis: TimeAxis
    units: tuple[str, ...]
    levels: tuple[str, ...]
    values: Floats

    def of_level(self, level: str) -> tuple[tuple[str, ...], Floats, tuple[str, ...]]:
        """Return names and rows of the units with a whole series, and the names of those left out.

        A unit alone at its level keeps its gaps: nothing else enters or leaves its mean when it misses a time.
        """
        rows = [index for index, each in enumerate(self.levels) if each == level]
        whole = [index for index in rows if not np.isnan(self.values[index]).any()]
        if len(rows) == 1 and np.isfinite(self.values[rows]).any():
            whole = rows
        out = tuple(self.units[index] for index in rows if index not in whole)
        return tuple(self.units[index] for index in whole), self.values[whole], out


def evaluate_partnership(table: Table, question: EvaluationQuestion) -> Document:
    """Return for each outcome and level what changed, whether it lasted, and what cannot be said.

    Raises
    ------
    InvalidInputError
        One subclass for each reason: columns, times, units that stand twice, a level without any whole series.

    Examples
    --------
    >>> months = [f"{year}-{month:02d}" for year in (2019, 2020, 2021) for month in range(1, 13)]
    >>> cases = [20 + month % 3 + (10 if month >= 18 else 0) for month in range(36)]
    >>> table = {"unit": ["county hospital"] * 36, "level": ["recipient"] * 36, "month": months, "cases": cases}
    >>> found = evaluate_partnership(table, EvaluationQuestion("unit", "month", "level", ("cases",), "2020-07"))
    >>> found["outcomes"][0]["levels"][0]["verdict"]
    'rose'
    """
    frame = _frame_of(table, question)
    panels = {name: frame.panel(numbers(table, name)) for name in question.outcomes}
    return {
        "question": _question_document(question),
        "outcomes": [_outcome(panel, name, question) for name, panel in panels.items()],
        "cannot_say": list(_limits(question)),
    }


def _question_document(question: EvaluationQuestion) -> Document:
    return {
        "unit": question.unit,
        "start": str(question.start),
        "left": None if question.left is None else str(question.left),
        "comparison": question.comparison,
        "why_comparable": question.why_comparable,
        "seed": question.resampling.seed,
    }


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """Units and times of a table, read once for all outcomes: the axis, and where each record belongs."""

    axis: TimeAxis
    units: tuple[str, ...]
    levels: tuple[str, ...]
    rows: np.ndarray[Any, np.dtype[np.int64]]
    places: np.ndarray[Any, np.dtype[np.int64]]

    def panel(self, outcome: Floats) -> _Panel:
        values = np.full((len(self.units), self.axis.points), np.nan)
        values[self.rows, self.places] = outcome
        return _Panel(self.axis, self.units, self.levels, values)


def _frame_of(table: Table, question: EvaluationQuestion) -> _Frame:
    names = _texts(table, question.unit)
    levels = _texts(table, question.level)
    axis, since_first = _times(labels(table, question.time).tolist())
    units = tuple(dict.fromkeys(names))
    of_unit: dict[str, str] = {}
    for name, level in zip(names, levels, strict=True):
        if of_unit.setdefault(name, level) != level:
            raise EvaluationUnitsError(
                f"{name} stands at two levels, {of_unit[name]} and {level}. Give each unit one level.",
                field=question.level,
            )
    places = np.round(since_first / axis.step).astype(np.int64)
    row_of = {name: row for row, name in enumerate(units)}
    rows = np.array([row_of[name] for name in names], np.int64)
    cells = rows * axis.points + places
    if len(np.unique(cells)) != len(cells):
        first = int(np.flatnonzero(np.bincount(cells) > 1)[0])
        raise EvaluationUnitsError(
            f"{units[first // axis.points]} has two rows for {axis.label((first % axis.points) * axis.step)}. "
            "Give one row for each unit and time.",
            field=question.unit,
        )
    return _Frame(axis, units, tuple(of_unit[name] for name in units), rows, places)


def _times(values: list[Any]) -> tuple[TimeAxis, Floats]:
    """Return the axis of all records, each different time read once: most units have the same ones."""
    different = list(dict.fromkeys(values))
    try:
        axis, since_first = time_axis(different)
    except InvalidInputError:
        # Told again of the whole column, so that the record is named by its own number.
        return time_axis(values)
    place = dict(zip(different, since_first.tolist(), strict=True))
    return axis, np.array([place[value] for value in values], np.float64)


def _texts(table: Table, column: str) -> list[str]:
    found: Labels = labels(table, column)
    missing = [index for index, value in enumerate(found.tolist()) if value is None or not str(value).strip()]
    if missing:
        raise EvaluationUnitsError(
            f"Record {missing[0] + 1}: the column {column} is empty. Name the unit and its level in every row.",
            field=column,
            position=missing[0],
        )
    return [str(value).strip() for value in found.tolist()]


def _outcome(panel: _Panel, outcome: str, question: EvaluationQuestion) -> Document:
    helped = [level for level in dict.fromkeys(panel.levels) if level != question.comparison]
    if not helped:
        raise EvaluationUnitsError("Every unit is there for comparison; none was helped.", field=question.level)
    return {
        "outcome": outcome,
        "levels": [_level(panel, level, outcome, question) for level in helped],
        "evenness": _evenness(panel, question.inside or tuple(helped[1:]) or tuple(helped), question),
    }


def _level(panel: _Panel, level: str, outcome: str, question: EvaluationQuestion) -> Document:
    units, values, left_out = panel.of_level(level)
    about: Document = {"level": level, "units": list(units), "left_out": list(left_out)}
    if not units:
        return {**about, **_untold("gaps", "no unit of this level reported in every period; missing is not zero")}
    times = _times_after(panel.axis, question)
    table, asked = _asked_of(panel, values, outcome, question, tuple(time for _months, time in times))
    try:
        series = interrupted_series(table, asked)
    except (SeriesNotToldError, SeriesPointsError) as error:
        return {**about, **_untold("points", error.message)}
    effects = {each["time"]: each for each in series["effect"]}
    last = series["effect"][-1]
    return {
        **about,
        "verdict": verdict_of(last["relative"] or last["absolute"]),
        "why": "",
        "why_code": "",
        "series": series,
        "after_leaving": [_after(months, time, effects) for months, time in times],
        "sensitivity": sensitivity_of(table, asked),
    }


def _untold(code: str, why: str) -> Document:
    """Return what stands in place of a level of which nothing can be told."""
    return {
        "verdict": "not told",
        "why": why,
        "why_code": code,
        "series": None,
        "after_leaving": [],
        "sensitivity": None,
    }


def _asked_of(
    panel: _Panel, values: Floats, outcome: str, question: EvaluationQuestion, times: Sequence[str]
) -> tuple[Table, SeriesQuestion]:
    """Return the series of a level, beside that of the units for comparison, and what is asked of it."""
    points = np.arange(panel.axis.points) * panel.axis.step
    stamps = [panel.axis.label(float(each)) for each in points]
    asked = SeriesQuestion(
        time="time",
        outcome=outcome,
        start=question.start,
        phase_in_points=question.phase_in_points,
        at=tuple(dict.fromkeys((*times, stamps[-1]))),
    )
    table = {"time": stamps, outcome: values.mean(axis=0)}
    if question.comparison is None:
        return table, asked
    names, control, _left_out = panel.of_level(question.comparison)
    if not names:
        raise EvaluationUnitsError(
            f"No unit of the level {question.comparison} reported in every period, so nothing can be compared with.",
            field=question.level,
        )
    both = {
        "time": [*stamps, *stamps],
        outcome: np.concatenate([values.mean(axis=0), control.mean(axis=0)]),
        "helped": ["1"] * len(stamps) + ["0"] * len(stamps),
    }
    return both, replace(asked, control="helped")


def _times_after(axis: TimeAxis, question: EvaluationQuestion) -> list[tuple[int, str]]:
    """Return the times 12 and 24 months after the team left that the table reaches."""
    if question.left is None:
        return []
    left, last = axis.place_of(question.left), (axis.points - 1) * axis.step
    found = [(months, left + _A_YEAR[axis.unit] * months / _MONTHS_OF_A_YEAR) for months in MONTHS_AFTER]
    return [(months, axis.label(place)) for months, place in found if place <= last]


def _after(months: int, time: str, effects: dict[str, Document]) -> Document:
    effect = effects[time]
    interval = effect["relative"] or effect["absolute"]
    return {"months": months, "time": time, "effect": effect, "verdict": verdict_of(interval)}


def _evenness(panel: _Panel, inside: Sequence[str], question: EvaluationQuestion) -> Document:
    """Compare the Gini coefficient of the units' means before and after the start; units are drawn together."""
    rows = np.concatenate([panel.of_level(level)[1] for level in inside])
    rows = rows[~np.isnan(rows).any(axis=1)]
    about: Document = {"levels": list(inside), "units": len(rows), "convention": "Gini of the means of units"}
    start = round(panel.axis.place_of(question.start) / panel.axis.step)
    before, after = rows[:, :start], rows[:, start + question.phase_in_points :]
    if len(rows) < FEWEST_UNITS or not before.size or not after.size or (rows < 0).any():
        why = f"fewer than {FEWEST_UNITS} units with a whole series, no time on one side, or figures below 0"
        return {**about, **_uncompared("few-units", why)}
    means = before.mean(axis=1), after.mean(axis=1)
    if not all(each.sum() > 0 for each in means):
        return {**about, **_uncompared("only-zeros", "only zeros")}

    def change(counts: Floats) -> tuple[float, ...]:
        return (gini_of_values(means[1], counts) - gini_of_values(means[0], counts),)

    [interval] = percentile_intervals(change, len(rows), question.resampling)
    estimate = gini_of_values(means[1]) - gini_of_values(means[0])
    told = None if interval is None else {"estimate": estimate, "low": interval.low, "high": interval.high}
    words = {"rose": "less even", "fell": "more even"}
    verdict = "not told" if told is None else verdict_of(told)
    return {
        **about,
        "before": gini_of_values(means[0]),
        "after": gini_of_values(means[1]),
        "change": told,
        "verdict": words.get(verdict, verdict),
        "why": "" if told is not None else "too many of the samples that were drawn hold only zeros",
        "why_code": "" if told is not None else "only-zeros",
    }


def _uncompared(code: str, why: str) -> Document:
    return {"before": None, "after": None, "change": None, "verdict": "not told", "why": why, "why_code": code}


def _limits(question: EvaluationQuestion) -> Sequence[str]:
    found = [
        "A level is told by the mean of its units that reported every period; what the others had is not known.",
        "Each level and outcome is a question of its own: of twenty, one differs by chance.",
    ]
    if question.comparison is None:
        found.append("Nothing is compared with: whatever else changed at the same time is counted as effect.")
    else:
        found.append(
            "Units for comparison show what happened elsewhere, not what would have happened here; if patients moved "
            "from them to the helped units, the effect looks larger."
        )
    if question.left is None:
        found.append("The team is still there: whether anything stays when it leaves is not known yet.")
    return found

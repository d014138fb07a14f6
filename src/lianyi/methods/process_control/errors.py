"""Why a control chart refuses what it was given."""

from __future__ import annotations

from lianyi.errors import InvalidInputError


class SeriesShapeError(InvalidInputError):
    """What should be series is no table of numbers."""

    code = "series-shape"


class SeriesCountError(InvalidInputError):
    """Counts or areas of opportunity of a chart cannot be: negative, zero, or more events than cases."""

    code = "series-count"


class RebaseError(InvalidInputError):
    """A chart cannot begin anew at the place that was named, or nobody said why it should."""

    code = "chart-rebase"


class BaselineError(InvalidInputError):
    """So many points make no limits."""

    code = "chart-baseline"


class ChartTargetError(InvalidInputError):
    """A target without a direction, or a direction without a target."""

    code = "chart-target"


class AlarmChanceError(InvalidInputError):
    """The chance of an alarm cannot be simulated for this."""

    code = "alarm-chance"

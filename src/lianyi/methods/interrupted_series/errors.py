"""Why an interrupted series cannot be told: one class for each reason."""

from __future__ import annotations

from lianyi.errors import InvalidInputError


class SeriesModelError(InvalidInputError):
    """The terms of the model cannot be: a start outside the series, harmonics that the points cannot show."""

    code = "series-model"


class SeriesShapeError(InvalidInputError):
    """Outcomes or offsets do not have one value for each point of the model."""

    code = "series-shape"


class SeriesOutcomeError(InvalidInputError):
    """The outcome does not suit the family: a count below zero, a logarithm of zero."""

    code = "series-outcome"


class SeriesTermError(InvalidInputError):
    """The model has no term of that name."""

    code = "series-term"


class SeriesPointsError(InvalidInputError):
    """Too few points are left to estimate the terms from."""

    code = "series-points"

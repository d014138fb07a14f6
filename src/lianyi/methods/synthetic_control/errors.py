"""Why a synthetic control is refused."""

from __future__ import annotations

from lianyi.errors import InvalidInputError


class DonorShapeError(InvalidInputError):
    """Outcomes, donors and weights of predictors do not fit one another."""

    code = "synthetic-shape"


class DonorGapError(InvalidInputError):
    """A treated unit or a donor was not measured in every period."""

    code = "synthetic-gap"


class TooFewDonorsError(InvalidInputError):
    """Fewer than two donors are left."""

    code = "synthetic-few-donors"


class WeightsNotFoundError(InvalidInputError):
    """The search for weights ran out of rounds."""

    code = "synthetic-weights"


class TooFewPeriodsError(InvalidInputError):
    """There is no period after the start, or fewer than two before it."""

    code = "synthetic-few-periods"

"""Reasons why the survey refuses something."""

from __future__ import annotations

from lianyi.errors import InvalidInputError


class NoShortfallError(InvalidInputError):
    """What is present is not less than what is required."""

    code = "no-shortfall"


class NothingToPlaceError(InvalidInputError):
    """An option cannot be worked through: no candidate site, nobody to serve, or no position is known."""

    code = "nothing-to-place"


class OptionOutdatedError(InvalidInputError):
    """What was to be kept does not describe an option of this region any more."""

    code = "option-outdated"

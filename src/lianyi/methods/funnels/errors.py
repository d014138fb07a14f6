"""Why a funnel refuses what it was given."""

from __future__ import annotations

from lianyi.errors import InvalidInputError


class FunnelUnitsError(InvalidInputError):
    """There are too few units to compare, or their columns differ in length."""

    code = "funnel-units"


class FunnelCountError(InvalidInputError):
    """A count cannot be: negative, more events than cases, or nothing expected."""

    code = "funnel-count"


class FunnelTransformError(InvalidInputError):
    """The scale that was chosen has no place for a unit, as the logarithm has none for 0 events."""

    code = "funnel-transform"


class FunnelTrimmingError(InvalidInputError):
    """So large a part of the units cannot be trimmed."""

    code = "funnel-trimming"

"""Why a comparison of groups over a panel is refused."""

from __future__ import annotations

from lianyi.errors import InvalidInputError


class PanelShapeError(InvalidInputError):
    """Columns of a panel differ in length, or there are no rows or no second period."""

    code = "panel-shape"


class PanelOutcomeError(InvalidInputError):
    """An outcome is infinite, or there is none at all."""

    code = "panel-outcome"


class DuplicatePanelRowError(InvalidInputError):
    """A unit stands twice in one period."""

    code = "panel-duplicate-row"


class VaryingInUnitError(InvalidInputError):
    """What belongs to a unit, such as its start or its cluster, differs between its rows."""

    code = "panel-varies-in-unit"


class PeriodOrderError(InvalidInputError):
    """Periods cannot be put in order."""

    code = "panel-period-order"


class NoTreatedUnitsError(InvalidInputError):
    """No unit begins within the panel with at least one period before its start."""

    code = "panel-no-treated"


class NoControlUnitsError(InvalidInputError):
    """There is nobody to compare with."""

    code = "panel-no-controls"


class StaggeredStartsError(InvalidInputError):
    """Plain two-way fixed effects were asked for although the units begin at different times."""

    code = "panel-staggered-starts"


class UnknownCohortError(InvalidInputError):
    """A figure of a cohort, period or event time was asked for that is not there."""

    code = "panel-unknown-cohort"


class TooFewClustersError(InvalidInputError):
    """One cluster alone leaves nothing to estimate an error from."""

    code = "panel-too-few-clusters"


class PlaceboDateError(InvalidInputError):
    """A placebo date leaves no period before it, or none between it and the true start."""

    code = "panel-placebo-date"


class AssignmentLevelError(InvalidInputError):
    """Clusters hold both treated and untreated units, so that no cluster can change places with another."""

    code = "panel-assignment-level"


class EventTimeError(InvalidInputError):
    """There are no leads or no lags to tell apart."""

    code = "panel-event-time"


class DrawsError(InvalidInputError):
    """A number of draws or a seed that cannot be used."""

    code = "panel-draws"


class CovariateError(InvalidInputError):
    """Covariates do not fit the units, are missing, or tell the treated from the controls without exception."""

    code = "panel-covariate"

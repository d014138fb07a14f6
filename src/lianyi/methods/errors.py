"""Why a calculation refuses what it was given."""

from __future__ import annotations

from lianyi.errors import InvalidInputError


class SpanBoundsError(InvalidInputError):
    """The two ends of a span of days cannot be used."""

    code = "span-bounds"


class CalendarPeriodError(InvalidInputError):
    """There is no such year, quarter, month or week, or the date leaves the calendar."""

    code = "calendar-period"


class PeriodUnitError(InvalidInputError):
    """The unit of a calendar period is not one of those known."""

    code = "period-unit"


class NegativeQuantityError(InvalidInputError):
    """A quantity that counts something is below zero."""

    code = "negative-quantity"


class AbsenceOutsideStayError(InvalidInputError):
    """An absence has days which the stay does not have."""

    code = "absence-outside-stay"


class ResidentPopulationError(InvalidInputError):
    """A rate per resident needs at least one resident."""

    code = "resident-population"


class MoreAwayThanStaffError(InvalidInputError):
    """More people are named as away than the department has."""

    code = "more-away-than-staff"


class CoordinateRangeError(InvalidInputError):
    """A longitude or latitude is not on the globe or not a number."""

    code = "coordinate-range"


class CoordinateSystemError(InvalidInputError):
    """The name of a coordinate system is not one of those known."""

    code = "coordinate-system"


class NaiveDatetimeError(InvalidInputError):
    """A moment is given without a time zone, so nobody can tell when it was."""

    code = "naive-datetime"


class ClockOrderError(InvalidInputError):
    """Something ends before it begins."""

    code = "clock-order"


class ClockUnitError(InvalidInputError):
    """The unit of a time limit is not one of those known."""

    code = "clock-unit"


class ClockAmountError(InvalidInputError):
    """A time limit is shorter than one of its units."""

    code = "clock-amount"


class WorkingCalendarError(InvalidInputError):
    """The working days or hours of a calendar contradict one another."""

    code = "working-calendar"


class ProbabilityError(InvalidInputError):
    """A probability or level of confidence does not lie between 0 and 1."""

    code = "probability"


class ShareBoundsError(InvalidInputError):
    """The part is larger than the whole."""

    code = "share-bounds"


class DuplicateCandidateError(InvalidInputError):
    """Two candidates of one ranking have the same key."""

    code = "duplicate-candidate"


class TravelParameterError(InvalidInputError):
    """A travel time cannot be estimated with such a detour or speed."""

    code = "travel-parameter"


class DistanceDecayError(InvalidInputError):
    """The weights by distance cannot be used: a reach, a bound or a weight is out of its range."""

    code = "distance-decay"


class TravelCostError(InvalidInputError):
    """A travel cost is missing, negative or not finite, or is 0 where the weight would have no value."""

    code = "travel-cost"


class UnlistedPlaceError(InvalidInputError):
    """The table of costs names a place that is not in the list of places."""

    code = "unlisted-place"


class RepeatedPairError(InvalidInputError):
    """The table of costs holds the same way twice, so nobody can tell which cost is meant."""

    code = "repeated-pair"


class SurveyAmountError(InvalidInputError):
    """A population or a capacity is missing, negative or not finite."""

    code = "survey-amount"


class SurveyLengthError(InvalidInputError):
    """Arrays that belong together differ in length or shape."""

    code = "survey-length"


class AccessMethodError(InvalidInputError):
    """The name of a measure of access is not one of those known."""

    code = "access-method"


class RoadGraphError(InvalidInputError):
    """The roads cannot be used: a node is not in the graph, or a road has no proper length."""

    code = "road-graph"


class CellSizeError(InvalidInputError):
    """A raster has no cells, or its cells have no size on the ground."""

    code = "cell-size"


class RasterShapeError(InvalidInputError):
    """Two rasters that must lie cell on cell have different numbers of rows or columns."""

    code = "raster-shape"


class FrictionValueError(InvalidInputError):
    """A friction is zero or negative: nobody travels in no time or backwards in time."""

    code = "friction-value"


class SpeedValueError(InvalidInputError):
    """A speed is negative."""

    code = "speed-value"


class SourcePlacementError(InvalidInputError):
    """A search cannot start where a source stands: outside the raster or on a barrier."""

    code = "source-placement"


class NoSourceError(InvalidInputError):
    """There is nowhere to start from."""

    code = "no-source"


class MinutesLimitError(InvalidInputError):
    """A limit of minutes is not a number above zero."""

    code = "minutes-limit"


class ElevationMissingError(InvalidInputError):
    """Somebody walks where the height of the ground is not known."""

    code = "elevation-missing"


class HaloError(InvalidInputError):
    """The margin around a block is too narrow for the result to be exact."""

    code = "halo"


class ZeroTotalError(InvalidInputError):
    """A share of a total that is 0 cannot be formed."""

    code = "zero-total"


class UndefinedLogarithmError(InvalidInputError):
    """A Theil index is infinite: a place has a share of the one where its share of the other is 0."""

    code = "undefined-logarithm"


class LogarithmBaseError(InvalidInputError):
    """The base of a logarithm is not above 0 or is 1."""

    code = "logarithm-base"


class ResamplingError(InvalidInputError):
    """A bootstrap needs at least two resamples of at least one row."""

    code = "resampling"


class WorkingTimeError(InvalidInputError):
    """A year of work has no working day left, or more days, weeks or hours than there are."""

    code = "working-time"


class WorkloadStandardError(InvalidInputError):
    """A standard of work cannot be used: a time or an amount is negative or no number, or takes all working time."""

    code = "workload-standard"


class ReadinessItemError(InvalidInputError):
    """Whether an item is there is told by something else than 0, 1 or nothing."""

    code = "readiness-item"


class CapabilityWeightError(InvalidInputError):
    """Weights by which gaps are ranked are negative, all zero, or not those of the parts."""

    code = "capability-weight"


class AssessmentRuleError(InvalidInputError):
    """A rule of an assessment cannot be used: points, a deduction, a limit or a weight is out of its range."""

    code = "assessment-rule"


class AssessmentFigureError(InvalidInputError):
    """A figure of an assessment is negative, more than its whole, or not exact."""

    code = "assessment-figure"


class CaseTableError(InvalidInputError):
    """A table of cases by hospital and group contradicts itself, or has nothing to compare with."""

    code = "case-table"


class EventCountError(InvalidInputError):
    """A number of events is negative or not whole, or what it is related to is not above 0."""

    code = "event-count"


class MedicineLineError(InvalidInputError):
    """A line of medicines says something that cannot be, or contradicts another line."""

    code = "medicine-line"


class CriterionError(InvalidInputError):
    """A criterion, its direction or its weight cannot be used."""

    code = "criterion"


class ReportSeriesError(InvalidInputError):
    """A table of reports by unit and month, or what is asked of it, cannot be used."""

    code = "report-series"


class AvailabilityTargetError(InvalidInputError):
    """An indicator of availability has no target above 0, or a value below 0."""

    code = "availability-target"


class SiteError(InvalidInputError):
    """A site that is to stay is not among the candidate sites."""

    code = "site"


class SiteNumberError(InvalidInputError):
    """So many sites cannot be open: there are fewer, or more must stay."""

    code = "site-number"


class UnreachableDemandError(InvalidInputError):
    """Some demand points can use no site at all."""

    code = "unreachable-demand"


class PlacementImpossibleError(InvalidInputError):
    """No set of sites meets all conditions."""

    code = "placement-impossible"


class PlacementNotFoundError(InvalidInputError):
    """The time ended before any set of sites was found that meets all conditions."""

    code = "placement-not-found"


class SearchLimitError(InvalidInputError):
    """A search cannot be limited by such a time, gap or seed."""

    code = "search-limit"


class PlacementConditionError(InvalidInputError):
    """A capacity, budget, floor or radius of a placement cannot be used."""

    code = "placement-condition"


class PostingDataError(InvalidInputError):
    """A person, need, hospital, pair or line of a posting plan says something that cannot be used."""

    code = "posting-data"


class PostingRuleError(InvalidInputError):
    """A rule, price or goal of a posting plan is not known or has no such value."""

    code = "posting-rule"


class LockedLineError(InvalidInputError):
    """A line that must stay in the plan breaks a rule by itself."""

    code = "locked-line"


class PostingPlanImpossibleError(InvalidInputError):
    """No plan obeys all rules that may not be broken."""

    code = "posting-plan-impossible"


class PostingPlanNotFoundError(InvalidInputError):
    """The time ended before any plan was found that obeys all rules that may not be broken."""

    code = "posting-plan-not-found"


class PostingPlanWrongError(InvalidInputError):
    """The independent check found that the plan of the solver breaks a rule or is worse than the solver says."""

    code = "posting-plan-wrong"


class RoundDataError(InvalidInputError):
    """A village, team, closure or visit of a plan of rounds says something that cannot be used."""

    code = "round-data"


class RoundTravelError(InvalidInputError):
    """A table of travel times names no place, has a bad time, or lacks a place that the plan needs."""

    code = "round-travel"


class RouteDataError(InvalidInputError):
    """A problem of routes, or a file that holds one, says something that cannot be used."""

    code = "route-data"


class RoundPlanWrongError(InvalidInputError):
    """The independent check found that a plan of rounds breaks a rule or is worse than the search says."""

    code = "round-plan-wrong"


class PairingDataError(InvalidInputError):
    """A donor, recipient, strength, need or pair of a pairing plan says something that cannot be used."""

    code = "pairing-data"


class PairingRuleError(InvalidInputError):
    """A rule, price or goal of a pairing plan is not known or has no such value."""

    code = "pairing-rule"


class PairingPlanImpossibleError(InvalidInputError):
    """No pairing plan obeys all rules that may not be broken."""

    code = "pairing-plan-impossible"


class PairingPlanNotFoundError(InvalidInputError):
    """The time ended before any pairing plan was found that obeys all rules that may not be broken."""

    code = "pairing-plan-not-found"


class PairingPlanWrongError(InvalidInputError):
    """The independent check found that a pairing plan breaks a rule or is worse than the solver says."""

    code = "pairing-plan-wrong"


class AssignmentDataError(InvalidInputError):
    """The costs, the amounts used and the capacities of jobs and agents do not fit one another."""

    code = "assignment-data"


class AssignmentNotFoundError(InvalidInputError):
    """No assignment of every job to one agent exists, or none was found in the time."""

    code = "assignment-not-found"


class PreferenceError(InvalidInputError):
    """Preferences for a stable matching name nobody, or a pair twice."""

    code = "preference"


class LadderNeedsError(InvalidInputError):
    """What a technique asks for cannot be: cases below zero, or a period that does not divide half a year."""

    code = "ladder-needs"


class ShortHistoryError(InvalidInputError):
    """Too few earlier figures are given to tell what is usual."""

    code = "short-history"

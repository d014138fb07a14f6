"""Required against existing staff of cadres, by WISN on what is on record."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lianyi.methods.errors import WorkloadStandardError
from lianyi.methods.workload import Activity, Wisn, WorkingTime, Workload, wisn
from lianyi.methods.workload_units import activity, additional_activity, support_activity
from lianyi.survey.models import CadreWorkload, WorkloadComponent

Volumes = Mapping[tuple[int, int | None, int, str], int]
"""Yearly workload on record by institution, department, year and measure."""


class Unknown(StrEnum):
    """Why a calculation cannot be made."""

    NO_ACTIVITY = "no-activity"
    NO_VOLUME = "no-volume"
    NO_TIME_LEFT = "no-time-left"


class StaffingStanding(StrEnum):
    SHORT = "short"
    ENOUGH = "enough"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Staffing:
    """One cadre in one year with what WISN says of it, or why it cannot say anything."""

    workload: CadreWorkload
    found: Wisn | None
    unknown: Unknown | None = None
    measures_missing: tuple[str, ...] = ()

    @property
    def existing(self) -> float:
        return float(self.workload.existing_staff)

    @property
    def required(self) -> float | None:
        return None if self.found is None else self.found.required_staff

    @property
    def rounded(self) -> int | None:
        return None if self.found is None else self.found.rounded_staff

    @property
    def difference(self) -> float | None:
        return None if self.found is None else self.found.difference

    @property
    def ratio(self) -> float | None:
        return None if self.found is None else self.found.ratio

    @property
    def missing(self) -> int:
        """How many whole persons are missing: required staff, rounded by the manual, over those existing."""
        return 0 if self.found is None else max(0, math.ceil(self.found.rounded_staff - self.existing))

    @property
    def standing(self) -> StaffingStanding:
        if self.found is None:
            return StaffingStanding.UNKNOWN
        return StaffingStanding.SHORT if self.missing else StaffingStanding.ENOUGH


def working_time(row: CadreWorkload) -> WorkingTime:
    """Return the working time of a cadre.

    Raises
    ------
    WorkingTimeError
        When no day is left for work.
    """
    return WorkingTime(
        days_per_week=float(row.days_per_week),
        hours_per_day=float(row.hours_per_day),
        public_holidays=float(row.public_holidays),
        annual_leave=float(row.annual_leave),
        sick_leave=float(row.sick_leave),
        other_absence=float(row.other_absence),
        weeks_per_year=float(row.weeks_per_year),
    )


def staffing(row: CadreWorkload, components: Sequence[WorkloadComponent], volumes: Volumes) -> Staffing:
    """Apply WISN to the record of a cadre; a volume that nobody stated is not a volume of zero."""
    by_kind = {kind: [each for each in components if each.kind == kind] for kind in WorkloadComponent.Kind}
    done = by_kind[WorkloadComponent.Kind.ACTIVITY]
    if not done:
        return Staffing(row, None, Unknown.NO_ACTIVITY)
    stated = [volume_of(each, row, volumes) for each in done]
    missing = tuple(each.measure for each, volume in zip(done, stated, strict=True) if volume is None)
    if missing:
        return Staffing(row, None, Unknown.NO_VOLUME, missing)
    time = working_time(row)
    workload = Workload(
        working_time=time,
        existing_staff=float(row.existing_staff),
        activities=tuple(
            _activity(each, volume) for each, volume in zip(done, stated, strict=True) if volume is not None
        ),
        support=tuple(
            support_activity(each.name, float(each.amount), each.unit, time)
            for each in by_kind[WorkloadComponent.Kind.SUPPORT]
        ),
        additional=tuple(
            additional_activity(each.name, float(each.amount), each.unit, float(each.staff_number))
            for each in by_kind[WorkloadComponent.Kind.ADDITIONAL]
        ),
    )
    try:
        return Staffing(row, wisn(workload))
    except WorkloadStandardError:
        # Each support activity is lawful by itself; together they may take all the time there is.
        return Staffing(row, None, Unknown.NO_TIME_LEFT)


def volume_of(each: WorkloadComponent, row: CadreWorkload, volumes: Volumes) -> float | None:
    """Return the volume of an activity: its own, or that of the yearly workload it names; None where none is stated."""
    if each.volume is not None:
        return float(each.volume)
    found = volumes.get((row.institution_id, row.department_id, row.year, each.measure))
    return None if found is None else float(found)


def _activity(each: WorkloadComponent, volume: float) -> Activity:
    return activity(each.name, volume, float(each.amount), each.unit)

"""WISN from a file: who works when, at what, by which standards; the document and lines of `lianyi survey wisn`."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from lianyi.methods.workload import Activity, AdditionalActivity, SupportActivity, Wisn, WorkingTime, Workload, wisn
from lianyi.methods.workload_units import (
    ACTIVITY_UNITS,
    RECURRING_UNITS,
    SUPPORT_UNITS,
    activity,
    additional_activity,
    support_activity,
)
from lianyi.operations.errors import SurveyFileError

Document = dict[str, Any]
_UNIT_KEYS: Final = {"facility", "cadre", "existing", "working_time", "activity", "support", "additional"}
_WORKING_TIME_KEYS: Final = {field.name for field in fields(WorkingTime)}


@dataclass(frozen=True, slots=True)
class Staff:
    """One cadre in one facility, with its workload."""

    facility: str
    cadre: str
    workload: Workload


def staff_in(path: Path) -> list[Staff]:
    """Read a file of workloads.

    Raises
    ------
    SurveyFileError
        Naming the table of the file and what is wrong in it.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SurveyFileError(f"{path.name} is no TOML file in UTF-8: {error}.", file=path.name) from error
    usual = document.pop("working_time", {})
    units = document.pop("staff", None)
    if units is None:
        return [_Reader(path.name, usual).staff(document)]
    _refuse_unknown(document, set(), path.name)
    if not (units and isinstance(units, list) and all(isinstance(unit, dict) for unit in units)):
        raise SurveyFileError(f"{path.name}: give at least one [[staff]].", file=path.name)
    return [
        _Reader(f"{path.name}, [[staff]] number {number}", usual).staff(unit)
        for number, unit in enumerate(units, start=1)
    ]


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one [[staff]]; ``where`` names it in messages, ``usual`` is the working time of the whole file."""

    where: str
    usual: Mapping[str, Any]

    def staff(self, unit: Mapping[str, Any]) -> Staff:
        _refuse_unknown(unit, _UNIT_KEYS, self.where)
        time = self._working_time(unit)
        workload = Workload(
            working_time=time,
            existing_staff=self._number(unit, "existing", self.where),
            activities=tuple(self._activity(*each) for each in self._named(unit, "activity")),
            support=tuple(self._support(*each, time) for each in self._named(unit, "support")),
            additional=tuple(self._additional(*each) for each in self._named(unit, "additional")),
        )
        return Staff(str(unit.get("facility", "")), str(unit.get("cadre", "")), workload)

    def _working_time(self, unit: Mapping[str, Any]) -> WorkingTime:
        where = f"{self.where}, [working_time]"
        own = unit.get("working_time", {})
        if not (isinstance(self.usual, dict) and isinstance(own, dict)):
            raise self._error(where, "give it as a table with days_per_week, hours_per_day and the absences")
        given = {**self.usual, **own}
        _refuse_unknown(given, _WORKING_TIME_KEYS, where)
        optional = {"other_absence", "weeks_per_year"} - given.keys()
        return WorkingTime(**{name: self._number(given, name, where) for name in _WORKING_TIME_KEYS - optional})

    def _named(self, unit: Mapping[str, Any], kind: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
        entries = unit.get(kind, [])
        if not (isinstance(entries, list) and all(isinstance(each, dict) for each in entries)):
            raise self._error(self.where, f"{kind} is “{entries}”; give each as a table [[{kind}]]")
        for number, each in enumerate(entries, start=1):
            if not isinstance(each.get("name"), str):
                raise self._error(f"{self.where}, {kind} number {number}", "give it a name, as a text")
            yield f"{self.where}, {kind} “{each['name']}”", each

    def _activity(self, where: str, given: Mapping[str, Any]) -> Activity:
        """Read a time for each (minutes, hours) or how many can be done (per_hour)."""
        _refuse_unknown(given, {"name", "volume", *ACTIVITY_UNITS}, where)
        measure = self._one_of(given, ACTIVITY_UNITS, where)
        value = self._number(given, measure, where)
        if measure == "per_hour" and not value > 0.0:
            raise self._error(where, f"per_hour is {value:g}; it must be above 0")
        return activity(given["name"], self._number(given, "volume", where), value, measure)

    def _support(self, where: str, given: Mapping[str, Any], time: WorkingTime) -> SupportActivity:
        _refuse_unknown(given, {"name", *SUPPORT_UNITS}, where)
        measure = self._one_of(given, SUPPORT_UNITS, where)
        return support_activity(given["name"], self._number(given, measure, where), measure, time)

    def _additional(self, where: str, given: Mapping[str, Any]) -> AdditionalActivity:
        _refuse_unknown(given, {"name", "staff", *RECURRING_UNITS}, where)
        measure = self._one_of(given, RECURRING_UNITS, where)
        staff = self._number(given, "staff", where) if "staff" in given else 1.0
        return additional_activity(given["name"], self._number(given, measure, where), measure, staff)

    def _one_of(self, given: Mapping[str, Any], names: tuple[str, ...], where: str) -> str:
        found = [name for name in names if name in given]
        if len(found) != 1:
            raise self._error(where, f"give exactly one of {', '.join(names)}; given: {', '.join(found) or 'none'}")
        return found[0]

    def _number(self, given: Mapping[str, Any], name: str, where: str) -> float:
        if name not in given:
            raise self._error(where, f"{name} is missing")
        value = given[name]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._error(where, f"{name} is “{value}”; a number is expected")
        return float(value)

    def _error(self, where: str, what: str) -> SurveyFileError:
        return SurveyFileError(f"{where}: {what}.", where=where)


def _refuse_unknown(given: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(given.keys() - known)
    if unknown:
        raise SurveyFileError(
            f"{where}: unknown: {', '.join(unknown)}. Known here: {', '.join(sorted(known)) or 'working_time, staff'}.",
            where=where,
            unknown=tuple(unknown),
        )


def document_of(staff: Iterable[Staff]) -> Document:
    """Return required against existing staff of each unit with every step between, and the sums of each cadre."""
    units = [(each, wisn(each.workload)) for each in staff]
    return {
        "method": "WISN, WHO user's manual (2010)",
        "units": [_unit(each, found) for each, found in units],
        "cadres": _cadres(units),
    }


def _unit(staff: Staff, found: Wisn) -> Document:
    return {
        "facility": staff.facility,
        "cadre": staff.cadre,
        "available_days": staff.workload.working_time.days,
        "available_hours": found.available_hours,
        "activities": [
            {
                "name": need.name,
                "volume": need.annual_volume,
                "standard_workload": need.standard_workload if math.isfinite(need.standard_workload) else None,
                "staff": need.staff,
            }
            for need in found.needs
        ],
        "basic_staff": found.basic_staff,
        "category_allowances": [{"name": each.name, "share": each.value} for each in found.category_allowances],
        "category_allowance_factor": found.category_factor,
        "individual_allowances": [{"name": each.name, "staff": each.value} for each in found.individual_allowances],
        "individual_allowance_factor": found.individual_factor,
        "required_staff": found.required_staff,
        "required_staff_rounded": found.rounded_staff,
        "existing_staff": found.existing_staff,
        "difference": found.difference,
        "ratio": found.ratio,
    }


def _cadres(units: list[tuple[Staff, Wisn]]) -> list[Document]:
    """Sum up the facilities of each cadre; staff too many in one place do not work in another, so both are told."""
    by_cadre: dict[str, list[Wisn]] = {}
    for staff, found in units:
        by_cadre.setdefault(staff.cadre, []).append(found)
    return [
        {
            "cadre": cadre,
            "facilities": len(each),
            "required_staff": (required := math.fsum(found.required_staff for found in each)),
            "existing_staff": (existing := math.fsum(found.existing_staff for found in each)),
            "difference": existing - required,
            "ratio": existing / required if required else None,
            "missing_where_short": math.fsum(max(0.0, -found.difference) for found in each),
        }
        for cadre, each in by_cadre.items()
    ]

"""WISN from the two tables of the site: cadres with their working time, and the components of their work."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from lianyi.errors import InvalidInputError
from lianyi.methods.workload import Activity, AdditionalActivity, SupportActivity, WorkingTime, Workload
from lianyi.methods.workload_units import activity, additional_activity, support_activity
from lianyi.operations.errors import SurveyFileError
from lianyi.operations.surveying.workload import Staff
from lianyi.tabular.arrays import ArrayColumn, read_arrays

Key = tuple[str, str, str, str]
Row = dict[str, Any]
Parts = list[tuple[str, Row]]
_KEY: Final = (
    ArrayColumn("institution_code", description="the code of the institution"),
    ArrayColumn("department_code", required=False),
    ArrayColumn("cadre", description="the cadre, as in the table of cadres"),
    ArrayColumn("year", description="the year of the volumes"),
)
_TIMES: Final = ("days_per_week", "hours_per_day", "public_holidays", "annual_leave", "sick_leave")
_OPTIONAL_TIMES: Final = ("other_absence", "weeks_per_year")
_CADRE: Final = (
    *_KEY,
    *(ArrayColumn(name, "number", minimum=0) for name in ("existing_staff", *_TIMES)),
    *(ArrayColumn(name, "number", required=False, minimum=0) for name in _OPTIONAL_TIMES),
)
_COMPONENT: Final = (
    *_KEY,
    ArrayColumn("kind", description="activity, support or additional"),
    ArrayColumn("name", description="the name of the work"),
    ArrayColumn("amount", "number", minimum=0, description="the time of it"),
    ArrayColumn("unit", description="the unit of the time, such as minutes or hours_per_week"),
    ArrayColumn("volume", "number", required=False, minimum=0),
    ArrayColumn("staff", "number", required=False, minimum=0),
)


def staff_in_tables(cadres: Path, components: Path) -> list[Staff]:
    """Read both tables; a cadre is told apart by institution, department, name and year.

    Raises
    ------
    SurveyFileError
        Naming the file, the record and what is wrong in it.
    """
    parts: defaultdict[Key, Parts] = defaultdict(list)
    for number, row in enumerate(_rows(components, _COMPONENT), start=1):
        parts[_key(row)].append((f"{components.name}, record {number}", row))
    found = [
        _staff(f"{cadres.name}, record {number}", row, parts.pop(_key(row), []))
        for number, row in enumerate(_rows(cadres, _CADRE), start=1)
    ]
    for left in parts.values():
        where, row = left[0]
        about = f"“{row['cadre']}” of {row['institution_code']} in {row['year']}"
        raise SurveyFileError(f"{where}: no cadre {about} stands in {cadres.name}.", where=where)
    return found


def _rows(path: Path, columns: tuple[ArrayColumn, ...]) -> list[Row]:
    found = read_arrays(path, columns)
    return [
        dict(zip(found, values, strict=True))
        for values in zip(*(each.tolist() for each in found.values()), strict=True)
    ]


def _key(row: Row) -> Key:
    return row["institution_code"], row.get("department_code", ""), row["cadre"], row["year"]


def _staff(where: str, row: Row, parts: Parts) -> Staff:
    optional = {name: row[name] for name in _OPTIONAL_TIMES if not math.isnan(row.get(name, math.nan))}
    try:
        time = WorkingTime(**{name: row[name] for name in _TIMES}, **optional)
    except InvalidInputError as error:
        raise SurveyFileError(f"{where}: {error}", where=where) from error
    made = [_component(at, each, time) for at, each in parts]
    workload = Workload(
        working_time=time,
        existing_staff=row["existing_staff"],
        activities=tuple(each for each in made if isinstance(each, Activity)),
        support=tuple(each for each in made if isinstance(each, SupportActivity)),
        additional=tuple(each for each in made if isinstance(each, AdditionalActivity)),
    )
    unit = " ".join(part for part in (row["institution_code"], row.get("department_code", "")) if part)
    return Staff(unit, f"{row['cadre']} {row['year']}", workload)


def _component(where: str, row: Row, time: WorkingTime) -> Activity | SupportActivity | AdditionalActivity:
    name, amount, unit = row["name"], row["amount"], row["unit"]
    volume, staff = row.get("volume", math.nan), row.get("staff", math.nan)
    if row["kind"] == "activity" and math.isnan(volume):
        message = (
            f"{where}: “{name}” has no volume. The site takes it from the yearly workload; here give it as a number."
        )
        raise SurveyFileError(message, where=where)
    made: dict[str, Callable[[], Activity | SupportActivity | AdditionalActivity]] = {
        "activity": lambda: activity(name, volume, amount, unit),
        "support": lambda: support_activity(name, amount, unit, time),
        "additional": lambda: additional_activity(name, amount, unit, 1.0 if math.isnan(staff) else staff),
    }
    if row["kind"] not in made:
        raise SurveyFileError(f"{where}: kind is “{row['kind']}”; one of {', '.join(made)} is expected.", where=where)
    try:
        return made[row["kind"]]()
    except InvalidInputError as error:
        raise SurveyFileError(f"{where}: {error}", where=where) from error

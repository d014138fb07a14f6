"""What every write into the registry checks: texts, choices, codes of the reference lists, counts, dates, positions."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import timezone

from lianyi.methods.coordinates import to_wgs84
from lianyi.methods.visible_text import has_visible_characters, unwanted_characters
from lianyi.registry.errors import (
    CodeFormError,
    DatesOutOfOrderError,
    FutureDateError,
    ImpossibleCountError,
    MissingValueError,
    TextTooLongError,
    UnknownCodeError,
    UnseenCharactersError,
)
from lianyi.registry.models import BedCount, Department, Equipment, Institution, ServiceOffered, Staff
from lianyi.rules import codes_of

REFERENCE_LISTS: Mapping[tuple[type[models.Model], str], str] = {
    (Institution, "kind"): "institution_kinds",
    (Department, "specialty"): "specialties",
    (Staff, "profession"): "professions",
    (Staff, "title_rank"): "title_ranks",
    (Staff, "specialty"): "specialties",
    (BedCount, "bed_type"): "bed_types",
    (ServiceOffered, "service"): "services",
    (Equipment, "equipment_kind"): "equipment_kinds",
}
"""Fields whose values are codes of a reference list."""

LONGEST_DEPARTMENT_CODE = 31
"""One less than the column holds, so that institution code and department code together fit a node's code."""

_SHORTER_THAN_COLUMN: Mapping[tuple[type[models.Model], str], int] = {(Department, "code"): LONGEST_DEPARTMENT_CODE}
_CODE = re.compile(r"[^\W_][\w.-]*")
LARGEST_COUNTS: Mapping[str, int] = {
    "PositiveSmallIntegerField": 32_767,
    "PositiveIntegerField": 2_147_483_647,
    "PositiveBigIntegerField": 9_223_372_036_854_775_807,
}
"""What both databases can hold in these fields."""
_COUNTING = (models.PositiveIntegerField, models.PositiveSmallIntegerField, models.PositiveBigIntegerField)


@dataclass(frozen=True, slots=True)
class GivenPosition:
    """Where something stands, in the coordinate system in which it was measured."""

    longitude: float
    latitude: float
    coordinate_system: str

    def as_kept(self) -> dict[str, Any]:
        """Return the three fields of a located record: WGS 84, and the system as given.

        Raises
        ------
        CoordinateRangeError, CoordinateSystemError
        """
        position = to_wgs84(self.longitude, self.latitude, self.coordinate_system)
        return {
            "longitude": position.longitude,
            "latitude": position.latitude,
            "given_coordinate_system": str(self.coordinate_system),
        }


def checked(model: type[models.Model], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as they are to be kept, texts without outer blanks.

    Raises
    ------
    MissingValueError, TextTooLongError, UnknownCodeError, ImpossibleCountError
        Naming the field, what was given and what is accepted.
    """
    return {name: _checked_value(model, name, value) for name, value in values.items()}


def _checked_value(model: type[models.Model], name: str, value: Any) -> Any:  # noqa: ANN401 - any field's value
    field = model._meta.get_field(name)
    if isinstance(field, models.CharField | models.TextField):
        value = ("" if value is None else str(value)).strip()
        _check_text(model, field, value)
        _check_choice(model, field, value)
    elif isinstance(field, _COUNTING) and value is not None:
        _check_count(field, value)
    elif isinstance(field, models.Field) and value is None and not field.null:
        raise MissingValueError(f"{field.verbose_name} is empty; it must be given.", field=name)
    return value


def _check_count(field: models.Field[Any, Any], value: int) -> None:
    if value < 0:
        raise ImpossibleCountError(
            f"{field.verbose_name}: {value} was given; a count is 0 or more.", field=field.name, given=value
        )
    maximum = LARGEST_COUNTS[field.get_internal_type()]
    if value > maximum:
        raise ImpossibleCountError(
            f"{field.verbose_name}: {value} was given; at most {maximum} can be kept.",
            field=field.name,
            reason="too-large",
            given=value,
            maximum=maximum,
        )


def _check_text(
    model: type[models.Model], field: models.CharField[Any, Any] | models.TextField[Any, Any], value: str
) -> None:
    if not has_visible_characters(value) and (value or not field.blank):
        raise MissingValueError(f"{field.verbose_name} is empty; it must be given.", field=field.name)
    longest = _SHORTER_THAN_COLUMN.get((model, field.name), field.max_length)
    if longest is not None and len(value) > longest:
        raise TextTooLongError(
            f"{field.verbose_name} has {len(value)} characters; at most {longest} fit. Shorten it.",
            field=field.name,
            length=len(value),
            maximum=longest,
        )
    unwanted = ", ".join(unwanted_characters(value))
    if unwanted:
        raise UnseenCharactersError(
            f"{field.verbose_name} holds characters that cannot be seen ({unwanted}). Type it anew.",
            field=field.name,
            found=unwanted,
        )
    if field.name == "code" and not is_code(value):
        raise CodeFormError(
            f"'{value}' cannot be a code. Begin with a letter or a digit; letters, digits and - _ . may follow.",
            field=field.name,
            given=value,
        )


def is_code(text: str) -> bool:
    """Tell whether a text can stand as a code of our own in addresses and tables: letters and digits of any script."""
    return _CODE.fullmatch(text) is not None and ".." not in text


def _check_choice(model: type[models.Model], field: models.Field[Any, Any], value: str) -> None:
    if not value:
        return
    if field.choices:
        accepted = [str(choice) for choice, _label in field.flatchoices]
        if value not in accepted:
            raise _unknown(field, value, accepted, "accepted")
    elif (model, field.name) in REFERENCE_LISTS:
        codes = codes_of(REFERENCE_LISTS[model, field.name])
        if value not in codes:
            raise _unknown(field, value, difflib.get_close_matches(value, codes, n=5) or sorted(codes)[:8], "such as")


def _unknown(field: models.Field[Any, Any], value: str, expected: list[str], lead: str) -> UnknownCodeError:
    return UnknownCodeError(
        f"{field.verbose_name}: there is no code '{value}' ({lead}: {', '.join(expected)}). Correct it.",
        field=field.name,
        given=value,
        expected=tuple(expected),
    )


def check_order(first_name: str, first: datetime.date | None, last_name: str, last: datetime.date | None) -> None:
    """Refuse an end before its beginning; an end that is not known is fine.

    Raises
    ------
    DatesOutOfOrderError
    """
    if first is not None and last is not None and last < first:
        raise DatesOutOfOrderError(
            f"{last_name} is {last}, before {first_name}, {first}. Correct one of the dates.",
            field=last_name,
            first=first,
            last=last,
        )


def check_not_ahead(day: datetime.date, field: str = "effective_on") -> None:
    """Refuse a day that has not come.

    Raises
    ------
    FutureDateError
    """
    today = timezone.localdate()
    if day > today:
        raise FutureDateError(
            f"{field} is {day}, and today is {today}. A change is recorded on the day it takes effect, or later.",
            field=field,
            given=day,
            today=today,
        )


def check_year_not_ahead(year: int) -> None:
    """Refuse a year that has not begun.

    Raises
    ------
    FutureDateError
    """
    this_year = timezone.localdate().year
    if year > this_year:
        raise FutureDateError(
            f"The year {year} has not begun; it is {this_year}. Give a year that is over, or the one under way.",
            field="year",
            reason="year",
            given=year,
        )


def check_moment_not_ahead(moment: datetime.datetime, field: str) -> None:
    """Refuse a count dated after now, with an hour's grace for clocks that go fast.

    Raises
    ------
    FutureDateError
    """
    now = timezone.now()
    if moment > now + datetime.timedelta(hours=1):
        raise FutureDateError(
            f"{field} is {timezone.localtime(moment):%Y-%m-%d %H:%M}, which has not come. Give when it was counted.",
            field=field,
            given=moment,
            today=now,
        )

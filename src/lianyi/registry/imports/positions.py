"""Longitude, latitude and coordinate system of a row: together or not at all, kept as WGS 84."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lianyi.methods.errors import CoordinateRangeError
from lianyi.registry.checks import GivenPosition
from lianyi.registry.imports.planning import Problems, Values, differing_fields
from lianyi.registry.imports.refusals import column_named, refusal
from lianyi.registry.models import CoordinateSystem, Located
from lianyi.tabular.columns import Column
from lianyi.tabular.rows import ParsedRow

POSITION_FIELDS = ("longitude", "latitude", "given_coordinate_system")
SAME_DEGREES = 1e-7
"""About a centimetre: positions nearer than this are the same position."""

_COLUMNS = ("longitude", "latitude", "coordinate_system")


def read_position(row: ParsedRow, columns: Sequence[Column]) -> tuple[Values, Problems]:
    """Return the three fields of a located record as they are kept, or nothing where the file has no positions."""
    longitude, latitude, system = (row.values.get(name) for name in _COLUMNS)
    if isinstance(longitude, float) and isinstance(latitude, float) and isinstance(system, str):
        try:
            return GivenPosition(longitude, latitude, system).as_kept(), ()
        except CoordinateRangeError:
            given = f"{longitude}, {latitude}"
            return {}, (refusal("position-outside", column_named(columns, _COLUMNS[2]), given=given, system=system),)
    if longitude is not None or latitude is not None:
        missing = next(name for name in _COLUMNS if row.values.get(name) is None)
        return {}, (refusal("position-incomplete", column_named(columns, missing)),)
    if "longitude" in row.values and "latitude" in row.values:
        return {"longitude": None, "latitude": None, "given_coordinate_system": ""}, ()
    return {}, ()


def same_but_for_position(kept: Mapping[str, Any], values: Values) -> tuple[str, ...]:
    """Compare like ``differing_fields``, but take positions that nearly coincide for the same.

    An export gives WGS 84 whatever was given once, and reading it back must change nothing.
    """
    differing = differing_fields(kept, values)
    if "longitude" not in values or not set(POSITION_FIELDS) & set(differing):
        return differing
    if any(kept[name] is None or values[name] is None for name in ("longitude", "latitude")):
        return differing
    if all(abs(kept[name] - values[name]) < SAME_DEGREES for name in ("longitude", "latitude")):
        return tuple(name for name in differing if name not in POSITION_FIELDS)
    return differing


def exported_position(row: Located) -> Values:
    """Return the three columns of a located record; positions are kept, and so given away, as WGS 84."""
    system = None if row.longitude is None else CoordinateSystem.WGS84.value
    return {"longitude": row.longitude, "latitude": row.latitude, "coordinate_system": system}

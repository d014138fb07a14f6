"""Readiness and availability from tables: the document of `lianyi survey readiness`."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Final

import numpy as np

from lianyi.methods.columns import Floats
from lianyi.methods.readiness import (
    AvailabilityIndicator,
    Readiness,
    counted_readiness,
    item_readiness,
    service_availability,
)
from lianyi.operations.errors import SurveyFileError
from lianyi.tabular.arrays import ArrayColumn, read_arrays

Document = dict[str, Any]
Columns = dict[str, np.ndarray[Any, Any]]
_ANSWERS: Final = {
    **dict.fromkeys(("1", "1.0", "yes", "y", "true", "present", "是", "有"), 1.0),
    **dict.fromkeys(("0", "0.0", "no", "n", "false", "absent", "否", "无"), 0.0),
    "": math.nan,
}
_COLUMNS: Final = (
    ArrayColumn("facility", description="the name or id of the facility"),
    ArrayColumn("domain", description="one of the domains of general readiness, such as amenities"),
)
_OPTIONAL: Final = (
    # What the site calls it, so that its table of items is read here as it is.
    ArrayColumn("institution_code", required=False),
    ArrayColumn("available", required=False),
    ArrayColumn("present", "number", required=False, minimum=0),
    ArrayColumn("items", "number", required=False, minimum=0),
    ArrayColumn("service", required=False),
)


def readiness_of(path: Path) -> Document:
    """Read a table of items, or of items counted by domain, and return readiness of facilities, domains and services.

    Raises
    ------
    SurveyFileError
        When the table is neither.
    """
    found = _read(path)
    if "available" in found:
        present = np.array([_answer(text, row, path) for row, text in enumerate(found["available"].tolist())])
        items: Floats | None = None
    elif "present" in found and "items" in found:
        present, items = found["present"], found["items"]
    else:
        raise SurveyFileError(
            f"{path.name}: give a column “available” (1, 0 or nothing for each item), or the columns “present” and "
            "“items” (counts for each domain), beside facility and domain.",
            file=path.name,
        )
    length = len(found["facility"])
    if not length:
        raise SurveyFileError(f"{path.name} has headings and no rows; one for each item is expected.", file=path.name)
    empty = np.full(length, "", dtype=object)
    domains, services = found.get("domain", empty), found.get("service", empty)
    if not ((domains != "") | (services != "")).all():
        row = int(np.argmax((domains == "") & (services == ""))) + 1
        raise SurveyFileError(f"{path.name}, record {row}: give a domain, or a service of its own.", file=path.name)
    document: Document = {"method": "SARA reference manual 2.2 (2015): mean of domains, each items present over items"}
    is_general = services == ""
    if is_general.any():
        document |= _general(_readiness(found["facility"], domains, present, items, is_general))
    is_service = ~is_general
    if is_service.any():
        document["services"] = _services(_readiness(found["facility"], services, present, items, is_service))
    return document


def _read(path: Path) -> Columns:
    """Read the columns there are; the facility may stand under the heading of the site's own tables."""
    domain = ArrayColumn("domain", required=False)
    found = read_arrays(path, [ArrayColumn("facility", required=False), domain, *_OPTIONAL])
    if "facility" not in found and "institution_code" in found:
        return {**found, "facility": found["institution_code"]}
    return found if "facility" in found else read_arrays(path, [*_COLUMNS[:1], domain, *_OPTIONAL])


def _readiness(
    facilities: np.ndarray[Any, Any],
    domains: np.ndarray[Any, Any],
    present: Floats,
    items: Floats | None,
    rows: np.ndarray[Any, Any],
) -> Readiness:
    if items is None:
        return item_readiness(facilities[rows], domains[rows], present[rows])
    return counted_readiness(facilities[rows], domains[rows], present[rows], items[rows])


def _answer(text: str, row: int, path: Path) -> float:
    value = _ANSWERS.get(text.casefold())
    if value is None:
        raise SurveyFileError(
            f"{path.name}, record {row + 1}: available is “{text}”; 1 or yes, 0 or no, or nothing for not assessed is "
            "expected.",
            file=path.name,
        )
    return value


def _general(found: Readiness) -> Document:
    return {
        "index": found.mean_index,
        "facilities_with_everything": found.complete,
        "domains": _domains(found, "domain"),
        "facilities": [
            {
                "facility": facility,
                "index": _known(float(found.index[row])),
                "domains": dict(zip(found.domains, map(_known, found.scores[row].tolist()), strict=True)),
                "not_assessed": [
                    domain for domain, count in zip(found.domains, found.assessed[row], strict=True) if not count
                ],
            }
            for row, facility in enumerate(found.facilities)
        ],
    }


def _services(found: Readiness) -> list[Document]:
    return [
        {
            **each,
            "by_facility": {
                facility: _known(score)
                for facility, score in zip(found.facilities, found.scores[:, position].tolist(), strict=True)
                if not math.isnan(score)
            },
        }
        for position, each in enumerate(_domains(found, "service"))
    ]


def _domains(found: Readiness, kind: str) -> list[Document]:
    assessed = (~np.isnan(found.scores)).sum(axis=0)
    return [
        {
            kind: domain,
            "mean": _known(float(found.domain_means[position])),
            "share_with_every_item": _known(float(found.domains_complete[position])),
            "facilities_assessed": int(assessed[position]),
        }
        for position, domain in enumerate(found.domains)
    ]


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def availability_of(path: Path) -> Document:
    """Read a table of indicators with their targets and return the service availability index."""
    found = read_arrays(
        path,
        [
            ArrayColumn("area", description="infrastructure, workforce or use"),
            ArrayColumn("indicator", description="what is measured, with its unit"),
            ArrayColumn("value", "number", minimum=0),
            ArrayColumn("target", "number", minimum=0, description="what it is measured against, in the same unit"),
        ],
    )
    indicators = [
        AvailabilityIndicator(*row)
        for row in zip(*(found[name].tolist() for name in ("area", "indicator", "value", "target")), strict=True)
    ]
    result = service_availability(indicators)
    return {
        "index": result.index,
        "areas": [{"area": area, "score": score} for area, score in result.areas],
        "indicators": [
            {"area": each.area, "indicator": each.name, "value": each.value, "target": each.target, "score": each.score}
            for each in indicators
        ],
    }

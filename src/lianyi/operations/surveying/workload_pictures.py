"""The pictures of `lianyi survey wisn` and `lianyi survey readiness`: bars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from lianyi.drawing import BARS_AT_MOST, Axis, Bar, BarChart, BarSection

Document = dict[str, Any]
_PERCENT: Final = 100.0


def staff_bars(document: Document) -> BarChart:
    """Return required beside existing staff: the sums of the cadres, then the units, those worst off first."""
    units, cadres = document["units"], document["cadres"]
    summed = [_staff_bar(f"{each['cadre'] or 'all'}, {each['facilities']:,} facilities", each) for each in cadres]
    by_need = sorted(units, key=lambda unit: math.inf if unit["ratio"] is None else unit["ratio"])
    room = max(1, BARS_AT_MOST - (len(summed) if len(units) > len(cadres) else 0))
    sections = [BarSection("", tuple(_staff_bar(_unit_name(unit), unit) for unit in by_need[:room]))]
    if len(units) > len(cadres):
        sums = BarSection("Sums of each cadre", tuple(summed[:BARS_AT_MOST]))
        sections = [sums, BarSection("Facilities, the least staffed first", sections[0].bars)]
    most = max([number for each in (*units, *cadres) for number in (each["required_staff"], each["existing_staff"])])
    left_out = f" {len(units) - room:,} better staffed ones are not drawn." if len(units) > room else ""
    return BarChart(
        title="Staff required by the workload, and staff there are",
        axis=Axis("staff (full-time posts)", 0, float(most) or 1.0),
        names=("required", "existing"),
        sections=tuple(sections),
        note=f"{document['method']}. Gap: existing less required; ratio: existing over required.{left_out}",
    )


def _unit_name(unit: Document) -> str:
    return ", ".join(part for part in (unit["facility"], unit["cadre"]) if part) or "staff"


def _staff_bar(label: str, each: Document) -> Bar:
    ratio = "-" if each["ratio"] is None else f"{each['ratio']:.2f}"
    return Bar(label, (each["required_staff"], each["existing_staff"]), f"gap {each['difference']:+.1f}, ratio {ratio}")


def readiness_bars(document: Document) -> BarChart:
    """Return the scores: domains and services over all facilities, availability, then facilities, the lowest first."""
    sections: list[BarSection] = []
    if "domains" in document:
        mean = [_score_bar("all domains (index)", document["index"])]
        domains = [_score_bar(each["domain"], each["mean"]) for each in document["domains"]]
        sections.append(BarSection("General readiness, mean of the facilities", (*mean, *domains)))
    if "services" in document:
        services = [_score_bar(each["service"], each["mean"]) for each in document["services"]]
        sections.append(BarSection("Services, mean of the facilities", tuple(services)))
    if "availability" in document:
        whole = [_score_bar("all areas (index)", document["availability"]["index"])]
        areas = [_score_bar(each["area"], each["score"]) for each in document["availability"]["areas"]]
        sections.append(BarSection("Service availability", (*whole, *areas)))
    room = max(0, BARS_AT_MOST - sum(len(section.bars) for section in sections))
    facilities = document.get("facilities", [])
    drawn = _lowest(facilities, room)
    if drawn:
        bars = tuple(_score_bar(each["facility"], each["index"]) for each in drawn)
        sections.append(BarSection("Facilities, the least ready first", bars))
    left_out = f" {len(facilities) - len(drawn):,} facilities are not drawn." if len(facilities) > len(drawn) else ""
    return BarChart(
        title="Readiness of facilities",
        axis=Axis("score", 0, _PERCENT, "%"),
        names=("score",),
        sections=tuple(sections),
        note=f"{document['method']}.{left_out}",
    )


def _lowest(facilities: Sequence[Document], room: int) -> list[Document]:
    assessed = sorted(facilities, key=lambda each: math.inf if each["index"] is None else each["index"])
    return assessed[:room]


def _score_bar(label: str, score: float | None) -> Bar:
    if score is None:
        return Bar(label, (None,), "not assessed")
    return Bar(label, (_PERCENT * score,), f"{_PERCENT * score:.1f} %")

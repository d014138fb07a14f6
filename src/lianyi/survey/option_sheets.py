"""An option as tables: before and after side by side, and the sites. The same for one just worked through or kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from lianyi.pages.names import in_language
from lianyi.registry.reference_names import reference_name
from lianyi.survey.models import Scenario
from lianyi.survey.reach_words import GROUP_WORDS
from lianyi.survey.sheets import Cell, Heading, Sheet, number, number_text, percent_text, share, word
from lianyi.survey.words import RESOURCE_WORDS

AIM_WORDS: Mapping[str, str | Promise] = {
    "most_people": gettext_lazy("most people within the limit"),
    "least_travel": gettext_lazy("least travel on average"),
    "shortest_longest": gettext_lazy("shortest longest way"),
    "hand": gettext_lazy("chosen by hand"),
}
KIND_WORDS: Mapping[str, str | Promise] = {
    "places": gettext_lazy("new sites in places"),
    "institutions": gettext_lazy("institutions raised to give the service"),
}
STOP_WORDS: Mapping[str, str | Promise] = {
    "optimal": gettext_lazy("proved: no other choice is better"),
    "gap": gettext_lazy("stopped at the gap asked for"),
    "time_limit": gettext_lazy("stopped by the time limit; not proved to be the best"),
    "search_limit": gettext_lazy("stopped by the limit of the search; not proved to be the best"),
}


def facility_word(which: str) -> str:
    """Return what the institutions that are asked about are called."""
    if which == "any":
        return _("all that treat patients")
    return _("hospitals") if which == "hospitals" else reference_name("services", which)


def parameter_lines(parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what was assumed, as people read it."""
    aim = str(parameters.get("aim", ""))
    lines = [
        (_("To which institutions"), facility_word(str(parameters.get("facilities", "any")))),
        (_("Option"), str(KIND_WORDS.get(str(parameters.get("kind")), ""))),
        (_("Aim"), str(AIM_WORDS.get(aim, aim))),
        (_("Limit, minutes"), number_text(parameters.get("minutes"))),
        (_("Resource"), str(RESOURCE_WORDS.get(str(parameters.get("resource")), ""))),
        (_("Capacity of each"), number_text(parameters.get("capacity"))),
        (_("Road over straight line"), number_text(parameters.get("detour"), 2)),
        (_("Speed, km/h"), number_text(parameters.get("speed"))),
    ]
    return [(label, value) for label, value in lines if value]


def proof_text(result: Mapping[str, Any]) -> str:
    """Return how good the sites are proved to be; empty where they were chosen by hand."""
    proof = result.get("search")
    if not proof:
        return ""
    stop = str(STOP_WORDS.get(str(proof["stop_reason"]), proof["stop_reason"]))
    if proof["stop_reason"] == "optimal" or proof.get("gap") is None:
        return stop
    return _("%(stop)s; at most %(gap)s from the best") % {"stop": stop, "gap": percent_text(proof["gap"], 2)}


def kept_sheets(row: Scenario) -> list[Sheet]:
    return option_sheets(row.result, str(row.parameters.get("resource", "")))


def option_sheets(result: Mapping[str, Any], resource: str) -> list[Sheet]:
    """Return the tables of an option from its facts."""
    if not result.get("before") or not result.get("after"):
        return []
    return [_change_sheet(result, resource), _sites_sheet(result)]


def _change_sheet(result: Mapping[str, Any], resource: str) -> Sheet:
    before, after = result["before"], result["after"]
    headings = [
        Heading(_("Figure"), is_number=False),
        Heading(_("Before")),
        Heading(_("After")),
        Heading(pgettext("before and after", "Change")),
    ]
    rows = [
        *_cover_rows(result, before["cover"], after["cover"]),
        _row(_("Longest way, minutes"), before["longest_minutes"], after["longest_minutes"], 1),
        _row(_("Gini of access"), before["gini_access"], after["gini_access"], 4),
        _row(
            _("Least access: %(resource)s per 1,000 in reach") % {"resource": RESOURCE_WORDS.get(resource, resource)},
            before["least_access"],
            after["least_access"],
            2,
        ),
        _row(_("Most people at one institution as the nearest"), before["largest_load"], after["largest_load"], 0),
    ]
    return Sheet("change", _("What changes"), headings, rows)


def _cover_rows(
    result: Mapping[str, Any], before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> list[list[Cell]]:
    rows = []
    for first, second in zip(before, after, strict=True):
        name = str(GROUP_WORDS.get(str(first["group"]), first["group"]))
        for at, limit in enumerate(result["limits_minutes"]):
            label = _("%(group)s within %(minutes)s min") % {"group": name, "minutes": limit}
            parts = [each["covered"][at] / each["people"] if each["people"] else None for each in (first, second)]
            rows.append([word(label), share(parts[0]), share(parts[1]), _points(*parts)])
        label = _("%(group)s: mean minutes") % {"group": name}
        rows.append(_row(label, first["mean_minutes"], second["mean_minutes"], 1))
    return rows


def _points(before: float | None, after: float | None) -> Cell:
    """Return the change of a share in percentage points."""
    if before is None or after is None:
        return number(None)
    change = (after - before) * 100
    return Cell(_("%(points)s points") % {"points": _signed(change, 1)}, round(change, 4))


def _signed(change: float, decimals: int) -> str:
    """Return a change with its sign; one that rounds to nothing has none."""
    kept = round(change, decimals)
    return f"{kept:+,.{decimals}f}" if kept else "0"


def _row(label: str, before: float | None, after: float | None, decimals: int) -> list[Cell]:
    if before is None or after is None:
        change = number(None)
    else:
        change = Cell(_signed(after - before, decimals), round(after - before, 6))
    return [word(label), number(before, decimals), number(after, decimals), change]


def _sites_sheet(result: Mapping[str, Any]) -> Sheet:
    headings = [
        Heading(_("Site"), is_number=False),
        Heading(_("Code"), is_number=False),
        Heading(_("People nearest to it")),
    ]
    rows = [
        [word(in_language(each["name_zh"], each["name_en"])), word(each["code"]), number(each["load"])]
        for each in result["sites"]
    ]
    return Sheet("sites", _("The sites"), headings, rows, proof_text(result))

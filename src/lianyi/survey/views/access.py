"""Who reaches the institutions of a region in what time: shares by group, curves, a map of points, access by place."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from lianyi.accounts.access import require
from lianyi.pages.charts import Chart
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, page
from lianyi.survey.amounts import inventory
from lianyi.survey.charts import Mark, cover_curves, points_map
from lianyi.survey.forms import AccessForm
from lianyi.survey.reach_words import GROUP_WORDS, USUAL_TRAVEL, minutes_text
from lianyi.survey.sheets import Cell, Heading, Sheet, Sheets, number, share, word
from lianyi.survey.views.asking import ask_again, frame, usual_code
from lianyi.survey.words import RESOURCE_WORDS

if TYPE_CHECKING:
    from lianyi.survey.reach import DemandPlace, Reach

LONGEST_MINUTES = 120
NEAR_MINUTES = 30
SMALLEST_MARK, LARGEST_MARK = 7.0, 30.0
PER_THOUSAND = 1000


@require_safe
@page
def access(request: HttpRequest) -> HttpResponse:
    """Show who reaches the institutions in what time, and what is there for them."""
    from lianyi.survey.reach import Drive, demand_of, facilities_of, reach_of  # noqa: PLC0415 - compiled code is slow to load

    actor = acting(request)
    require(actor, "registry.read")
    usual = {"place": usual_code(actor), "facilities": "any", "resource": "doctors", **USUAL_TRAVEL}
    form = AccessForm(actor, request.GET.dict(), usual)
    about = frame(request, form, _("Access"))
    if not form.is_valid():
        return ask_again(request, about)
    place, resource = form.chosen_place(), form.cleaned_data["resource"]
    demand = demand_of(actor, place)
    counted = inventory(actor, place, timezone.localdate())
    facilities = facilities_of(actor, counted, form.cleaned_data["facilities"])
    found = reach_of(demand, facilities, resource, Drive(form.travel()))
    tables = Sheets([_cover_sheet(found), _places_sheet(found, resource), _facilities_sheet(found, resource)])
    export = tables.export(request, f"access-{place.code}")
    if export is not None:
        return export
    context = {
        **about,
        "title": _("Access: %(place)s") % {"place": name_of(place)},
        "place": place,
        "reach": found,
        "has_samples": demand.has_samples or counted.has_samples,
        "out_of_reach": counted.out_of_reach,
        "is_hidden": not facilities.rows and counted.out_of_reach > 0,
        "resource": RESOURCE_WORDS[resource],
        "without_capacity": facilities.without(resource),
        "no_position": len(facilities.without_position),
        "at_place": sum(not row.has_own_position for row in facilities.rows),
        "charts": _charts(found, resource) if demand.places else [],
        "sheets": tables.sheets,
    }
    return render(request, "survey/access.html", context)


def _cover_sheet(found: Reach) -> Sheet:
    from lianyi.survey.reach import LIMITS_MINUTES  # noqa: PLC0415 - as above

    headings = [Heading(_("Group"), is_number=False), Heading(pgettext("inhabitants", "People"))]
    for limit in LIMITS_MINUTES:
        headings += [Heading(_("within %(minutes)s min") % {"minutes": limit}), Heading(_("share"))]
    rows = []
    for line in found.cover:
        cells = [word(str(GROUP_WORDS[line.group])), number(line.people)]
        for at, covered in enumerate(line.covered):
            cells += [number(covered), share(line.share(at))]
        rows.append([*cells, number(line.mean_minutes, 1)])
    note = _(
        "A place exactly at the limit is counted within it. Poor places: those with the lowest income per head "
        "that together hold a fifth of the people."
    )
    return Sheet("cover", _("Share of people within reach"), [*headings, Heading(_("mean minutes"))], rows, note)


def _places_sheet(found: Reach, resource: str) -> Sheet:
    headings = [
        Heading(_("Place"), is_number=False),
        Heading(_("Residents")),
        Heading(_("65 and over")),
        Heading(_("Minutes to the nearest")),
        Heading(_("Nearest institution"), is_number=False),
        Heading(_("%(resource)s per 1,000 in reach") % {"resource": RESOURCE_WORDS[resource]}),
    ]
    order = sorted(range(len(found.demand.places)), key=lambda at: -found.minutes[at])
    rows = [_place_row(found, at, found.demand.places[at]) for at in order]
    note = _(
        "Capacity in reach by the enhanced two-step floating catchment method (Luo and Qi 2009): what each institution "
        "has is shared among the people within 20, 40 and 60 minutes with the weights 1, 0.68 and 0.22."
    )
    return Sheet("places", _("By place, the farthest first"), headings, rows, note)


def _place_row(found: Reach, at: int, each: DemandPlace) -> list[Cell]:
    nearest = int(found.nearest[at])
    row = found.facilities.rows[nearest].institution if nearest >= 0 else None
    minutes = float(found.minutes[at])
    access_there = None if found.access is None else float(found.access.access[at]) * PER_THOUSAND
    return [
        word(name_of(each.place), each.place.get_absolute_url(), str(_("poor")) if each.is_poor else ""),
        number(each.residents, note=str(each.people.residents.year) if each.people.residents else ""),
        number(each.people.aged.quantity if each.people.aged else None),
        number(minutes if math.isfinite(minutes) else None, 0),
        word("") if row is None else word(name_of(row), row.get_absolute_url()),
        number(access_there, 2),
    ]


def _facilities_sheet(found: Reach, resource: str) -> Sheet:
    """Return the institutions with what they have, how many people have it nearest, and whom nobody reaches."""
    headings = [
        Heading(_("Institution"), is_number=False),
        Heading(str(RESOURCE_WORDS[resource])),
        Heading(_("People nearest to it")),
        Heading(_("Remark"), is_number=False),
    ]
    load = [0.0] * len(found.facilities.rows)
    for at, nearest in enumerate(found.nearest):
        if nearest >= 0:
            load[int(nearest)] += found.demand.places[at].residents
    unreached = set() if found.access is None else set(found.access.unreached.tolist())
    rows = []
    for at, row in enumerate(found.facilities.rows):
        remark = "" if row.has_own_position else _("stands at the position of its place")
        if at in unreached:
            remark = _("nobody within 60 minutes")
        link = word(name_of(row.institution), row.institution.get_absolute_url())
        rows.append([link, number(row.amount(resource)), number(load[at]), word(remark)])
    for row in found.facilities.without_position:
        link = word(name_of(row.institution), row.institution.get_absolute_url())
        rows.append([link, number(row.amount(resource)), number(None), word(_("left out: no position"))])
    return Sheet("facilities", _("The institutions"), headings, rows)


def _charts(found: Reach, resource: str) -> list[Chart]:
    series = {str(GROUP_WORDS[line.group]): _steps(found, line.group) for line in found.cover}
    drawn = cover_curves("cover", _("Share of people by time to the nearest"), series, LONGEST_MINUTES)
    near, far = _place_marks(found)
    layers = {
        _("places within 30 minutes"): near,
        _("institutions"): _site_marks(found, resource),
        _("places farther away"): far,
    }
    return [
        drawn,
        points_map("points", _("Places and institutions"), {str(name): each for name, each in layers.items()}),
    ]


def _place_marks(found: Reach) -> tuple[list[Mark], list[Mark]]:
    """Return the places within the middle limit and those beyond it, larger where more people live."""
    largest = max((each.residents for each in found.demand.places), default=1.0) or 1.0
    near: list[Mark] = []
    far: list[Mark] = []
    for each, minutes in zip(found.demand.places, found.minutes.tolist(), strict=True):
        size = SMALLEST_MARK + (LARGEST_MARK - SMALLEST_MARK) * math.sqrt(each.residents / largest)
        url, figure = each.place.get_absolute_url(), minutes_text(minutes)
        mark = Mark(name_of(each.place), each.longitude, each.latitude, size, url, figure)
        (near if minutes <= NEAR_MINUTES else far).append(mark)
    return near, far


def _site_marks(found: Reach, resource: str) -> list[Mark]:
    marks = []
    for row in found.facilities.rows:
        position, amount = row.position, row.amount(resource)
        if position is not None:
            figure = "" if amount is None else f"{RESOURCE_WORDS[resource]} {amount}"
            marks.append(Mark(name_of(row.institution), *position, 12.0, row.institution.get_absolute_url(), figure))
    return marks


def _steps(found: Reach, group: str) -> list[tuple[float, float]]:
    """Return the cumulative share of a group by minutes."""
    people = found.demand.weights(group)
    total = float(people.sum())
    points = [(0.0, 0.0)]
    held = 0.0
    for at in sorted(range(len(people)), key=lambda each: found.minutes[each]):
        minutes = float(found.minutes[at])
        if minutes > LONGEST_MINUTES or not people[at]:
            continue
        held += float(people[at])
        points.append((minutes, held / total))
    return [*points, (float(LONGEST_MINUTES), held / total if total else 0.0)]

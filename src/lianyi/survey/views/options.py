"""Options: place or raise services, see what changes, and keep it as a scenario."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lianyi.accounts.access import require
from lianyi.accounts.actors import Actor
from lianyi.accounts.records import Provenance
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.charts import Chart
from lianyi.pages.errors import message_of
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, page
from lianyi.registry.views.form_pages import FormPage, Words, both_methods, command_page
from lianyi.survey import commands
from lianyi.survey.amounts import Inventory, inventory
from lianyi.survey.charts import Mark, bars_by_place, points_map
from lianyi.survey.errors import NothingToPlaceError, OptionOutdatedError
from lianyi.survey.forms import OptionForm, ScenarioForm
from lianyi.survey.option_sheets import option_sheets, proof_text
from lianyi.survey.reach_words import GROUP_WORDS, USUAL_TRAVEL, minutes_text
from lianyi.survey.sheets import Sheets
from lianyi.survey.views.asking import ask_again, frame, survey_crumbs, usual_code

if TYPE_CHECKING:
    from lianyi.survey.placing import Candidate, Worked
    from lianyi.survey.reach import Demand, Facilities

USUAL: dict[str, Any] = {
    "facilities": "any",
    "resource": "doctors",
    "kind": "places",
    "aim": "most_people",
    "count": 1,
    "minutes": 15,
    "capacity": 5,
    **USUAL_TRAVEL,
}
NOT_KEPT = ("place", "sites")


@dataclass(frozen=True, slots=True)
class _Ground:
    """What an option of a region is worked through on."""

    demand: Demand
    facilities: Facilities
    candidates: list[Candidate]
    has_samples: bool
    out_of_reach: int


def _ground(actor: Actor, form: OptionForm) -> _Ground:
    from lianyi.survey import placing, reach  # noqa: PLC0415 - compiled code is slow to load

    place, which = form.chosen_place(), form.cleaned_data["facilities"]
    found: Inventory = inventory(actor, place, timezone.localdate())
    demand = reach.demand_of(actor, place)
    facilities = reach.facilities_of(actor, found, which)
    has_samples = demand.has_samples or found.has_samples
    if form.cleaned_data["kind"] == "places":
        return _Ground(demand, facilities, placing.place_candidates(demand), has_samples, found.out_of_reach)
    present = {row.institution.pk for row in (*facilities.rows, *facilities.without_position)}
    others = [row for row in reach.facilities_of(actor, found, reach.ANY).rows if row.institution.pk not in present]
    candidates = placing.raised_candidates(reach.Facilities(others, ()), form.cleaned_data["resource"])
    return _Ground(demand, facilities, candidates, has_samples, found.out_of_reach)


def _worked(form: OptionForm, ground: _Ground) -> Worked:
    from lianyi.survey import placing, reach  # noqa: PLC0415 - as above

    given = form.cleaned_data
    option = placing.Option(
        placing.Aim(given["aim"]), given["count"], given["minutes"], given["capacity"], tuple(given["sites"])
    )
    drive = reach.Drive(form.travel())
    return placing.work_through(ground.demand, ground.facilities, ground.candidates, option, drive, given["resource"])


def _asked(request: HttpRequest, actor: Actor) -> OptionForm:
    return OptionForm(actor, _flat(request), {"place": usual_code(actor), **USUAL})


def _flat(request: HttpRequest) -> dict[str, Any]:
    values: dict[str, Any] = request.GET.dict()
    if "sites" in request.GET:
        values["sites"] = request.GET.getlist("sites")
    return values


@require_safe
@page
def options(request: HttpRequest) -> HttpResponse:
    """Work an option through and show what changes."""
    actor = acting(request)
    require(actor, "registry.read")
    form = _asked(request, actor)
    about = frame(request, form, _("Options"))
    if not form.is_valid():
        return ask_again(request, about)
    ground = _ground(actor, form)
    form.offer_sites([(each.code, name_of(each.record)) for each in ground.candidates])
    about["export_query"] = query = form.query()
    try:
        worked = _worked(form, ground)
    except NothingToPlaceError as error:
        return render(request, "survey/options.html", {**about, "refusal": message_of(error)})
    facts = worked.as_facts()
    tables = Sheets(option_sheets(facts, form.cleaned_data["resource"]))
    export = tables.export(request, f"option-{form.chosen_place().code}")
    if export is not None:
        return export
    context = {
        **about,
        "title": _("Options: %(place)s") % {"place": name_of(form.chosen_place())},
        "worked": worked,
        "has_samples": ground.has_samples,
        "out_of_reach": ground.out_of_reach,
        "sites": [name_of(each.record) for each in worked.sites],
        "proof": proof_text(facts),
        "all_within": form.cleaned_data["aim"] == "most_people" and worked.before.covered >= worked.before.people,
        "sheets": tables.sheets,
        "charts": _charts(worked, ground),
        "keep_url": f"{reverse('survey:option-keep')}?{query}",
    }
    return render(request, "survey/options.html", context)


def _charts(worked: Worked, ground: _Ground) -> list[Chart]:
    names, before, after = [], [], []
    for first, second in zip(worked.before.cover, worked.after.cover, strict=True):
        for at, limit in enumerate((15, 30, 60)):
            names.append(_("%(group)s, %(minutes)s min") % {"group": GROUP_WORDS[first.group], "minutes": limit})
            before.append(_percent(first.share(at)))
            after.append(_percent(second.share(at)))
    series = {_("before"): before, _("after"): after}
    bars = bars_by_place("before-after", _("Share of people within reach, %"), names, series)
    places = [
        Mark(
            name_of(each.place),
            each.longitude,
            each.latitude,
            url=each.place.get_absolute_url(),
            figure=minutes_text(float(worked.after.minutes[at])),
        )
        for at, each in enumerate(ground.demand.places)
    ]
    present = [
        Mark(name_of(row.institution), *row.position, 12.0, row.institution.get_absolute_url())
        for row in ground.facilities.rows
        if row.position is not None
    ]
    new = [Mark(name_of(each.record), each.longitude, each.latitude, 20.0) for each in worked.sites]
    layers = {_("places"): places, _("institutions now"): present, _("new or raised"): new}
    return [bars, points_map("option-map", _("Where they stand"), {str(name): each for name, each in layers.items()})]


def _percent(part: float | None) -> float | None:
    return None if part is None else 100 * part


@both_methods
@page
def keep(request: HttpRequest) -> HttpResponse:
    """Ask for a name and keep the option, worked through anew."""
    actor = acting(request)
    require(actor, "registry.read")
    asked = _asked(request, actor)
    if not asked.is_valid():
        raise OptionOutdatedError("The option does not fit the records any more. Work it through again.")
    place = asked.chosen_place()
    form = ScenarioForm(actor, request.POST or None)
    words = Words(
        gettext_lazy("Keep as a scenario"),
        gettext_lazy("Keep"),
        gettext_lazy("The scenario is kept."),
        gettext_lazy("It is kept with what was assumed and what comes out today. It changes no record."),
    )
    about = FormPage(
        words,
        f"{reverse('survey:options')}?{asked.query()}",
        [*survey_crumbs(), Crumb(_("Options"), f"{reverse('survey:options')}?{asked.query()}")],
        subject=name_of(place),
        url_after=lambda row: reverse("survey:scenario", args=[row.pk]),
    )
    return command_page(
        request, form, lambda context: commands.keep_scenario(context, place, _new_scenario(actor, asked, form)), about
    )


def _new_scenario(actor: Actor, asked: OptionForm, form: ScenarioForm) -> commands.NewScenario:
    ground = _ground(actor, asked)
    asked.offer_sites([(each.code, name_of(each.record)) for each in ground.candidates])
    worked = _worked(asked, ground)
    parameters = {name: value for name, value in asked.cleaned_data.items() if name not in NOT_KEPT}
    return commands.NewScenario(
        name=form.cleaned_data["name"],
        note=form.cleaned_data["note"],
        parameters={**parameters, "sites": [each.code for each in worked.sites]},
        result=worked.as_facts(),
        provenance=Provenance.SAMPLE if ground.has_samples else Provenance.RECORDED,
    )

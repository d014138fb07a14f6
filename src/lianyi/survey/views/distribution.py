"""How a resource is shared among the parts of a region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.accounts.access import require
from lianyi.accounts.actors import Actor
from lianyi.pages.charts import Chart
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, page
from lianyi.survey import queries
from lianyi.survey.amounts import inventory
from lianyi.survey.charts import curves
from lianyi.survey.forms import DistributionForm
from lianyi.survey.lines import Account, Basis, account
from lianyi.survey.sheets import Cell, Heading, Sheet, Sheets, number, number_text, percent_text, share, word
from lianyi.survey.views.asking import ask_again, frame, usual_code
from lianyi.survey.words import RESOURCE_WORDS

if TYPE_CHECKING:
    from lianyi.survey.spread import Spread, Unit


@require_safe
@page
def distribution(request: HttpRequest) -> HttpResponse:
    """Show Lorenz curves, Gini, Theil and agglomeration of one resource."""
    from lianyi.survey.spread import spread_of, units_of  # noqa: PLC0415 - numerical libraries load only when needed

    actor = acting(request)
    require(actor, "registry.read")
    usual = {"place": usual_code(actor), "basis": Basis.RECORDS, "resource": "doctors", "units": "parts"}
    form = DistributionForm(actor, request.GET.dict(), usual)
    about = frame(request, form, _("Distribution"))
    if not form.is_valid():
        return ask_again(request, about)
    place, resource = form.chosen_place(), form.cleaned_data["resource"]
    drawn_up = _account(actor, form)
    units, left_out = units_of(drawn_up.parts, resource)
    found = spread_of(units)
    tables = Sheets([_units_sheet(found), _groups_sheet(found)] if found else [])
    export = tables.export(request, f"distribution-{place.code}-{resource}")
    if export is not None:
        return export
    context = {
        **about,
        "title": _("Distribution: %(place)s") % {"place": name_of(place)},
        "resource": RESOURCE_WORDS[resource],
        "has_samples": drawn_up.has_samples,
        "out_of_reach": drawn_up.inventory.out_of_reach if drawn_up.basis is Basis.RECORDS else 0,
        "found": found,
        "figures": _figures(found) if found else [],
        "left_out": [line for line in left_out if line.place is not None],
        "has_parts": bool(drawn_up.parts),
        "sheets": [sheet for sheet in tables.sheets if sheet.rows],
        "charts": [_lorenz(found)] if found else [],
    }
    return render(request, "survey/distribution.html", context)


def _account(actor: Actor, form: DistributionForm) -> Account:
    place, today = form.chosen_place(), timezone.localdate()
    parts = queries.parts_of(actor, [place])
    if form.cleaned_data["units"] == "parts_of_parts":
        parts = queries.parts_of(actor, parts)
    return account(actor, inventory(actor, place, today, parts), form.chosen_basis())


def _figures(found: Spread) -> list[dict[str, Any]]:
    """Return the single figures with their names and what each rests on."""
    interval = found.people_interval
    shown = [
        {
            "label": _("Gini by population"),
            "value": number_text(found.by_people.gini, 4),
            "note": ""
            if interval is None
            else _("between %(low)s and %(high)s when parts are drawn anew")
            % {"low": number_text(interval.low, 3), "high": number_text(interval.high, 3)},
        }
    ]
    if found.by_area is not None:
        note = _("By area it is mostly far larger; that is no finding in itself.")
        shown.append({"label": _("Gini by area"), "value": number_text(found.by_area.gini, 4), "note": note})
    theil_note = (
        _("sum Y ln(Y/P): a part has none of it") if found.is_theil_t else _("sum P ln(P/Y), natural logarithm")
    )
    shown.append({"label": _("Theil index"), "value": number_text(found.theil.value, 5), "note": theil_note})
    if found.theil.between is not None:
        shown += [
            {
                "label": _("of it between the parts"),
                "value": percent_text(found.theil.between_share),
                "note": number_text(found.theil.between, 5),
            },
            {
                "label": _("of it within the parts"),
                "value": percent_text(None if found.theil.between_share is None else 1 - found.theil.between_share),
                "note": number_text(found.theil.within, 5),
            },
        ]
    if found.concentration is not None:
        note = _("below 0: the poorer places have more of it; above 0: the richer")
        shown.append({"label": _("Concentration index"), "value": number_text(found.concentration, 4), "note": note})
    return shown


def _units_sheet(found: Spread) -> Sheet:
    headings = [
        Heading(_("Place"), is_number=False),
        Heading(_("Residents")),
        Heading(_("Amount")),
        Heading(_("Per 1,000")),
        Heading(_("Share of people")),
        Heading(_("Share of the resource")),
        *([Heading("HRAD"), Heading("PAD"), Heading("HRAD/PAD")] if found.agglomeration else []),
    ]
    people = sum(unit.residents for unit in found.units)
    amount = sum(unit.amount for unit in found.units)
    rows = [_unit_row(found, at, unit, people, amount) for at, unit in enumerate(found.units)]
    note = _(
        "HRAD: share of the resource over share of the area. PAD: share of the people over share of the area. "
        "HRAD/PAD above 1: more of the resource than its people's share."
    )
    return Sheet("parts", _("The parts"), headings, rows, note if found.agglomeration else "")


def _unit_row(found: Spread, at: int, unit: Unit, people: float, amount: float) -> list[Cell]:
    cells = [
        word(name_of(unit.line.place), unit.line.place.get_absolute_url() if unit.line.place else ""),
        number(unit.residents, note=str(unit.line.people.residents.year) if unit.line.people.residents else ""),
        number(unit.amount),
        number(unit.amount * 1000 / unit.residents, 2),
        share(unit.residents / people),
        share(unit.amount / amount),
    ]
    if found.agglomeration is not None:
        degrees = (found.agglomeration.hrad, found.agglomeration.pad, found.agglomeration.ratio)
        cells += [number(float(each[at]), 3) for each in degrees]
    return cells


def _groups_sheet(found: Spread) -> Sheet:
    names = {unit.group: unit.line.place.parent for unit in found.units if unit.line.place}
    headings = [
        Heading(_("Part"), is_number=False),
        Heading(_("Share of people")),
        Heading(_("Share of the resource")),
        Heading(_("Its own index")),
        Heading(_("Between")),
        Heading(_("Within")),
        Heading(_("Contribution")),
    ]
    rows = [
        [
            word(name_of(names.get(group.label)) or str(group.label)),
            share(group.base_share),
            share(group.resource_share),
            number(group.index, 5),
            number(group.between, 5),
            number(group.within, 5),
            share(group.share),
        ]
        for group in found.theil.groups
    ]
    note = _("A contribution between the parts may be negative; only the sum is not.")
    return Sheet("theil", _("Theil index by part"), headings, rows, note)


def _lorenz(found: Spread) -> Chart:
    pairs = {_("by population"): found.by_people, **({_("by area"): found.by_area} if found.by_area else {})}
    series = {
        str(name): list(zip(curve.base_shares.tolist(), curve.resource_shares.tolist(), strict=True))
        for name, curve in pairs.items()
    }
    axes = (_("Share of people or area, %"), _("Share of the resource, %"))
    return curves("lorenz", _("Lorenz curve"), axes, series, with_diagonal=True)

"""Two regions side by side."""

from __future__ import annotations

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
from lianyi.registry.models import InstitutionTier, Place
from lianyi.survey.account_sheets import rows_address
from lianyi.survey.amounts import inventory
from lianyi.survey.charts import bars_by_place
from lianyi.survey.forms import CompareForm
from lianyi.survey.lines import Account, Basis, account
from lianyi.survey.sheets import Cell, Heading, Sheet, Sheets, number, share, word
from lianyi.survey.views.asking import ask_again, frame, usual_code
from lianyi.survey.words import RESOURCE_WORDS

RESOURCES = ("institutions", "beds", "doctors", "nurses", "other_staff")
RATED = ("beds", "doctors", "nurses")


@require_safe
@page
def compare(request: HttpRequest) -> HttpResponse:
    """Show the accounts of two regions line by line."""
    actor = acting(request)
    require(actor, "registry.read")
    usual = {"place": usual_code(actor), "basis": Basis.RECORDS}
    form = CompareForm(actor, request.GET.dict(), usual)
    about = frame(request, form, _("Two regions"))
    if "other" not in request.GET:
        unbound = CompareForm(actor, {}, usual)
        unbound.is_bound = False
        unbound.initial = dict(unbound.data)
        return render(request, "survey/compare.html", {**about, "form": unbound})
    if not form.is_valid():
        return ask_again(request, about)
    both = [_account(actor, place, form) for place in (form.chosen_place(), form.cleaned_data["other"])]
    tables = Sheets([_sheet(*both)])
    names = [name_of(each.inventory.place) for each in both]
    export = tables.export(request, "two-regions")
    if export is not None:
        return export
    context = {
        **about,
        "title": _("%(first)s beside %(second)s") % {"first": names[0], "second": names[1]},
        "accounts": both,
        "has_samples": any(each.has_samples for each in both),
        "by_records": form.chosen_basis() is Basis.RECORDS,
        "sheets": tables.sheets,
        "charts": _charts(both, names),
    }
    return render(request, "survey/compare.html", context)


def _account(actor: Actor, place: Place, form: CompareForm) -> Account:
    return account(actor, inventory(actor, place, timezone.localdate()), form.chosen_basis())


def _charts(both: list[Account], names: list[str]) -> list[Chart]:
    series = {str(RESOURCE_WORDS[resource]): [each.whole.per_thousand(resource) for each in both] for resource in RATED}
    if all(value is None for values in series.values() for value in values):
        return []
    return [bars_by_place("two-regions", _("Per 1,000 residents"), names, series)]


def _sheet(first: Account, second: Account) -> Sheet:
    headings = [
        Heading(_("Measure"), is_number=False),
        Heading(name_of(first.inventory.place)),
        Heading(name_of(second.inventory.place)),
        Heading(_("Second over first")),
    ]
    rows = [*_people_rows(first, second), *_amount_rows(first, second), *_rate_rows(first, second)]
    if first.basis is Basis.RECORDS:
        rows += _level_rows(first, second)
    note = _("Beside a figure: its year, or how many of the institutions that should state it did.")
    return Sheet("regions", _("Line by line"), headings, rows, note)


def _line(label: str, first: Cell, second: Cell) -> list[Cell]:
    known = isinstance(first.value, int | float) and isinstance(second.value, int | float) and first.value
    return [word(label), first, second, number(second.value / first.value if known else None, 2)]


def _people_rows(first: Account, second: Account) -> list[list[Cell]]:
    def residents(each: Account) -> Cell:
        stated = each.whole.people.residents
        if stated is None:
            return number(None)
        return number(stated.quantity, 0, each.inventory.place.get_absolute_url(), str(stated.year))

    def area(each: Account) -> Cell:
        stated = each.whole.people.area_km2
        return number(None) if stated is None else number(stated.quantity, 1, "", str(stated.year))

    return [
        _line(_("Residents"), residents(first), residents(second)),
        _line(_("Share of people aged 65 and over"), share(first.whole.aged_share), share(second.whole.aged_share)),
        _line(_("Area (km²)"), area(first), area(second)),
    ]


def _amount_rows(first: Account, second: Account) -> list[list[Cell]]:
    return [
        _line(str(RESOURCE_WORDS[resource]), _amount_cell(first, resource), _amount_cell(second, resource))
        for resource in RESOURCES
    ]


def _amount_cell(each: Account, resource: str) -> Cell:
    amounts = each.whole.amounts
    note = "" if amounts.year is None else str(amounts.year)
    coverage = amounts.bed_coverage if resource == "beds" else amounts.staff_coverage
    if coverage is not None and resource != "institutions" and not coverage.is_full:
        note = f"{coverage.known}/{coverage.expected}"
    url = rows_address(each.inventory.place.code) if each.basis is Basis.RECORDS else ""
    return number(amounts.amount(resource), 0, url, note)


def _rate_rows(first: Account, second: Account) -> list[list[Cell]]:
    rows = [
        _line(
            _("%(resource)s per 1,000") % {"resource": RESOURCE_WORDS[resource]},
            number(first.whole.per_thousand(resource), 2),
            number(second.whole.per_thousand(resource), 2),
        )
        for resource in RATED
    ]
    for label, name in ((_("Nurses per doctor"), "nurses_per_doctor"), (_("Nurses per bed"), "nurses_per_bed")):
        rows.append(_line(label, number(getattr(first.whole, name), 2), number(getattr(second.whole, name), 2)))
    return rows


def _level_rows(first: Account, second: Account) -> list[list[Cell]]:
    def count(each: Account, tier: InstitutionTier) -> Cell:
        url = rows_address(each.inventory.place.code, tier=tier.value)
        return number(sum(sum(line.kinds.values()) for line in each.levels if line.tier is tier), 0, url)

    return [
        _line(_("Institutions: %(level)s") % {"level": tier.label}, count(first, tier), count(second, tier))
        for tier in InstitutionTier
    ]

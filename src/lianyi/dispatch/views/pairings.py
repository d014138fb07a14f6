"""Pairing plans: the list, one plan with its pairs and reasons, what is known, what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_filters
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lianyi.accounts.access import decide, require
from lianyi.dispatch import pairing_queries
from lianyi.dispatch.authority import may_on_scenario, plans, require_on_scenario
from lianyi.dispatch.models import PairingPlan, PlannedPair
from lianyi.dispatch.pairing_charts import burden_chart
from lianyi.dispatch.pairing_machine import is_searching, may, require_act
from lianyi.dispatch.pairing_matrix import matrix_of
from lianyi.dispatch.pairing_problem import PairingData, pairing_data
from lianyi.dispatch.pairing_tables import KnownTable, PairingTable, PlannedPairTable
from lianyi.dispatch.pairing_taking_over import taken_over
from lianyi.dispatch.pairing_telling import PairTeller, asked_word
from lianyi.dispatch.pairing_wishes import asked_of_us, asking_of
from lianyi.dispatch.pairing_words import EMPHASIS_WORDS, PAIRING_GOAL_WORDS, PAIRING_TONES
from lianyi.dispatch.views.plan_runs import run_context
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.lookups import LookupWidget
from lianyi.pages.requests import acting, page

OFFERED = ("change", "mark", "search", "decide", "open_again", "put_aside", "take_up", "take_over")
OPEN_ON_A_PAGE = 25


def pairing_crumbs(row: PairingPlan | None = None) -> list[Crumb]:
    crumbs = [Crumb(_("Pairing plans"), reverse("dispatch:pairings"))]
    if row is not None:
        crumbs.append(Crumb(row.name, row.get_absolute_url()))
    return crumbs


@require_safe
@page
def pairing_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "dispatch.read")
    return list_response(
        request,
        table_class=PairingTable,
        rows=pairing_queries.pairings(actor),
        title=_("Pairing plans"),
        export_name="pairing-plans",
        template="dispatch/pairings.html",
        context={
            "may_write": plans(actor) and decide(actor, "dispatch.write").allowed,
            "asked_of_us": asked_of_us(actor).exists(),
        },
    )


@require_safe
@page
def pairing_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the pairs, what stays open and why, the burden, what changes against today, and what may be done."""
    actor = acting(request)
    row = pairing_queries.pairing(actor, pk)
    data, teller = pairing_data(actor, row), PairTeller(row)
    is_on, may_write = is_searching(row), may_on_scenario(actor, "dispatch.write", row)
    found = list(pairing_queries.pairs_of(actor, row))
    places = Paginator(teller.open_places(), OPEN_ON_A_PAGE)
    figures = row.figures
    context = {
        "title": row.name,
        "plan": row,
        "tone": PAIRING_TONES[row.state],
        "emphasis": EMPHASIS_WORDS[data.choice.emphasis],
        "choice": data.choice,
        "pairs": found,
        "matrix": matrix_of(data, found),
        "places_page": places.get_page(request.GET.get("page")),
        "changes": teller.changes(),
        "breaches": teller.breaches(),
        "blocking": [(teller.name(donor), teller.name(recipient)) for donor, recipient in figures.get("blocking", ())],
        "unasked": teller.names(figures.get("unasked", ())),
        "unhelped": teller.names(figures.get("unhelped", ())),
        "unknown": [
            f"{teller.name(each['recipient'])} · {asked_word(each)}" for each in figures.get("unknown_numbers", ())
        ],
        "chart": burden_chart(teller, figures.get("burden", ())),
        "missing": missing_data(data),
        "is_asked": bool(data.asked),
        "asking": asking_of(row),
        "goals": _goals(figures),
        "run": run_context(actor, row),
        "may_write": may_write,
        "may": {name: may_write and may(row, name, is_on=is_on) for name in OFFERED},
        "breadcrumbs": pairing_crumbs(),
    }
    return render(request, "dispatch/pairing.html", context)


def _goals(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            **each,
            "word": PAIRING_GOAL_WORDS[each["goal"]],
            "gap": None if each["gap"] is None else each["gap"] * 100,
        }
        for each in figures.get("goals", ())
    ]


def missing_data(data: PairingData) -> list[str]:
    """Say in short what is not known, so that nobody takes it for nothing."""
    donors, everybody = data.donors, {each.institution.pk: each for each in (*data.donors, *data.recipients)}
    counted = (
        (_("Givers whose staff you may not see or nobody entered"), sum(each.staff is None for each in donors)),
        (_("Givers without departments on record"), sum(not each.departments for each in donors)),
        (_("Givers without limits on record"), sum(each.limits is None for each in donors)),
        (_("Receivers for whom nobody asks"), sum(not each.needs for each in data.recipients)),
        (_("Needs whose number is not known"), len(data.unknown_numbers)),
        (_("Institutions without a position"), sum(not each.has_position for each in everybody.values())),
    )
    return [f"{word}: {number}" for word, number in counted if number]


class PairFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Pairs by who gives, who receives, and how they stand against today."""

    donor = django_filters.CharFilter(
        method="of_donor", label=gettext_lazy("Gives"), widget=LookupWidget("partnerships:institution-suggestions")
    )
    recipient = django_filters.CharFilter(
        method="of_recipient",
        label=gettext_lazy("Receives"),
        widget=LookupWidget("partnerships:institution-suggestions"),
    )
    standing = django_filters.ChoiceFilter(choices=PlannedPair.Standing.choices, label=gettext_lazy("Against today"))

    def of_donor(self, rows: QuerySet[PlannedPair, Any], _name: str, value: str) -> QuerySet[PlannedPair, Any]:
        return rows.filter(Q(donor__code__iexact=value) | Q(donor__name_zh__icontains=value))

    def of_recipient(self, rows: QuerySet[PlannedPair, Any], _name: str, value: str) -> QuerySet[PlannedPair, Any]:
        return rows.filter(Q(recipient__code__iexact=value) | Q(recipient__name_zh__icontains=value))


@require_safe
@page
def pairs(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the pairs as a table, to filter, to sort and to take along."""
    actor = acting(request)
    row = pairing_queries.pairing(actor, pk)
    return list_response(
        request,
        table_class=PlannedPairTable,
        rows=pairing_queries.pairs_of(actor, row),
        title=_("Pairs of “%(plan)s”") % {"plan": row.name},
        export_name="planned-pairs",
        filterset_class=PairFilter,
        template="dispatch/pairing_pairs.html",
        context={"breadcrumbs": pairing_crumbs(row)},
    )


@require_safe
@page
def known(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the site knows of each institution of the plan, and what is missing."""
    actor = acting(request)
    row = pairing_queries.pairing(actor, pk)
    data = pairing_data(actor, row)
    rows = [
        {"institution": each.institution, "known": each, "side": side, "missing": _missing_of(each, is_donor=is_donor)}
        for side, is_donor, found in ((_("gives"), True, data.donors), (_("receives"), False, data.recipients))
        for each in found
    ]
    return list_response(
        request,
        table_class=KnownTable,
        rows=rows,
        title=_("What is known for “%(plan)s”") % {"plan": row.name},
        export_name="pairing-known",
        template="dispatch/pairing_known.html",
        context={"breadcrumbs": pairing_crumbs(row), "plan": row},
    )


def _missing_of(each: Any, *, is_donor: bool) -> list[str]:  # noqa: ANN401 - what is known of an institution
    words = [
        (is_donor and each.staff is None, _("staff: numbers are planned without a limit, the burden does not count")),
        (is_donor and not each.departments, _("departments: strength not known")),
        (is_donor and each.limits is None, _("limits: as many as departments can spare")),
        (not is_donor and not each.needs, _("needs: nobody is planned to come")),
        (not each.has_position, _("position: ways count as the longest known one")),
    ]
    return [word for is_missing, word in words if is_missing]


@require_safe
@page
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what becomes of a decided plan: agreements in force, drafts, those to be written, those that end."""
    actor = acting(request)
    row = pairing_queries.pairing(actor, pk)
    require_on_scenario(actor, "dispatch.write", row)
    require_act(row, "take_over")
    context = {
        "title": _("Take over the pairs"),
        "plan": row,
        "over": taken_over(actor, pairing_data(actor, row), list(pairing_queries.pairs_of(actor, row))),
        "may_draft": decide(actor, "agreement.write").allowed,
        "breadcrumbs": pairing_crumbs(row),
    }
    return render(request, "dispatch/pairing_take_over.html", context)

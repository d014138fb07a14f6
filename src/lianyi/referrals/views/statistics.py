"""The statistics of referrals, and the cases behind a figure."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.methods.periods import DateSpan
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.exports import export_response
from lianyi.pages.listing import list_response
from lianyi.pages.names import in_language, name_of
from lianyi.pages.requests import acting, page
from lianyi.pages.values import shown
from lianyi.partnerships import queries as partnerships
from lianyi.referrals import queries
from lianyi.referrals.counting import (
    counted_institutions,
    counting_scope,
    hides_small_counts,
    own_scope,
    require_counting,
)
from lianyi.referrals.filters import LegFilter
from lianyi.referrals.forms.statistics import ALL, OWN, StatisticsForm
from lianyi.referrals.models import Leg
from lianyi.referrals.policies import COUNTRY, policy_book
from lianyi.referrals.statistics import Statistics, statistics_of
from lianyi.referrals.statistics_charts import charts_of
from lianyi.referrals.statistics_line import FEW_CASES, Group, Line, Names
from lianyi.referrals.statistics_lines import groups_of
from lianyi.referrals.statistics_place_lines import CrossRow, CrossTable, refusal_lines, refusal_table
from lianyi.referrals.statistics_queries import Selection
from lianyi.referrals.statistics_standard_lines import StandardSeries, series_of, title_of
from lianyi.referrals.statistics_veil import DrawnVeil, OpenVeil, Veil
from lianyi.referrals.statistics_words import FIGURE_WORDS, LIST_WORDS
from lianyi.referrals.tables.statistics import CountedLegTable, FigureTable, StandardMonthTable
from lianyi.referrals.texts import CLOCK_WORDS
from lianyi.referrals.views.work import referral_crumbs
from lianyi.registry.models import Institution

PARTS = ("numerator", "denominator")
# Figures of which both parts open, beside those that have a name of their own.
SHARES = ("standard--", "measure--", "results-kind-")
# More rows than these are no list to read; the page says how many were counted.
MOST_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Counted:
    """What one request for figures counted, and how it may be shown."""

    form: StatisticsForm
    statistics: Statistics
    names: Names
    veil: Veil


def _counted(request: HttpRequest, actor: Actor) -> Counted | StatisticsForm:
    """Count what the filter asks; a filter that cannot be understood comes back with its errors."""
    now = timezone.now()
    everything = counting_scope(actor)
    policy = policy_book().default_on(timezone.localdate(now), COUNTRY)
    institutions = list(counted_institutions(everything))
    form = StatisticsForm(
        request.GET.dict(),
        today=timezone.localdate(now),
        agreements=list(partnerships.agreements(actor).filter(referral_requests__legs__in=everything).distinct()),
        institutions=institutions,
        policy=policy,
        usual_reach=OWN if decide(actor, "referral.read").allowed else ALL,
    )
    if not form.is_valid():
        return form
    narrowed = _narrowed(form.chosen)
    is_own = form.cleaned_data["reach"] == OWN
    chosen = (own_scope(actor) if is_own else everything).filter(narrowed)
    found = statistics_of(Selection(chosen, form.span, now))
    veil: Veil = OpenVeil()
    if hides_small_counts(actor, chosen):
        compared = _compared(actor, form, narrowed, is_own=is_own)
        others = tuple(statistics_of(Selection(legs, form.span, now)) for legs in compared)
        veil = DrawnVeil(policy.limits.small_cell, others)
    names = {None: _("partners outside the network"), **{each.pk: name_of(each) for each in institutions}}
    return Counted(form, found, _with_holders(found, names), veil)


def _compared(actor: Actor, form: StatisticsForm, narrowed: Q, *, is_own: bool) -> list[QuerySet[Leg, Any]]:
    """Return what else the reader can open for the same months, whose difference to the figures could tell a case."""
    others = []
    if form.chosen:
        others.append(own_scope(actor) if is_own else counting_scope(actor))
    if is_own:
        others.append(counting_scope(actor).filter(narrowed))
    elif decide(actor, "referral.read").allowed:
        others.append(own_scope(actor).filter(narrowed))
    return others


def _narrowed(chosen: dict[str, str]) -> Q:
    condition = Q()
    if "agreement" in chosen:
        condition &= Q(request__agreement_id=int(chosen["agreement"]))
    if "direction" in chosen:
        condition &= Q(request__direction=chosen["direction"])
    if "condition" in chosen:
        condition &= Q(request__condition=chosen["condition"])
    if "institution" in chosen:
        place = int(chosen["institution"])
        condition &= Q(from_institution_id=place) | Q(to_institution_id=place)
    return condition


def _with_holders(found: Statistics, names: dict[int | None, str]) -> Names:
    """Add the coordinators against whom a clock ran, who neither sent nor received."""
    missing = {each.holder_id for each in found.breaches} - set(names)
    return {**names, **{each.pk: name_of(each) for each in Institution.objects.filter(pk__in=missing)}}


@require_safe
@page
def statistics(request: HttpRequest) -> HttpResponse:
    """Show the figures of the referrals that the reader may count."""
    actor = acting(request)
    require_counting(actor)
    found = _counted(request, actor)
    about: dict[str, Any] = {"title": _("Referral statistics"), "breadcrumbs": referral_crumbs()}
    if isinstance(found, StatisticsForm):
        return render(request, "referrals/statistics.html", {**about, "form": found, "groups": []}, status=422)
    groups = groups_of(found.statistics, found.names, found.veil)
    refusals = refusal_table(found.statistics, found.names, found.veil)
    if "export" in request.GET:
        if refusals is not None:
            groups = [*groups, Group(_("Refusals by institution and reason"), refusal_lines(refusals))]
        return export_response(
            FigureTable(_flat(groups, found.form.span)), request.GET["export"], "referral-statistics"
        )
    reasons = next((each for each in groups if each.title == _("Refusals by reason")), None)
    context = {
        **about,
        "form": found.form,
        "span": found.form.span,
        "groups": [_with_links(each, request) for each in groups],
        "refusals": None if refusals is None else _cross_with_links(refusals, request),
        "refusals_withheld": refusals is None and reasons is not None,
        "standards_url": _standards_url(request) if found.statistics.standards else "",
        "charts": charts_of(found.statistics, reasons, found.veil),
        "hides": found.veil.hides,
        "hides_parts": found.veil.hides_parts,
        "few_cases": FEW_CASES,
        "export_query": urlencode({**_query(request), "export": ""}),
    }
    return render(request, "referrals/statistics.html", context)


def _query(request: HttpRequest) -> dict[str, str]:
    return {name: value for name, value in request.GET.dict().items() if name in StatisticsForm.base_fields and value}


def _with_links(group: Group, request: HttpRequest) -> dict[str, Any]:
    query = _query(request)
    return {"title": group.title, "lines": [_with_link(line, query) for line in group.lines]}


def _with_link(line: Line, query: dict[str, str]) -> dict[str, Any]:
    if not line.key:
        return {"line": line}
    address = reverse("referrals:statistics-rows", args=[line.key])
    is_share = line.denominator is not None
    return {
        "line": line,
        "numerator_url": f"{address}?{urlencode({**query, 'part': 'numerator'})}" if line.numerator else "",
        "denominator_url": f"{address}?{urlencode({**query, 'part': 'denominator'})}"
        if is_share and line.denominator and (line.key in FIGURE_WORDS or line.key.startswith(SHARES))
        else "",
    }


def _cross_with_links(table: CrossTable, request: HttpRequest) -> dict[str, Any]:
    query = _query(request)
    return {
        "reasons": table.reasons,
        "rows": [_cross_row(row, query) for row in table.rows],
        "whole": _cross_row(table.whole, query),
    }


def _cross_row(row: CrossRow, query: dict[str, str]) -> dict[str, Any]:
    cells = [
        {
            "number": cell.number,
            "url": f"{reverse('referrals:statistics-rows', args=[cell.key])}?{urlencode(query)}"
            if cell.number and cell.key
            else "",
        }
        for cell in row.cells
    ]
    return {"name": row.name, "cells": cells, **_with_link(row.line, query)}


def _standards_url(request: HttpRequest) -> str:
    query = _query(request)
    address = reverse("referrals:statistics-standards")
    return f"{address}?{urlencode(query)}" if query else address


@require_safe
@page
def statistics_standards(request: HttpRequest) -> HttpResponse:
    """Show every time standard month by month."""
    actor = acting(request)
    require_counting(actor)
    found = _counted(request, actor)
    about: dict[str, Any] = {
        "title": _("Time standards by month"),
        "breadcrumbs": [*referral_crumbs(), *_back(request)],
    }
    template = "referrals/statistics_standards.html"
    if isinstance(found, StatisticsForm):
        return render(request, template, {**about, "form": found}, status=422)
    series = series_of(found.statistics.standards, found.veil)
    if "export" in request.GET:
        return export_response(StandardMonthTable(_flat_months(series)), request.GET["export"], "time-standards")
    query = _query(request)
    context = {
        **about,
        "form": found.form,
        "span": found.form.span,
        "series": [
            {
                "about": each,
                "months": [{"month": month, **_with_link(month.line, query)} for month in each.filled_months],
            }
            for each in series
            if not each.is_untimed
        ],
        "untimed": [each for each in series if each.is_untimed],
        "charts": [each.chart for each in series if each.chart is not None],
        "hides": found.veil.hides,
        "hides_parts": found.veil.hides_parts,
        "few_cases": FEW_CASES,
        "export_query": urlencode({**query, "export": ""}),
    }
    return render(request, template, context)


def _flat_months(series: list[StandardSeries]) -> list[dict[str, Any]]:
    return [
        {
            "standard": each.title,
            "month": month.label,
            "within": month.line.numerator,
            "patients": month.line.denominator,
            "share": month.line.value,
            "low": month.line.low,
            "high": month.line.high,
            "mean_minutes": month.mean_minutes,
            "missing": month.missing,
            "standing": _standing(month.line),
            "limit": each.limit,
            "source": each.source,
        }
        for each in series
        for month in each.months
    ]


def _flat(groups: list[Group], span: DateSpan) -> list[dict[str, Any]]:
    return [
        {
            "group": group.title,
            **dataclasses.asdict(line),
            "standing": _standing(line),
            "first_day": span.start,
            "last_day": span.end,
        }
        for group in groups
        for line in group.lines
    ]


def _standing(line: Line) -> str:
    if line.is_hidden:
        return _("hidden: few cases")
    return _("few cases") if line.is_small else ""


@require_safe
@page
def statistics_rows(request: HttpRequest, figure: str) -> HttpResponse:
    """Show the cases behind a figure, those of them that the reader may open."""
    actor = acting(request)
    require(actor, "referral.read")
    found = _counted(request, actor)
    part = request.GET.get("part", "numerator")
    title = "" if isinstance(found, StatisticsForm) else _title(figure, found.statistics)
    if isinstance(found, StatisticsForm) or part not in PARTS or not title:
        raise NotFoundInScopeError("There is no such figure.", model="Figure")
    if found.veil.hides:
        # How many rows there are would tell the count that the page hides.
        raise NotFoundInScopeError("The rows behind these figures are not yours to read.", model="Figure")
    known = found.statistics.figure(figure)
    ids = found.statistics.counted_legs(figure) if known is None else getattr(known, part)
    counted = sorted(set(ids), reverse=True)
    rows = queries.legs(actor).filter(pk__in=counted[:MOST_ROWS])
    span = f"{shown(found.form.span.start)} – {shown(found.form.span.end)}"
    return list_response(
        request,
        table_class=CountedLegTable,
        rows=rows,
        filterset_class=LegFilter,
        title=title,
        export_name=f"referrals-{figure}",
        template="referrals/statistics_rows.html",
        context={
            "breadcrumbs": [*referral_crumbs(), *_back(request)],
            "counted": len(counted),
            "within_reach": rows.count(),
            "span_text": span,
            "part": part,
        },
    )


def _back(request: HttpRequest) -> list[Crumb]:
    query = _query(request)
    address = reverse("referrals:statistics")
    return [Crumb(_("Referral statistics"), f"{address}?{urlencode(query)}" if query else address)]


def _title(figure: str, found: Statistics) -> str:
    """Return what a figure is called; empty for one that nobody counts."""
    if figure in FIGURE_WORDS:
        return str(FIGURE_WORDS[figure])
    if figure in LIST_WORDS:
        return str(LIST_WORDS[figure])
    if figure.startswith("breach-"):
        kind = figure.removeprefix("breach-").rpartition("-")[0]
        return _("Clock that ran out: %(clock)s") % {"clock": CLOCK_WORDS[kind]} if kind in CLOCK_WORDS else ""
    if figure.startswith("standard--"):
        named = (each for each in found.standards if figure in each.keys)
        return next((title_of(each) for each in named), "")
    if figure.startswith("measure--"):
        measured = (each for each in found.measures if each.patients is not None and each.patients.key == figure)
        return next((in_language(each.measure.name.zh, each.measure.name.en) for each in measured), "")
    words = {
        "reason-": _("Refusals by reason"),
        "refusal-": _("Refusals by institution and reason"),
        "refusals-of-": _("Refusals by institution and reason"),
        "results-kind-": _("Results that came with the patient"),
        "results-ground-": _("Results that came with the patient"),
    }
    return next((word for prefix, word in words.items() if figure.startswith(prefix)), "")

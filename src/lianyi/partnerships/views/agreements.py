"""Agreements: the list, promised against delivered, time line, map, cycle, places of work."""

from __future__ import annotations

import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from lianyi.accounts.access import decide
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.methods.periods import DateSpan
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, page
from lianyi.partnerships import charts, queries
from lianyi.partnerships.promises import counts_of
from lianyi.partnerships.reviewing import review_parts
from lianyi.partnerships.rule_titles import rule_set_title
from lianyi.partnerships.site_table import SiteTable
from lianyi.partnerships.tables import AgreementFilter, AgreementTable
from lianyi.partnerships.views.parts import agreement_context

LATEST_FACTS = 8
# A review looks back over a year.
REVIEWED = datetime.timedelta(days=365)


@page
def agreement_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    return list_response(
        request,
        table_class=AgreementTable,
        rows=queries.agreements(actor),
        filterset_class=AgreementFilter,
        title=_("Agreements"),
        export_name="agreements",
        template="partnerships/agreements.html",
        context={"may_write": decide(actor, "agreement.write").allowed},
    )


@page
def overview(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.agreement(actor, pk)
    today = timezone.localdate()
    accounts = queries.promises(actor, row, today)
    current = [account.current(today) for account in accounts]
    facts = list(queries.facts(actor, row))
    context = {
        **agreement_context(request, row, "partnerships:agreement"),
        "today": today,
        "lines": list(zip(accounts, current, strict=True)),
        "counts": counts_of(current),
        "asked_parties": list(queries.asked_parties(actor).filter(agreement=row)),
        "rule_title": rule_set_title(row.rule_set),
        "reported": [fact for fact in facts if fact.provenance == "reported"],
        "latest": facts[-LATEST_FACTS:][::-1],
    }
    return render(request, "partnerships/agreement.html", context)


@page
def time_line(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.agreement(actor, pk)
    entries = queries.timeline(actor, row)
    context = {
        **agreement_context(request, row, "partnerships:timeline"),
        "entries": entries,
        "chart": charts.timeline_chart(entries) if entries else None,
    }
    return render(request, "partnerships/timeline.html", context)


@page
def flow_map(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.agreement(actor, pk)
    flows = charts.located_flows(queries.flows(actor, row))
    context = {
        **agreement_context(request, row, "partnerships:map"),
        "flows": flows,
        "chart": charts.flow_chart(flows) if any(flow.is_located for flow in flows) else None,
    }
    return render(request, "partnerships/map.html", context)


@page
def cycle(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.agreement(actor, pk)
    steps = queries.cycle_steps(actor, row)
    today = timezone.localdate()
    context = {
        **agreement_context(request, row, "partnerships:cycle"),
        "cycles": charts.cycles_of(steps),
        "open_step": next((step for step in steps if step.finished_on is None), None),
        "review_parts": review_parts(actor, row, DateSpan(today - REVIEWED, today)),
        "review_since": today - REVIEWED,
    }
    return render(request, "partnerships/cycle.html", context)


@page
def sites(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.agreement(actor, pk)
    return list_response(
        request,
        table_class=SiteTable,
        rows=queries.sites(actor, row),
        title=_("Places of work"),
        export_name=f"sites-{row.code}",
        template="partnerships/sites.html",
        context=agreement_context(request, row, "partnerships:sites"),
    )


@page
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the signed document to those who may see the agreement."""
    row = queries.agreement(acting(request), pk)
    if not row.document:
        raise NotFoundInScopeError("The agreement has no signed document yet.", reason="no-document")
    with row.document.open("rb") as file:
        response = HttpResponse(file.read(), content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, row.document_name)
    return response

"""The list of institutions and the page of one."""

from __future__ import annotations

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.pages.listing import list_response
from lianyi.pages.lookups import Suggestion, suggestions_response, typed_text
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, page
from lianyi.pages.sections import sections_of
from lianyi.registry import queries
from lianyi.registry.bed_ages import bed_lines
from lianyi.registry.department_lines import department_lines
from lianyi.registry.filters import InstitutionFilter
from lianyi.registry.models import Institution
from lianyi.registry.page_facts import past_of
from lianyi.registry.tables import InstitutionTable
from lianyi.registry.views.institution_forms import crumbs_to
from lianyi.registry.workload_figures import workload_charts, workload_table


@require_safe
@page
def institutions(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "registry.read")
    return list_response(
        request,
        table_class=InstitutionTable,
        rows=queries.institutions(actor),
        filterset_class=InstitutionFilter,
        template="registry/institutions.html",
        title=_("Institutions"),
        context={"may_open": decide(actor, "registry.decide").allowed},
        export_name="institutions",
    )


@require_safe
@page
def institution(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.institution(actor, pk)
    day = asked_day(request)
    context = {
        "title": name_of(row),
        "institution": row,
        "day": day,
        "is_today": day == timezone.localdate(),
        "breadcrumbs": crumbs_to(),
        "may_write": decide(actor, "registry.write", row).allowed,
        "may_decide": decide(actor, "registry.decide", row).allowed,
        "may_read_growth": decide(actor, "growth.read").allowed,
        "may_read_staff": decide(actor, "staff.read", row).allowed,
        "may_write_staff": decide(actor, "staff.write", row).allowed,
        **_sections(actor, row, day),
        "sections": sections_of(request, row),
    }
    return render(request, "registry/institution.html", context)


def _sections(actor: Actor, row: Institution, day: datetime.date) -> dict[str, Any]:
    figures = list(queries.workloads(actor, row))
    return {
        "past": past_of(actor, row, day),
        "pending": queries.pending_change(actor, row.pk),
        "departments": department_lines(queries.departments(actor, row), day),
        "beds": bed_lines(queries.latest_bed_counts(actor, row)),
        "services": list(queries.services(actor, row)),
        "equipment": list(queries.equipment_of(actor, row)),
        "workload": workload_table(figures),
        "charts": workload_charts(figures),
        "branches": list(queries.branches(actor, row)),
    }


def asked_day(request: HttpRequest) -> datetime.date:
    """Return the day that the page is asked to show; today when none or an impossible one is given."""
    try:
        day = parse_date(request.GET.get("on", ""))
    except ValueError:
        day = None
    return day or timezone.localdate()


@require_safe
@page
def suggestions(request: HttpRequest) -> HttpResponse:
    rows = queries.institutions_named(acting(request), typed_text(request))
    return suggestions_response(request, [Suggestion(row.code, name_of(row)) for row in rows])

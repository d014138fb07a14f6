"""The pages of an agreement about visits: what was promised and held, what is to do, and where all points stand."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.exchanges.charts import standing_chart
from lianyi.exchanges.former import grouped
from lianyi.exchanges.queries import points as queries
from lianyi.exchanges.queries.points import PointStanding
from lianyi.exchanges.sections import of_agreement as sections_under
from lianyi.exchanges.views.parts import note_difficulties
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, page
from lianyi.pages.sections import filled, note_sections
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.evidence import EvidenceKind
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.views.parts import agreement_context, agreement_crumbs, promise_context

KINDS = frozenset({EvidenceKind.VISITS_HELD, EvidenceKind.ACTIONS_CLOSED})


def _standings(request: HttpRequest, actor: Actor, row: Agreement) -> list[PointStanding]:
    found = queries.standings(actor, list(queries.points_of_agreement(actor, row)), timezone.localdate())
    note_difficulties(request, (each.point for each in found))
    return found


@require_safe
@page
def of_agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was promised and held, how the points stand, the visits, what is to do, and who was thanked."""
    actor = acting(request)
    row = partnerships.agreement(actor, pk)
    require(actor, "visit.read", row)
    found = _standings(request, actor, row)
    sections = sections_under(actor, row)
    note_sections(request, sections)
    context = {
        **agreement_context(request, row, "exchanges:agreement"),
        **promise_context(actor, row, KINDS),
        "chart": standing_chart(found) if found else None,
        "groups": grouped(found),
        "sections": filled(sections),
        "empty_sections": [each for each in sections if not each.total],
        "may_plan": decide(actor, "visit.write", row).allowed,
    }
    return render(request, "exchanges/agreement.html", context)


@require_safe
@page
def points_of_agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """Show where all points of an agreement stand: a picture, and the points by group."""
    actor = acting(request)
    row = partnerships.agreement(actor, pk)
    require(actor, "visit.read", row)
    found = _standings(request, actor, row)
    back = Crumb(_("Visits and actions"), reverse("exchanges:agreement", args=[row.pk]))
    context = {
        "title": _("Where the points stand"),
        "agreement": row,
        "subtitle": name_of(row, "title"),
        "chart": standing_chart(found) if found else None,
        "groups": grouped(found),
        "total": len(found),
        "breadcrumbs": [*agreement_crumbs(row), back],
    }
    return render(request, "exchanges/agreement_points.html", context)

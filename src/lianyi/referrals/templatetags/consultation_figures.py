"""The figures of consultations on the page of the statistics, within what its filter asks."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from lianyi.pages.requests import acting
from lianyi.referrals import consultation_figure_queries as queries
from lianyi.referrals.consultation_figure_lines import FigureLine, open_lines, veiled_lines
from lianyi.referrals.consultation_figures import figures_of
from lianyi.referrals.forms.statistics import StatisticsForm
from lianyi.referrals.policies import COUNTRY, policy_book

register = template.Library()


@register.inclusion_tag("referrals/_consultation_figures.html", takes_context=True)
def consultation_figures(context: dict[str, Any]) -> dict[str, Any]:
    """Count the consultations of the months and places chosen; nothing where the filter names a direction."""
    request, form = context["request"], context.get("form")
    actor = acting(request)
    if not isinstance(form, StatisticsForm) or not form.is_valid() or not queries.may_count(actor):
        return {}
    chosen = form.chosen
    hides = queries.sees_counts_only(actor)
    if "direction" in chosen or (hides and chosen):
        # A part could be taken off from the whole, and tell of few cases.
        return {"is_left_out": True}
    counting = queries.Counting(queries.counted_rows(actor).filter(narrowed(chosen)), form.span)
    found = figures_of(counting)
    threshold = policy_book().default_on(timezone.localdate(), COUNTRY).limits.small_cell
    lines = veiled_lines(found, threshold) if hides else open_lines(found)
    return {"lines": [_with_link(each, request) for each in lines]}


def narrowed(chosen: dict[str, str]) -> Q:
    """Return the condition on consultations that the filter of the statistics sets."""
    condition = Q()
    if "agreement" in chosen:
        condition &= Q(agreement_id=int(chosen["agreement"]))
    if "condition" in chosen:
        condition &= Q(condition=chosen["condition"])
    if "institution" in chosen:
        place = int(chosen["institution"])
        condition &= Q(from_institution_id=place) | Q(to_institution_id=place)
    return condition


def _with_link(line: FigureLine, request: HttpRequest) -> dict[str, Any]:
    names = ("first", "last", "agreement", "condition", "institution")
    query = {name: request.GET[name] for name in names if request.GET.get(name)}
    address = reverse("referrals:consultations-counted", args=[line.key]) if line.key else ""
    return {"line": line, "url": f"{address}?{urlencode(query)}" if query and address else address}

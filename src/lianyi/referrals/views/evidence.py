"""The cases behind what was counted for a duty."""

from __future__ import annotations

import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.accounts.access import decide
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, page
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.promise_disclosure import shown_periods
from lianyi.partnerships.promises import DutyPeriod, accounts_of
from lianyi.partnerships.templatetags.partnership_words import amount, state_tone, state_word
from lianyi.referrals import queries
from lianyi.referrals.filters import LegFilter
from lianyi.referrals.models import Leg
from lianyi.referrals.tables.statistics import CountedLegTable


@require_safe
@page
def duty_evidence(request: HttpRequest, pk: int, first_day: str) -> HttpResponse:
    """Show what was counted for a duty in one period, and those of its cases that the reader may open."""
    actor = acting(request)
    duty = partnerships.duty(actor, pk)
    [account] = accounts_of([duty], timezone.localdate())
    counted = _period(account.periods, first_day)
    ids = () if counted.evidence is None else counted.evidence.row_ids
    [period] = shown_periods([counted], actor)
    rows = queries.legs(actor).filter(pk__in=ids) if decide(actor, "referral.read").allowed else Leg.objects.none()
    agreement = duty.agreement
    context = {
        "figures": _figures(period),
        "state_word": state_word(period.state),
        "state_tone": state_tone(period.state),
        "provenance": duty.provenance,
        # Of a hidden count nothing is told but the cases that the reader works with.
        "counted": None if period.is_hidden else len(ids),
        "within_reach": rows.count(),
        "breadcrumbs": [
            Crumb(name_of(agreement, "title"), reverse("partnerships:agreement", args=[agreement.pk])),
            Crumb(name_of(duty, "title"), reverse("partnerships:duty", args=[duty.pk])),
        ],
    }
    return list_response(
        request,
        table_class=CountedLegTable,
        rows=rows,
        filterset_class=LegFilter,
        title=f"{name_of(duty, 'title')} · {period.label}",
        export_name=f"evidence-{duty.code}-{first_day}",
        template="referrals/evidence.html",
        context=context,
    )


def _period(periods: tuple[DutyPeriod, ...], first_day: str) -> DutyPeriod:
    try:
        day = datetime.date.fromisoformat(first_day)
    except ValueError:
        day = datetime.date.min
    found = next((each for each in periods if each.span.start == day), None)
    if found is None:
        raise NotFoundInScopeError("The duty has no period that begins on this day.", model="DutyPeriod")
    return found


def _figures(period: DutyPeriod) -> list[tuple[str, object]]:
    found, unit = period.evidence, period.duty.unit
    figures: list[tuple[str, object]] = [(_("Promised"), amount(period.promised, unit))]
    if period.is_hidden:
        return [*figures, (_("Delivered"), _("hidden: few"))]
    if found is None:
        return [*figures, (_("Delivered"), _("nothing to judge in this period"))]
    figures.append((_("Delivered"), amount(found.value, unit)))
    if found.numerator is not None and found.denominator is not None:
        parts = _("%(kept)s of %(all)s") % {"kept": int(found.numerator), "all": int(found.denominator)}
        figures.append((_("Answered within the clock"), parts))
    if found.sample_rows:
        figures.append((_("Sample cases among them"), found.sample_rows))
    return figures

"""The page of the targets behind a duty in one of its periods: what was accepted, and what nobody reported yet."""

from __future__ import annotations

from collections.abc import Collection

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.dispatch.views.parts import asked_day
from lianyi.indicators.models import IndicatorValue
from lianyi.indicators.queries import values as queries
from lianyi.indicators.tables.values_targets import ShownTarget, TargetTable
from lianyi.indicators.values_periods import period_code
from lianyi.indicators.values_target_counter import are_few
from lianyi.indicators.values_targets import AskedTargets, TargetLine, target_lines, targets_of
from lianyi.indicators.values_texts import FEW_WORD, asked_word, value_word
from lianyi.methods.periods import DateSpan
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, page
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.promises import periods_of


@require_safe
@page
def target_evidence(request: HttpRequest, pk: int, first_day: str) -> HttpResponse:
    """Show each target of a duty with the value that counts in one of its periods."""
    actor, today = acting(request), timezone.localdate()
    duty = partnerships.duty(actor, pk)
    day = asked_day(first_day, today)
    found = next(((label, span) for label, _whole, span in periods_of(duty) if span.start == day), None)
    if found is None or day > today:
        raise NotFoundInScopeError("The duty has no period that begins on this day.", model="DutyPeriod")
    label, span = found
    asked = AskedTargets(duty, DateSpan(span.start, min(span.end, today)), tuple(targets_of(duty)))
    [lines] = target_lines([asked])
    ids = {line.value.pk for line in lines if line.value is not None}
    readable = set(queries.values(actor).filter(pk__in=ids).values_list("pk", flat=True))
    agreement = duty.agreement
    return list_response(
        request,
        table_class=TargetTable,
        rows=[_shown(line, readable) for line in lines],
        title=f"{name_of(duty, 'title')} · {label}",
        export_name=f"indicator-targets-{duty.code}-{first_day}",
        template="indicators/target_evidence.html",
        context={
            "breadcrumbs": [
                Crumb(name_of(agreement, "title"), reverse("partnerships:agreement", args=[agreement.pk])),
                Crumb(name_of(duty, "title"), duty.get_absolute_url()),
            ],
            "days": span,
            "outside_reach": len(ids - readable),
        },
    )


def _shown(line: TargetLine, readable: Collection[int]) -> ShownTarget:
    value = line.value
    unit = line.target.unit if line.node is None else name_of(line.node)
    if value is None:
        return ShownTarget(asked_word(line.target), unit, "", None, None, "", None, "", line.standing, "")
    may_open = value.pk in readable
    is_hidden = not may_open and are_few(value)
    numerator, denominator = (None, None) if is_hidden else value.figures
    return ShownTarget(
        asked_word(line.target),
        unit,
        _value(value, is_hidden=is_hidden),
        numerator,
        denominator,
        period_code(value.sheet.period, value.period_start),
        value.definition_version,
        value.sheet.get_state_display(),
        line.standing,
        value.get_absolute_url() if may_open else "",
    )


def _value(value: IndicatorValue, *, is_hidden: bool) -> str:
    """Return the value in words; a single figure that is few is the count itself."""
    return str(FEW_WORD) if is_hidden and value.denominator is None else value_word(value)

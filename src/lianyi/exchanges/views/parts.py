"""What the pages of visits, points and actions share: the way to them, and the version that a form saw."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.exchanges.models import Action, ExchangeVisit, Point
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.pages.requests import log_list_reading
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.models import Duty
from lianyi.partnerships.promises import DutyPeriod, accounts_of

BOTH = ["GET", "HEAD", "POST"]


def seen_version(form: CommandForm, kept: int) -> int:
    """Return the version of the row that the form was made from."""
    seen = form.cleaned_data["expected_version"]
    return seen if isinstance(seen, int) else kept


def visit_crumbs(row: ExchangeVisit | None = None) -> list[Crumb]:
    crumbs = [Crumb(pgettext("visit", "Visits"), reverse("exchanges:visits"))]
    if row is not None:
        crumbs.append(Crumb(name_of(row, "title"), row.get_absolute_url()))
    return crumbs


def point_crumbs(row: Point | None = None) -> list[Crumb]:
    """Lead to a point by its visit."""
    if row is None:
        return [Crumb(_("Points raised"), reverse("exchanges:points"))]
    return [*visit_crumbs(row.visit), Crumb(str(row), row.get_absolute_url())]


def action_crumbs(row: Action | None = None) -> list[Crumb]:
    crumbs = [Crumb(_("Actions"), reverse("exchanges:actions"))]
    if row is not None:
        crumbs.append(Crumb(row.code, row.get_absolute_url()))
    return crumbs


def note_difficulties(request: HttpRequest, shown: Iterable[Point]) -> None:
    """Put into the log of readings how many difficulties of members a page shows."""
    if count := sum(each.is_confidential for each in shown):
        log_list_reading(request, Point, count)


def asked_period(actor: Actor, pk: int, first_day: str) -> tuple[Duty, DutyPeriod]:
    """Return a duty and its period that begins on a day.

    Raises
    ------
    NotFoundInScopeError
    """
    duty = partnerships.duty(actor, pk)
    try:
        day = datetime.date.fromisoformat(first_day)
    except ValueError:
        day = datetime.date.min
    [found] = accounts_of([duty], timezone.localdate())
    period = next((each for each in found.periods if each.span.start == day), None)
    if period is None:
        raise NotFoundInScopeError("The duty has no period that begins on this day.", model="DutyPeriod")
    return duty, period

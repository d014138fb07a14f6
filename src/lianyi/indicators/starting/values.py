"""What reporting duties, sheets and values register when the application starts."""

from __future__ import annotations

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianyi.accounts.access import ScopeRule, decide, register_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Act, Family
from lianyi.indicators import models
from lianyi.indicators.imports import values as imports
from lianyi.indicators.values_due import due_sheets
from lianyi.indicators.values_machine import DECIDE, GIVING, WRITE
from lianyi.indicators.values_texts import ACTION_NAMES, ERROR_TEXTS, family_word
from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts
from lianyi.pages.home import HomeItem, register_home_provider

MOST_NAMED = 5
_LOOKUPS = {
    models.ReportingAssignment: "",
    models.IndicatorSheet: "",
    models.IndicatorSheetEvent: "sheet__",
    models.IndicatorValue: "",
    models.IndicatorValueChange: "value__",
}


def register() -> None:
    for model, prefix in _LOOKUPS.items():
        register_scope(model, ScopeRule(family=Family.INDICATOR, nodes=(f"{prefix}node_id",)))
    register_error_texts(ERROR_TEXTS)
    register_action_names(ACTION_NAMES)
    register_home_provider(items)
    imports.register()


def items(actor: Actor) -> list[HomeItem]:
    """Return the sheets that are due from the actor's unit, came back to it, or wait for the actor's check."""
    if not decide(actor, WRITE).allowed:
        return []
    return [*_due(actor), *_sent_back(actor), *_to_check(actor), *_to_accept(actor)]


def _due(actor: Actor) -> list[HomeItem]:
    due = due_sheets(actor, timezone.localdate())
    named = [
        HomeItem(
            _("Report indicators for %(period)s") % {"period": each.code},
            each.url,
            tone="warning",
            due_on=each.due_on,
            detail=family_word(each.family),
        )
        for each in due[:MOST_NAMED]
    ]
    rest = len(due) - len(named)
    if rest:
        text = ngettext("More sheet of indicators is due", "More sheets of indicators are due", rest)
        named.append(HomeItem(text, reverse("indicators:sheets"), rest))
    return named


def _sent_back(actor: Actor) -> list[HomeItem]:
    """Count the drafts of the own unit whose last step was to come back."""
    last = models.IndicatorSheetEvent.objects.filter(sheet=OuterRef("pk")).order_by("-pk").values("step")[:1]
    rows = models.IndicatorSheet.objects.filter(node_id=actor.node_id, state=models.SheetState.DRAFT)
    back = scoped(actor, rows.annotate(last=Subquery(last)).filter(last__in=("send_back", "reopen")), Act.WRITE)
    count = back.count()
    if not count:
        return []
    text = ngettext("Sheet of indicators came back to you", "Sheets of indicators came back to you", count)
    return [HomeItem(text, f"{reverse('indicators:sheets')}?state=draft", count, tone="bad")]


def _to_check(actor: Actor) -> list[HomeItem]:
    own = models.IndicatorSheetEvent.objects.filter(user_id=actor.user_id, step__in=GIVING).values("sheet_id")
    rows = models.IndicatorSheet.objects.filter(state=models.SheetState.SUBMITTED).exclude(pk__in=own)
    if not decide(actor, DECIDE).allowed:
        rows = rows.exclude(node_id=actor.node_id)
    count = scoped(actor, rows, Act.WRITE).count()
    if not count:
        return []
    text = ngettext("Sheet of indicators waits to be checked", "Sheets of indicators wait to be checked", count)
    return [HomeItem(text, f"{reverse('indicators:sheets')}?state=submitted", count, tone="warning")]


def _to_accept(actor: Actor) -> list[HomeItem]:
    if not decide(actor, DECIDE).allowed:
        return []
    rows = models.IndicatorSheet.objects.filter(state=models.SheetState.CHECKED)
    count = scoped(actor, rows, Act.DECIDE).count()
    if not count:
        return []
    text = ngettext("Sheet of indicators waits to be accepted", "Sheets of indicators wait to be accepted", count)
    return [HomeItem(text, f"{reverse('indicators:sheets')}?state=checked", count, tone="info")]

"""What quality control registers when the application starts."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianyi.accounts.access import ScopeRule, decide, register_scope
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Family
from lianyi.indicators import models
from lianyi.indicators.imports import quality as imports
from lianyi.indicators.quality_machine import DATED, DECIDE, WRITE
from lianyi.indicators.quality_texts import ACTION_NAMES, ERROR_TEXTS
from lianyi.indicators.queries import quality as queries
from lianyi.indicators.tables.quality import QualityCaseTable
from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts
from lianyi.pages.home import HomeItem, register_home_provider
from lianyi.pages.sections import PageSection, filled, register_section_source, section
from lianyi.registry.models import Institution

_LOOKUPS = {
    models.ChartRebase: "",
    models.QualityCase: "",
    models.QualityAction: "case__",
    models.QualityCheck: "case__",
    models.QualityEvent: "case__",
}


def register() -> None:
    for model, prefix in _LOOKUPS.items():
        register_scope(model, ScopeRule(family=Family.INDICATOR, nodes=(f"{prefix}node_id",)))
    register_error_texts(ERROR_TEXTS)
    register_action_names(ACTION_NAMES)
    register_home_provider(items)
    register_section_source(Institution, of_institution)
    imports.register()


def of_institution(actor: Actor, row: Institution) -> list[PageSection]:
    """Return the quality control cases of an institution, those that are not over first."""
    columns = ("code", "indicator", "signal_start", "state", "owner", "due_on")
    url = f"{reverse('indicators:quality-cases')}?{urlencode({'institution': row.code})}"
    rows = queries.cases(actor).filter(node_id=row.pk).order_by("closed_on", "-opened_on", "code")
    return filled([section(_("Quality control cases"), QualityCaseTable, rows, columns=columns, url=url)])


def items(actor: Actor) -> list[HomeItem]:
    """Return the cases that the actor owns, may check, may close, or that nobody owns yet."""
    if not decide(actor, WRITE).allowed:
        return []
    found = [*_mine(actor)]
    address = reverse("indicators:quality-cases")
    if count := queries.to_check(actor).count():
        text = ngettext("Corrective action waits for your check", "Corrective actions wait for your check", count)
        found.append(HomeItem(text, f"{address}?waiting=check", count, tone="warning"))
    if decide(actor, DECIDE).allowed:
        if count := queries.without_owner(actor).count():
            text = ngettext("Quality control case has no owner", "Quality control cases have no owner", count)
            found.append(HomeItem(text, f"{address}?state=open", count, tone="warning"))
        if count := queries.to_close(actor).count():
            text = ngettext("Quality control case can be closed", "Quality control cases can be closed", count)
            found.append(HomeItem(text, f"{address}?state=worked", count, tone="info"))
    return found


def _mine(actor: Actor) -> list[HomeItem]:
    rows = list(queries.mine_to_do(actor).values_list("due_on", "state"))
    if not rows:
        return []
    today = timezone.localdate()
    days = [due for due, state in rows if due is not None and state in DATED]
    first = min(days, default=None)
    text = ngettext("Quality control case of yours", "Quality control cases of yours", len(rows))
    tone = "bad" if first is not None and first < today else "info"
    return [HomeItem(text, f"{reverse('indicators:quality-cases')}?waiting=mine", len(rows), tone=tone, due_on=first)]

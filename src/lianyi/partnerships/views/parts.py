"""What several partnership pages share: the way to them, their tabs, the round of a form."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.access import decide
from lianyi.accounts.actors import Actor
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.forms import CommandForm, form_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting
from lianyi.partnerships import queries
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.tables import STANDING_TONES

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of an agreement."""

    label: Text
    url: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class FormPage:
    """What a form page says around its form."""

    title: Text
    submit_label: Text
    cancel_url: str
    done: Text
    crumbs: list[Crumb]
    intro: Text = ""
    danger: bool = False
    template: str = "web/form_page.html"


# The address, the word, and the permissions without any of which the tab is not shown.
TABS = (
    ("partnerships:agreement", _("Promised and delivered"), ""),
    ("partnerships:timeline", _("Time line"), ""),
    ("partnerships:map", _("Map of flows"), ""),
    ("partnerships:cycle", _("Six-step cycle"), ""),
    ("growth:agreement", _("Growth"), "growth.read"),
    ("growth:capability-cycles-of", _("Capability cycle"), "growth.read"),
    ("growth:learned-of", _("Who learned what from whom"), "training.read training.count growth.read"),
    ("exchanges:agreement", _("Visits and actions"), "visit.read"),
    ("partnerships:sites", _("Places of work"), ""),
    ("dispatch:plan", _("Postings"), ""),
    ("dispatch:rules", _("Rule checks"), ""),
    ("reports:of-agreement", _("Reports"), ""),
    ("indicators:evaluations-of", pgettext_lazy("of partnerships", "Evaluations"), "indicator.read"),
)


def agreement_crumbs(row: Agreement | None = None) -> list[Crumb]:
    crumbs = [Crumb(str(_("Agreements")), reverse("partnerships:agreements"))]
    if row is not None:
        crumbs.append(Crumb(name_of(row, "title"), reverse("partnerships:agreement", args=[row.pk])))
    return crumbs


def agreement_context(request: HttpRequest, row: Agreement, here: str) -> dict[str, Any]:
    """Return what every page of an agreement shows: its tabs, and whether the reader may change it."""
    actor = acting(request)
    standing = row.standing(timezone.localdate())
    return {
        "agreement": row,
        "standing_word": standing.label,
        "standing_tone": STANDING_TONES[standing],
        "tabs": [
            Tab(label, reverse(name, args=[row.pk]), name == here)
            for name, label, permissions in TABS
            if not permissions or any(decide(actor, each).allowed for each in permissions.split())
        ],
        "breadcrumbs": agreement_crumbs(),
        "may_write": decide(actor, "agreement.write", row).allowed,
        "title": name_of(row, "title"),
    }


def promise_context(actor: Actor, row: Agreement, kinds: Collection[str]) -> dict[str, Any]:
    """Return the duties of an agreement that some kinds of evidence count toward, each in its current period."""
    today = timezone.localdate()
    found = [duty for duty in queries.duties(actor, row) if duty.evidence_kind in kinds]
    accounts = queries.accounts(actor, found, today)
    return {"lines": [(each, each.current(today)) for each in accounts], "today": today}


def run_form(
    request: HttpRequest, form: CommandForm, page: FormPage, run: Callable[[], Any], done_url: Callable[[Any], str]
) -> HttpResponse:
    """Show the form, or run the command behind it and go on; a refusal comes back on the form."""
    if request.method == "POST" and form.is_valid():
        result = form.attempt(run)
        if result is not None:
            messages.success(request, str(page.done))
            return redirect(done_url(result))
    return form_response(
        request,
        form=form,
        title=str(page.title),
        submit_label=str(page.submit_label),
        cancel_url=page.cancel_url,
        context={"breadcrumbs": page.crumbs, "intro": page.intro, "danger": page.danger},
        template=page.template,
    )

"""What partnerships put on the first page: promised against delivered, and what waits for their offices."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianyi.accounts.access import decide, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Act
from lianyi.pages.home import HomeItem, HomePanel
from lianyi.pages.names import name_of
from lianyi.partnerships import queries
from lianyi.partnerships.models import Agreement, AgreementParty

MOST_PANELS = 6
SOON_DAYS = 90


def panels(actor: Actor) -> list[HomePanel]:
    """Return a card for each running agreement within reach, the newest first; the rest is on the list."""
    if not decide(actor, "agreement.read").allowed:
        return []
    today = timezone.localdate()
    running = queries.agreements(actor).filter(state=Agreement.State.IN_FORCE, starts_on__lte=today, ends_on__gte=today)
    rows = list(running[:MOST_PANELS]) or list(queries.agreements(actor)[:MOST_PANELS])
    return [
        HomePanel(
            title=name_of(standing.agreement, "title"),
            template_name="partnerships/home_panel.html",
            context={"standing": standing, "today": today},
            url=reverse("partnerships:agreement", args=[standing.agreement.pk]),
        )
        for standing in queries.standings(actor, rows, today)
    ]


def items(actor: Actor) -> list[HomeItem]:
    """Return parts to confirm, drafts to complete and agreements about to end, for those who may write them."""
    if not decide(actor, "agreement.write").allowed:
        return []
    today = timezone.localdate()
    rows = scoped(actor, Agreement.objects.all(), Act.WRITE)
    found = _asked(actor)
    drafts = rows.filter(state=Agreement.State.DRAFT).count()
    if drafts:
        text = ngettext("%(count)d agreement is still a draft", "%(count)d agreements are still drafts", drafts)
        address = f"{reverse('partnerships:agreements')}?state=draft"
        found.append(HomeItem(text % {"count": drafts}, address, drafts, "neutral"))
    last = today + datetime.timedelta(days=SOON_DAYS)
    ending = rows.filter(state=Agreement.State.IN_FORCE, ends_on__gte=today, ends_on__lte=last, renewal__isnull=True)
    found += [
        HomeItem(
            _("The agreement “%(title)s” ends and has no renewal") % {"title": name_of(row, "title")},
            reverse("partnerships:agreement", args=[row.pk]),
            tone="warning",
            due_on=row.ends_on,
        )
        for row in ending.order_by("ends_on")
    ]
    return found


def _asked(actor: Actor) -> list[HomeItem]:
    """Return the agreements in which an institution of the actor was named and has not answered yet."""
    waiting: dict[int, AgreementParty] = {}
    for party in queries.asked_parties(actor).filter(refused_at__isnull=True):
        waiting.setdefault(party.agreement_id, party)
    return [
        HomeItem(
            _("Your hospital is named in an agreement: confirm or refuse"),
            reverse("partnerships:part-answer", args=[party.agreement_id]),
            tone="warning",
            detail=name_of(party.agreement, "title"),
        )
        for party in waiting.values()
    ]

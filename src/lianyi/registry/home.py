"""What of the registry waits on the home page: proposals to decide, figures out of date, findings about the data."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import ngettext

from lianyi.accounts.access import decide
from lianyi.accounts.actors import Actor
from lianyi.pages.home import HomeItem
from lianyi.registry import queries
from lianyi.registry.bed_ages import oldest_fresh
from lianyi.registry.quality import Severity, find_problems

QUICK_CHECKS = ("ended-places", "closed-institutions", "staff", "equipment-working", "aged-residents")


def items(actor: Actor) -> list[HomeItem]:
    """Return what waits for the actor; nothing for roles that only read the registry."""
    return [*_proposals(actor), *_errors(actor), *_stale_beds(actor)]


def _proposals(actor: Actor) -> list[HomeItem]:
    if not decide(actor, "registry.decide").allowed:
        return []
    number = queries.to_decide(actor, queries.change_requests(actor)).count()
    if not number:
        return []
    text = ngettext("Proposed change waits for your decision", "Proposed changes wait for your decision", number)
    return [HomeItem(text, f"{reverse('registry:change-requests')}?waiting=to-decide", number, "warning")]


def _errors(actor: Actor) -> list[HomeItem]:
    """Count what cannot be. Only checks that are single queries run here; the page runs all of them."""
    if not decide(actor, "registry.write").allowed:
        return []
    found = find_problems(actor, only=QUICK_CHECKS)
    number = sum(finding.severity == Severity.ERROR for finding in found)
    if not number:
        return []
    text = ngettext("Record that cannot be as it stands", "Records that cannot be as they stand", number)
    return [HomeItem(text, f"{reverse('registry:data-quality')}?severity=error", number, "bad")]


def _stale_beds(actor: Actor) -> list[HomeItem]:
    if not decide(actor, "registry.write").allowed:
        return []
    number = queries.stale_bed_institutions(actor, oldest_fresh()).count()
    if not number:
        return []
    text = ngettext("Institution with a bed count out of date", "Institutions with a bed count out of date", number)
    return [HomeItem(text, f"{reverse('registry:institutions')}?beds=stale", number, "info")]

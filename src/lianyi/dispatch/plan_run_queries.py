"""Every reading about searches for plans, within the asker's reach."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Model

from lianyi.accounts.access import get_in_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.dispatch.authority import plans
from lianyi.dispatch.models import ACTIVE_RUNS, PairingPlan, PlanRun, PlanScenario, RoundProgramme

_RELATED = ("scenario", "programme__agreement", "pairing", "plan", "asked_by")

Planned = PlanScenario | RoundProgramme | PairingPlan
"""What a search is for."""
_FIELDS: Mapping[type[Model], str] = {PlanScenario: "scenario", RoundProgramme: "programme", PairingPlan: "pairing"}


def last_run(actor: Actor, row: Planned) -> PlanRun | None:
    """Return the latest search for the lines of a scenario, for a plan of rounds, or for pairs."""
    of_row = PlanRun.objects.select_related(*_RELATED).filter(**{_FIELDS[type(row)]: row})
    return scoped(actor, of_row).order_by("-pk").first()


def run(actor: Actor, pk: int) -> PlanRun:
    """Return one search.

    Raises
    ------
    NotFoundInScopeError
    """
    rows = PlanRun.objects.select_related(*_RELATED)
    return get_in_scope(actor, rows if plans(actor) else PlanRun.objects.none(), pk)


def searches_before(row: PlanRun) -> int:
    """Count the searches that come before a waiting one, whoever asked for them."""
    return PlanRun.objects.filter(state__in=ACTIVE_RUNS, pk__lt=row.pk).count()

"""Every reading of how exports are understood, within the asker's reach."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.models import OrganisationNode
from lianyi.accounts.roles import Act
from lianyi.indicators.models import ExportElement, ExportUnit


def elements(actor: Actor) -> QuerySet[ExportElement, Any]:
    rows = scoped(actor, ExportElement.objects.select_related("keeper"))
    return rows.order_by("keeper__code", "code", "part", "element")


def units(actor: Actor) -> QuerySet[ExportUnit, Any]:
    return scoped(actor, ExportUnit.objects.select_related("keeper", "node")).order_by("keeper__code", "org_unit")


def keepers(actor: Actor) -> list[OrganisationNode]:
    """Return who keeps data elements by which the actor may read an export."""
    rows = scoped(actor, ExportElement.objects.filter(is_used=True), Act.WRITE)
    return list(OrganisationNode.objects.filter(pk__in=rows.values("keeper_id")).order_by("code"))

"""What the checks read: the records within the asker's reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from lianyi.accounts.access import nodes_in_reach, scoped
from lianyi.accounts.actors import Actor
from lianyi.registry.models import Institution, Place
from lianyi.registry.quality.findings import Finding
from lianyi.rules import QualityLimits


@dataclass(frozen=True, slots=True)
class Checking:
    """One run of the checks: for whom, by which limits, on which day."""

    actor: Actor
    limits: QualityLimits
    day: date

    def institutions(self) -> QuerySet[Institution, Any]:
        """Return the open institutions that the actor answers for; partners' records are not theirs to mend."""
        rows = scoped(self.actor, Institution.objects.filter(self.open_on_day()))
        return rows.filter(node_id__in=nodes_in_reach(self.actor).values("pk"))

    def places(self) -> QuerySet[Place, Any]:
        return scoped(self.actor, Place.objects.filter(node_id__in=nodes_in_reach(self.actor).values("pk")))

    def open_on_day(self, prefix: str = "") -> Q:
        return Q(**{f"{prefix}closed_on__isnull": True}) | Q(**{f"{prefix}closed_on__gt": self.day})

    def closed_on_day(self, prefix: str) -> Q:
        return Q(**{f"{prefix}closed_on__lte": self.day})

    def moment(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.day, time.max))

    def age_days(self, moment: datetime) -> int:
        return (self.day - timezone.localtime(moment).date()).days


def finding(check: str, row: Model, **params: object) -> Finding:
    return Finding(check, row._meta.label_lower, row.pk, str(row), params)

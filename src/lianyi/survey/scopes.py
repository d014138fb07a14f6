"""Who reaches which row of the survey.

Published figures of places are published. Scenarios and gaps belong to the office that made them; whoever covers that
office reads them, and gaps also whoever covers the place that they are about. The work of cadres and
the items of readiness are read by whoever covers their institution; partners by agreement do not read them.
"""

from __future__ import annotations

from lianyi.accounts.access import ScopeRule, register_scope
from lianyi.accounts.roles import Family
from lianyi.survey import models


def register() -> None:
    public = "Figures of whole places stand in yearbooks and reports."
    register_scope(models.PlaceFigure, ScopeRule(family=Family.REGISTRY, nodes=("place_id",), reference=public))
    register_scope(models.Scenario, ScopeRule(family=Family.REGISTRY, nodes=("owner_id",)))
    register_scope(models.Gap, ScopeRule(family=Family.REGISTRY, nodes=("owner_id", "place_id")))
    for model, node in (
        (models.CadreWorkload, "institution_id"),
        (models.WorkloadComponent, "workload__institution_id"),
        (models.ReadinessItem, "institution_id"),
    ):
        register_scope(model, ScopeRule(family=Family.REGISTRY, nodes=(node,)))

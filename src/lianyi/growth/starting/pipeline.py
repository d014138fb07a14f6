"""What the pipeline registers when the application starts."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Model

from lianyi.accounts.access import RelationPath, ScopeRule, register_scope
from lianyi.accounts.roles import Family
from lianyi.growth import models, pipeline_counter, pipeline_home, pipeline_texts
from lianyi.growth.imports import pipeline as imports
from lianyi.growth.queries.pipeline import timeline_entries
from lianyi.partnerships.queries import register_timeline_source
from lianyi.partnerships.scopes import AGREEMENT_TARGET

# Which look-up leads from a row to its project.
_TO_INNOVATION: Mapping[type[Model], str] = {
    models.Innovation: "",
    models.InnovationStep: "innovation__",
    models.InnovationPartner: "innovation__",
    models.EthicsApproval: "innovation__",
    models.InnovationGain: "innovation__",
    models.InnovationUse: "innovation__",
    models.InnovationUseCheck: "use__innovation__",
}


def register() -> None:
    for model, way in _TO_INNOVATION.items():
        register_scope(
            model,
            ScopeRule(
                family=Family.GROWTH,
                nodes=(f"{way}institution_id",),
                relations=(RelationPath(AGREEMENT_TARGET, f"{way}agreement_id"),),
            ),
        )
    imports.register()
    pipeline_counter.register()
    pipeline_texts.register()
    pipeline_home.register()
    register_timeline_source(timeline_entries)

"""What projects register when the application starts."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Model

from lianyi.accounts.access import RelationPath, ScopeRule, register_scope
from lianyi.accounts.roles import Family
from lianyi.growth import models, projects_counter, projects_home, projects_texts
from lianyi.growth.imports import projects as imports
from lianyi.growth.queries.projects import timeline_entries
from lianyi.partnerships.queries import register_timeline_source
from lianyi.partnerships.scopes import AGREEMENT_TARGET

# Which look-up leads from a row to its project.
_TO_PROJECT: Mapping[type[Model], str] = {
    models.Project: "",
    models.ProjectPerson: "project__",
    models.ProjectMoney: "project__",
    models.Milestone: "project__",
    models.MilestoneMove: "milestone__project__",
    models.ProjectEvent: "project__",
}


def register() -> None:
    for model, way in _TO_PROJECT.items():
        register_scope(
            model,
            ScopeRule(
                family=Family.GROWTH,
                nodes=(f"{way}institution_id",),
                relations=(RelationPath(AGREEMENT_TARGET, f"{way}agreement_id"),),
                person_level=model is models.ProjectPerson,
            ),
        )
    imports.register()
    projects_counter.register()
    projects_texts.register()
    projects_home.register()
    register_timeline_source(timeline_entries)

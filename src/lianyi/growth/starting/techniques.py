"""What techniques register when the application starts."""

from __future__ import annotations

from lianyi.accounts.access import register_scope
from lianyi.growth import models, technique_counter, technique_home, technique_texts
from lianyi.growth.imports import mentors as mentor_imports
from lianyi.growth.imports import techniques as imports
from lianyi.growth.queries.techniques import timeline_entries
from lianyi.growth.scopes import of_technique
from lianyi.partnerships.queries import register_timeline_source


def register() -> None:
    register_scope(models.DepartmentTechnique, of_technique(""))
    for part in (models.TechniqueStep, models.PreconditionAttestation, models.TechniqueCase):
        register_scope(part, of_technique("technique__"))
    imports.register()
    # After the techniques, which the goals of apprentices name: a folder is loaded in the order of registration.
    mentor_imports.register()
    technique_counter.register()
    technique_texts.register()
    technique_home.register()
    register_timeline_source(timeline_entries)

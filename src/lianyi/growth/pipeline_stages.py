"""The stages of the pipeline that this installation has."""

from __future__ import annotations

import datetime
import functools

from django.conf import settings

from lianyi.rules.pipeline_stages import PipelineStages, PipelineStagesBook, load_pipeline_stages


@functools.cache
def stages_book() -> PipelineStagesBook:
    """Return every catalogue; files are read once, so a new file needs a restart of the site."""
    return load_pipeline_stages(settings.LIANYI_RULES_DIRECTORIES)


def stages_on(day: datetime.date) -> PipelineStages:
    return stages_book().on(day)

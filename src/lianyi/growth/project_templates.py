"""The templates of projects that this installation has."""

from __future__ import annotations

import datetime
import functools

from django.conf import settings

from lianyi.rules.project_templates import ProjectTemplate, ProjectTemplateBook, load_project_templates


@functools.cache
def template_book() -> ProjectTemplateBook:
    """Return every template; files are read once, so a new file needs a restart of the site."""
    return load_project_templates(settings.LIANYI_RULES_DIRECTORIES)


def templates_on(day: datetime.date) -> tuple[ProjectTemplate, ...]:
    return template_book().on(day)

"""What every page of the shell shows: navigation, acting affiliation, languages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from lianyi.pages.shell import shell_warnings, topbar_marks
from lianyi.web.navigation import navigation_of
from lianyi.web.urls import NAMESPACES


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the shell's values; on error pages before any middleware ran, those of a stranger."""
    actor = getattr(request, "actor", None)
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "user": getattr(request, "user", None),
        "navigation": navigation_of(actor, request.path, NAMESPACES) if actor is not None else [],
        "acting_affiliation": getattr(request, "affiliation", None),
        "affiliation_count": len(getattr(request, "affiliations", ())),
        # Called by the templates that show them, so that a part of a page asks nothing.
        "topbar_marks": lambda: topbar_marks(actor) if actor is not None else [],
        "shell_warnings": lambda: shell_warnings(actor) if actor is not None else [],
        "page_language": "zh-Hans" if language.startswith("zh") else "en",
        "other_languages": [each for each in LANGUAGE_NAMES if each[0] != language],
    }


# Each language is called by its own name, so that those who cannot read the page find theirs.
LANGUAGE_NAMES = (("zh-hans", "zh-Hans", "中文"), ("en", "en", "English"))

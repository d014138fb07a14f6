"""The dated lists of categories of this installation, read once."""

from __future__ import annotations

import functools

from django.conf import settings

from lianyi.rules import PointCategoriesBook, load_point_categories


@functools.cache
def category_book() -> PointCategoriesBook:
    """Return every list; files are read once, so a new file needs a restart of the site."""
    return load_point_categories(settings.LIANYI_RULES_DIRECTORIES)

"""The pictures of reports on a page."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def drawing(picture: Mapping[str, str], key: str) -> SafeString:
    """Return the drawing of a part, which ``lianyi.drawing`` made with every text escaped.

    Its title and description are named after the part: several drawings stand on one page.
    """
    svg = picture["svg"][picture["svg"].index("<svg") :]
    for name in ("title", "description"):
        svg = svg.replace(f'id="{name}"', f'id="{key}-{name}"', 1)
    svg = svg.replace('aria-labelledby="title description"', f'aria-labelledby="{key}-title {key}-description"', 1)
    return mark_safe(svg)  # noqa: S308 - see above

"""What the templates of the survey need beside the shared tags."""

from __future__ import annotations

from django import template

from lianyi.survey.sheets import number_text

register = template.Library()


@register.filter
def figure(value: object, decimals: int = 0) -> str:
    """Return a figure with thousands set apart; a dash where it is not known.

    What a template cannot resolve (the quantity of a figure that is not there) comes as an empty text.
    """
    return number_text(value if isinstance(value, int | float) else None, decimals)

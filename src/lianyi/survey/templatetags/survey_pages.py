"""What the templates of the survey need beside the shared tags."""

from __future__ import annotations

from django import template

from lianyi.survey.sheets import number_text, percent_text

register = template.Library()


@register.filter
def figure(value: float | None, decimals: int = 0) -> str:
    """Return a figure with thousands set apart; a dash where it is not known."""
    return number_text(value, decimals)


@register.filter
def percent(value: float | None) -> str:
    """Return a share of 1 in per cent; a dash where it is not known."""
    return percent_text(value)

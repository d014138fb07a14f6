"""The figures of a value as a reader may see them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from lianyi.indicators.counted_veil import CountVeil
from lianyi.indicators.models import IndicatorValue
from lianyi.indicators.values_texts import NOTHING, figure_word, value_word


def shown_figures(row: IndicatorValue, veil: CountVeil) -> dict[str, str]:
    """Return value, numerator and denominator in words, none of them where they would tell of a few patients."""
    if veil.hides_value(row):
        return {"value": _("hidden: few cases"), "numerator": NOTHING, "denominator": NOTHING}
    return {
        "value": value_word(row),
        "numerator": figure_word(row.numerator),
        "denominator": figure_word(row.denominator),
    }

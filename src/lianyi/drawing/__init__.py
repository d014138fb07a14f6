"""Pictures written by hand as SVG: no browser, no plotting library, the same bytes for the same figures."""

from __future__ import annotations

from lianyi.drawing.bar_chart import BARS_AT_MOST, Bar, BarChart, BarSection, svg_of_bars
from lianyi.drawing.line_chart import Axis, LineChart, Series, svg_of

__all__ = ["BARS_AT_MOST", "Axis", "Bar", "BarChart", "BarSection", "LineChart", "Series", "svg_of", "svg_of_bars"]

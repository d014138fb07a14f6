"""Pictures written by hand as SVG: no browser, no plotting library, the same bytes for the same figures."""

from __future__ import annotations

from lianyi.drawing.line_chart import Axis, LineChart, Series, svg_of

__all__ = ["Axis", "LineChart", "Series", "svg_of"]

"""Compile the charts of this package once, so that the first of them need not wait."""

from __future__ import annotations

import numpy as np

from lianyi.methods.process_control.autocorrelation import autocorrelation
from lianyi.methods.process_control.individuals import xmr_charts
from lianyi.methods.process_control.runs import runs


def warm_up() -> int:
    """Draw a chart of a series with one wild point; return how many of its points give a signal.

    Examples
    --------
    >>> warm_up()
    8
    """
    values = np.array([[1.0, 2.0, 1.0, 2.0, 10.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0]])
    charts = xmr_charts(values)
    autocorrelation(charts)
    runs(values)
    return int((charts.signals > 0).sum())

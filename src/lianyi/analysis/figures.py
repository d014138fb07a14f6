"""Figures of arrays as documents hold them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lianyi.methods.proportions import Interval

Document = dict[str, Any]


def figure(value: Any) -> Any:  # noqa: ANN401 - a number of any kind, or a label as it is
    """Return a number of Python, None where it is not known or without end.

    Examples
    --------
    >>> figure(np.float64("nan")), figure(np.int64(3)), figure("Ceheng")
    (None, 3, 'Ceheng')
    """
    plain = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(plain, float) and not math.isfinite(plain) else plain


def figures(**values: Any) -> Document:  # noqa: ANN401 - as `figure`
    """Return a document of figures.

    Examples
    --------
    >>> figures(lower=float("nan"), upper=2.5)
    {'lower': None, 'upper': 2.5}
    """
    return {name: figure(value) for name, value in values.items()}


def interval_document(interval: Interval | None) -> Document | None:
    """Return an interval as a document, None where there is none.

    Examples
    --------
    >>> interval_document(Interval(0.1, 0.3, 0.95))
    {'low': 0.1, 'high': 0.3, 'confidence': 0.95}
    """
    return None if interval is None else figures(low=interval.low, high=interval.high, confidence=interval.confidence)

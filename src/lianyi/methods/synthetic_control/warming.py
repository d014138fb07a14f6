"""Compile the search for weights once, so that the first synthetic control need not wait."""

from __future__ import annotations

import numpy as np

from lianyi.methods.synthetic_control.simplex import simplex_weights


def warm_up() -> int:
    """Find the weights of one target among three donors; return how many donors are used.

    Examples
    --------
    >>> warm_up()
    2
    """
    donors = np.array([[1.0, 2.0], [3.0, 4.0], [9.0, 0.0]])
    return int((simplex_weights(np.array([[2.0, 3.0]]), donors) > 0).sum())

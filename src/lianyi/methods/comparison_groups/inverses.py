"""The inverse of a symmetric matrix, where directions in which nothing is known stay at 0."""

from __future__ import annotations

from typing import Final

import numpy as np

from lianyi.methods.arrays import Floats

_NOTHING: Final = 1e-10
"""Beside the largest: what all periods share cannot be told from the units, and rounding leaves it just off 0."""


def symmetric_inverse(matrix: Floats) -> Floats:
    """Return a generalised inverse, the same whatever units the rows are measured in.

    Examples
    --------
    >>> symmetric_inverse(np.array([[1.0, -1.0], [-1.0, 1.0]])).round(12).tolist()
    [[0.25, -0.25], [-0.25, 0.25]]
    >>> symmetric_inverse(np.diag([4.0, 4e-16])).tolist()
    [[0.25, 0.0], [0.0, 2500000000000000.0]]
    """
    spread = np.sqrt(np.diag(matrix))
    spread = np.where(spread > 0, spread, 1.0)
    inner = np.linalg.pinv(matrix / spread / spread[:, None], rtol=_NOTHING, hermitian=True)
    return np.asarray(inner / spread / spread[:, None], np.float64)

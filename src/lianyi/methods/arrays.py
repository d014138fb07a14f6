"""The kinds of arrays that the methods work on. Their checks stand in `lianyi.methods.columns`. Loads nothing else.

Examples
--------
>>> beds: Floats = np.array([5, 10], np.float64)
>>> nearest: Positions = np.array([1, 0])
>>> beds[nearest].tolist()
[10.0, 5.0]
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]
Zone = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]

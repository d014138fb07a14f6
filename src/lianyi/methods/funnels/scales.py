"""The scales on which ratios and shares of units of different size can be compared: there, judged, and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from lianyi.methods.arrays import Floats


class Scale(StrEnum):
    """How a figure is transformed before its distance from the target is measured."""

    LOGARITHM = "logarithm"
    """Ratios, as summary hospital mortality (SHMI) is judged; has no place for a unit without events."""
    SQUARE_ROOT = "square-root"
    """Ratios, as the Care Quality Commission judges them."""
    ARCSINE = "arcsine"
    """Shares."""


@dataclass(frozen=True, slots=True)
class Transform:
    """There, the standard error of a unit of so many expected events or cases, and back."""

    there: Callable[[Floats], Floats]
    error: Callable[[Floats], Floats]
    back: Callable[[Floats], Floats]


TRANSFORMS: Final = {
    Scale.LOGARITHM: Transform(np.log, lambda expected: 1.0 / np.sqrt(expected), np.exp),
    Scale.SQUARE_ROOT: Transform(
        np.sqrt, lambda expected: 0.5 / np.sqrt(expected), lambda root: np.maximum(root, 0.0) ** 2
    ),
    Scale.ARCSINE: Transform(
        lambda share: np.arcsin(np.sqrt(share)),
        lambda cases: 0.5 / np.sqrt(cases),
        lambda angle: np.sin(np.clip(angle, 0.0, np.pi / 2)) ** 2,
    ),
}

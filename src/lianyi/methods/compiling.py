"""Functions turned into machine code once and kept on disk, so that the next start needs no compiler.

The code on disk is renewed when the file of the function changes, not when a function of another file does that it
calls. After such a change remove the folder ``__pycache__`` beside the caller.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Return the function as machine code, kept in a cache, run without the lock of the interpreter.

    Rounding is that of Python: no order of a sum is changed.

    Examples
    --------
    >>> @compiled
    ... def doubled(number):
    ...     return 2 * number
    >>> doubled(21)
    42
    """
    return cast("F", njit(cache=_has_file(function), nogil=True)(function))


def compiled_with_free_sums(function: F) -> F:
    """Do as `compiled`, and let sums be taken in any order, so that several numbers are added at a time.

    Only the order of additions may change: NaN, infinities and comparisons stay as they are.
    """
    return cast("F", njit(cache=_has_file(function), nogil=True, fastmath={"reassoc", "nsz", "contract"})(function))


def _has_file(function: Callable[..., object]) -> bool:
    return not function.__code__.co_filename.startswith("<")

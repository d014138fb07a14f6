"""Functions turned into machine code once and kept on disk, so that the next start needs no compiler.

Where it is kept, and when it is made anew: `lianyi.methods.machine_code`.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar, cast

import numba
from numba import njit

from lianyi.methods.machine_code import code_folder

F = TypeVar("F", bound=Callable[..., object])
_SETTING: Lock = Lock()
_settings: Any = numba.config  # filled by the compiler as it loads, so it has no types


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
    return _kept(function)


def compiled_into_callers(function: F) -> F:
    """Do as `compiled` for a short function of an innermost loop: its code is put into that of its callers."""
    return _kept(function, inline="always")


def compiled_with_free_sums(function: F) -> F:
    """Do as `compiled`, and let sums be taken in any order, so that several numbers are added at a time.

    Only the order of additions may change: NaN, infinities and comparisons stay as they are.
    """
    return _kept(function, fastmath={"reassoc", "nsz", "contract"})


def _kept(function: F, **options: Any) -> F:  # noqa: ANN401 - the options of the compiler
    folder = code_folder() if _has_file(function) else None
    if folder is None:
        return cast("F", njit(nogil=True, **options)(function))
    # The compiler reads its folder when the function is declared; by itself it would look at one file only to see
    # whether code is old, that of the function, and not at those of the functions it calls.
    with _SETTING:
        before = _settings.CACHE_DIR
        _settings.CACHE_DIR = str(folder)
        try:
            return cast("F", njit(cache=True, nogil=True, **options)(function))
        finally:
            _settings.CACHE_DIR = before


def _has_file(function: Callable[..., object]) -> bool:
    return not function.__code__.co_filename.startswith("<")

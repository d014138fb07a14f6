"""Every compiled search of the survey, to be run once after installing."""

from __future__ import annotations

from collections.abc import Callable

from lianyi.methods.access import warming as access
from lianyi.methods.location import warming as location
from lianyi.methods.surface import warming as surface


def searches() -> tuple[Callable[[], int], ...]:
    """Return what compiles the searches of one method each."""
    return (access.warm_up, location.warm_up, surface.warm_up)

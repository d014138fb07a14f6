"""The application as `lianyi serve` runs it: that of any WSGI server, with the searches of the survey loaded ahead."""

from __future__ import annotations

import threading

from lianyi.methods.machine_code import is_complete
from lianyi.web.wsgi import application

__all__ = ["application"]


def _load_searches() -> None:
    """Load the machine code that pages use, so that the first reader of a survey does not wait for it."""
    from lianyi.methods.access import warming as access  # noqa: PLC0415 - slow to load, hence in a thread
    from lianyi.methods.location import warming as location  # noqa: PLC0415

    access.warm_up()
    location.warm_up()


if is_complete():
    threading.Thread(target=_load_searches, name="searches", daemon=True).start()

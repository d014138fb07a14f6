"""One process at a time serves, restores or resets the site of a home folder.

The lock belongs to the open file, so it is gone with the process that held it, however that ended.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from lianyi.operations.errors import SiteRunningError

FILE_NAME = "site.lock"


@dataclass(frozen=True, slots=True)
class SiteHolder:
    """Who holds the site: ``purpose`` is serve, restore or reset; ``address`` only when it is served."""

    purpose: str
    process_id: int
    address: str = ""


@contextmanager
def held_site(home: Path, purpose: str, address: str = "") -> Iterator[None]:
    """Hold the site until the block ends.

    Raises
    ------
    SiteRunningError
        Naming who holds it.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / FILE_NAME).open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _running(_read(file.fileno())) from error
        file.truncate(0)
        file.write(json.dumps(asdict(SiteHolder(purpose, os.getpid(), address))))
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def holder_of_site(home: Path) -> SiteHolder | None:
    """Return who holds the site now, or None."""
    try:
        with (home / FILE_NAME).open("r", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return _read(file.fileno())
    except FileNotFoundError:
        return None
    return None


def _read(descriptor: int) -> SiteHolder:
    text = os.pread(descriptor, 4096, 0).decode("utf-8", errors="replace")
    try:
        return SiteHolder(**json.loads(text))
    except (json.JSONDecodeError, TypeError):
        # Between taking the lock and writing its name a holder has none.
        return SiteHolder("start", 0)


def _running(holder: SiteHolder) -> SiteRunningError:
    what = f"is served at {holder.address}" if holder.address else f"is held by '{holder.purpose}'"
    return SiteRunningError(
        f"The site {what} (process {holder.process_id}). Stop that process first.",
        purpose=holder.purpose,
        process_id=holder.process_id,
        address=holder.address,
    )

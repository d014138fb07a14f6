"""Every compiled search, run once after installing, so that nobody waits for a compiler."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lianyi.methods.machine_code import code_folder, is_complete, mark_complete
from lianyi.operations.console import Progress, say

SECONDS_TO_FINISH = 15
_LOW_PRIORITY = 10
_LOCK = "compiling.lock"


def searches() -> tuple[Callable[[], int], ...]:
    """Return what compiles the searches of one method each, those that pages use first."""
    # The numerical libraries take a second to load, and most starts find everything compiled.
    from lianyi.methods.access import warming as access  # noqa: PLC0415
    from lianyi.methods.location import warming as location  # noqa: PLC0415
    from lianyi.methods.postings import warming as postings  # noqa: PLC0415
    from lianyi.methods.process_control import warming as process_control  # noqa: PLC0415
    from lianyi.methods.surface import warming as surface  # noqa: PLC0415
    from lianyi.methods.synthetic_control import warming as synthetic_control  # noqa: PLC0415

    first = (access.warm_up, location.warm_up, process_control.warm_up)
    return (*first, surface.warm_up, synthetic_control.warm_up, postings.warm_up)


def compile_all(progress: Progress) -> None:
    """Compile what is not compiled yet."""
    found = searches()
    for done, search in enumerate(found, start=1):
        search()
        progress(done, len(found))
    mark_complete()


def compile_missing(progress: Progress) -> bool:
    """Compile unless everything is compiled already, and return whether there was something to do.

    A second process waits for the first instead of doing the same work beside it.
    """
    folder = code_folder()
    if folder is None or is_complete():
        return False
    with (folder / _LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_complete():
            return False
        compile_all(progress)
    return True


def tell_first_use() -> None:
    """Say before a long pause what it is for, and how to be spared it."""
    if not is_complete():
        say(
            "Searches that were not used yet are compiled for this machine first, which may take a minute. "
            "`lianyi survey warm-up` does it ahead."
        )


@contextmanager
def compiling_beside() -> Iterator[None]:
    """While the block runs, let a process of low priority compile what is missing."""
    if code_folder() is None or is_complete():
        yield
        return
    process = subprocess.Popen(
        [sys.executable, "-m", "lianyi.operations.surveying.warming"], stdin=subprocess.DEVNULL, close_fds=False
    )
    try:
        yield
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(SECONDS_TO_FINISH)
            except subprocess.TimeoutExpired:
                process.kill()


if __name__ == "__main__":
    os.nice(_LOW_PRIORITY)
    compile_missing(lambda _done, _total: None)

"""Start workers while this process forks copies of itself again and again, as a site does that starts its servers.

Prints how long the slowest start took, in seconds. A copy holds whatever it found half made for as long as it lives.
"""

from __future__ import annotations

import os
import threading
import time

from lianyi.operations.console import start_django_of_site

STARTS = 12
SECONDS_OF_A_COPY = 20


def fork_copies(copies: list[int], stop: threading.Event) -> None:
    while not stop.is_set():
        child = os.fork()
        if child == 0:
            time.sleep(SECONDS_OF_A_COPY)
            os._exit(0)
        copies.append(child)
        time.sleep(0.002)


def main() -> None:
    start_django_of_site()
    from lianyi.operations.working import _worker_process  # noqa: PLC0415 - after the settings are known

    copies: list[int] = []
    stop = threading.Event()
    forker = threading.Thread(target=fork_copies, args=(copies, stop))
    forker.start()
    slowest = 0.0
    try:
        for _each in range(STARTS):
            started = time.monotonic()
            process = _worker_process()
            slowest = max(slowest, time.monotonic() - started)
            process.kill()
            process.wait()
    finally:
        stop.set()
        forker.join()
        for child in copies:
            os.kill(child, 9)
            os.waitpid(child, 0)
    print(f"{slowest:.3f}")  # noqa: T201 - read by the test


if __name__ == "__main__":
    main()

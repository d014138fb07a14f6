"""A private folder for half-made files; what a killed run left behind is cleared away by the next one."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LOCK = ".in-use"


@contextmanager
def working_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """Make a folder that only this user can open, on the file system of ``parent``, and remove it afterwards."""
    _clear_left_behind(parent, prefix)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        with (folder / _LOCK).open("w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _clear_left_behind(parent: Path, prefix: str) -> None:
    for folder in parent.glob(f"{prefix}*"):
        lock = folder / _LOCK
        if not lock.is_file():
            continue
        with lock.open("r", encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(folder, ignore_errors=True)


def write_through(path: Path) -> None:
    """Have the file system keep what was written, so that a rename never puts an empty file in place of a full one."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_durably(source: Path, target: Path) -> None:
    """Put ``source`` in place of ``target`` in one step that survives a power cut."""
    write_through(source)
    source.replace(target)
    write_through(target.parent)

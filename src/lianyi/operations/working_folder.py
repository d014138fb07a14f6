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
    with _alone_in(parent):
        _clear_left_behind(parent, prefix)
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        lock = (folder / _LOCK).open("w", encoding="ascii")
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        lock.close()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _alone_in(parent: Path) -> Iterator[None]:
    """Let nobody else make or clear working folders there, so that a folder without a lock is surely a dead one."""
    descriptor = os.open(parent, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _clear_left_behind(parent: Path, prefix: str) -> None:
    for folder in parent.glob(f"{prefix}*"):
        lock = folder / _LOCK
        if not lock.is_file():
            # Its maker was killed before it came to the lock.
            shutil.rmtree(folder, ignore_errors=True)
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

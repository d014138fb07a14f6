"""A solver in a process of its own, asked with arrays and answering with arrays.

It can be ended at any moment, and it cannot take all memory of the machine. The caller holds the time: a process that
runs over it is ended, and a new one begins with the next question.

Examples
--------
>>> sorted(unpacked(packed({"numbers": np.arange(3)})))
['numbers']
"""

from __future__ import annotations

import contextlib
import io
import resource
import select
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import IO, Any, Final, Self

import numpy as np
import numpy.typing as npt

DEFAULT_MEMORY_BYTES: Final = 6 * 2**30
_LENGTH: Final = struct.Struct("<Q")
_AT_ONCE: Final = 1 << 20

Arrays = Mapping[str, npt.NDArray[Any]]


class ArrayProcess:
    """Asks one other process, one question after the other.

    Parameters
    ----------
    module
        The module that runs there; it calls `serve`.
    memory_bytes
        How much address space the process may take; a question that needs more ends without an answer.
    """

    def __init__(self, module: str, memory_bytes: int = DEFAULT_MEMORY_BYTES) -> None:
        self._module = module
        self._memory_bytes = memory_bytes
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()

    def stop(self) -> None:
        """End what is being done, from another thread: it and everything asked later is answered with nothing."""
        self._is_stopped = True
        process = self._process
        if process is not None:
            process.kill()

    def ask(self, question: Arrays, seconds: float) -> Arrays | None:
        """Return the answer; None where the process ended or had to be ended."""
        if self._is_stopped:
            return None
        process = self._process or self._started()
        if process.stdin is None or process.stdout is None:
            raise ValueError("The process of the solver has no pipes.")
        until = time.monotonic() + seconds
        try:
            _write(process.stdin, question)
            return unpacked(_read_until(process.stdout, until))
        except (EOFError, BrokenPipeError, TimeoutError):
            self.close()
            return None

    def _started(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", self._module, str(self._memory_bytes)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own
        return self._process


def serve(memory_bytes: int, answer: Callable[[Arrays], Arrays]) -> None:
    """Answer questions from standard input until it ends; this is the other process."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    while True:
        head = sys.stdin.buffer.read(_LENGTH.size)
        if len(head) < _LENGTH.size:
            return
        question = unpacked(sys.stdin.buffer.read(_LENGTH.unpack(head)[0]))
        _write(sys.stdout.buffer, answer(question))


def packed(arrays: Arrays) -> bytes:
    """Return arrays as bytes."""
    stream = io.BytesIO()
    np.savez(stream, **arrays)  # type: ignore[arg-type]
    return stream.getvalue()


def unpacked(content: bytes) -> Arrays:
    """Return the arrays of the bytes; nothing in them is run."""
    with np.load(io.BytesIO(content), allow_pickle=False) as found:
        return {name: found[name] for name in found.files}


def _write(stream: IO[bytes], arrays: Arrays) -> None:
    content = packed(arrays)
    stream.write(_LENGTH.pack(len(content)))
    stream.write(content)
    stream.flush()


def _read_until(stream: IO[bytes], until: float) -> bytes:
    def piece(wanted: int) -> bytes:
        parts: list[bytes] = []
        while wanted:
            ready, _, _ = select.select([stream], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise TimeoutError
            part = stream.read1(min(wanted, _AT_ONCE))  # type: ignore[attr-defined]
            if not part:
                raise EOFError
            parts.append(part)
            wanted -= len(part)
        return b"".join(parts)

    # The stream keeps nothing back between the two: never more is read than was asked for.
    return piece(_LENGTH.unpack(piece(_LENGTH.size))[0])

"""HiGHS in a process of its own: it can be stopped at any moment, and it cannot take all memory of the machine.

The solver does not always keep its time limit, and what it asks of memory is not known before. So the caller holds
the time, ends a process that runs over it, and starts a new one for the next model.

Examples
--------
>>> from lianyi.methods.linear_models import Model
>>> model = Model()
>>> things = model.add_choices(np.array([3.0, 1.0, 2.0]))
>>> model.add_entries(model.add_rows(2, np.inf, 1), things)
>>> with SolverProcess() as solver:
...     solver.solve(model.program(), SolveWish(seconds=10)).objective
3.0
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
from collections.abc import Mapping
from dataclasses import asdict, fields
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Final, Self

import numpy as np
import numpy.typing as npt

from lianyi.methods.linear_models import Ending, Program, Solution, SolveWish

if TYPE_CHECKING:
    from lianyi.methods.access.arrays import Floats, Positions

DEFAULT_MEMORY_BYTES: Final = 6 * 2**30
_SECONDS_OF_GRACE: Final = 5.0
_LENGTH: Final = struct.Struct("<Q")
_AT_ONCE: Final = 1 << 20
_ARRAYS: Final = tuple(each.name for each in fields(Program))

Arrays = Mapping[str, npt.NDArray[Any]]


class SolverProcess:
    """Solves models one after the other in one other process.

    Parameters
    ----------
    memory_bytes
        How much address space the process may take; a model that needs more ends without an answer.
    """

    def __init__(self, memory_bytes: int = DEFAULT_MEMORY_BYTES) -> None:
        self._memory_bytes = memory_bytes
        self._process: subprocess.Popen[bytes] | None = None

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

    def solve(self, program: Program, wish: SolveWish, start: Floats | None = None) -> Solution:
        """Solve a model; without values when the process had to be ended."""
        options = {f"wish_{name}": np.array(value) for name, value in asdict(wish).items()}
        known = {} if start is None else {"start": start}
        answer = self._ask({**_arrays_of(program), **options, **known}, wish.seconds)
        if answer is None:
            return Solution(Ending.NOTHING_FOUND, np.inf, -np.inf, np.empty(0))
        return Solution(
            Ending[str(answer["ending"])], float(answer["objective"]), float(answer["bound"]), answer["values"]
        )

    def conflicting_rows(self, program: Program, seconds: float) -> Positions:
        """Return rows that contradict one another even with fractions; none where none were found in time."""
        answer = self._ask({**_arrays_of(program), "conflict_seconds": np.array(seconds)}, seconds)
        return np.empty(0, np.int64) if answer is None else answer["rows"]

    def _ask(self, question: Arrays, seconds: float) -> Arrays | None:
        process = self._process or self._started()
        if process.stdin is None or process.stdout is None:
            raise ValueError("The process of the solver has no pipes.")
        until = time.monotonic() + seconds + _SECONDS_OF_GRACE
        try:
            _write(process.stdin, question)
            return _unpacked(_read_until(process.stdout, until))
        except (EOFError, BrokenPipeError, TimeoutError):
            self.close()
            return None

    def _started(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "lianyi.methods.solver_process", str(self._memory_bytes)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own
        return self._process


def _arrays_of(program: Program) -> dict[str, npt.NDArray[Any]]:
    return {name: np.asarray(getattr(program, name)) for name in _ARRAYS}


def _write(stream: IO[bytes], arrays: Arrays) -> None:
    packed = io.BytesIO()
    np.savez(packed, **arrays)  # type: ignore[arg-type]
    content = packed.getvalue()
    stream.write(_LENGTH.pack(len(content)))
    stream.write(content)
    stream.flush()


def _unpacked(content: bytes) -> Arrays:
    with np.load(io.BytesIO(content), allow_pickle=False) as found:
        return {name: found[name] for name in found.files}


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


def _answer(question: Arrays) -> Arrays:
    program = Program(
        **{name: question[name] for name in _ARRAYS if name != "offset"}, offset=float(question["offset"])
    )
    if "conflict_seconds" in question:
        return {"rows": program.conflicting_rows(float(question["conflict_seconds"]))}
    wish = SolveWish(**{each.name: question[f"wish_{each.name}"].item() for each in fields(SolveWish)})
    found = program.solve(wish, question.get("start"))
    return {
        "ending": np.array(found.ending.name),
        "objective": np.array(found.objective),
        "bound": np.array(found.bound),
        "values": found.values,
    }


def _serve(memory_bytes: int) -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    while True:
        head = sys.stdin.buffer.read(_LENGTH.size)
        if len(head) < _LENGTH.size:
            return
        _write(sys.stdout.buffer, _answer(_unpacked(sys.stdin.buffer.read(_LENGTH.unpack(head)[0]))))


if __name__ == "__main__":
    _serve(int(sys.argv[1]))

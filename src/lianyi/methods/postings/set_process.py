"""Recipients with each set of donors that they may have, as small linear programs that stay warm in another process.

Once it is fixed who helps a recipient, its postings are all but a linear program: fractions gain nothing there. So each
set of donors is one program, made once, and solved again and again from where it ended when only its costs change. A
program whose costs did not change is not solved again.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

import highspy
import numpy as np
from scipy import sparse

from lianyi.methods.array_process import DEFAULT_MEMORY_BYTES, ArrayProcess, Arrays, serve
from lianyi.methods.linear_models import Program

if TYPE_CHECKING:
    from lianyi.methods.arrays import Flags, Floats, Positions

_SMALL, _PAYS = 1e-9, 1e-6
_DECIMALS = 7
ARRAYS: Final = tuple(each.name for each in fields(Program) if each.name != "offset")


@dataclass(frozen=True, slots=True, eq=False)
class SetShare:
    """The recipients of one process.

    ``program`` has their columns and only rows that hold for one recipient alone. ``recipients`` is the recipient of
    each column, ``pairs`` the pair that a column belongs to or -1, ``is_partner`` marks the column of a pair itself.
    ``set_recipients`` and ``sets`` are the recipient and the pairs of each set.
    """

    program: Program
    recipients: Positions
    pairs: Positions
    is_partner: Flags
    set_recipients: Positions
    sets: Sequence[frozenset[int]]


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """What each set costs at the prices, infinite where it cannot be, and plans that cost less than was known.

    Plan number i is of the set ``of_set[i]``; its columns and values stand in ``places`` and ``amounts`` from
    ``starts[i]`` to ``starts[i + 1]``.
    """

    values: Floats
    of_set: Positions
    starts: Positions
    places: Positions
    amounts: Floats


class SetProcess(ArrayProcess):
    """Keeps the programs of some recipients and solves them at new costs."""

    def __init__(self, memory_bytes: int = DEFAULT_MEMORY_BYTES) -> None:
        super().__init__("lianyi.methods.postings.set_process", memory_bytes)

    def load(self, share: SetShare, seconds: float) -> bool:
        """Hand over the recipients; return whether they arrived."""
        lengths = [len(each) for each in share.sets]
        question = {name: np.asarray(getattr(share.program, name)) for name in ARRAYS}
        question |= {
            "recipients": share.recipients,
            "pairs": share.pairs,
            "is_partner": share.is_partner,
            "set_recipients": share.set_recipients,
            "set_starts": np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
            "set_pairs": np.array([pair for each in share.sets for pair in sorted(each)], np.int64),
        }
        return self.ask(question, seconds) is not None

    def price(self, costs: Floats, known_costs: Floats, worth: Floats, active: Flags, seconds: float) -> Priced | None:
        """Solve the active sets at these costs.

        Returned are plans that at ``known_costs`` cost less than what their set is ``worth`` so far; None where the
        process did not answer in time.
        """
        question = {"costs": costs, "known_costs": known_costs, "worth": worth, "active": active}
        answer = self.ask(question, seconds)
        return None if answer is None else Priced(**answer)


class _Held:
    """The program of one set in the solver, with what was found last."""

    def __init__(self, program: Program, columns: Positions) -> None:
        self.columns = columns
        # Without columns, what is left of the rows is broken by nothing being there.
        self.value = np.inf if columns.size or program.rows else 0.0
        self.found: Floats = np.empty(0)
        self._places = np.arange(columns.size, dtype=np.int32)
        self._costs: Floats = np.empty(0)
        self._solver: Any = program.in_solver(is_relaxed=True)
        # There is hardly anything to take out of so small a program, and the basis stays good.
        self._solver.setOptionValue("presolve", "off")

    def solve(self, costs: Floats) -> None:
        """Solve it at these costs, if they are others than last time."""
        if np.array_equal(costs, self._costs):
            return
        self._costs = costs
        self._solver.changeColsCost(costs.size, self._places, costs)
        self._solver.run()
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            self.value = float(self._solver.getInfo().objective_function_value)
            self.found = np.asarray(self._solver.getSolution().col_value)
        else:
            is_impossible = status == highspy.HighsModelStatus.kInfeasible
            self.value, self.found = np.inf if is_impossible else -np.inf, np.empty(0)


class _Server:
    """The recipients of this process; their programs are made when they are first asked for."""

    def __init__(self) -> None:
        self._share: SetShare | None = None
        self._held: list[_Held | None] = []
        self._columns: list[Positions] = []
        self._by_row = self._by_column = sparse.csr_matrix((0, 0))

    def answer(self, question: Arrays) -> Arrays:
        if "set_starts" in question:
            self._load(question)
            return {}
        return self._priced(**question)

    def _load(self, question: Arrays) -> None:
        arrays: dict[str, Any] = {name: question[name] for name in ARRAYS}
        program = Program(**arrays)
        pieces = np.split(question["set_pairs"], question["set_starts"][1:-1])
        self._share = SetShare(
            program,
            question["recipients"],
            question["pairs"],
            question["is_partner"],
            question["set_recipients"],
            [frozenset(each.tolist()) for each in pieces],
        )
        self._held = [None] * len(pieces)
        shape = (program.rows, program.columns)
        self._by_row = sparse.csr_matrix((program.entries, program.indices, program.starts), shape=shape)
        self._by_column = self._by_row.tocsc()
        order = np.argsort(question["recipients"], kind="stable")
        count = int(question["set_recipients"].max(initial=-1)) + 1
        ends = np.cumsum(np.bincount(question["recipients"], minlength=count))
        self._columns = [np.sort(each) for each in np.split(order, ends[:-1])]

    def _priced(self, costs: Floats, known_costs: Floats, worth: Floats, active: Flags) -> Arrays:
        values = np.full(len(self._held), np.inf)
        of_set: list[int] = []
        places: list[Positions] = []
        amounts: list[Floats] = []
        for number in np.flatnonzero(active).tolist():
            held = self._held[number] or self._made(number)
            held.solve(costs[held.columns])
            values[number] = held.value
            if held.found.size and float(known_costs[held.columns] @ held.found) < worth[number] - _PAYS:
                used = np.abs(held.found) > _SMALL
                of_set.append(number)
                places.append(held.columns[used])
                amounts.append(np.round(held.found[used], _DECIMALS))
        return {
            "values": values,
            "of_set": np.array(of_set, np.int64),
            "starts": np.concatenate(([0], np.cumsum([each.size for each in places]))).astype(np.int64),
            "places": np.concatenate(places) if places else np.empty(0, np.int64),
            "amounts": np.concatenate(amounts) if amounts else np.empty(0),
        }

    def _made(self, number: int) -> _Held:
        if self._share is None:
            raise ValueError("The process was asked for prices before it was given recipients.")
        share = self._share
        columns = self._columns[int(share.set_recipients[number])]
        pairs = share.pairs[columns]
        columns = columns[(pairs < 0) | np.isin(pairs, sorted(share.sets[number]))]
        rows = np.unique(self._by_column[:, columns].indices)
        whole = share.program
        lower = np.where(share.is_partner[columns], 1.0, whole.lower[columns])
        entries = self._by_row[rows][:, columns].tocsr()
        program = Program(
            costs=np.zeros(columns.size),
            lower=lower,
            upper=whole.upper[columns],
            is_whole=whole.is_whole[columns],
            row_lower=whole.row_lower[rows],
            row_upper=whole.row_upper[rows],
            starts=entries.indptr.astype(np.int64),
            indices=entries.indices.astype(np.int64),
            entries=entries.data,
        )
        made = _Held(_without_idle_rows(program, entries), columns)
        self._held[number] = made
        return made


def _without_idle_rows(program: Program, entries: sparse.csr_matrix) -> Program:
    """Take out the rows that hold whatever the columns are."""
    high, low = entries.maximum(0.0), entries.minimum(0.0)
    with np.errstate(invalid="ignore"):
        most = _sum(high, program.upper) + _sum(low, program.lower)
        least = _sum(high, program.lower) + _sum(low, program.upper)
    binding = np.flatnonzero(~((most <= program.row_upper) & (least >= program.row_lower)))
    kept = entries[binding]
    return replace(
        program,
        row_lower=program.row_lower[binding],
        row_upper=program.row_upper[binding],
        starts=kept.indptr.astype(np.int64),
        indices=kept.indices.astype(np.int64),
        entries=kept.data,
    )


def _sum(entries: sparse.csr_matrix, bounds: Floats) -> Floats:
    """Return the sum of entries times bounds in each row, where an entry of 0 counts as nothing."""
    entries.eliminate_zeros()
    terms = entries.data * bounds[entries.indices]
    lines = np.repeat(np.arange(entries.shape[0]), np.diff(entries.indptr))
    found: Floats = np.bincount(lines, terms, minlength=entries.shape[0]).astype(np.float64)
    return found


if __name__ == "__main__":
    serve(int(sys.argv[1]), _Server().answer)

"""Who helps whom as a table: who receives in the rows, who gives in the columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lianyi.dispatch.models import PairingMark, PlannedPair
from lianyi.dispatch.pairing_problem import PairingData
from lianyi.methods.pairing.problem import Key
from lianyi.registry.models import Institution

# A wider or longer table helps nobody; the list of pairs says the same.
MOST_COLUMNS = 30
MOST_ROWS = 60


@dataclass(frozen=True, slots=True)
class Cell:
    """Two institutions: the pair that was planned, whether they are one today, and what was said by hand."""

    donor: Institution
    recipient: Institution
    pair: PlannedPair | None
    is_today: bool
    mark: PairingMark | None
    is_possible: bool

    @property
    def kind(self) -> str:
        """Say in one word how the two stand: kept, new, ended, possible or barred."""
        if self.pair is not None:
            return "kept" if self.is_today else "new"
        if self.is_today:
            return "ended"
        return "open" if self.is_possible else "barred"


@dataclass(frozen=True, slots=True)
class Matrix:
    """All pairs of a plan, row by row."""

    donors: tuple[Institution, ...]
    rows: tuple[tuple[Institution, tuple[Cell | None, ...]], ...]


def matrix_of(data: PairingData, pairs: Sequence[PlannedPair]) -> Matrix | None:
    """Return the table; None where it would be too large to be read."""
    donors = tuple(each.institution for each in data.donors)
    recipients = tuple(each.institution for each in data.recipients)
    if len(donors) > MOST_COLUMNS or len(recipients) > MOST_ROWS:
        return None
    planned: dict[Key, PlannedPair] = {(str(row.donor_id), str(row.recipient_id)): row for row in pairs}

    def cell(donor: Institution, recipient: Institution) -> Cell | None:
        if donor.pk == recipient.pk:
            return None
        key = (str(donor.pk), str(recipient.pk))
        possible = data.problem.pair_of.get(key)
        return Cell(
            donor,
            recipient,
            planned.get(key),
            key in data.ties,
            data.marks.get(key),
            possible is not None and possible.is_possible,
        )

    return Matrix(
        donors, tuple((recipient, tuple(cell(donor, recipient) for donor in donors)) for recipient in recipients)
    )

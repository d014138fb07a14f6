"""What the compiled passes of `set_costs` read and write: facts, prices, answers, and room to work in."""

from __future__ import annotations

from typing import NamedTuple

from lianyi.methods.arrays import Flags, Floats, Positions

NEVER = 1e17
ROUNDING = 1e-12


class SetFacts(NamedTuple):
    """What does not change with prices.

    ``pairs`` are the pairs of each set, -1 where it has fewer; ``set_starts`` and ``need_starts`` the first set and
    need of each recipient and the end; ``place_of`` is the place of a need among those of its recipient. ``links``
    numbers the pairs and needs (by their place) that have columns, -1 where there are none; ``at_once`` is how many
    people a donor can have at one need. ``heads`` (``most_heads`` in any period) and ``wants_senior`` are by period,
    and nothing where nobody at all can come: what is missing there is counted elsewhere. ``terms`` are first period,
    first period that counts, and last; ``worth`` is what one person missing costs. ``are_posted_once`` says that nobody
    has a second posting.
    """

    pairs: Positions
    set_starts: Positions
    need_starts: Positions
    place_of: Positions
    heads: Positions
    most_heads: Positions
    worth: Floats
    is_steady: Flags
    links: Positions
    at_once: Positions
    terms: Positions
    teams: Positions
    wants_senior: Flags
    are_posted_once: bool
    team_price: float
    senior_price: float
    handover_price: float


class ColumnFacts(NamedTuple):
    """Term, title, person and slot of each possible posting; a slot is a link, a term and whether it is a senior."""

    term: Positions
    is_senior: Positions
    person: Positions
    slot: Positions


class BestColumns(NamedTuple):
    """The cheapest posting of each slot and the next one, which is always of somebody else; -1 where there is none."""

    cost: Floats
    column: Positions


class OwnPrices(NamedTuple):
    """What a person in a team, a senior and a hand-over are worth, for each set (and donor, need) and period."""

    team: Floats
    senior: Floats
    handover: Floats


class Pricing(NamedTuple):
    """What sets are priced by; ``pair_of`` is the pair of each possible posting, ``pair_costs`` are those of pairs."""

    facts: SetFacts
    columns: ColumnFacts
    best: BestColumns
    own: OwnPrices
    pair_of: Positions
    pair_costs: Floats


class Answers(NamedTuple):
    """The cost of each set, the cheapest set of each recipient, and its postings (then -1)."""

    values: Floats
    cheapest: Positions
    chosen: Positions


class Room(NamedTuple):
    """Where one set is worked out; nothing in it outlives that.

    Costs of terms stand in a row for each donor and one for any of them: ``own_rows`` and ``one_row`` say in which.
    ``two_reach`` is what two rows of terms cost at least by where each of them ends and whether its last person is of
    the donor that has one at a time; ``two_came`` is from where, and with which term of which donor.
    """

    own_rows: Positions
    one_row: Positions
    term_team: Floats
    term_senior: Floats
    term_handover: Floats
    cost: Floats
    pick: Positions
    next_cost: Floats
    next_pick: Positions
    first_cost: Floats
    first_pick: Positions
    reach: Floats
    ended: Positions
    person: Positions
    came: Positions
    two_reach: Floats
    two_came: Positions
    columns: Positions
    needs: Positions
    team: Floats
    senior: Floats
    handover: Floats

"""The sets of donors that each recipient may have, where they are few enough to look at one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lianyi.methods.arrays import Positions
from lianyi.methods.postings.problem import PostingProblem
from lianyi.methods.postings.rules import RuleId
from lianyi.methods.small_sets import sets_up_to


@dataclass(frozen=True, slots=True, eq=False)
class RecipientSets:
    """Sets of pairs, those of one recipient after those of another.

    ``pairs`` are the pairs of each set, ``recipients`` the recipient of each, ``starts`` the first set of each
    recipient and the end.
    """

    pairs: tuple[frozenset[int], ...]
    recipients: Positions
    starts: Positions

    def __len__(self) -> int:
        return len(self.pairs)

    def as_array(self) -> Positions:
        """Return the pairs of each set in a line, -1 where it has fewer than others."""
        found = np.full((len(self.pairs), max(1, max(map(len, self.pairs), default=0))), -1)
        for number, pairs in enumerate(self.pairs):
            found[number, : len(pairs)] = sorted(pairs)
        return found


def recipient_sets(problem: PostingProblem) -> RecipientSets | None:
    """Return the sets that each recipient may have, pairs that are fixed in all of them.

    None is returned where they are too many, or where a recipient has none because more are fixed than may help it.

    Examples
    --------
    >>> from datetime import date
    >>> from lianyi.methods.postings.problem import Donor, Horizon, Pair, Recipient
    >>> problem = PostingProblem(
    ...     Horizon(date(2027, 1, 1), periods=4, months_per_period=3), people=(), needs=(),
    ...     donors=(Donor("Renji"), Donor("Sanjia"), Donor("Shizhong")),
    ...     recipients=(Recipient("Ceheng", most_donors=1),),
    ...     pairs=(Pair("Renji", "Ceheng"), Pair("Sanjia", "Ceheng"), Pair("Shizhong", "Ceheng")),
    ... )
    >>> [sorted(each) for each in recipient_sets(problem).pairs]
    [[], [0], [1], [2]]
    """
    own: dict[str, list[int]] = {recipient.id: [] for recipient in problem.recipients}
    for number, pair in enumerate(problem.pairs):
        own[pair.recipient].append(number)
    is_limited = problem.rules.is_hard(RuleId.RECIPIENT_DONORS)
    sets: list[frozenset[int]] = []
    counts = []
    for recipient in problem.recipients:
        pairs = own[recipient.id]
        most = len(pairs) if recipient.most_donors is None or not is_limited else recipient.most_donors
        fixed = {number for number in pairs if problem.pairs[number].is_fixed}
        made = [each for each in sets_up_to(pairs, most) or () if fixed <= each]
        if not made:
            return None
        sets += made
        counts.append(len(made))
    starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    return RecipientSets(tuple(sets), np.repeat(np.arange(len(counts)), counts), starts)

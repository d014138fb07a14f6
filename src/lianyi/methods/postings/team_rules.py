"""What a programme asks of all people at one recipient together: how many at the same time, and of which titles."""

from __future__ import annotations

from dataclasses import dataclass

from lianyi.methods.errors import PostingDataError
from lianyi.methods.plan_data import DataChecks

_CHECKS = DataChecks(PostingDataError)


@dataclass(frozen=True, slots=True)
class TitleDemand:
    """So many people, and such a share of all, have at least this title (0 to 4)."""

    least_rank: int
    people: int = 0
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class TeamRule:
    """The people who count at a recipient in the same period, as a programme wants them.

    A person counts as in the need that is served: not while the hand-over from the predecessor still lasts, so that a
    hand-over makes no team too large. Seats for learners never count.

    Parameters
    ----------
    id, recipient
        The name of the rule, and where it holds.
    least, most
        People at the same time; None without an upper limit.
    titles
        What is asked of titles.
    needs, donors
        Who counts: people in these needs and of these hospitals; None for all.
    periods
        In which it holds; None for all.
    already
        The ranks of those who are there in each period for other reasons. They are part of the team, but who is sent
        never has to make good what they are too many, or of too low a title.

    Examples
    --------
    >>> rule = TeamRule("team", "Ceheng", least=2, already=((3,), ()))
    >>> [rule.least_in(period) for period in (0, 1)]
    [1, 2]
    """

    id: str
    recipient: str
    least: int = 0
    most: int | None = None
    titles: tuple[TitleDemand, ...] = ()
    needs: frozenset[str] | None = None
    donors: frozenset[str] | None = None
    periods: frozenset[int] | None = None
    already: tuple[tuple[int, ...], ...] = ()

    def __post_init__(self) -> None:
        who = f"The team rule {self.id}"
        _CHECKS.least(who, "least", self.least, 0)
        _CHECKS.least(who, "most", self.most, self.least)
        for title in self.titles:
            _CHECKS.least(who, "people of a title", title.people, 0)
            _CHECKS.share(who, "a share of a title", title.share)

    def holds_in(self, period: int) -> bool:
        return self.periods is None or period in self.periods

    def counts(self, need: str, donor: str) -> bool:
        """Tell whether people of a donor in a need of the recipient are part of the team."""
        return (self.needs is None or need in self.needs) and (self.donors is None or donor in self.donors)

    def least_in(self, period: int) -> int:
        """Return how many must be sent besides those who are there already."""
        return max(0, self.least - len(self.ranks_in(period)))

    def most_in(self, period: int) -> int | None:
        """Return how many may be sent besides those who are there already; None without a limit."""
        return None if self.most is None else max(0, self.most - len(self.ranks_in(period)))

    def titled_in(self, title: TitleDemand, period: int) -> int:
        """Return how many of a title must be sent besides those who are there already."""
        return max(0, title.people - sum(rank >= title.least_rank for rank in self.ranks_in(period)))

    def above_share(self, title: TitleDemand, period: int) -> float:
        """Return by how many people those who are there already are above their share of a title; never below 0."""
        ranks = self.ranks_in(period)
        return max(0.0, sum(rank >= title.least_rank for rank in ranks) - title.share * len(ranks))

    def ranks_in(self, period: int) -> tuple[int, ...]:
        return self.already[period] if self.already else ()

"""What the hospitals that send people can miss, with who is away already, as the methods take it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from lianyi.accounts.actors import Actor
from lianyi.dispatch.donor_limits import limits_of
from lianyi.dispatch.donor_specialties import family_of
from lianyi.dispatch.models import DonorLimits, Posting
from lianyi.dispatch.needs_filling import rank_of
from lianyi.dispatch.stays import expected_span
from lianyi.methods.postings.problem import Donor, Horizon
from lianyi.methods.postings.rules import PostingRules
from lianyi.registry.models import Staff


def donors_of(
    actor: Actor, keys: Sequence[str], staff: Sequence[Staff], postings: Sequence[Posting], horizon: Horizon
) -> tuple[Donor, ...]:
    """Return the hospitals with what they can miss; who is away by a promised posting is counted already."""
    limits = limits_of(actor, [int(key) for key in keys])
    away = _away(staff, postings, horizon)
    return tuple(_donor(key, staff, limits.get(int(key)), away.get(int(key), [()] * horizon.periods)) for key in keys)


def _away(
    staff: Sequence[Staff], postings: Sequence[Posting], horizon: Horizon
) -> Mapping[int, Sequence[Iterable[Staff]]]:
    """Return who of each hospital is away in each period, each once."""
    home = {row.pk: row for row in staff}
    found: defaultdict[int, list[dict[int, Staff]]] = defaultdict(lambda: [{} for _period in range(horizon.periods)])
    for posting in postings:
        span = expected_span(posting)
        if span is None or posting.staff_id not in home:
            continue
        person = home[posting.staff_id]
        for number, period in enumerate(horizon.calendar):
            if period.whole.overlaps(span):
                found[person.institution_id][number][person.pk] = person
    return {key: [people.values() for people in by_period] for key, by_period in found.items()}


def _donor(key: str, staff: Sequence[Staff], row: DonorLimits | None, away: Sequence[Iterable[Staff]]) -> Donor:
    def counted(counts: Callable[[Staff], bool]) -> tuple[int, ...]:
        return tuple(sum(counts(person) for person in people) for people in away)

    senior_rank = PostingRules().senior_rank
    by_specialty = {} if row is None else row.most_away_by_specialty
    return Donor(
        key,
        staff=float(sum(each.institution_id == int(key) for each in staff)),
        most_away=None if row is None else row.most_away,
        most_seniors_away=None if row is None else row.most_seniors_away,
        most_away_by_specialty=dict(by_specialty),
        most_recipients=None if row is None else row.most_recipients,
        already_away=counted(lambda _person: True),
        seniors_already_away=counted(lambda person: rank_of(person.title_rank) >= senior_rank),
        already_away_by_specialty={
            code: counted(lambda person, code=code: code in family_of(person.specialty))  # type: ignore[misc]
            for code in by_specialty
        },
    )

"""Posting problems of any size from a seed: counties, departments, donors, specialists.

Counties have five departments each out of twenty specialties and want one or two heads in each; donors have
log-normal staff; persons have a specialty, a title, a first free quarter, some a longest term of two quarters, some a
limit of altitude; one in a hundred belongs to a couple of whom both must not be away. Eight donors may help each
county: the five nearest and three from afar. Terms are of at least two quarters or run past the end. A donor lends
34 % of a specialty and 30 % of all, and helps a third of what it lends in counties; a county has at most two donors,
each with a team of three (two where it is high).
"""

from __future__ import annotations

from datetime import date

import numpy as np

from lianyi.methods.postings.problem import (
    Couple,
    CoupleWish,
    Donor,
    Horizon,
    Need,
    Pair,
    Person,
    PostingProblem,
    Recipient,
)
from lianyi.methods.postings.rules import CostPrices, Goal, PostingRules, RuleId

QUARTERS = 4
SPECIALTIES = 20
DEPARTMENTS = 5
NEAR, FAR = 5, 3
HIGH_M = 3000.0
SIDE_KM, KM_PER_HOUR = 1000.0, 70.0


def posting_problem(counties: int, specialists: int, donors: int, seed: int) -> PostingProblem:
    """Make a problem; the same numbers and seed make the same problem."""
    rng = np.random.default_rng(seed)
    people = _people(rng, specialists, donors)
    recipients = tuple(
        Recipient(
            f"H{number:04}",
            altitude_m=HIGH_M + 500.0 if rng.random() < 0.15 else 500.0,
            hardship=int(rng.integers(0, 3)),
            most_donors=2,
            needs_senior=True,
        )
        for number in range(counties)
    )
    return PostingProblem(
        horizon=Horizon(date(2027, 1, 1), QUARTERS),
        people=people,
        needs=_needs(rng, recipients),
        donors=_donors(people, donors),
        recipients=recipients,
        pairs=_pairs(rng, recipients, donors),
        rules=PostingRules(
            prices={
                RuleId.NEED: 100.0,
                RuleId.SENIOR: 150.0,
                RuleId.TEAM: 300.0,
                RuleId.HANDOVER: 30.0,
                RuleId.PRESENCE: 100.0,
            },
            weights={**dict.fromkeys(Goal, 1.0), Goal.POSTINGS: 10.0},
            may_run_past_end=True,
            cost=CostPrices(travel_hour=1.0, hardship_month=0.5, not_preferred=0.0, new_pair=0.0),
        ),
        couples=_couples(people),
    )


def _people(rng: np.random.Generator, specialists: int, donors: int) -> tuple[Person, ...]:
    staff = rng.lognormal(0.0, 0.6, donors)
    at = np.sort(rng.choice(donors, specialists, p=staff / staff.sum()))
    made = []
    for number in range(specialists):
        first = int(rng.choice(QUARTERS, p=(0.55, 0.2, 0.15, 0.1)))
        made.append(
            Person(
                f"P{number:05}",
                f"D{at[number]:04}",
                (f"S{rng.integers(SPECIALTIES):02}",),
                rank=int(rng.choice((2, 3, 4), p=(0.5, 0.3, 0.2))),
                available=frozenset(range(first, QUARTERS)),
                longest_periods=2 if rng.random() < 0.2 else None,
                highest_altitude_m=HIGH_M if rng.random() < 0.1 else None,
            )
        )
    return tuple(made)


def _needs(rng: np.random.Generator, recipients: tuple[Recipient, ...]) -> tuple[Need, ...]:
    made = []
    for recipient in recipients:
        for specialty in sorted(rng.choice(SPECIALTIES, DEPARTMENTS, replace=False).tolist()):
            heads = int(rng.choice((1, 2), p=(0.7, 0.3)))
            made.append(
                Need(
                    f"{recipient.id}-S{specialty:02}",
                    recipient.id,
                    f"S{specialty:02}",
                    (heads,) * QUARTERS,
                    least_rank=int(rng.choice((2, 3), p=(0.7, 0.3))),
                    priority=float(rng.integers(1, 6)),
                    least_periods=2,
                )
            )
    return tuple(made)


def _donors(people: tuple[Person, ...], donors: int) -> tuple[Donor, ...]:
    made = []
    for number in range(donors):
        own = [person for person in people if person.donor == f"D{number:04}"]
        most = max(1, round(0.3 * len(own)))
        by_specialty: dict[str, int] = {}
        for specialty in sorted({person.specialties[0] for person in own}):
            count = sum(person.specialties[0] == specialty for person in own)
            by_specialty[specialty] = max(1, round(0.34 * count))
        made.append(Donor(f"D{number:04}", float(len(own)), most, None, by_specialty, max(1, most // 3)))
    return tuple(made)


def _pairs(rng: np.random.Generator, recipients: tuple[Recipient, ...], donors: int) -> tuple[Pair, ...]:
    homes = rng.random((donors, 2)) * SIDE_KM
    places = rng.random((len(recipients), 2)) * SIDE_KM
    made = []
    for number, recipient in enumerate(recipients):
        distance = np.hypot(*(homes - places[number]).T)
        order = np.argsort(distance, kind="stable")
        far = order[NEAR:]
        chosen = [*order[:NEAR], *rng.choice(far, min(FAR, far.size), replace=False)]
        made += [
            Pair(
                f"D{donor:04}",
                recipient.id,
                travel_hours=round(float(distance[donor]) / KM_PER_HOUR, 2),
                least_team=2 if recipient.altitude_m > HIGH_M else 3,
            )
            for donor in chosen
        ]
    return tuple(made)


def _couples(people: tuple[Person, ...]) -> tuple[Couple, ...]:
    """Every two-hundredth person and the next one of the same hospital: one in a hundred belongs to a couple."""
    return tuple(
        Couple(one.id, other.id, CoupleWish.APART)
        for one, other in zip(people[::200], people[1::200], strict=False)
        if one.donor == other.donor
    )

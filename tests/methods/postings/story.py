"""The small problem that the tests tell of: Sanjia and Renji help Ceheng and Wangmo."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from lianyi.methods.postings.problem import Donor, Horizon, Need, Pair, Person, PostingProblem, Recipient

CARDIOLOGY, SURGERY, NEUROSURGERY = "03.04", "04.01", "04.03"
YEAR = Horizon(date(2027, 1, 1), periods=4)


def person(name, donor="Sanjia", specialty=CARDIOLOGY, **more):
    return Person(name, donor, (specialty,), **{"rank": 3, **more})


def need(name, recipient="Ceheng", specialty=CARDIOLOGY, heads=(1, 1, 1, 1), **more):
    return Need(name, recipient, specialty, heads, **more)


def problem(people, needs, **more):
    """Both donors may help both recipients, from three and five hours away."""
    pairs = (
        Pair("Sanjia", "Ceheng", 3.0),
        Pair("Sanjia", "Wangmo", 4.0),
        Pair("Renji", "Ceheng", 5.0),
        Pair("Renji", "Wangmo", 5.0),
    )
    made = PostingProblem(
        YEAR,
        tuple(people),
        tuple(needs),
        donors=(Donor("Sanjia"), Donor("Renji")),
        recipients=(Recipient("Ceheng"), Recipient("Wangmo")),
        pairs=pairs,
    )
    return replace(made, **more)


def many(seed):
    """Thirty people and eight needs, drawn."""
    rng = np.random.default_rng(seed)
    specialties = (CARDIOLOGY, SURGERY, NEUROSURGERY)
    people = [
        person(
            f"P{number:02}",
            ("Sanjia", "Renji")[rng.integers(2)],
            specialties[rng.integers(3)],
            rank=int(rng.integers(2, 5)),
            longest_periods=int(rng.integers(1, 4)),
        )
        for number in range(30)
    ]
    needs = [
        need(f"N{number}", ("Ceheng", "Wangmo")[rng.integers(2)], specialties[rng.integers(3)], least_rank=2)
        for number in range(8)
    ]
    return problem(people, needs, donors=(Donor("Sanjia", most_away=4), Donor("Renji", most_away=3)))

"""Small random pairing problems, and what trying every plan says about them."""

from __future__ import annotations

from itertools import product

from hypothesis import strategies as st

from lianyi.methods.pairing.checking import check
from lianyi.methods.pairing.problem import (
    Donor,
    Need,
    Pair,
    Pairing,
    PairingProblem,
    PairStatus,
    Published,
    Recipient,
    Strength,
)
from lianyi.methods.pairing.rules import DEFAULT_PRICES, GOAL_OF_RULE, Goal, PairingRules, PairPrices

CARDIOLOGY, SURGERY = "03.04", "04.01"
SPECIALTIES = (CARDIOLOGY, SURGERY)
DONORS, RECIPIENTS = ("Sanjia", "Renji"), ("Ceheng", "Wangmo")
KEYS = tuple(product(DONORS, RECIPIENTS))
_STATUSES = st.sampled_from((*[PairStatus.ALLOWED] * 4, PairStatus.FIXED, PairStatus.FORBIDDEN))


def _maybe(values):
    return st.one_of(st.none(), values)


@st.composite
def rules(draw):
    # Most lawful plans send nobody where all must be met, or where few pairs come first: such problems are rarer.
    hard = {draw(st.sampled_from((None, None, None, *sorted(DEFAULT_PRICES))))}
    priced = draw(st.sets(st.sampled_from(sorted(GOAL_OF_RULE)), max_size=2))
    prices = {rule: price for rule, price in DEFAULT_PRICES.items() if rule not in hard}
    prices |= {rule: float(draw(st.integers(1, 3))) for rule in sorted(priced)}
    return PairingRules(
        prices=prices,
        goals=tuple(draw(st.one_of(st.just(list(Goal)), st.permutations(list(Goal))))),
        burden_steps=draw(st.sampled_from(((1.0,), (1.0, 1.5), ()))),
        cost=PairPrices(*(draw(st.sampled_from((0.0, 1.0, 4.0))) for _ in range(3))),
    )


@st.composite
def problems(draw):
    """Two donors, two recipients, two specialties, up to three needs of up to two people: every plan can be tried."""
    limits = st.sampled_from((None, None, None, 2, 2, 1, 1, 0))
    donors = tuple(
        Donor(name, draw(limits), draw(limits), draw(_maybe(st.just(100.0))), float(draw(st.integers(0, 1))))
        for name in DONORS
    )
    recipients = tuple(
        Recipient(name, draw(limits), draw(st.sampled_from((0, 0, 1, 2))), draw(st.sampled_from((0.0, 0.0, 0.5, 1.0))))
        for name in RECIPIENTS
    )
    known = draw(st.sets(st.sampled_from(list(product(DONORS, SPECIALTIES))), min_size=2))
    strengths = tuple(Strength(*each, draw(limits), draw(st.sampled_from((0.5, 1.0)))) for each in sorted(known))
    needs = tuple(
        Need(
            f"N{number}",
            draw(st.sampled_from(RECIPIENTS)),
            draw(st.sampled_from(SPECIALTIES)),
            draw(st.sampled_from((None, 0, 1, 1, 2, 2))),
            float(draw(st.integers(1, 2))),
            draw(st.sampled_from((0.0, 0.0, 0.8))),
        )
        for number in range(draw(st.integers(1, 3)))
    )
    pairs = tuple(
        Pair(
            *key,
            float(draw(st.integers(0, 2))),
            draw(_STATUSES),
            float(draw(st.integers(0, 1))),
            draw(st.sampled_from((0, 0, 2))),
        )
        for key in sorted(draw(st.sets(st.sampled_from(KEYS), min_size=2)))
    )
    problem = PairingProblem(donors, recipients, strengths, needs, pairs, draw(rules()))
    return draw(with_published(problem))


@st.composite
def with_published(draw, problem):
    if draw(st.booleans()):
        return problem
    possible = sorted(pair.key for pair in problem.pairs if pair.is_possible)
    before = draw(st.sets(st.sampled_from([*possible, ("Huaxi", "Ceheng"), *KEYS]), max_size=3))
    told = draw(st.sets(st.sampled_from(sorted(before)), max_size=2)) if before else set()
    people = {key: {draw(st.sampled_from(SPECIALTIES)): draw(st.integers(0, 2))} for key in sorted(told)}
    may_lock = sorted(before & set(possible))
    locked = draw(st.sets(st.sampled_from(may_lock), max_size=1)) if may_lock else set()
    return with_plan(problem, Published(frozenset(before), people, frozenset(locked)))


def with_plan(problem, published):
    names = ("donors", "recipients", "strengths", "needs", "pairs", "rules")
    return PairingProblem(*(getattr(problem, name) for name in names), published)


def every_plan(problem):
    """Every number of people of every donor to every need that it knows; pairs are those who send, and those held."""
    locked = problem.published.locked if problem.published else frozenset()
    held = {pair.key for pair in problem.pairs if pair.status is PairStatus.FIXED} | locked
    arcs = [
        (strength.donor, need)
        for need in problem.needs
        for strength in problem.strengths
        if strength.specialty == need.specialty
        and strength.level >= need.least_level
        and (strength.donor, need.recipient) in problem.pair_of
        and problem.pair_of[strength.donor, need.recipient].is_possible
    ]
    # Nobody is sent beyond what is wanted but by locked pairs, whose people are at most two here.
    for numbers in product(*(range(max(need.wanted, 2 if locked else 0) + 1) for _donor, need in arcs)):
        sent = {(donor, need.id): people for (donor, need), people in zip(arcs, numbers, strict=True) if people}
        helping = {(donor, need.recipient) for (donor, need), people in zip(arcs, numbers, strict=True) if people}
        yield Pairing(frozenset(helping | held), sent)


def best_values(problem):
    """The values of the goals in their order, least first, over all lawful plans; None where there is none."""
    verdicts = (check(problem, plan) for plan in every_plan(problem))
    return min(
        (
            tuple(round(verdict.values[goal], 6) for goal in problem.rules.goals)
            for verdict in verdicts
            if verdict.is_lawful
        ),
        default=None,
    )

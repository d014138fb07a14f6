"""Small random posting problems, and what trying every plan says about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations, product

from hypothesis import strategies as st

from lianyi.methods.postings.checking import breaches_of_line, check
from lianyi.methods.postings.problem import (
    Couple,
    CoupleWish,
    Donor,
    Horizon,
    Line,
    Need,
    Pair,
    Person,
    PostingProblem,
    Published,
    Recipient,
    Ward,
)
from lianyi.methods.postings.rules import (
    ALWAYS_HARD,
    DEFAULT_PRICES,
    GOAL_OF_RULE,
    CostPrices,
    Goal,
    PostingRules,
    RuleId,
)
from lianyi.methods.postings.team_rules import TeamRule, TitleDemand

CARDIOLOGY, SURGERY = "03.04", "04.01"
SPECIALTIES = (CARDIOLOGY, SURGERY)
DONORS, RECIPIENTS = ("Sanjia", "Renji"), ("Ceheng", "Wangmo")
LEARNERS_HOME, TEACHERS = "Ceheng", "Sanjia"
_OLD_TEAMS = (frozenset(), frozenset({"Wang"}), frozenset({"Li", "Zhou"}))
WARDS = ("Cardiology", "Surgery")
_MISSED = st.sampled_from((None, None, None, (), (CARDIOLOGY,), SPECIALTIES))
MAY_HAVE_A_PRICE = tuple(rule for rule in GOAL_OF_RULE if rule not in ALWAYS_HARD)


def _maybe(values):
    return st.one_of(st.none(), values)


@st.composite
def rules(draw):
    hard = draw(st.sets(st.sampled_from(sorted(DEFAULT_PRICES)), max_size=2))
    priced = draw(st.sets(st.sampled_from(MAY_HAVE_A_PRICE), max_size=2))
    prices = {rule: price for rule, price in DEFAULT_PRICES.items() if rule not in hard}
    prices |= {rule: float(draw(st.integers(1, 3))) for rule in sorted(priced)}
    return PostingRules(
        prices=prices,
        goals=tuple(draw(st.permutations(list(Goal)))),
        most_postings_per_person=draw(st.sampled_from((1, 1, 2))),
        rest_periods=draw(st.integers(0, 1)),
        fair_months=draw(_maybe(st.sampled_from((0.0, 3.0)))),
        most_months=draw(_maybe(st.sampled_from((3.0, 6.0, 9.0)))),
        notice_weights=draw(st.sampled_from(((1.0,), (3.0, 1.0), (4.0, 2.0, 2.0, 1.0)))),
        may_run_past_end=draw(st.booleans()),
        cost=CostPrices(draw(st.sampled_from((0.0, 1.0))), 1.0, 5.0, draw(st.sampled_from((0.0, 4.0)))),
    )


@st.composite
def people(draw, name, periods):
    return Person(
        name,
        draw(st.sampled_from((*DONORS, *DONORS, LEARNERS_HOME))),
        tuple(draw(st.sampled_from(((CARDIOLOGY,), (SURGERY,), SPECIALTIES)))),
        rank=draw(st.integers(2, 3)),
        available=draw(_maybe(st.frozensets(st.integers(0, periods - 1), min_size=1))),
        longest_periods=draw(_maybe(st.integers(1, 2))),
        highest_altitude_m=draw(_maybe(st.just(3000.0))),
        hardest_level=draw(_maybe(st.just(0))),
        past_months=draw(st.sampled_from((0.0, 3.0))),
        prefers=draw(st.sampled_from((frozenset(), frozenset({"Ceheng"})))),
        refuses=draw(st.sampled_from((frozenset(), frozenset(), frozenset({"Wangmo"})))),
        ward=draw(st.sampled_from(("", *WARDS))),
        missed_as=draw(_MISSED),
    )


@st.composite
def needs(draw, name, periods):
    where = draw(st.sampled_from((*RECIPIENTS, *RECIPIENTS, TEACHERS)))
    return Need(
        name,
        where,
        draw(st.sampled_from(SPECIALTIES)),
        draw(_maybe(st.tuples(*[st.integers(0, 2)] * periods))),
        span=(0, draw(st.integers(0, periods - 1))),
        least_rank=draw(st.sampled_from((0, 3))),
        priority=float(draw(st.integers(1, 3))),
        least_periods=draw(st.integers(1, 2)),
        overlap_periods=draw(st.sampled_from((0, 0, 1))),
        is_training=where == TEACHERS,
        missed_as=draw(_MISSED),
    )


@st.composite
def team_rules(draw, needs, periods):
    """Up to two rules about those who are there together, for all needs and donors of a recipient or some."""
    ranks = st.lists(st.integers(2, 3), max_size=1).map(tuple)
    made = []
    for name in ("T1", "T2")[: draw(st.integers(0, 2))]:
        where = draw(st.sampled_from(RECIPIENTS))
        least = draw(st.integers(0, 2))
        titles = st.builds(TitleDemand, st.just(3), st.integers(0, 1), st.sampled_from((0.0, 0.25, 0.5, 0.6, 1.0)))
        made.append(
            TeamRule(
                *(name, where, least, draw(_maybe(st.integers(least, 2)))),
                titles=draw(st.lists(titles, max_size=1).map(tuple)),
                needs=draw(_maybe(st.just(frozenset(each.id for each in needs[:1])))),
                donors=draw(_maybe(st.just(frozenset(DONORS[:1])))),
                periods=draw(_maybe(st.frozensets(st.integers(0, periods - 1)))),
                already=draw(st.just(()) | st.tuples(*[ranks] * periods)),
            )
        )
    return tuple(made)


@st.composite
def problems(draw):
    """Two or three people, one or two needs, one to three quarters: every plan can be tried."""
    periods = draw(st.integers(1, 3))
    somebody = tuple(draw(people(name, periods)) for name in ("Wang", "Li", "Zhao")[: draw(st.integers(1, 3))])
    wanted = tuple(draw(needs(name, periods)) for name in ("N1", "N2")[: draw(st.integers(1, 2))])
    limits = _maybe(st.integers(0, 2))
    some_away = st.sampled_from((0, 0, 1))
    away = st.just(((), ())) | st.tuples(*[st.tuples(*[some_away] * periods)] * 2)
    specialists_away = st.sampled_from(({}, {CARDIOLOGY: (1,) + (0,) * (periods - 1)}))
    donors = tuple(
        Donor(
            *(name, draw(_maybe(st.just(100.0))), draw(limits), draw(limits), {CARDIOLOGY: 1, SURGERY: 2}),
            *(draw(limits), *draw(away), draw(specialists_away)),
        )
        for name in (*DONORS, LEARNERS_HOME)
    )
    recipients = tuple(
        Recipient(name, 4000.0 * draw(st.booleans()), draw(st.integers(0, 1)), draw(limits), *draw(_ON_SITE))
        for name in (*RECIPIENTS, TEACHERS)
    )
    keys = draw(st.sets(st.sampled_from(list(product(DONORS, RECIPIENTS))), min_size=1))
    # Sanjia has seats to learn in, for Ceheng at most.
    keys |= {(LEARNERS_HOME, TEACHERS)} if draw(st.booleans()) else set()
    pairs = tuple(
        Pair(
            *(donor, recipient, float(draw(st.integers(0, 3))), *draw(_TEAM), draw(st.booleans()), draw(st.booleans())),
            old_team=draw(st.sampled_from(_OLD_TEAMS)),
            keeps_seniors=draw(st.booleans()),
        )
        for donor, recipient in sorted(keys)
    )
    couples = ()
    if len(somebody) > 1 and draw(st.booleans()):
        couples = (Couple("Wang", "Li", draw(st.sampled_from(list(CoupleWish)))),)
    horizon = Horizon(date(2027, 1, 1), periods)
    problem = PostingProblem(
        horizon,
        *(somebody, wanted, donors, recipients, pairs, draw(rules()), couples),
        wards=tuple(Ward(name, draw(st.tuples(*[st.integers(0, 2)] * periods))) for name in WARDS),
        team_rules=draw(team_rules(wanted, periods)),
    )
    return draw(with_published(problem))


_ON_SITE = st.tuples(st.integers(0, 1), st.booleans())
_TEAM = st.tuples(st.integers(0, 2), st.sampled_from((None, frozenset({0}), frozenset({0, 1}))))


@st.composite
def with_published(draw, problem):
    if draw(st.booleans()):
        held = draw(st.lists(st.sampled_from(possible_lines(problem)), max_size=1)) if possible_lines(problem) else []
        return replace(problem, held=frozenset(held))
    lines = draw(st.lists(st.sampled_from(possible_lines(problem) or [Line("Zhou", "N1", 0, 0)]), max_size=2))
    locked = [line for line in lines if line.person != "Zhou"][: draw(st.integers(0, 1))]
    return replace(problem, published=Published(frozenset(lines), frozenset(locked)))


def possible_lines(problem):
    periods = range(problem.horizon.periods)
    lines = [
        Line(person.id, need.id, first, last)
        for person in problem.people
        for need in problem.needs
        for first in periods
        for last in periods[first:]
    ]
    return [line for line in lines if not list(breaches_of_line(problem, line))]


def every_plan(problem):
    """Every set of lines in which nobody has more than two and nobody is in two places at once."""
    most = 2 if not problem.rules.is_hard(RuleId.MOST_POSTINGS) else problem.rules.most_postings_per_person
    choices = []
    for person in problem.people:
        own = [line for line in possible_lines(problem) if line.person == person.id]
        sets = [(), *((line,) for line in own)]
        if most > 1:
            sets += [pair for pair in combinations(own, 2) if not set(pair[0].periods) & set(pair[1].periods)]
            sets += [three for three in combinations(own, 3) if len({t for line in three for t in line.periods}) == 3]
        choices.append(sets)
    for chosen in product(*choices):
        yield tuple(line for lines in chosen for line in lines)


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


def has_at_most(problem, number):
    """Whether trying every plan means trying no more than so many."""
    return sum(1 for _plan, _number in zip(every_plan(problem), range(number + 1), strict=False)) <= number


def least_sum(problem):
    """The least weighted sum of the goals of all lawful plans; None where there is no such plan."""
    weight_of = problem.rules.weight_of
    verdicts = (check(problem, plan) for plan in every_plan(problem))
    lawful = (verdict.values.items() for verdict in verdicts if verdict.is_lawful)
    return min((sum(weight_of(goal) * value for goal, value in values) for values in lawful), default=None)

"""Plans region by region: every plan costs at least the bound, and what ties regions together is seen before."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given
from tests.methods.postings.instances import posting_problem
from tests.methods.postings.strategies import has_at_most, least_sum, problems
from tests.properties import examples

from lianyi.methods.linear_models import SolveWish
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.postings import stages
from lianyi.methods.postings.columns import columns_of
from lianyi.methods.postings.model import model_of
from lianyi.methods.postings.nearness import nearness
from lianyi.methods.postings.problem import Couple, CoupleWish, Line, Published
from lianyi.methods.postings.recipient_sets import recipient_sets
from lianyi.methods.postings.region_search import plan_by_regions
from lianyi.methods.postings.regions import regions_of
from lianyi.methods.postings.rules import RuleId
from lianyi.methods.postings.set_problem import SetProblem, slice_of
from lianyi.methods.postings.staged_plans import Rounds
from lianyi.methods.solver_process import SolverProcess

LIMITS = SearchLimits(seconds=600)
ROUNDS = Rounds(prices=6, parts=1)
REGIONS_ALONE = Rounds(prices=6, parts=0)
MOST_PLANS = 2000
TWELVE = posting_problem(counties=12, specialists=300, donors=10, seed=5)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr("lianyi.methods.postings.parts_search.RECIPIENTS_OF_A_PART", (5,))


def model_for(held):
    return model_of(held, columns_of(held))


@examples(8, HealthCheck.filter_too_much)
@given(held=problems())
def test_the_least_sum_of_every_plan_lies_between_bound_and_plan_of_regions_of_one(solver, held):
    assume(has_at_most(held, MOST_PLANS))
    least = least_sum(held)
    found = plan_by_regions((solver,), model_for(held), LIMITS, ROUNDS, size=1)
    if found is not None:
        assert least is not None
        assert found.bound <= least + 1e-5
        assert found.value >= least - 1e-5
        assert found.plan.verdict.is_lawful


def pairs_inside(size):
    regions = regions_of(TWELVE, nearness(TWELVE), size)
    assert regions is not None
    return {pair.key for pair, is_inside in zip(TWELVE.pairs, regions.is_inside.tolist(), strict=True) if is_inside}


def pairs_used(found):
    return {(TWELVE.person_of[line.person].donor, TWELVE.need_of[line.need].recipient) for line in found.plan.lines}


def test_a_plan_of_three_regions_stays_within_them_and_its_bound_holds_for_plans_across(solver):
    model = model_for(TWELVE)
    found = plan_by_regions((solver,), model, LIMITS, REGIONS_ALONE, size=4)
    assert found is not None
    assert found.plan.verdict.is_lawful
    assert pairs_used(found) <= pairs_inside(4)
    assert 0 < len(pairs_inside(4)) < len(TWELVE.pairs)
    # The solver knows nothing of regions: its plan may be better than theirs, never than the bound.
    problem = SetProblem.of(model, recipient_sets(TWELVE))
    whole = solver.solve(problem.parts.program, SolveWish(20, 0.5))
    constant = found.value - float(problem.parts.program.costs @ found.plan.values)
    assert 0.0 < found.bound <= whole.objective + constant


def test_donors_help_across_regions_where_that_makes_the_plan_better(solver):
    model = model_for(TWELVE)
    alone = plan_by_regions((solver,), model, LIMITS, REGIONS_ALONE, size=4)
    with SolverProcess() as other:
        across = plan_by_regions((solver, other), model, LIMITS, ROUNDS, size=4)
    assert alone is not None
    assert across is not None
    assert across.plan.verdict.is_lawful
    assert across.value < alone.value
    assert pairs_used(across) - pairs_inside(4)
    assert [step.name for step in across.steps] == ["regions", "part"]
    assert across.steps[0].value == pytest.approx(alone.value)
    assert across.steps[1].value == pytest.approx(across.value)
    # What is proved comes from the prices of the regions, whatever was planned again.
    assert across.bound == pytest.approx(alone.bound)


def test_where_prices_would_say_nothing_no_bound_is_claimed_and_all_time_is_for_the_plan(solver, monkeypatch):
    monkeypatch.setattr("lianyi.methods.postings.region_search._LEAST_BOUND", 2.0)
    model = model_for(TWELVE)
    found = plan_by_regions((solver,), model, SearchLimits(seconds=15), size=4)
    assert found is not None
    assert found.plan.verdict.is_lawful
    # What all plans cost alike is known without any search.
    weight_of = TWELVE.rules.weight_of
    assert found.bound == pytest.approx(sum(weight_of(goal) * each for goal, each in model.constants.items()))


def test_what_is_missing_where_nobody_could_come_is_counted_in_the_plan_of_regions(solver):
    nobody = replace(TWELVE.needs[0], id="Nobody", specialty="S99")
    held = replace(TWELVE, needs=(*TWELVE.needs, nobody))
    found = plan_by_regions((solver,), model_for(held), LIMITS, Rounds(3, 0), size=6)
    assert found is not None
    assert found.plan.verdict.is_lawful
    missing = [
        each.amount for each in found.plan.verdict.breaches if (each.rule, each.subject) == (RuleId.NEED, "Nobody")
    ]
    assert missing == list(nobody.heads)


def test_every_recipient_is_in_one_region_and_every_donor_helps_in_one():
    regions = regions_of(TWELVE, nearness(TWELVE), 5)
    assert regions is not None
    assert sorted(np.concatenate(regions.recipients).tolist()) == list(range(12))
    assert [each.size for each in regions.recipients] == [5, 5, 2]
    ids = [recipient.id for recipient in TWELVE.recipients]
    region_of = {ids[each]: number for number, group in enumerate(regions.recipients) for each in group.tolist()}
    of_donor = {}
    for pair, is_inside in zip(TWELVE.pairs, regions.is_inside.tolist(), strict=True):
        if is_inside:
            of_donor.setdefault(pair.donor, set()).add(region_of[pair.recipient])
    assert {len(each) for each in of_donor.values()} == {1}


def test_donors_with_a_couple_between_them_help_in_the_same_region():
    first = next(person.id for person in TWELVE.people if person.donor == "D0000")
    for other in range(1, 10):
        second = next(person.id for person in TWELVE.people if person.donor == f"D{other:04}")
        tied = replace(TWELVE, couples=(Couple(first, second, CoupleWish.APART),))
        regions = regions_of(tied, nearness(tied), 6)
        ids = [recipient.id for recipient in tied.recipients]
        helped = {
            next(number for number, group in enumerate(regions.recipients) if ids.index(pair.recipient) in group)
            for pair, is_inside in zip(tied.pairs, regions.is_inside.tolist(), strict=True)
            if is_inside and pair.donor in ("D0000", f"D{other:04}")
        }
        assert len(helped) <= 1


def across():
    """Return a donor with a pair in each of two regions of six."""
    regions = regions_of(TWELVE, nearness(TWELVE), 6)
    ids = [recipient.id for recipient in TWELVE.recipients]
    first = {ids[each] for each in regions.recipients[0].tolist()}
    donors = {}
    for pair in TWELVE.pairs:
        donors.setdefault(pair.donor, {})[pair.recipient in first] = pair
    return next((found[True], found[False]) for found in donors.values() if len(found) == 2)


def test_fixed_pairs_and_locked_lines_are_kept_inside_and_refuse_regions_that_they_tie_together():
    one, other = across()

    def fixed(*fixed):
        pairs = tuple(replace(pair, is_fixed=True) if pair in fixed else pair for pair in TWELVE.pairs)
        return replace(TWELVE, pairs=pairs)

    for pair in (one, other):
        held = fixed(pair)
        regions = regions_of(held, nearness(held), 6)
        assert regions is not None
        assert regions.is_inside[TWELVE.pairs.index(pair)]
    held = fixed(one, other)
    assert regions_of(held, nearness(held), 6) is None
    person = next(each for each in TWELVE.people if each.donor == one.donor)
    lines = frozenset(
        Line(person.id, next(need.id for need in TWELVE.needs if need.recipient == pair.recipient), 0, 1)
        for pair in (one, other)
    )
    held = replace(TWELVE, published=Published(lines, lines))
    assert regions_of(held, nearness(held), 6) is None


def test_a_slice_has_the_columns_rows_and_sets_of_its_recipients_only():
    whole = SetProblem.of(model_for(TWELVE), recipient_sets(TWELVE))
    allowed = np.array([pair.donor < "D0005" for pair in TWELVE.pairs])
    part = slice_of(whole, np.array([3, 7]), allowed)
    owners = whole.parts.owners.columns[part.columns]
    assert set(owners.tolist()) <= {3, 7, -1}
    pairs = {pair for each in part.problem.sets.pairs for pair in each}
    assert pairs == {
        number
        for number, pair in enumerate(TWELVE.pairs)
        if allowed[number] and pair.recipient in (TWELVE.recipients[3].id, TWELVE.recipients[7].id)
    }
    assert set(part.problem.pairs.tolist()) == pairs | {-1}
    sizes = [sum(pair in pairs for pair, each in enumerate(TWELVE.pairs) if each.recipient == who.id)
             for who in (TWELVE.recipients[3], TWELVE.recipients[7])]  # fmt: skip
    # None, one or two of so many donors.
    assert np.diff(part.problem.sets.starts).tolist() == [1 + each + each * (each - 1) // 2 for each in sizes]


def test_problems_with_too_many_sets_for_one_search_are_planned_by_regions(solver, monkeypatch):
    monkeypatch.setattr(stages, "MOST_SETS", 100)
    monkeypatch.setattr("lianyi.methods.postings.region_search.plan_by_regions.__defaults__", (None, 4))
    # Seats of training have no quick prices.
    held = replace(TWELVE, needs=(replace(TWELVE.needs[0], is_training=True), *TWELVE.needs[1:]))
    found = stages.plan_in_stages(solver, model_for(held), LIMITS, rounds=ROUNDS)
    assert [step.name for step in found.steps] == ["regions", "part"]
    assert found.plan.verdict.is_lawful
    assert 0.0 < found.bound < found.value


SAME = """
from tests.methods.postings.instances import posting_problem
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.postings import parts_search
from lianyi.methods.postings.columns import columns_of
from lianyi.methods.postings.model import model_of
from lianyi.methods.postings.region_search import plan_by_regions
from lianyi.methods.postings.staged_plans import Rounds
from lianyi.methods.solver_process import SolverProcess
parts_search.RECIPIENTS_OF_A_PART = (5,)
held = posting_problem(counties=12, specialists=300, donors=10, seed=5)
with SolverProcess() as one, SolverProcess() as two:
    found = plan_by_regions((one, two), model_of(held, columns_of(held)), SearchLimits(600), Rounds(4, 1), size=4)
print([(line.person, line.need, line.first, line.last) for line in found.plan.lines], round(found.bound, 6))
"""


def test_the_same_seed_gives_the_same_plan_of_regions_planned_at_the_same_time():
    told = {
        subprocess.run(
            [sys.executable, "-c", SAME],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
    assert "P0" in told.pop()

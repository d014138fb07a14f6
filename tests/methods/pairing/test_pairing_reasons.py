"""Why something stays open, and what would fix it: each is checked by solving again without the rule that is named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given
from tests.methods.pairing.story import CARDIOLOGY, NEUROSURGERY, SURGERY, need, problem, with_pair
from tests.methods.pairing.strategies import problems
from tests.properties import examples

from lianyi.methods.errors import PairingPlanImpossibleError
from lianyi.methods.linear_models import Ending, SolveWish
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.pairing.arcs import arcs_of
from lianyi.methods.pairing.lines import WhyKind, lines_of
from lianyi.methods.pairing.model import model_of
from lianyi.methods.pairing.problem import Donor, PairStatus, Published, Recipient, Strength
from lianyi.methods.pairing.reasons import ReasonKind, one_more, reasons_of
from lianyi.methods.pairing.remedies import RemedyKind, remedies_of
from lianyi.methods.pairing.rules import Goal, RuleId
from lianyi.methods.pairing.solving import plan_with
from lianyi.methods.rule_conflicts import Clause

LIMITS = SearchLimits(seconds=60)


@pytest.fixture
def explained(solver):
    def explain(held):
        model = model_of(held, arcs_of(held))
        plan = plan_with(solver, model, LIMITS)
        told = {}
        for unmet in reasons_of(solver, model, plan, LIMITS):
            found = remedies_of(solver, model, plan, unmet, LIMITS)
            told[unmet.own.subject] = (unmet, {(each.kind, each.subject, each.amount): each for each in found})
        return told

    return explain


def test_a_specialty_that_no_donor_has_is_told_with_who_could_send_one(explained):
    [(unmet, remedies)] = explained(problem([need("N1", specialty=NEUROSURGERY)])).values()
    assert unmet.kind is ReasonKind.NOBODY_HAS_IT
    assert list(remedies) == [
        (RemedyKind.ONE_MORE_PERSON, "Sanjia/04.03", 1),
        (RemedyKind.ONE_MORE_PERSON, "Renji/04.03", 1),
    ]
    assert all(remedy.missing_after == 0 for remedy in remedies.values())


def test_those_who_have_it_but_may_not_help_are_told_and_that_allowing_one_helps(explained):
    held = problem([need("N1")], strengths=(Strength("Renji", CARDIOLOGY),))
    held = with_pair(held, "Renji", "Ceheng", status=PairStatus.FORBIDDEN)
    [(unmet, remedies)] = explained(held).values()
    assert unmet.kind is ReasonKind.FORBIDDEN
    assert remedies[RemedyKind.ALLOW_PAIR, "Renji/Ceheng", 1].missing_after == 0


def test_a_donor_that_is_too_weak_is_told_with_the_level_that_would_do(explained):
    held = problem([need("N1", least_level=0.9)], strengths=(Strength("Renji", CARDIOLOGY, level=0.7),))
    [(unmet, remedies)] = explained(held).values()
    assert unmet.kind is ReasonKind.NOBODY_HAS_IT
    assert remedies[RemedyKind.LOWER_LEVEL, "N1", 0.7].missing_after == 0


def test_a_conflict_names_the_limit_of_the_donor_and_the_other_need_and_nothing_else(explained):
    donors = (Donor("Sanjia", most_people=1), Donor("Renji", most_people=0))
    held = problem([need("N1", priority=2.0), need("N2", recipient="Wangmo", specialty=SURGERY)], donors=donors)
    [(unmet, remedies)] = explained(held).values()
    assert unmet.conflict.clauses == (Clause(RuleId.DONOR_TOTAL, "Sanjia"), Clause(RuleId.NEED, "N1"))
    assert unmet.conflict.is_smallest
    assert remedies[RemedyKind.RAISE_LIMIT, "Sanjia", 2].rule is RuleId.DONOR_TOTAL
    assert remedies[RemedyKind.ONE_MORE_PERSON, "Renji/04.01", 1].missing_after == 0


@pytest.mark.parametrize(
    ("given", "rule", "subject", "amount"),
    [
        ({"donors": (Donor("Sanjia", most_recipients=1), Donor("Renji", 0))}, "donor_recipients", "Sanjia", 2),
        (
            {"strengths": (Strength("Sanjia", CARDIOLOGY, 1), Strength("Renji", SURGERY))},
            "donor_specialty",
            "Sanjia/03.04",
            2,
        ),
    ],
)
def test_each_limit_that_is_used_up_is_named_and_raising_it_by_one_helps(explained, given, rule, subject, amount):
    held = problem([need("N1", priority=2.0), need("N2", recipient="Wangmo")], **given)
    [(unmet, remedies)] = explained(held).values()
    assert Clause(RuleId(rule), subject) in unmet.conflict.clauses
    assert remedies[RemedyKind.RAISE_LIMIT, subject, amount].missing_after == 0


def test_a_recipient_that_lacks_donors_is_told_with_the_limit_that_keeps_them_away(explained):
    recipients = (Recipient("Ceheng", least_donors=2), Recipient("Wangmo", most_donors=1))
    donors = (Donor("Sanjia"), Donor("Renji", most_recipients=1))
    held = problem([need("N1", people=2), need("N2", recipient="Wangmo")], donors=donors, recipients=recipients)
    held = with_pair(held, "Renji", "Wangmo", status=PairStatus.FIXED)
    [(unmet, remedies)] = explained(held).values()
    assert (unmet.recipient, unmet.need, unmet.missing, unmet.goal) == ("Ceheng", None, 1, Goal.COVERAGE)
    assert set(unmet.conflict.clauses) == {
        Clause(RuleId.DONOR_RECIPIENTS, "Renji"),
        Clause(RuleId.FIXED, "Renji/Wangmo"),
    }
    assert remedies[RemedyKind.RAISE_LIMIT, "Renji", 2].missing_after == 0


def test_more_donors_than_may_come_are_a_conflict_of_the_recipient_alone(explained):
    held = problem([need("N1", people=2)], recipients=(Recipient("Ceheng", 1, 2), Recipient("Wangmo")))
    [(unmet, remedies)] = explained(held).values()
    assert unmet.conflict.clauses == (Clause(RuleId.RECIPIENT_DONORS, "Ceheng"),)
    assert list(remedies) == [(RemedyKind.RAISE_LIMIT, "Ceheng", 2)]


@examples(40, HealthCheck.filter_too_much)
@given(problem=problems())
def test_without_any_one_rule_of_a_conflict_one_person_more_can_come(solver, problem):
    model = model_of(problem, arcs_of(problem))
    try:
        plan = plan_with(solver, model, LIMITS)
    except PairingPlanImpossibleError:
        assume(False)
    for unmet in reasons_of(solver, model, plan, LIMITS):
        assert unmet.kind is not ReasonKind.NOT_PROVED
        if unmet.conflict is None:
            continue
        program, clauses = one_more(model, plan, unmet)
        wish = SolveWish(60, any_solution=True)
        others = [clauses[clause] for clause in clauses if clause not in unmet.conflict.clauses]
        alone = program.without_rows(np.concatenate(others)) if others else program
        assert solver.solve(alone, wish).ending is Ending.IMPOSSIBLE
        for clause in unmet.conflict.clauses:
            assert solver.solve(alone.without_rows(clauses[clause]), wish).has_values


def test_a_pair_tells_what_it_meets_and_what_the_next_best_would_have_cost(solver):
    held = problem([need("N1"), need("N2", specialty=SURGERY, people=2)], donors=(Donor("Sanjia", 3), Donor("Renji")))
    model = model_of(held, arcs_of(held))
    [line] = lines_of(solver, model, plan_with(solver, model, LIMITS), LIMITS)
    assert (line.pair.key, line.people, line.kind) == (("Sanjia", "Ceheng"), {"N1": 1, "N2": 2}, WhyKind.BEST)
    assert (line.worse.goal, line.worse.now, line.worse.then) == (Goal.COST, 10 + 3 * 6.0, 10 + 3 * 10.0)
    assert line.instead == ("Renji",)


def test_a_pair_that_another_could_replace_at_no_cost_or_that_somebody_holds_says_so(solver):
    held = with_pair(problem([need("N1")]), "Renji", "Ceheng", travel_hours=3.0)
    held = with_pair(held, "Renji", "Wangmo", status=PairStatus.FIXED)
    locked = frozenset({("Sanjia", "Wangmo")})
    held = replace(held, published=Published(locked, {}, locked))
    model = model_of(held, arcs_of(held))
    plan = plan_with(solver, model, LIMITS)
    kinds = {line.pair.recipient + line.kind: line.instead for line in lines_of(solver, model, plan, LIMITS)}
    [ceheng] = [kind for kind in kinds if kind.startswith("Ceheng")]
    assert ceheng == "Cehengequal"
    assert {"Wangmofixed", "Wangmolocked"} < set(kinds)


def test_a_pair_without_which_there_would_be_no_plan_says_so(solver):
    prices = {RuleId.LEAST_COVERAGE: 1.0}
    rules = replace(problem([]).rules, prices=prices)
    held = problem([need("N1")], strengths=(Strength("Renji", CARDIOLOGY),), rules=rules)
    model = model_of(held, arcs_of(held))
    plan = plan_with(solver, model, LIMITS)
    [line] = lines_of(solver, model, plan, LIMITS)
    assert line.kind is WhyKind.ONLY
    [late] = lines_of(solver, model, plan, SearchLimits(seconds=1e-9))
    assert late.kind is WhyKind.NOT_PROVED


@examples(20, HealthCheck.filter_too_much)
@given(problem=problems())
def test_what_a_pair_says_of_the_next_best_is_what_forbidding_it_brings(solver, problem):
    model = model_of(problem, arcs_of(problem))
    try:
        plan = plan_with(solver, model, LIMITS)
    except PairingPlanImpossibleError:
        assume(False)
    for line in lines_of(solver, model, plan, LIMITS):
        if line.kind not in (WhyKind.BEST, WhyKind.EQUAL, WhyKind.ONLY):
            continue
        forbidden = with_pair(problem, *line.pair.key, status=PairStatus.FORBIDDEN)
        other = model_of(forbidden, arcs_of(forbidden))
        if line.kind is WhyKind.ONLY:
            with pytest.raises(PairingPlanImpossibleError):
                plan_with(solver, other, LIMITS)
            continue
        then = [(level.goal, level.value) for level in plan_with(solver, other, LIMITS).levels]
        now = [(level.goal, level.value) for level in plan.levels]
        worse = next(
            ((goal, value) for (goal, value), was in zip(then, now, strict=True) if value > was[1] + 1e-4), None
        )
        assert worse == (None if line.worse is None else (line.worse.goal, pytest.approx(line.worse.then)))

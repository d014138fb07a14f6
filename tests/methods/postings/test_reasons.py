"""Why a need stays open, and what would fix it: each is checked by solving again without the rule that is named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given
from tests.methods.postings.story import NEUROSURGERY, need, person, problem
from tests.methods.postings.strategies import problems
from tests.properties import examples

from lianyi.methods.errors import PostingPlanImpossibleError
from lianyi.methods.linear_models import Ending, SolveWish
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.postings.columns import Bar, columns_of
from lianyi.methods.postings.model import model_of
from lianyi.methods.postings.problem import Donor, Pair
from lianyi.methods.postings.reasons import ReasonKind, one_more, reasons_of
from lianyi.methods.postings.remedies import RemedyKind, remedies_of
from lianyi.methods.postings.rules import RuleId
from lianyi.methods.postings.solving import plan_with
from lianyi.methods.rule_conflicts import Clause

LIMITS = SearchLimits(seconds=60)


@pytest.fixture
def explained(solver):
    def explain(held):
        model = model_of(held, columns_of(held))
        plan = plan_with(solver, model, LIMITS)
        told = {}
        for unmet in reasons_of(solver, model, plan, LIMITS):
            found = remedies_of(solver, model, plan, unmet, LIMITS)
            told[unmet.need.id] = (unmet, {(each.kind, each.subject, each.amount): each for each in found})
        return told

    return explain


def test_nobody_of_the_specialty_is_told_with_the_hospital_that_could_send_one(explained):
    told = explained(problem([person("Wang")], [need("N1", specialty=NEUROSURGERY, least_rank=3)]))
    unmet, remedies = told["N1"]
    assert (unmet.kind, unmet.missing) == (ReasonKind.NOBODY_QUALIFIED, (1, 1, 1, 1))
    assert list(remedies) == [(RemedyKind.ONE_MORE_PERSON, "Sanjia", 3), (RemedyKind.ONE_MORE_PERSON, "Renji", 3)]
    assert all(remedy.fixes_all for remedy in remedies.values())


def test_qualified_people_who_are_all_barred_are_told_with_the_bar_and_a_shorter_term_that_helps(explained):
    half = {"longest_periods": 2}
    told = explained(problem([person("Wang", **half), person("Li", **half)], [need("N1", least_periods=4)]))
    unmet, remedies = told["N1"]
    assert unmet.kind is ReasonKind.ALL_BARRED
    assert unmet.trace.barred == {Bar.TERM_TOO_SHORT: ("Wang", "Li")}
    assert remedies[RemedyKind.SHORTER_TERM, "N1", 2].fixes_all
    assert (RemedyKind.SHORTER_TERM, "N1", 3) not in remedies
    assert (RemedyKind.SHORTER_TERM, "N1", 1) not in remedies


def test_a_conflict_names_the_limit_of_the_hospital_and_the_other_need_and_nothing_else(explained):
    told = explained(
        problem(
            [person("Wang"), person("Li"), person("Zhao", donor="Renji", specialty=NEUROSURGERY)],
            [need("N1", priority=2.0), need("N2", recipient="Wangmo"), need("N3", specialty=NEUROSURGERY)],
            donors=(Donor("Sanjia", most_away_by_specialty={"03.04": 1}), Donor("Renji")),
        )
    )
    [(unmet, remedies)] = told.values()
    assert unmet.conflict.clauses == (Clause(RuleId.DONOR_SPECIALTY, "Sanjia/03.04"), Clause(RuleId.NEED, "N1"))
    assert unmet.conflict.is_smallest
    assert remedies[RemedyKind.LEND_MORE, "Sanjia/03.04", 2].fixes_all
    assert (RemedyKind.ONE_MORE_PERSON, "Sanjia", 0) not in remedies
    assert remedies[RemedyKind.ONE_MORE_PERSON, "Renji", 0].fixes_all


def test_one_person_for_two_needs_is_a_conflict_of_the_person_and_the_other_need(explained):
    told = explained(problem([person("Wang")], [need("N1", priority=2.0), need("N2", recipient="Wangmo")]))
    unmet, _remedies = told["N2"]
    assert [group.rule for group in unmet.conflict.clauses] in (
        [RuleId.MOST_POSTINGS, RuleId.NEED],
        [RuleId.NEED, RuleId.ONE_AT_A_TIME],
    )


def test_a_recipient_that_may_have_one_donor_is_told(explained):
    held = problem(
        [person("Wang"), person("Zhao", donor="Renji", specialty=NEUROSURGERY)],
        [need("N1", priority=2.0), need("N3", specialty=NEUROSURGERY)],
        pairs=(Pair("Sanjia", "Ceheng"), Pair("Renji", "Ceheng")),
    )
    one = replace(held, recipients=tuple(replace(each, most_donors=1) for each in held.recipients))
    unmet, remedies = explained(one)["N3"]
    assert unmet.conflict.clauses == (Clause(RuleId.NEED, "N1"), Clause(RuleId.RECIPIENT_DONORS, "Ceheng"))
    assert remedies[RemedyKind.LEND_MORE, "Ceheng", 2].fixes_all


def test_a_lower_title_that_helps_is_found(explained):
    unmet, remedies = explained(problem([person("Wang", rank=2)], [need("N1", least_rank=4)]))["N1"]
    assert unmet.kind is ReasonKind.NOBODY_QUALIFIED
    assert [key for key in remedies if key[0] is RemedyKind.LOWER_TITLE] == [(RemedyKind.LOWER_TITLE, "N1", 2)]


# One problem in thirty has a conflict, so that each example costs thirty searches.
@examples(3, HealthCheck.filter_too_much)
@given(held=problems())
def test_without_any_one_of_the_rules_named_one_more_person_could_be_there(solver, held):
    model = model_of(held, columns_of(held))
    try:
        plan = plan_with(solver, model, LIMITS)
    except PostingPlanImpossibleError:
        assume(False)
    conflicts = [each for each in reasons_of(solver, model, plan, LIMITS) if each.conflict is not None]
    assume(conflicts)
    for unmet in conflicts:
        program, groups = one_more(model, plan, held.needs.index(unmet.need))
        named = unmet.conflict.clauses
        assert is_impossible(solver, program, groups, named)
        for left_out in named:
            assert not is_impossible(solver, program, groups, [each for each in named if each != left_out])


def is_impossible(solver, program, groups, kept):
    for group, rows in groups.items():
        if group not in kept:
            program = program.without_rows(rows)
    return solver.solve(program, SolveWish(30, any_solution=True)).ending is Ending.IMPOSSIBLE

"""Which postings are possible by themselves, and who is barred from which need by which rule."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.methods.postings.story import NEUROSURGERY, SURGERY, need, person, problem

from lianyi.methods.postings.columns import Bar, bar_of_line, columns_of
from lianyi.methods.postings.problem import Donor, Line, Pair, Recipient
from lianyi.methods.postings.rules import PostingRules, RuleId


def trace_of(people, wanted, **more):
    [trace] = columns_of(problem(people, [wanted], **more)).traces
    return trace


@pytest.mark.parametrize(
    ("somebody", "bar"),
    [
        ({"rank": 2}, Bar.RANK),
        ({"donor": "Renji"}, Bar.NO_PAIR),
        ({"refuses": frozenset({"Ceheng"})}, Bar.REFUSED),
        ({"highest_altitude_m": 2999.0}, Bar.ALTITUDE),
        ({"hardest_level": 1}, Bar.HARDSHIP),
        ({"available": frozenset({0})}, Bar.UNAVAILABLE),
        ({"longest_periods": 1}, Bar.TERM_TOO_SHORT),
        ({"available": frozenset({1, 3})}, Bar.TERM_TOO_SHORT),
        ({"available": frozenset({2, 3})}, Bar.START),
        ({"past_months": 31}, Bar.BURDEN),
    ],
)
def test_each_rule_about_one_person_names_whom_it_bars(somebody, bar):
    trace = trace_of(
        [person("Wang", **somebody)],
        need("N1", heads=(0, 1, 1, 1), least_rank=3, least_periods=2),
        donors=(Donor("Sanjia"), Donor("Renji")),
        recipients=(Recipient("Ceheng", altitude_m=3000.0, hardship=2),),
        pairs=(Pair("Sanjia", "Ceheng", starts=frozenset({0, 1})),),
        rules=PostingRules(most_months=36),
    )
    assert trace.barred == {bar: ("Wang",)}
    assert trace.is_hopeless
    assert trace.uncovered == (1, 2, 3)


def test_nobody_of_the_specialty_is_nobody_qualified():
    trace = trace_of([person("Wang"), person("Li", specialty=SURGERY)], need("N1", specialty=NEUROSURGERY))
    assert (trace.qualified, trace.without_specialty, trace.is_hopeless) == (0, 2, True)


def test_a_need_that_somebody_can_serve_in_part_is_not_hopeless():
    trace = trace_of([person("Wang", available=frozenset({0, 1}))], need("N1"))
    assert (trace.able, trace.uncovered, trace.is_hopeless) == (("Wang",), (2, 3), False)


def test_a_term_is_as_long_as_the_least_or_runs_past_the_end_where_that_is_allowed():
    wanted = need("N1", least_periods=3)
    held = problem([person("Wang")], [wanted])
    assert [(line.first, line.last) for line in columns_of(held).lines] == [(0, 2), (0, 3), (1, 3)]
    open_ended = replace(held, rules=PostingRules(may_run_past_end=True))
    terms = [(line.first, line.last) for line in columns_of(open_ended).lines]
    assert terms == [(0, 2), (0, 3), (1, 3), (2, 3), (3, 3)]


def test_a_successor_counts_only_after_the_overlap():
    columns = columns_of(problem([person("Wang")], [need("N1", heads=(0, 1, 1, 1), overlap_periods=1)]))
    counted = {
        (line.first, line.last): first for line, first in zip(columns.lines, columns.covers.tolist(), strict=True)
    }
    assert counted == {(1, 1): 1, (1, 2): 1, (1, 3): 1, (2, 3): 3}


def test_the_cost_is_travel_there_and_back_hardship_by_the_month_and_going_against_a_preference():
    columns = columns_of(
        problem(
            [person("Wang", prefers=frozenset({"Wangmo"}))],
            [need("N1", least_periods=4), need("N2", recipient="Wangmo", least_periods=4)],
            recipients=(Recipient("Ceheng", hardship=2), Recipient("Wangmo")),
        )
    )
    assert columns.cost.tolist() == [2 * 3 + 2 * 12 + 5, 2 * 4]


def test_why_a_line_is_not_possible_can_be_asked():
    held = problem([person("Wang"), person("Li", rank=1)], [need("N1", least_rank=2, least_periods=2)])
    assert bar_of_line(held, Line("Wang", "N1", 0, 1)) is None
    assert bar_of_line(held, Line("Wang", "N1", 0, 0)) is Bar.TERM_TOO_SHORT
    assert bar_of_line(held, Line("Li", "N1", 0, 3)) is Bar.RANK


def test_a_least_term_with_a_price_leaves_shorter_terms_possible_each_with_what_it_lacks():
    wanted = need("N1", least_periods=3)
    priced = PostingRules(prices={RuleId.LEAST_TERM: 1.0})
    columns = columns_of(problem([person("Wang", available=frozenset({0, 1}))], [wanted], rules=priced))
    found = {(line.first, line.last): short for line, short in zip(columns.lines, columns.short, strict=True)}
    assert found == {(0, 0): 6.0, (0, 1): 3.0, (1, 1): 6.0}
    past_end = replace(priced, may_run_past_end=True)
    columns = columns_of(problem([person("Wang", available=frozenset({3}))], [wanted], rules=past_end))
    assert [(line.first, short) for line, short in zip(columns.lines, columns.short, strict=True)] == [(3, 0.0)]

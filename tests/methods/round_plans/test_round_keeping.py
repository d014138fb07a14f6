"""The best draft so far is kept by names, and taken up again where it is still possible."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.methods.round_plans.instances import valleys
from tests.methods.round_plans.story import FRIDAY, TUESDAY, WEDNESDAY, bus, rounds, village

from lianyi.methods.errors import RoundDataError
from lianyi.methods.round_plans.drafts import value_of
from lianyi.methods.round_plans.facts import Facts
from lianyi.methods.round_plans.keeping import KeptDraft, draft_of, kept_of
from lianyi.methods.round_plans.problem import Closure
from lianyi.methods.round_plans.search import RoundLimits, Search
from lianyi.methods.round_plans.solving import plan_with

KEPT = KeptDraft((("Bus", TUESDAY, ("Yuan",)), ("Bus", WEDNESDAY, ("Shan",))), (("Bus", TUESDAY, 1, "Yuan"),))


def passes(**more):
    return rounds(village("Shan"), village("Yuan"), teams=[bus(most_nights=1, stays=("Yuan",))], **more)


def test_a_kept_draft_comes_back_as_it_was():
    facts = Facts(passes())
    draft = draft_of(facts, KeptDraft.of(KEPT.document()))
    assert draft is not None
    assert kept_of(facts, draft) == KEPT
    assert KEPT.visits == 2
    # There 255 minutes and back, with Shan on the way, and a night.
    assert value_of(facts, draft) == 2 * 255 + 60


@pytest.mark.parametrize(
    "kept",
    [
        KeptDraft(()),
        KeptDraft.of({}),
        replace(KEPT, trips=()),  # Yuan and back in a day
        replace(KEPT, trips=(("Bus", TUESDAY, 2, "Yuan"),)),  # more nights than it may
        replace(KEPT, trips=(("Bus", TUESDAY, 1, "Shan"),)),  # nobody may stay there
        replace(KEPT, trips=(("Bus", date(2027, 2, 26), 1, "Yuan"),)),
        replace(KEPT, days=(*KEPT.days, ("Bus", date(2027, 3, 8), ("Shan",)))),
        replace(KEPT, days=(*KEPT.days, ("Bus", FRIDAY, ("Shan",)))),  # more than is due
        replace(KEPT, days=(*KEPT.days, ("Bus", FRIDAY, ("Nowhere",)))),
        replace(KEPT, days=(*KEPT.days, ("Van", FRIDAY, ("Shan",)))),
    ],
)
def test_a_kept_draft_that_is_not_possible_is_not_taken_up(kept):
    assert draft_of(Facts(passes()), kept) is None


def test_a_kept_draft_is_not_taken_up_when_the_world_has_changed():
    closed = Closure(passes().days, "Shan")
    assert draft_of(Facts(passes(closures=(closed,))), KEPT) is None
    assert draft_of(Facts(passes(holidays=frozenset({WEDNESDAY}))), KEPT) is None


def test_a_search_tells_each_better_draft_and_the_next_one_goes_on_from_there(solver, router):
    facts = Facts(valleys(5, villages=14, weeks=3))
    told = []
    first = plan_with(Search(facts, solver, router, RoundLimits(120, 6, 1), take=told.append))
    values = [value_of(facts, draft) for draft in told]
    assert values == sorted(values, reverse=True)
    assert values[-1] == pytest.approx(first.figures.value)
    assert len(told) > 1
    start = draft_of(facts, KeptDraft.of(kept_of(facts, told[-1]).document()))
    again = plan_with(Search(facts, solver, router, RoundLimits(120, 0, 1)), start)
    assert again.figures.value == pytest.approx(first.figures.value)
    anew = plan_with(Search(facts, solver, router, RoundLimits(120, 0, 1)))
    assert anew.figures.value > again.figures.value


def test_a_team_has_no_stay_at_its_home():
    with pytest.raises(RoundDataError) as refused:
        bus(most_nights=1, stays=("Town",))
    assert "home" in str(refused.value)

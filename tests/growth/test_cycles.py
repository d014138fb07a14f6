"""Capability cycles: their steps, gaps in order, plan, review, and the next cycle that begins with what is left."""

from __future__ import annotations

import pytest

from lianyi.accounts.access import scoped
from lianyi.accounts.errors import NotPermittedError
from lianyi.dispatch.commands import accept_proposal
from lianyi.dispatch.models import NeedOrigin
from lianyi.dispatch.needs_proposals import gather
from lianyi.errors import InvalidInputError
from lianyi.growth.commands import cycle_plans, cycles
from lianyi.growth.commands.cycle_plans import Judgement
from lianyi.growth.commands.cycles import NewCycle
from lianyi.growth.cycles_gathering import Figures, gaps_for
from lianyi.growth.cycles_looking_back import gap_by_figure
from lianyi.growth.errors import CycleStepRefusedError
from lianyi.growth.models import CapabilityGap, GapReview
from lianyi.growth.rulebook import ranking_on
from lianyi.growth.starting.cycles import items as home_items
from lianyi.growth.starting.cycles import timeline_entries
from lianyi.partnerships import commands as partnerships
from lianyi.partnerships.models import CycleStep
from lianyi.partnerships.need_sources import ProposedNeed
from tests.cast import Scene, acting_as, actor_for, day
from tests.growth.assessments_story import growing
from tests.growth.cycles_story import BETTER, WEAK, Turning, turning

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(scene: Scene) -> Turning:
    return turning(growing(scene))


def at_gaps(story: Turning) -> Turning:
    story.assessed(WEAK, "2024-02-01")
    story.step("assess", "2024-02-01")
    story.gathered()
    story.step("prioritise", "2024-02-10")
    return story


def at_review(story: Turning) -> Turning:
    at_gaps(story)
    story.step("plan", "2024-02-20")
    story.planned(story.gap("leader"))
    story.step("act", "2024-03-01")
    story.assessed(BETTER, "2024-10-01")
    story.step("review", "2024-11-01")
    return story


def twinning(story: Turning) -> list[tuple[int, int, bool]]:
    rows = CycleStep.objects.filter(agreement=story.growing.agreement).order_by("cycle", "step")
    return [(row.cycle, row.step, row.finished_on is not None) for row in rows]


def test_the_steps_are_those_of_the_twinning_cycle_and_are_kept_there_only(story: Turning) -> None:
    assert twinning(story) == [(1, 1, False)]
    at_gaps(story)
    assert twinning(story) == [(1, 1, True), (1, 2, True), (1, 3, False)]
    running = CycleStep.objects.get(agreement=story.growing.agreement, step=3)
    context = acting_as(story.office)
    partnerships.finish_cycle_step(context, running, day("2024-02-20"), "", running.version)
    partnerships.start_cycle_step(acting_as(story.office), story.growing.agreement, 4, day("2024-02-20"))
    assert cycles.standing(story.cycle) == 4, "a step taken on the page of the partnership is one of the cycle too"


def test_a_cycle_joins_the_running_one_and_is_not_opened_twice(story: Turning) -> None:
    with pytest.raises(CycleStepRefusedError) as refused:
        story.next_cycle(day("2024-06-01"))
    assert refused.value.params["reason"] == "cycle-open-already"


def test_nothing_goes_on_before_what_it_asks_for_is_there(story: Turning) -> None:
    def refused(name: str) -> object:
        with pytest.raises(CycleStepRefusedError) as error:
            story.step(name)
        return error.value.params["reason"]

    assert refused("plan") == "cycle-not-following"
    story.step("assess")
    assert refused("prioritise") == "cycle-nothing-assessed"
    story.assessed(WEAK, "2024-02-01")
    story.step("prioritise")
    assert refused("plan") == "cycle-without-gaps"
    story.gathered()
    story.step("plan")
    assert refused("act") == "cycle-without-plan"
    story.planned(story.gap("leader"))
    story.step("act")
    story.step("review")
    assert refused("finish") == "cycle-gaps-not-reviewed"


def test_gaps_stand_in_the_order_of_the_rule_each_with_its_reason(story: Turning) -> None:
    at_gaps(story)
    order = story.order()
    assert [(each.gap.item, each.points) for each in order] == [("leader", 75.0), ("three", 75.0), ("review", 48.3)]
    assert order[0].why[:2] == (
        "weight of the criterion 100.0 % gives 40.0 points",
        "distance from it 100.0 % gives 35.0 points",
    )
    assert [each.gap.specialty for each in order] == ["04.02"] * 3


def test_gathering_again_follows_the_figures_and_keeps_what_people_did(story: Turning) -> None:
    at_gaps(story)
    story.moved(story.gap("review"), 1)
    before = {each.origin_key: each.code for each in CapabilityGap.objects.all()}
    story.assessed({"leader": "not_met", "three": "met"}, "2024-02-12")
    story.gathered()
    assert {each.origin_key: each.code for each in CapabilityGap.objects.all()} == before, "none is taken away"
    assert story.gap("leader").seen_on == day("2024-02-12")
    assert next(each.gap.item for each in story.order()) == "review"


def test_a_gap_is_moved_with_a_reason_and_goes_back_to_its_place(story: Turning) -> None:
    at_gaps(story)
    gap = story.gap("review")
    with pytest.raises(InvalidInputError) as unsaid:
        story.moved(gap, 1, reason=" ")
    assert unsaid.value.params["reason"] == "gap-moved-without-reason"
    with pytest.raises(InvalidInputError):
        story.moved(gap, 9)
    story.moved(gap, 1)
    first = story.order()[0]
    assert (first.gap.item, first.rank, first.rank_by_rule, first.is_moved) == ("review", 1, 3, True)
    assert first.gap.moved_because == "院方今年先做这一项"
    story.moved(first.gap, None, reason="照规则")
    assert [each.gap.item for each in story.order()] == ["leader", "three", "review"]


def test_work_that_asks_for_staff_stands_behind_the_gaps_of_its_specialty(story: Turning) -> None:
    story.assessed(WEAK, "2024-02-01")
    shan = story.growing.scene.shan

    def told(specialty: str, figure: int) -> ProposedNeed:
        return ProposedNeed(
            key=f"away:SHAN:{specialty}", place=shan.place, institution=shan, specialty=specialty, profession="doctor",
            figure=figure, people=None, words_zh=f"转出{figure}例", words_en=f"{figure} referred away",
            counted_on=day("2024-02-28"),
        )  # fmt: skip

    figures = Figures({"referred_away": [told("04.02", 40), told("13", 60)]})
    found = gaps_for(story.office, [shan], ranking_on(day("2024-03-01")), figures)
    by_key = {each.key.rpartition(":")[2]: each for each in found}
    assert (by_key["leader"].need, by_key["leader"].need_en) == (0.4, "40 referred away")
    assert by_key["13"].distance == 0.6
    assert by_key["04.02"].need == 0.0, "a figure is no need of itself"


def test_the_plan_names_help_side_day_and_duty_and_ends_once(story: Turning) -> None:
    at_gaps(story)
    agreement = story.growing.agreement
    duty = agreement.duties.get(code="D01")
    line = story.planned(story.gap("leader"), "posting", duty_id=duty.pk, target="有学科带头人", target_value=1)
    assert (line.number, line.duty, line.owner_side) == (1, duty, "supporting")
    other = story.growing.scene.agreement("OTHER", starts_on="2024-01-01", ends_on="2024-12-31")
    with pytest.raises(InvalidInputError) as elsewhere:
        story.planned(story.gap("three"), duty_id=other.duties.get().pk)
    assert elsewhere.value.params["reason"] == "duty-elsewhere"
    with pytest.raises(InvalidInputError):
        cycle_plans.end_line(acting_as(story.office), line, "dropped", day("2024-03-01"), line.version)
    cycle_plans.end_line(acting_as(story.office, "已到岗"), line, "done", day("2024-03-01"), line.version)
    with pytest.raises(CycleStepRefusedError):
        cycle_plans.change_line(acting_as(story.office), line, {"what": "再来一次"}, line.version)


def test_the_review_tells_each_gap_before_and_after(story: Turning) -> None:
    at_review(story)
    story.looked_back()
    found = {each.gap.item: (each.result, each.goes_on) for each in GapReview.objects.select_related("gap")}
    assert found == {
        "leader": ("closed", False),
        "three": ("same", True),
        "review": ("not_assessed_again", True),
    }
    story.step("finish", "2024-11-30")
    (entry,) = timeline_entries(story.office, story.growing.agreement)
    assert entry.text_en == "Capability cycle 1 reviewed: 1 of 3 gaps closed"


def test_the_next_cycle_begins_with_what_the_last_review_sent_on(story: Turning) -> None:
    at_review(story)
    story.looked_back()
    review = GapReview.objects.get(gap__item="review")
    with pytest.raises(InvalidInputError) as unsaid:
        cycle_plans.judge_gap(acting_as(story.office), review, Judgement(goes_on=False), review.version)
    assert unsaid.value.params["reason"] == "gap-goes-on-unsaid"
    said = Judgement(goes_on=False, note="并入医院层面的质控")
    cycle_plans.judge_gap(acting_as(story.office), review, said, review.version)
    story.step("finish", "2024-11-30")
    follow = story.next_cycle(day("2024-12-01"))
    assert follow.cycle.number == 2
    assert [(each.gap.item, each.gap.carried_from) for each in follow.order()] == [("three", story.gap("three"))]
    assert twinning(story)[-1] == (2, 1, False)


def test_what_became_of_a_gap_that_a_figure_shows_is_not_said_by_hand(story: Turning) -> None:
    at_gaps(story)
    hand = story.written(profession="technician", specialty="21")
    story.step("plan")
    story.planned(hand)
    story.step("act")
    story.step("review", "2024-11-01")
    story.looked_back()
    counted = GapReview.objects.get(gap__item="leader")
    with pytest.raises(InvalidInputError) as refused:
        cycle_plans.judge_gap(acting_as(story.office), counted, Judgement(goes_on=True, result="closed"), 1)
    assert refused.value.params["reason"] == "gap-counted"
    review = GapReview.objects.get(gap=hand)
    said = Judgement(goes_on=True, result="narrower")
    cycle_plans.judge_gap(acting_as(story.office), review, said, review.version)
    story.looked_back()
    review.refresh_from_db()
    assert (review.result, review.distance_after) == ("narrower", 0.5), "what a person said stays said"


def test_a_gap_of_people_proposes_a_need_with_its_place_and_reason(story: Turning) -> None:
    at_gaps(story)
    planner = story.growing.scene.office_shan
    found = [each for each in gather(planner).proposals if each.origin is NeedOrigin.CAPABILITY_CYCLE]
    assert [(each.rank, each.need.profession, each.need.specialty, each.need.figure) for each in found] == [
        (1, "doctor", "04.02", 75),
        (2, "doctor", "04.02", 75),
    ]
    assert found[0].need.words_en.startswith("Capability gap at place 1 (75 points): Growth of a department")
    need = accept_proposal(acting_as(planner), found[0].origin, found[0].need)
    assert (need.origin, need.department, need.reason_code) == (
        "capability_cycle",
        story.growing.surgery,
        "skill_missing",
    )
    left = [each for each in gather(planner).proposals if each.origin is NeedOrigin.CAPABILITY_CYCLE]
    assert len(left) == 1, "nobody asks twice for the same"


def test_a_gap_becomes_one_of_people_when_somebody_plans_to_post_people(story: Turning) -> None:
    at_gaps(story)
    gap = story.gap("review")
    story.planned(gap, "posting")
    keys = {each.need.key for each in gather(story.growing.scene.office_shan).proposals}
    assert f"growth-gap:{gap.pk}" in keys


def test_only_the_offices_keep_a_cycle_and_nobody_elsewhere_sees_it(story: Turning) -> None:
    at_gaps(story)
    scene = story.growing.scene
    head = actor_for("head-ns", scene.shan.pk, "department_head", story.growing.surgery.pk)
    for actor in (scene.office_lin, head):
        with pytest.raises(NotPermittedError):
            cycles.take_cycle_step(acting_as(actor), story.cycle, "plan", day("2024-03-01"))
    assert not scoped(scene.office_lin, CapabilityGap.objects.all()).exists()
    assert scoped(scene.office_shan, CapabilityGap.objects.all()).count() == 3
    new = NewCycle(started_on=day("2024-01-01"))
    with pytest.raises(NotPermittedError):
        cycles.open_cycle(acting_as(scene.office_lin), story.growing.agreement, new)


def test_a_retry_of_a_step_takes_it_once(story: Turning) -> None:
    context = acting_as(story.office)
    cycles.take_cycle_step(context, story.cycle, "assess", day("2024-02-01"))
    cycles.take_cycle_step(context, story.cycle, "assess", day("2024-02-01"))
    assert twinning(story) == [(1, 1, True), (1, 2, False)]


def test_a_due_review_and_a_late_line_wait_on_the_home_page(story: Turning) -> None:
    at_gaps(story)
    story.planned(story.gap("leader"), due_on=day("2024-04-01"))
    texts = [each.text for each in home_items(story.office)]
    assert texts == ["Review of a capability cycle is due", "Line of a gap plan is late"]
    assert home_items(story.growing.scene.office_lin) == []
    viewer = actor_for("viewer-shan", story.growing.scene.county.pk, "commission_viewer")
    assert home_items(viewer) == []


def told_away(story: Turning, figure: int, counted_on: str, specialty: str = "04.02") -> ProposedNeed:
    shan = story.growing.scene.shan
    return ProposedNeed(
        key=f"away:SHAN:{specialty}", place=shan.place, institution=shan, specialty=specialty, profession="doctor",
        figure=figure, people=None, words_zh=f"转出{figure}例", words_en=f"{figure} referred away",
        counted_on=day(counted_on),
    )  # fmt: skip


def test_a_count_that_is_hidden_now_is_smaller_but_never_closed(story: Turning) -> None:
    ranking = ranking_on(day("2024-03-01"))
    figures = Figures({"referred_away": [told_away(story, 40, "2024-02-01")]})
    story.step("assess", "2024-02-01")
    found = gaps_for(story.office, [story.growing.scene.shan], ranking, figures)
    cycles.gather_gaps(acting_as(story.office), story.cycle, found)
    gap = CapabilityGap.objects.get()
    later = Figures({"referred_away": [told_away(story, 50, "2024-10-01", "13")]})
    now = gap_by_figure(gap, later, ranking)
    assert (gap.distance, now.distance, now.figure) == (0.4, 0.04, None), "at most 4 of 100: fewer than 5 are hidden"
    silent = Figures({"referred_away": [told_away(story, 50, "2024-02-01", "13")]})
    assert gap_by_figure(gap, silent, ranking).distance is None
    work = gap_by_figure(
        CapabilityGap(origin="wisn_gap", origin_key="wisn_gap:x", distance=0.4, seen_on=day("2024-02-01")),
        Figures({"wisn_gap": [told_away(story, 2, "2024-10-01")]}),
        ranking,
    )
    assert (work.distance, work.figure) == (0.0, 0.0), "a reckoning of staff hides nothing: its gap is closed"


def test_need_that_nobody_saw_is_unknown_and_what_the_institution_saw_stays(story: Turning) -> None:
    story.assessed(WEAK, "2024-02-01")
    story.step("assess", "2024-02-01")
    first = story.gathered(story.office)[0]
    assert first.gap.need is None
    assert "not seen yet (up to 25.0 points more)" in first.why[-1]
    shan = story.growing.scene.office_shan
    figures = Figures({"referred_away": [told_away(story, 40, "2024-02-28")]})
    ranking = ranking_on(day("2024-03-01"))
    seen = gaps_for(shan, [story.growing.scene.shan], ranking, figures)
    cycles.gather_gaps(acting_as(shan), story.cycle, seen)
    assert story.gap("leader").need == 0.4
    story.gathered(story.office)
    assert (story.gap("leader").need, story.gap("leader").need_en) == (0.4, "40 referred away")
    story.gathered(shan)
    assert story.gap("leader").need == 0.0, "the institution itself sees that nothing stands behind it"

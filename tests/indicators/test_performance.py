"""Performance assessments: points, the life of a round, who scores whom, objections, and what stays frozen."""

from __future__ import annotations

import copy
import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from lianyi.accounts.access import scoped
from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError, StaleVersionError
from lianyi.dispatch.imports import settle_imported_postings
from lianyi.errors import InvalidInputError
from lianyi.indicators.commands import performance as commands
from lianyi.indicators.commands.performance_objections import Answer, answer_objection
from lianyi.indicators.models import PerformanceAssessment, PerformanceState
from lianyi.indicators.performance_checks import FindingEntry
from lianyi.indicators.performance_errors import PerformanceFindingsRefusedError, PerformanceStepRefusedError
from lianyi.indicators.performance_machine import STEP_BY_NAME, STEPS, Party, steps_from
from lianyi.indicators.performance_numbers import counted_numbers, rows_links
from lianyi.indicators.performance_ranks import standing_of
from lianyi.indicators.performance_rulebook import scheme_of
from lianyi.indicators.performance_scoring import Verdict, by_side, figures_of, score_of
from lianyi.indicators.performance_snapshot import check_snapshot, digest, kept_findings
from lianyi.indicators.queries import performance as queries
from lianyi.indicators.starting.performance import items as home_items
from tests.cast import Scene, acting_as, actor_for, day
from tests.dispatch.test_imports import HEADER, load
from tests.indicators.performance_story import (
    ALLIANCE,
    CHEST,
    COUNTY,
    OWN,
    TIERED,
    Assessing,
    assessing,
    entry,
    in_days,
)
from tests.properties import examples

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(scene: Scene) -> Assessing:
    return assessing(scene)


def total(row: PerformanceAssessment, side: str) -> tuple[Fraction, Fraction]:
    figures = figures_of(scheme_of(row), by_side(row.findings.all())[side])
    return figures.total.points, figures.total.most_of_scored


def test_points_follow_from_the_four_shapes_and_what_has_no_known_points_is_not_scored(story: Assessing) -> None:
    row = story.own(story.begun())
    figures = figures_of(scheme_of(row), by_side(row.findings.all())["self"])
    assert figures.total.points == 4 + 2 + 3 + Fraction(5, 3) + 2 + 0 + 4
    assert (figures.total.most_of_scored, figures.total.without_data) == (24, ())
    assert "quality" in figures.not_scored, "the copy cuts off its points"
    assert len(figures.not_scored) == 15


def test_missing_is_not_zero_but_leaves_a_range(story: Assessing) -> None:
    row = story.own(story.begun(), {"plan": "full", "primary-members": 9})
    figures = figures_of(scheme_of(row), by_side(row.findings.all())["self"])
    assert (figures.total.points, figures.total.most_of_scored, figures.total.most) == (4, 8, 24)
    assert (figures.total.low, figures.total.high) == (Fraction(4, 24), Fraction(20, 24))


def test_grades_make_a_verdict_only_when_nothing_is_open(story: Assessing) -> None:
    row = story.begun(COUNTY)
    items = [each.id for each in scheme_of(row).items]
    for letters, verdict in (("AAAAAAABBBB", Verdict.YES), ("AAAAAAABBB-", Verdict.OPEN), ("AAAAAAABBBC", Verdict.NO),
                             ("AAAAAABBBBB", Verdict.NO)):  # fmt: skip
        story.own(row, {item: letter if letter != "-" else "" for item, letter in zip(items, letters, strict=True)})
        found = figures_of(scheme_of(row), by_side(row.findings.all())["self"]).grades
        assert found is not None
        assert found.verdict is verdict, letters


def test_a_measure_passes_by_mean_attainment_and_trend_together(story: Assessing) -> None:
    row = story.begun(CHEST)
    scheme = scheme_of(row)
    cases = (
        ("balloon", FindingEntry("balloon", "improving", number(88), number(100), 80), 10),
        ("balloon", FindingEntry("balloon", "stable", number(88), number(100), 80), 0),
        ("balloon", FindingEntry("balloon", "stable", number(59), number(100), 80), 10),
        ("balloon", FindingEntry("balloon", "improving", number(88), number(100), 74), 0),
        ("balloon", FindingEntry("balloon", "improving", number(88)), None),
        ("laboratory", FindingEntry("laboratory", "stable", number(29)), 4),
        ("laboratory", FindingEntry("laboratory", "stable", number(30)), 0),
        ("bypass-self", FindingEntry("bypass-self", "improving", number("0.5")), 4),
        ("bypass-self", FindingEntry("bypass-self", "stable", number("0.7")), 0),
        ("bypass-self", FindingEntry("bypass-self", "", number("0.7")), None),
    )
    for name, finding, points in cases:
        item = scheme.item(name)
        assert item is not None
        score = score_of(item, finding)
        assert score is not None
        assert score.points == points, finding


def number(text: int | str) -> Decimal:
    return Decimal(text)


def test_a_target_is_reached_or_not_and_gives_no_points(story: Assessing) -> None:
    row = story.begun(TIERED)
    found = [FindingEntry("primary-visits", value=number("0.65")), FindingEntry("signed", value=number("0.29")),
             entry("second-level", "full")]  # fmt: skip
    commands.save_findings(acting_as(story.scene.office_shan), row, Party.ASSESSED, found, row.version)
    targets = figures_of(scheme_of(row), by_side(row.findings.all())["self"]).targets
    assert targets is not None
    assert (targets.reached, targets.missed, targets.missing) == (2, 1, 12)
    over = [FindingEntry("signed", value=number("1.2")), FindingEntry("nothing", "full")]
    with pytest.raises(PerformanceFindingsRefusedError) as refused:
        commands.save_findings(acting_as(story.scene.office_shan), row, Party.ASSESSED, over, row.version)
    assert {name: each.params["reason"] for name, each in refused.value.problems.items()} == {
        "signed": "performance-number-range",
        "nothing": "performance-item-unknown",
    }


def test_a_number_that_duties_count_is_taken_from_their_rows_and_cannot_be_typed(story: Assessing) -> None:
    scene = story.scene
    rows = "".join(
        f"PERF,Q{at},team,JIA1,{staff},SHAN,,,,,,2024-03-01,2024-06-10,2024-03-01,2024-06-10,,recorded\n"
        for at, staff in enumerate(("A1", "C1"))
    )
    load(acting_as(scene.office_jia), "postings", HEADER + rows)
    settle_imported_postings(acting_as(scene.office_jia), story.agreement)
    row = story.begun()
    found = counted_numbers(row, scheme_of(row))["sent-down"]
    assert (found.value, len(found.rows)) == (2, 2)
    assert [each.label for each in rows_links(scene.office_shan, found)] == ["D01 2024"]
    story.own(row, {**OWN, "sent-down": ""})
    kept = row.findings.get(item="sent-down", side="self")
    assert (kept.value, kept.source, kept.rows) == (2, "duties", 2)
    with pytest.raises(PerformanceFindingsRefusedError) as refused:
        story.own(row, {"sent-down": 19})
    assert refused.value.problems["sent-down"].params["reason"] == "performance-counted"
    assert rows_links(scene.office_lin, found) == [], "the rows open for those who may read the duty"


def test_every_difference_from_the_self_score_has_a_reason(story: Assessing) -> None:
    row = story.submitted()
    with pytest.raises(PerformanceFindingsRefusedError) as refused:
        story.outside(row, {"charter": "half"})
    assert refused.value.problems["charter"].params["reason"] == "performance-difference"
    assert not row.findings.filter(side="outside").exists(), "one wrong line keeps all of them back"
    story.outside(row, {"charter": "half"}, "没有执行记录")
    assert total(row, "outside")[0] == total(row, "self")[0] - 2


def test_outside_scoring_is_done_once_every_self_scored_item_is_scored(story: Assessing) -> None:
    row = story.submitted()
    commands.save_findings(acting_as(story.scorer), row, Party.OUTSIDE, [entry("plan", "full")], row.version)
    with pytest.raises(InvalidInputError) as lacking:
        story.step(row, "score", story.scorer)
    assert lacking.value.params["reason"] == "performance-outside-lacking"
    story.outside(row, {})
    assert story.step(row, "score", story.scorer).state == PerformanceState.SCORED


def test_neither_side_scores_for_the_other_and_an_assessor_of_a_party_is_none(story: Assessing) -> None:
    scene, row = story.scene, story.begun()
    for actor in (scene.office_jia, scene.office_lin, story.scorer):
        with pytest.raises(NotPermittedError):
            commands.save_findings(acting_as(actor), row, Party.ASSESSED, [entry("plan", "full")], row.version)
    story.own(row)
    story.step(row, "self_score", scene.office_shan)
    story.step(row, "submit", scene.office_shan)
    inside = actor_for("assessor-inside", scene.shan.pk, "assessor")
    for actor in (scene.office_shan, inside, actor_for("assessor-far", scene.outside.pk, "assessor")):
        with pytest.raises(NotPermittedError):
            commands.save_findings(acting_as(actor), row, Party.OUTSIDE, [entry("plan", "full")], row.version)
    with pytest.raises(NotPermittedError):
        commands.start_round(
            acting_as(scene.office_lin),
            commands.NewRound(
                scheme=ALLIANCE, institution=scene.shan, period_from=day("2024-01-01"), period_to=day("2024-12-31")
            ),
        )


def test_who_gave_the_score_does_not_answer_the_objection(story: Assessing) -> None:
    row = story.opened()
    objection = story.objected(row)
    given = Answer(answer="rejected", text="维持")
    with pytest.raises(SeparationOfDutiesError):
        answer_objection(acting_as(story.scorer), objection, given, objection.version)
    with pytest.raises(NotPermittedError):
        answer_objection(acting_as(story.scene.office_shan), objection, given, objection.version)
    before = total(row, "final")[0]
    story.answered(objection)
    row = PerformanceAssessment.objects.get(pk=row.pk)
    assert total(row, "final")[0] == before + 2
    assert row.findings.get(item="charter", side="outside").grade == "half", "what was scored before stays"


def test_an_upheld_objection_says_what_is_found_now_and_a_rejected_one_changes_nothing(story: Assessing) -> None:
    row = story.opened()
    objection = story.objected(row)
    upheld = Answer(answer="upheld", text="同意")
    with pytest.raises(InvalidInputError) as unsaid:
        answer_objection(acting_as(story.answerer), objection, upheld, objection.version)
    assert unsaid.value.params["reason"] == "performance-answer-without-finding"
    story.answered(objection, "rejected", "full")
    assert not row.findings.filter(side="answer").exists()
    with pytest.raises(InvalidInputError) as again:
        story.objected(row)
    assert again.value.params["reason"] == "performance-objected-already"


def test_objections_have_a_deadline_and_are_answered_before_the_time_is_closed(story: Assessing) -> None:
    row = story.opened()
    objection = story.objected(row)
    for name, actor in (("accept", story.scene.office_shan), ("close", story.scorer)):
        with pytest.raises(InvalidInputError) as refused:
            story.step(row, name, actor)
        assert refused.value.params["reason"] == "performance-objections-open"
    story.answered(objection)
    with pytest.raises(InvalidInputError) as early:
        story.step(row, "close", story.scorer)
    assert early.value.params["reason"] == "performance-not-over"
    PerformanceAssessment.objects.filter(pk=row.pk).update(objections_until=in_days(-1))
    row.refresh_from_db()
    with pytest.raises(InvalidInputError) as late:
        story.objected(row)
    assert late.value.params["reason"] == "performance-too-late"
    assert story.step(row, "close", story.scorer).state == PerformanceState.ANSWERED


def test_a_last_day_lies_ahead(story: Assessing) -> None:
    row = story.outside(story.submitted(), {})
    story.step(row, "score", story.scorer)
    for days in (0, -3):
        with pytest.raises(InvalidInputError) as refused:
            story.step(row, "open", story.scorer, objections_until=in_days(days))
        assert refused.value.params["reason"] == "performance-last-day"


def test_every_step_that_is_not_in_the_table_is_refused(story: Assessing) -> None:
    row, refused = story.own(story.begun()), 0
    for state in PerformanceState:
        if state == PerformanceState.FROZEN:
            continue
        PerformanceAssessment.objects.filter(pk=row.pk).update(state=state)
        row.refresh_from_db()
        for step in STEPS:
            if state in step.from_states:
                continue
            actor = story.scene.office_shan if step.party is Party.ASSESSED else story.scorer
            with pytest.raises(PerformanceStepRefusedError):
                story.step(row, step.name, actor, "样例原因", objections_until=in_days(9), purpose="record")
            refused += 1
    assert refused == (len(PerformanceState) - 1) * len(STEPS) - sum(len(each.from_states) for each in STEPS)
    assert steps_from(PerformanceState.FROZEN) == ()


def test_a_frozen_round_keeps_all_its_inputs_and_gives_the_same_result_again(story: Assessing) -> None:
    row = story.frozen()
    kept = row.snapshot
    assert [each["item"] for each in kept["objections"]] == ["charter"]
    assert kept["scheme"]["text"] == scheme_of(row).text
    assert kept["events"][-1]["step"] == "freeze"
    assert kept["result"]["final"]["total"]["points"] == str(Fraction(50, 3))
    assert len(kept_findings(kept)) == row.findings.count()
    again = PerformanceAssessment.objects.get(pk=row.pk)
    assert (digest(again.snapshot), check_snapshot(again).holds) == (row.snapshot_sha256, True)


def test_nothing_of_a_frozen_round_changes_any_more(story: Assessing) -> None:
    row = story.frozen()
    scene = story.scene
    for step in STEPS:
        actor = scene.office_shan if step.party is Party.ASSESSED else story.scorer
        with pytest.raises(PerformanceStepRefusedError):
            story.step(row, step.name, actor, "样例原因", objections_until=in_days(9), purpose="record")
    with pytest.raises(PerformanceStepRefusedError):
        story.own(row)
    with pytest.raises(PerformanceStepRefusedError):
        story.outside(row, {})
    with pytest.raises(PerformanceStepRefusedError):
        story.evidence(row)
    with pytest.raises(PerformanceStepRefusedError):
        story.objected(row)
    with pytest.raises(PerformanceStepRefusedError):
        commands.change_round(acting_as(scene.office_shan), row, {"note": "改"}, row.version)
    new = story.begun(corrects=row)
    assert (new.corrects, new.state) == (row, "draft")
    with pytest.raises(InvalidInputError) as wrong:
        story.begun(corrects=new)
    assert wrong.value.params["reason"] == "performance-corrects"


def test_what_was_altered_behind_the_back_of_a_frozen_round_is_seen(story: Assessing) -> None:
    row = story.frozen()
    altered = copy.deepcopy(row.snapshot)
    altered["findings"][0]["grade"] = "none"
    row.snapshot = altered
    found = check_snapshot(row)
    assert (found.is_unchanged, found.holds) == (False, False)


def test_a_place_is_told_only_among_enough_rounds(story: Assessing) -> None:
    row = story.frozen()
    scheme = scheme_of(row)
    beside = queries.frozen_beside(story.scorer, row)
    found = standing_of(row, scheme, beside)
    assert found is not None
    assert (found.place, found.among, found.least, found.is_sourced) == (None, 1, 30, False)
    worse = copy.deepcopy(row)
    worse.pk, worse.snapshot["result"]["final"]["total"]["points"] = -1, "1"
    many = [row, *(copy.copy(worse) for _each in range(30))]
    for at, each in enumerate(many[1:], start=1):
        each.pk = -at
    ranked = standing_of(row, scheme, many)
    assert ranked is not None
    assert (ranked.place, ranked.among) == (1, 31)
    last = standing_of(many[1], scheme, many)
    assert last is not None
    assert last.place == 2, "equal shares have equal places"


def test_two_who_save_at_once_do_not_both_win(story: Assessing) -> None:
    row = story.begun()
    version = row.version
    story.own(row, {"plan": "full"})
    with pytest.raises(StaleVersionError):
        commands.save_findings(acting_as(story.scene.office_shan), row, Party.ASSESSED, [entry("pay", "full")], version)


def test_evidence_is_attached_once_for_several_items_and_names_its_holder(story: Assessing) -> None:
    row = story.begun()
    piece = story.evidence(row, items=("charter", "pay"))
    assert (piece.items, piece.agreement) == (["charter", "pay"], story.agreement)  # type: ignore[attr-defined]
    for bad in ({"items": ()}, {"items": ("nothing",)}, {"what": " "}):
        with pytest.raises(InvalidInputError):
            story.evidence(row, **bad)  # type: ignore[arg-type]


def test_the_home_page_tells_each_side_what_waits_for_it(story: Assessing) -> None:
    row = story.own(story.begun(due_on=day("2024-03-01")))
    own = home_items(story.scene.office_shan)
    assert [(each.text, each.count, each.tone) for each in own] == [("Performance assessment to self-score", 1, "bad")]
    assert home_items(story.scorer) == []
    story.step(row, "self_score", story.scene.office_shan)
    story.step(row, "submit", story.scene.office_shan)
    assert [each.text for each in home_items(story.scorer)] == ["Performance assessment to score from outside"]
    story.outside(row, {"charter": "half"}, "没有执行记录")
    story.step(row, "score", story.scorer)
    story.step(row, "open", story.scorer, objections_until=in_days(14))
    story.objected(row)
    assert home_items(story.scorer) == [], "who gave the score does not answer"
    assert [each.text for each in home_items(story.answerer)] == ["Objection to a score to answer"]
    assert [each.due_on for each in home_items(story.scene.office_shan)] == [in_days(14)]


def test_rounds_are_seen_by_those_in_reach_only(story: Assessing) -> None:
    row = story.begun()
    rows = PerformanceAssessment.objects.filter(pk=row.pk)
    for actor in (story.scene.office_shan, story.scene.office_jia, story.scorer):
        assert scoped(actor, rows).exists()
    assert not scoped(story.scene.office_lin, rows).exists()


@given(tried=st.lists(st.one_of(st.integers(0, 2), st.sampled_from([each.name for each in STEPS])), max_size=16))
@examples(25, HealthCheck.function_scoped_fixture)
def test_whatever_is_tried_in_whatever_order_a_round_only_walks_its_table(
    story: Assessing, tried: list[int | str]
) -> None:
    """A number takes one of the steps that the table has, a name whatever it is; the events form one chain."""
    row = story.own(story.begun())
    for each in tried:
        if row.state == PerformanceState.SUBMITTED:
            story.outside(row, {})
        allowed = [step.name for step in steps_from(row.state)]
        name = each if isinstance(each, str) else allowed[each % len(allowed)] if allowed else "freeze"
        actor = story.scene.office_shan if STEP_BY_NAME[name].party is Party.ASSESSED else story.scorer
        before, is_refused = row.state, False
        try:
            story.step(row, name, actor, "样例原因", objections_until=in_days(9), purpose="record")
        except (PerformanceStepRefusedError, InvalidInputError):
            is_refused = True
            row.refresh_from_db()
        assert is_refused or name in allowed
        assert row.state == (before if is_refused else STEP_BY_NAME[name].to_state)
    state = PerformanceState.DRAFT.value
    for event in row.events.filter(step__in=STEP_BY_NAME).order_by("pk"):
        assert event.from_state == state
        state = event.to_state
    assert row.state == state
    assert bool(row.snapshot_sha256) == (state == PerformanceState.FROZEN)


def test_a_round_can_reach_every_state_of_its_table(story: Assessing) -> None:
    row = story.frozen()
    seen = {each.to_state for each in row.events.all()}
    assert seen == set(PerformanceState) - {PerformanceState.WITHDRAWN}
    other = story.begun(period_from=datetime.date(2023, 1, 1), agreement=None)
    with pytest.raises(InvalidInputError):
        story.step(other, "withdraw", story.scene.office_shan)
    assert story.step(other, "withdraw", story.scene.office_shan, "重复").state == PerformanceState.WITHDRAWN

"""Techniques: chosen, proved by cases, signed by two sides, kept or lapsed after the team left."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError, StaleVersionError
from lianyi.errors import InvalidInputError
from lianyi.growth.commands import technique_cases as case_commands
from lianyi.growth.commands import techniques as commands
from lianyi.growth.errors import PreconditionsOpenError, TechniqueCaseRefusedError, TechniqueStepRefusedError
from lianyi.growth.models import DepartmentTechnique, TechniqueCase, TechniqueStep
from lianyi.growth.queries import techniques as queries
from lianyi.growth.technique_counter import count_techniques
from lianyi.growth.technique_ladders import Climbed, climbed_all
from lianyi.growth.technique_steps import TECHNIQUE_STEPS, TechniqueSide, TechniqueStepRule
from lianyi.methods.periods import DateSpan
from lianyi.methods.technique_ladder import AfterTeam, Rung, Standing
from lianyi.partnerships.evidence import CountRequest, Evidence
from lianyi.partnerships.models import Duty
from lianyi.partnerships.queries import timeline
from lianyi.registry.models import Equipment, ServiceOffered
from tests.cast import Scene, acting_as, actor_for, day, make_department, make_staff
from tests.growth.techniques_story import Learning, learning

pytestmark = pytest.mark.django_db
YEAR = DateSpan(day("2024-01-01"), day("2024-12-31"))


@pytest.fixture
def story(scene: Scene) -> Learning:
    return learning(scene)


def on(story: Learning, text: str) -> Climbed:
    """Return where the story's technique stands on a day."""
    [found] = climbed_all(DepartmentTechnique.objects.filter(pk=story.technique.pk), day(text))
    return found


def counted(duty: Duty, span: DateSpan = YEAR) -> Evidence | None:
    [found] = count_techniques([CountRequest(duty, span)])
    return found


def test_the_rungs_follow_the_cases_as_they_are_recorded(story: Learning) -> None:
    assert on(story, "2024-02-01").ladder.standing is Standing.CHOSEN
    story.taught()
    ladder = on(story, "2024-04-01").ladder
    assert [str(step.reached_on) for step in ladder.steps[:5]] == [
        *("2024-01-08", "2024-01-10", "2024-01-15", "2024-02-05", "2024-03-20")
    ]
    assert on(story, "2024-03-10").ladder.standing is Standing.ASSISTED


def test_alone_is_proposed_by_the_teaching_side_and_signed_by_the_home_side(story: Learning) -> None:
    story.taught()
    with pytest.raises(NotPermittedError) as refused:
        story.step("propose", story.home, "2024-04-01")
    assert refused.value.params["reason"] == "technique-teaching"
    story.step("propose", story.office, "2024-04-01")
    with pytest.raises(NotPermittedError) as refused:
        story.step("sign", story.office)
    assert refused.value.params["reason"] == "technique-home"
    assert [row.pk for row in queries.waiting_for_signature(story.home)] == [story.technique.pk]
    assert queries.waiting_for_signature(story.office) == []
    row = story.step("sign", story.head)
    assert (row.state, row.proposed_by_id, row.signed_by_id) == ("signed", story.office.user_id, story.head.user_id)
    assert on(story, "2024-05-01").ladder.reached_on(Rung.INDEPENDENT) == day("2024-04-01")


def test_one_person_with_a_part_on_both_sides_cannot_sign_twice(story: Learning) -> None:
    story.taught()
    story.step("propose", story.office, "2024-04-01")
    both = actor_for("office-jia", story.scene.shan.pk, "supported_office")
    with pytest.raises(SeparationOfDutiesError):
        story.step("sign", both)


def test_the_head_of_another_department_does_not_sign(story: Learning) -> None:
    story.taught()
    story.step("propose", story.office, "2024-04-01")
    other = make_department(story.scene.shan, "IM", "内科", "03")
    stranger = actor_for("head-other", story.scene.shan.pk, "department_head", other.pk)
    with pytest.raises(NotPermittedError) as refused:
        story.step("sign", stranger)
    assert refused.value.params["reason"] == "technique-department"


def test_without_its_cases_nobody_can_propose(story: Learning) -> None:
    with pytest.raises(InvalidInputError) as refused:
        story.step("propose", story.office, "2024-04-01")
    assert refused.value.params["reason"] == "technique-not-ready"
    story.ready()
    story.case("2024-01-15", "observed", 1)
    with pytest.raises(InvalidInputError) as refused:
        story.step("propose", story.office, "2024-04-01")
    assert {name: refused.value.params[name] for name in ("rung", "has", "needs")} == {
        "rung": "observed",
        "has": 1,
        "needs": 2,
    }


@pytest.mark.parametrize("step", TECHNIQUE_STEPS, ids=lambda step: step.name)
def test_each_step_is_refused_from_a_state_that_does_not_have_it(story: Learning, step: TechniqueStepRule) -> None:
    name = step.name
    for state in ("learning", "proposed", "signed", "put_aside"):
        if state in step.from_states:
            continue
        DepartmentTechnique.objects.filter(pk=story.technique.pk).update(
            state=state, independent_from=day("2024-04-01")
        )
        actor = story.home if step.side is TechniqueSide.HOME else story.office
        with pytest.raises(TechniqueStepRefusedError) as refused:
            story.step(name, actor, "2024-04-01", "样例理由")
        assert name not in refused.value.params["allowed"]  # type: ignore[operator]


def test_a_refused_proposal_goes_back_with_its_reason_and_is_proposed_again(story: Learning) -> None:
    story.taught()
    story.step("propose", story.office, "2024-04-01")
    with pytest.raises(InvalidInputError):
        story.step("refuse", story.home)
    row = story.step("refuse", story.home, reason="样例：再带教两例")
    assert (row.state, row.proposed_by_id, row.independent_from) == ("learning", None, None)
    story.step("propose", story.office, "2024-05-01")
    story.step("take_back", story.office, reason="样例：误报")
    story.step("propose", story.office, "2024-05-02")
    row = story.step("sign", story.home)
    assert row.independent_from == day("2024-05-02")
    steps = list(TechniqueStep.objects.filter(technique=row).values_list("step", flat=True))
    assert steps == ["choose", "confirm_ready", "propose", "refuse", "propose", "take_back", "propose", "sign"]


def test_two_people_at_once_do_not_both_take_a_step(story: Learning) -> None:
    story.taught()
    stale = story.technique.version
    story.step("propose", story.office, "2024-04-01")
    with pytest.raises(StaleVersionError):
        commands.take_technique_step(acting_as(story.home), story.technique, "sign", commands.StepWords(), stale)


def test_a_team_of_another_agreement_beside_the_department_is_a_team(story: Learning) -> None:
    story.alone()
    story.case("2024-07-10", "alone")
    scene = story.scene
    other = scene.agreement("JS-OTHER")
    scene.stayed(other, scene.bo, "2024-05-01", "2024-09-30", to_department_id=scene.shan_emergency.pk)
    assert on(story, "2024-08-01").team.state is AfterTeam.TEAM_HERE
    story.case("2024-10-15", "alone")
    kept = on(story, "2024-10-20")
    assert (kept.team.state, kept.team.left_on) == (AfterTeam.KEPT, day("2024-09-30"))


def test_a_team_that_comes_much_later_does_not_take_away_that_the_technique_was_kept(story: Learning) -> None:
    story.alone()
    scene = story.scene
    for month in ("2024-08", "2024-10", "2024-12", "2025-02"):
        story.case(f"{month}-15", "alone")
    before = on(story, "2025-02-20").team
    assert before.state is AfterTeam.KEPT
    other = scene.agreement("JS-LATER", starts_on="2025-01-01", ends_on="2025-12-31")
    scene.stayed(other, scene.bo, "2025-03-01", "2025-09-30", to_department_id=scene.shan_emergency.pk)
    assert on(story, "2025-03-10").team == before
    # What is lapsed stays so too, until there is a new case.
    lapsed = on(story, "2025-09-20")
    assert lapsed.ladder.is_lapsed
    assert lapsed.team.state is AfterTeam.TEAM_HERE


def test_who_left_before_the_technique_was_chosen_taught_something_else(story: Learning) -> None:
    DepartmentTechnique.objects.filter(pk=story.technique.pk).update(chosen_on=day("2024-07-01"))
    story.technique.refresh_from_db()
    assert on(story, "2024-08-01").team.state is AfterTeam.NO_TEAM


def test_kept_and_lapsed_are_computed_from_postings_and_cases(story: Learning) -> None:
    story.alone()
    assert on(story, "2024-05-01").team.state is AfterTeam.TEAM_HERE
    assert on(story, "2024-08-01").team.state is AfterTeam.TOO_EARLY
    story.case("2024-07-20", "alone")
    kept = on(story, "2024-08-01")
    assert (kept.team.state, kept.team.left_on) == (AfterTeam.KEPT, day("2024-06-30"))
    lapsed = on(story, "2025-01-20")
    assert (lapsed.ladder.standing, lapsed.team.state) == (Standing.LAPSED, AfterTeam.LAPSED)
    story.case("2025-01-19", "alone")
    assert on(story, "2025-01-20").ladder.standing is Standing.INDEPENDENT


def test_a_case_taken_back_takes_back_the_rung_that_rested_on_it(story: Learning) -> None:
    story.alone()
    case = TechniqueCase.objects.get(done_on=day("2024-03-20"))
    with pytest.raises(TechniqueCaseRefusedError):
        case_commands.take_back_case(acting_as(story.home), case)
    reverse = case_commands.take_back_case(acting_as(story.home, "样例：记错科室"), case)
    assert (reverse.reverses_id, reverse.count, reverse.reason) == (case.pk, 2, "样例：记错科室")
    found = on(story, "2024-05-01").ladder
    assert (found.highest, found.reached_on(Rung.INDEPENDENT)) == (Rung.ASSISTED, None)
    for again in (case, reverse):
        with pytest.raises(TechniqueCaseRefusedError) as refused:
            case_commands.take_back_case(acting_as(story.home, "样例"), again)
        assert refused.value.params["reason"] == "taken-back"
    story.case("2024-03-20", "supervised", 2)
    assert on(story, "2024-05-01").ladder.reached_on(Rung.INDEPENDENT) == day("2024-04-01")


def test_the_same_cases_are_not_recorded_twice(story: Learning) -> None:
    story.case("2024-02-05", "assisted", 2)
    with pytest.raises(TechniqueCaseRefusedError) as refused:
        story.case("2024-02-05", "assisted", 1)
    assert (refused.value.params["reason"], refused.value.params["count"]) == ("twice", 2)
    story.case("2024-02-05", "supervised", 1)
    assert TechniqueCase.objects.count() == 2


@pytest.mark.parametrize(
    ("on", "part", "more", "reason"),
    [
        ("2024-07-15", "observed", {}, "not-on-site"),
        ("2024-02-05", "observed", {"posting_id": None}, "teacher"),
        ("2024-02-05", "observed", {"local_staff_id": None}, "local-person"),
        ("2024-02-05", "sang", {}, "part-unknown"),
        ("2024-02-05", "assisted", {"count": 0}, "number"),
        ("2024-02-05", "assisted", {"complications": 2}, "complications"),
    ],
)
def test_cases_that_cannot_be_are_refused(
    story: Learning, on: str, part: str, more: dict[str, Any], reason: str
) -> None:
    with pytest.raises(TechniqueCaseRefusedError) as refused:
        story.case(on, part, **more)
    assert refused.value.params["reason"] == reason
    assert TechniqueCase.objects.count() == 0


def test_people_of_other_institutions_and_days_to_come_are_refused(story: Learning) -> None:
    with pytest.raises(TechniqueCaseRefusedError) as refused:
        story.case("2024-02-05", "alone", local_staff_id=story.scene.bo.pk)
    assert refused.value.params["reason"] == "local-elsewhere"
    tomorrow = datetime.datetime.now(tz=datetime.UTC).date() + datetime.timedelta(days=2)
    with pytest.raises(TechniqueCaseRefusedError) as refused:
        story.case(tomorrow.isoformat(), "alone")
    assert refused.value.params["reason"] == "day-ahead"


def test_preconditions_are_compared_with_the_registry_and_attested_by_a_second_person(story: Learning) -> None:
    story.technique = story.chosen(item="stemi-thrombolysis")
    with pytest.raises(PreconditionsOpenError) as refused:
        story.step("confirm_ready", story.home)
    opened = [need.key for need in refused.value.params["open"]]  # type: ignore[attr-defined]
    services = ["service-thrombolysis_stemi_24h", "service-laboratory_24h"]
    assert opened == ["staff-1", "equipment-ecg", "equipment-defibrillator", "equipment-monitor", *services]
    make_staff(story.scene.shan, "S2", "样例山二", department=story.scene.shan_emergency)
    now = datetime.datetime.now(tz=datetime.UTC)
    for kind in ("ecg", "defibrillator"):
        Equipment.objects.create(institution=story.scene.shan, equipment_kind=kind, units=1, counted_at=now)
    for service in ("thrombolysis_stemi_24h", "laboratory_24h"):
        ServiceOffered.objects.create(institution=story.scene.shan, service=service)
    with pytest.raises(SeparationOfDutiesError):
        commands.attest_precondition(acting_as(story.office), story.technique, "equipment-monitor", "样例")
    with pytest.raises(InvalidInputError):
        commands.attest_precondition(acting_as(story.home), story.technique, "equipment-ecg", "样例")
    with pytest.raises(InvalidInputError):
        commands.attest_precondition(acting_as(story.home), story.technique, "equipment-monitor", " ")
    commands.attest_precondition(acting_as(story.home), story.technique, "equipment-monitor", "样例：抢救室有监护仪")
    row = story.step("confirm_ready", story.home, "2024-01-20")
    assert row.ready_on == day("2024-01-20")
    facts = TechniqueStep.objects.get(technique=row, step="confirm_ready").facts
    assert facts["staff-1"] == {"state": "met", "has": 2}
    assert facts["equipment-monitor"] == {"state": "not_on_record", "has": None}


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"item": "nothing"}, "technique-unknown"),
        ({}, "technique-without-name"),
        ({"name_zh": "样例技术"}, "technique-twice"),
        ({"name_zh": "样例", "chosen_on": datetime.date(2999, 1, 1)}, "growth-day-ahead"),
    ],
)
def test_techniques_that_cannot_be_are_refused(story: Learning, more: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        story.chosen(**more)
    assert refused.value.params["reason"] == reason


def test_only_a_department_of_the_supported_side_learns_and_only_its_duty_counts(story: Learning) -> None:
    with pytest.raises(InvalidInputError) as refused:
        story.chosen(name_zh="样例甲", department=story.scene.emergency)
    assert refused.value.params["reason"] == "technique-no-party"
    with pytest.raises(InvalidInputError) as refused:
        story.chosen(name_zh="样例甲", duty=story.agreement.duties.get(code="D01"))
    assert refused.value.params["reason"] == "technique-duty"
    with pytest.raises(NotPermittedError):
        story.chosen(actor=story.scene.office_lin, name_zh="样例甲")


def test_put_aside_and_taken_up_again_with_what_was_signed(story: Learning) -> None:
    story.alone()
    story.step("put_aside", story.home, reason="样例：设备送修")
    assert on(story, "2024-05-01").ladder.standing is Standing.PUT_ASIDE
    row = story.step("take_up", story.home)
    assert (row.state, on(story, "2024-05-01").ladder.standing) == ("signed", Standing.INDEPENDENT)
    story.step("revoke", story.home, reason="样例：签早了")
    assert on(story, "2024-05-01").ladder.standing is Standing.SUPERVISED
    row = story.step("put_aside", story.home, reason="样例")
    assert story.step("take_up", story.home).state == "learning"


def test_a_technique_counts_once_toward_its_duty_in_the_period_of_its_day(story: Learning) -> None:
    first = counted(story.duty)
    assert first is not None
    assert (first.value, first.row_ids, first.detail["learning"]) == (Decimal(0), (), 1)
    story.alone()
    found = counted(story.duty)
    assert found is not None
    assert (found.value, found.row_ids, found.sample_rows) == (Decimal(1), (story.technique.pk,), 0)
    later = counted(story.duty, DateSpan(day("2024-07-01"), day("2024-12-31")))
    assert later is not None
    assert later.value == 0
    case = TechniqueCase.objects.get(done_on=day("2024-03-20"))
    case_commands.take_back_case(acting_as(story.home, "样例"), case)
    without = counted(story.duty)
    assert without is not None
    assert without.value == 0


def test_a_technique_without_a_duty_counts_toward_the_only_one_and_toward_none_of_two(story: Learning) -> None:
    story.alone()
    DepartmentTechnique.objects.update(duty=None)
    found = counted(story.duty)
    assert found is not None
    assert found.value == 1
    other = story.scene.duty(story.agreement, "D03", "techniques_independent", "1", "technique")
    both = count_techniques([CountRequest(story.duty, YEAR), CountRequest(other, YEAR)])
    assert [each.value for each in both if each is not None] == [0, 0]


def test_without_any_technique_nothing_is_judged(scene: Scene) -> None:
    agreement = scene.agreement()
    duty = scene.duty(agreement, "D02", "techniques_independent", "2", "technique")
    assert counted(duty) is None


def test_the_time_line_tells_the_choice_and_the_day_alone(story: Learning) -> None:
    story.alone()
    told = [(str(entry.day), entry.text_en) for entry in timeline(story.home, story.agreement)]
    assert ("2024-01-08", "Technique chosen: Sample technique") in told
    assert ("2024-04-01", "Done alone by the department: Sample technique") in told

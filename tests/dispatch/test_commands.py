"""Plans, approvals, publication, replacement, absences."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from lianyi.accounts.access import scoped
from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError
from lianyi.accounts.models import AuditEvent, Grant, User
from lianyi.dispatch import commands
from lianyi.dispatch.checks import publication_problems
from lianyi.dispatch.errors import PostingDatesError, PublicationRefusedError, StepRefusedError
from lianyi.dispatch.models import Posting, PostingState
from lianyi.dispatch.queries import allowed_steps
from lianyi.errors import InvalidInputError
from lianyi.registry.commands import NewUnavailability, add_unavailability
from lianyi.registry.models import Institution, Staff
from tests.cast import Scene, acting_as, actor_for, as_service, day, make_department, make_staff


def problem_codes(*postings: Posting) -> list[str]:
    rows = Posting.objects.filter(pk__in=[row.pk for row in postings]).select_related(
        "agreement", "staff", "from_institution", "to_institution", "from_department"
    )
    return [problem.code for problem in publication_problems(rows)]


def test_a_line_of_a_plan_takes_home_and_specialty_from_the_person(scene: Scene) -> None:
    posting = scene.draft(scene.agreement(), scene.ding, "2024-03-01", "2024-05-31")
    assert (posting.from_institution, posting.from_department) == (scene.jia, scene.neurosurgery)
    assert (posting.specialty, posting.state) == ("04.02", PostingState.DRAFT)


def test_an_outsider_with_the_same_role_can_write_nothing(scene: Scene) -> None:
    agreement = scene.agreement()
    new = commands.NewPosting("P9", "team", scene.ding.pk, scene.shan.pk, day("2024-03-01"), day("2024-05-31"))
    with pytest.raises(NotPermittedError):
        commands.draft_posting(acting_as(scene.office_lin), agreement, new)
    assert Posting.objects.count() == 0


def test_nobody_is_sent_twice_on_the_same_day(scene: Scene) -> None:
    agreement = scene.agreement()
    first = scene.published(agreement, scene.ding, "2024-03-01", "2024-05-31")
    touching = scene.draft(agreement, scene.ding, "2024-05-31", "2024-06-30")
    after = scene.draft(agreement, scene.ding, "2024-07-01", "2024-07-31")
    assert problem_codes(touching) == ["double-booking"]
    assert problem_codes(after) == []
    with pytest.raises(PublicationRefusedError) as refused:
        commands.publish_postings(acting_as(scene.office_jia), agreement, [touching.pk, after.pk])
    assert [problem.params["other"] for problem in refused.value.params["problems"]] == [first.code]  # type: ignore[attr-defined]
    assert Posting.objects.get(pk=after.pk).state == "draft"


def test_two_lines_of_the_same_plan_clash_with_each_other(scene: Scene) -> None:
    agreement = scene.agreement()
    one = scene.draft(agreement, scene.ding, "2024-03-01", "2024-05-31")
    two = scene.draft(agreement, scene.ding, "2024-04-01", "2024-04-30", to=scene.xiang)
    assert problem_codes(one, two) == ["double-booking", "double-booking"]


def test_a_person_who_left_early_is_free_again(scene: Scene) -> None:
    agreement = scene.agreement()
    first = scene.published(agreement, scene.ding, "2024-03-01", "2024-05-31")
    scene.step(first, "arrive", "2024-03-01")
    scene.step(first, "return_early", "2024-04-10", reason="家中有事", reason_code="family")
    assert problem_codes(scene.draft(agreement, scene.ding, "2024-04-11", "2024-05-31")) == []


def test_the_home_department_keeps_its_minimum(scene: Scene) -> None:
    agreement = scene.agreement()
    for person in (scene.an, scene.bo):
        scene.published(agreement, person, "2024-03-01", "2024-05-31")
    third = scene.draft(agreement, scene.cai, "2024-05-01", "2024-07-31")
    rows = Posting.objects.filter(pk=third.pk).select_related(
        "agreement", "staff", "from_institution", "to_institution", "from_department"
    )
    problem = publication_problems(rows)[0]
    assert (problem.code, dict(problem.params)) == (
        "home-cover",
        {"department": "急诊科", "minimum": 2, "present": 1, "from": "2024-05-01"},
    )
    later = scene.draft(agreement, scene.cai, "2024-06-01", "2024-07-31")
    assert problem_codes(later) == []


def test_a_line_is_blocked_by_leave_term_closure_and_employment(scene: Scene) -> None:
    agreement = scene.agreement()
    leave = NewUnavailability(day("2024-04-01"), day("2024-04-10"), "family")
    add_unavailability(as_service(), scene.ding, leave)
    assert problem_codes(scene.draft(agreement, scene.ding, "2024-04-10", "2024-05-31")) == ["unavailable"]
    assert problem_codes(scene.draft(agreement, scene.ding, "2024-11-01", "2025-01-31")) == ["outside-term"]
    Institution.objects.filter(pk=scene.xiang.pk).update(closed_on=day("2024-06-15"))
    closing = scene.draft(agreement, scene.an, "2024-06-01", "2024-06-30", to=scene.xiang)
    assert problem_codes(closing) == ["institution-closed"]
    Staff.objects.filter(pk=scene.cai.pk).update(employed_to=day("2024-08-31"))
    assert problem_codes(scene.draft(agreement, scene.cai, "2024-08-01", "2024-09-30")) == ["not-employed"]


def test_the_sides_that_the_agreement_asks_answer_each_for_itself(scene: Scene) -> None:
    sides = ("home_department", "home_hospital", "receiving_unit")
    agreement = scene.agreement(approvals=sides)
    posting = scene.draft(agreement, scene.ding, "2024-03-01", "2024-05-31")
    assert problem_codes(posting) == ["approval-missing"] * 3
    head = actor_for("head", scene.jia.pk, "department_head", scene.neurosurgery.pk)
    other_head = actor_for("other-head", scene.jia.pk, "department_head", scene.emergency.pk)
    director = actor_for("director", scene.jia.pk, "lead_office")
    with pytest.raises(NotPermittedError, match="Only the home department"):
        commands.answer_posting(acting_as(other_head), posting, "home_department", approves=True)
    with pytest.raises(SeparationOfDutiesError):
        commands.answer_posting(acting_as(scene.office_jia), posting, "home_hospital", approves=True)
    with pytest.raises(NotPermittedError):
        commands.answer_posting(acting_as(director), posting, "receiving_unit", approves=True)
    commands.answer_posting(acting_as(head), posting, "home_department", approves=True)
    commands.answer_posting(acting_as(director), posting, "home_hospital", approves=True)
    with pytest.raises(InvalidInputError, match="reason in words"):
        commands.answer_posting(acting_as(scene.office_shan), posting, "receiving_unit", approves=False)
    commands.answer_posting(acting_as(scene.office_shan, "无宿舍"), posting, "receiving_unit", approves=False)
    assert problem_codes(posting) == ["approval-refused"]
    commands.answer_posting(acting_as(scene.office_shan), posting, "receiving_unit", approves=True)
    assert problem_codes(posting) == []


def test_514_lines_are_published_and_reached_together(scene: Scene) -> None:
    agreement = scene.agreement("VILLAGES")
    people = Staff.objects.bulk_create(
        Staff(institution=scene.jia, code=f"V{n:03d}", name_zh=f"样例{n:03d}", profession="doctor", specialty="03")
        for n in range(514)
    )
    rows = Posting.objects.bulk_create(
        Posting(
            agreement=agreement,
            code=f"V{n:03d}",
            kind="first_village_doctor",
            staff=person,
            from_institution=scene.jia,
            to_institution=scene.cun,
            starts_on=day("2024-03-01"),
            ends_on=day("2024-12-31"),
        )
        for n, person in enumerate(people)
    )
    ids = [row.pk for row in rows]
    commands.publish_postings(acting_as(scene.office_jia), agreement, ids)
    commands.take_step_together(acting_as(scene.office_jia), agreement, ids, "arrive", day("2024-03-04"))
    assert agreement.postings.filter(state="on_site", arrived_on=day("2024-03-04"), version=3).count() == 514
    assert AuditEvent.objects.filter(action="dispatch.posting.arrive").count() == 514


def test_one_wrong_line_keeps_a_common_step_from_all(scene: Scene) -> None:
    agreement = scene.agreement()
    ready = scene.published(agreement, scene.ding, "2024-03-01", "2024-05-31")
    draft = scene.draft(agreement, scene.an, "2024-03-01", "2024-05-31")
    with pytest.raises(StepRefusedError):
        commands.take_step_together(
            acting_as(scene.office_jia), agreement, [ready.pk, draft.pk], "arrive", day("2024-03-01")
        )
    assert Posting.objects.get(pk=ready.pk).state == "planned"


def test_a_drop_out_on_site_is_replaced_without_a_gap(scene: Scene) -> None:
    agreement = scene.agreement()
    posting = scene.published(agreement, scene.an, "2024-03-01", "2024-08-31", tasks="急诊带教")
    scene.step(posting, "arrive", "2024-03-01")
    context = acting_as(scene.office_jia, "骨折休养", "illness")
    successor = commands.replace_posting(context, posting, scene.cai.pk, "P-NEW", day("2024-05-16"), posting.version)
    posting.refresh_from_db()
    assert (posting.state, posting.left_on) == ("returned_early", day("2024-05-15"))
    assert (successor.state, successor.starts_on, successor.ends_on) == (
        "planned",
        day("2024-05-16"),
        day("2024-08-31"),
    )
    assert (successor.predecessor_id, successor.tasks, successor.to_institution) == (posting.pk, "急诊带教", scene.shan)


def test_a_replacement_who_is_not_free_changes_nothing(scene: Scene) -> None:
    agreement = scene.agreement()
    posting = scene.published(agreement, scene.an, "2024-03-01", "2024-08-31")
    scene.published(agreement, scene.cai, "2024-05-01", "2024-06-30", to=scene.xiang)
    context = acting_as(scene.office_jia, "骨折休养", "illness")
    with pytest.raises(PublicationRefusedError, match="样例丙 cannot take over"):
        commands.replace_posting(context, posting, scene.cai.pk, "P-NEW", day("2024-05-16"), posting.version)
    posting.refresh_from_db()
    assert posting.state == "planned"
    assert Posting.objects.count() == 2


def test_an_absence_lies_within_the_stay_and_is_noted_once(scene: Scene) -> None:
    agreement = scene.agreement()
    posting = scene.stayed(agreement, scene.ding, "2024-03-01", "2024-05-31")
    context = acting_as(scene.office_jia)
    with pytest.raises(PostingDatesError, match="2024-03-01 to 2024-05-31"):
        commands.add_absence(context, posting, day("2024-05-30"), day("2024-06-02"), "home_leave")
    absence = commands.add_absence(
        acting_as(scene.office_jia), posting, day("2024-04-01"), day("2024-04-05"), "home_leave"
    )
    with pytest.raises(PostingDatesError, match="noted as absence already"):
        commands.add_absence(acting_as(scene.office_jia), posting, day("2024-04-05"), day("2024-04-08"), "sick")
    commands.void_absence(acting_as(scene.office_jia, "记错"), absence, absence.version)
    again = commands.add_absence(acting_as(scene.office_jia), posting, day("2024-04-05"), day("2024-04-08"), "sick")
    assert posting.absences.filter(is_void=False).get() == again


def test_a_published_line_is_not_changed_behind_its_back(scene: Scene) -> None:
    posting = scene.published(scene.agreement(), scene.ding, "2024-03-01", "2024-05-31")
    with pytest.raises(StepRefusedError, match="extend, end, cancel or replace"):
        commands.change_posting(acting_as(scene.office_jia), posting, {"ends_on": day("2024-06-30")}, posting.version)


def test_a_posted_person_sees_the_receiving_unit_while_there_and_no_longer(scene: Scene) -> None:
    person = actor_for("ding", scene.jia.pk, "posted_staff")
    Staff.objects.filter(pk=scene.ding.pk).update(user=User.objects.get(username="ding"))
    agreement = scene.agreement("ACCESS", starts_on="2024-01-01", ends_on="2030-12-31")
    # The office alone holds the partnership's grants in this test; what remains comes from the posting.
    Grant.objects.all().delete()
    today = timezone.localdate()
    start, end = (today - datetime.timedelta(days=30)).isoformat(), (today + datetime.timedelta(days=30)).isoformat()
    posting = scene.published(agreement, scene.ding, start, end)
    assert set(scoped(person, Institution.objects.all())) == {scene.jia}
    scene.step(posting, "arrive", start)
    assert set(scoped(person, Institution.objects.all())) == {scene.jia, scene.shan}
    scene.step(posting, "return_early", today.isoformat(), reason="家中有事", reason_code="family")
    assert set(scoped(person, Institution.objects.all())) == {scene.jia}


def test_a_receiving_department_belongs_to_the_receiving_institution(scene: Scene) -> None:
    agreement = scene.agreement()
    with pytest.raises(InvalidInputError, match="belongs to another institution"):
        scene.draft(agreement, scene.ding, "2024-03-01", "2024-05-31", to_department_id=scene.emergency.pk)
    guest = make_department(scene.shan, "NS", "神经外科", "04.02")
    row = scene.draft(agreement, scene.ding, "2024-03-01", "2024-05-31", to_department_id=guest.pk)
    assert row.to_department == guest


def test_a_posting_at_home_is_none(scene: Scene) -> None:
    local = make_staff(scene.shan, "S1", "样例山")
    with pytest.raises(InvalidInputError, match="goes to another institution"):
        scene.draft(scene.agreement(), local, "2024-03-01", "2024-05-31")


def test_a_head_of_department_decides_about_the_own_department_only(scene: Scene) -> None:
    agreement = scene.agreement()
    head = actor_for("head", scene.jia.pk, "department_head", scene.neurosurgery.pk)
    own = scene.published(agreement, scene.ding, "2024-03-01", "2024-05-31")
    other = scene.published(agreement, scene.an, "2024-03-01", "2024-05-31")
    for posting in (own, other):
        scene.step(posting, "arrive", "2024-03-01")
    facts = commands.StepFacts(day("2024-05-20"), ends_on=day("2024-06-30"))
    context = acting_as(head, "仍需要", "need_continues")
    assert [step.name for step in allowed_steps(head, own)] == ["extend"]
    assert allowed_steps(head, other) == []
    with pytest.raises(NotPermittedError, match="own department"):
        commands.take_step(context, other, "extend", facts, other.version)
    commands.take_step(acting_as(head, "仍需要", "need_continues"), own, "extend", facts, own.version)
    draft = scene.draft(agreement, scene.cai, "2024-07-01", "2024-08-31")
    with pytest.raises(NotPermittedError, match="own department"):
        commands.publish_postings(acting_as(head), agreement, [draft.pk])

"""Who may act on whose posting, and whose word counts as an approval: what each role may not do on its own."""

from __future__ import annotations

import pytest
from django.urls import reverse

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError
from lianyi.accounts.models import Affiliation, User
from lianyi.dispatch import board_queries, commands, queries
from lianyi.dispatch.checks import publication_problems
from lianyi.dispatch.errors import PublicationRefusedError
from lianyi.dispatch.models import Posting, PostingApproval, PostingEvent
from lianyi.registry.imports import running
from lianyi.registry.models import Institution, Staff
from tests.cast import Scene, acting_as, actor_for, as_service, day
from tests.dispatch.page_parts import client_of, page_of
from tests.dispatch.test_imports import HEADER, line, load, only_reason, preview_of

ALL_SIDES = ("home_department", "home_hospital", "receiving_unit")


def problem_codes(posting: Posting) -> list[str]:
    rows = Posting.objects.select_related("agreement", "staff", "from_institution", "to_institution", "from_department")
    return [problem.code for problem in publication_problems(rows.filter(pk=posting.pk))]


def answers(posting: Posting) -> dict[str, str]:
    return dict(PostingApproval.objects.filter(posting=posting).values_list("side", "answer"))


def approve(scene: Scene, posting: Posting, side: str = "receiving_unit", by: Actor | None = None) -> None:
    commands.answer_posting(acting_as(by or scene.office_shan), posting, side, approves=True)


def posted(scene: Scene, username: str, staff: Staff) -> Actor:
    """Return a posted person who is in the registry."""
    actor = actor_for(username, scene.jia.pk, "posted_staff")
    Staff.objects.filter(pk=staff.pk).update(user=User.objects.get(username=username))
    return actor


def test_a_changed_line_asks_for_its_approvals_again(scene: Scene) -> None:
    posting = scene.draft(scene.agreement(approvals=("receiving_unit",)), scene.ding, "2024-03-01", "2024-05-31")
    approve(scene, posting)
    assert problem_codes(posting) == []
    change = {"ends_on": day("2024-08-31"), "specialty": "03"}
    commands.change_posting(acting_as(scene.office_jia), posting, change, posting.version)
    assert answers(posting) == {"receiving_unit": "lapsed"}
    assert problem_codes(posting) == ["approval-missing"]
    lapse = posting.events.get(step="lapse")
    assert (lapse.before, lapse.after) == ({"receiving_unit": "approved"}, {"receiving_unit": "lapsed"})
    assert [row.pk for row in board_queries.waiting_for(scene.office_shan)] == [posting.pk]
    approve(scene, posting)
    assert problem_codes(posting) == []


def test_a_change_that_changes_nothing_leaves_the_answers(scene: Scene) -> None:
    posting = scene.draft(scene.agreement(approvals=("receiving_unit",)), scene.ding, "2024-03-01", "2024-05-31")
    approve(scene, posting)
    commands.change_posting(acting_as(scene.office_jia), posting, {"ends_on": day("2024-05-31")}, posting.version)
    assert answers(posting) == {"receiving_unit": "approved"}


def test_another_person_by_a_table_is_another_line(scene: Scene) -> None:
    agreement = scene.agreement(approvals=("receiving_unit",))
    load(acting_as(scene.office_jia), "postings", HEADER + line("Q1", "A1", "2024-03-01", "2024-06-10"))
    posting = agreement.postings.get()
    approve(scene, posting)
    load(acting_as(scene.office_jia), "postings", HEADER + line("Q1", "D1", "2024-03-01", "2024-06-10"))
    posting.refresh_from_db()
    assert (posting.staff, posting.from_department) == (scene.ding, scene.neurosurgery)
    assert answers(posting) == {"receiving_unit": "lapsed"}
    assert posting.events.get(step="change").user_id == scene.office_jia.user_id


def test_the_same_table_again_leaves_the_answers(scene: Scene) -> None:
    agreement = scene.agreement(approvals=("receiving_unit",))
    text = HEADER + line("Q1", "A1", "2024-03-01", "2024-06-10")
    load(acting_as(scene.office_jia), "postings", text)
    posting = agreement.postings.get()
    approve(scene, posting)
    load(acting_as(scene.office_jia), "postings", text)
    assert answers(posting) == {"receiving_unit": "approved"}


def test_whoever_changed_a_line_does_not_approve_it(scene: Scene) -> None:
    posting = scene.draft(scene.agreement(approvals=("home_hospital",)), scene.ding, "2024-03-01", "2024-05-31")
    director = actor_for("director", scene.jia.pk, "lead_office")
    assert queries.answerable_sides(director, posting) == ["home_hospital"]
    commands.change_posting(acting_as(director), posting, {"tasks": "带教"}, posting.version)
    with pytest.raises(SeparationOfDutiesError, match="wrote or changed"):
        approve(scene, posting, "home_hospital", director)
    assert queries.answerable_sides(director, posting) == []
    assert list(board_queries.waiting_for(director)) == []
    third = actor_for("third", scene.jia.pk, "lead_office")
    approve(scene, posting, "home_hospital", third)
    assert answers(posting) == {"home_hospital": "approved"}


def test_an_imported_arrival_does_not_stand_for_the_approvals(scene: Scene) -> None:
    agreement = scene.agreement(approvals=ALL_SIDES)
    planner = actor_for("planner", scene.jia.pk, "dispatch_planner")
    row = line("Q1", "D1", "2024-03-01", "2024-06-10", came="2024-03-01")
    load(acting_as(planner), "postings", HEADER + row)
    posting = agreement.postings.get()
    with pytest.raises(PublicationRefusedError) as refused:
        commands.publish_postings(acting_as(scene.office_jia), agreement, [posting.pk])
    problems = refused.value.params["problems"]
    assert [problem.code for problem in problems] == ["approval-missing"] * 3  # type: ignore[attr-defined]
    commands.publish_postings(as_service(), agreement, [posting.pk])
    posting.refresh_from_db()
    assert (posting.state, posting.arrived_on) == ("on_site", day("2024-03-01"))


def test_posted_people_record_only_their_own_posting(scene: Scene) -> None:
    agreement = scene.agreement()
    person = posted(scene, "ding", scene.ding)
    own = scene.published(agreement, scene.ding, "2024-03-01", "2024-05-31")
    other = scene.published(agreement, scene.an, "2024-03-01", "2024-05-31")
    for row in (own, other):
        scene.step(row, "arrive", "2024-03-01")
    facts = commands.StepFacts(day("2024-04-10"))
    with pytest.raises(NotPermittedError, match="the own posting"):
        commands.take_step(acting_as(person, "生病", "illness"), other, "return_early", facts, other.version)
    with pytest.raises(NotPermittedError, match="the own posting"):
        commands.add_absence(acting_as(person), other, day("2024-04-01"), day("2024-04-02"), "sick")
    with pytest.raises(NotPermittedError, match="the own posting"):
        commands.take_step_together(acting_as(person), agreement, [own.pk, other.pk], "end", day("2024-05-31"))
    absence = commands.add_absence(acting_as(scene.office_jia), other, day("2024-04-01"), day("2024-04-02"), "sick")
    with pytest.raises(NotPermittedError, match="the own posting"):
        commands.void_absence(acting_as(person, "记错"), absence, absence.version)
    assert queries.allowed_steps(person, other) == []
    commands.add_absence(acting_as(person), own, day("2024-04-01"), day("2024-04-02"), "sick")
    commands.take_step(acting_as(person), own, "end", commands.StepFacts(day("2024-05-31")), own.version)
    assert own.state == "ended"


def test_a_team_leader_records_for_the_own_team(scene: Scene) -> None:
    agreement = scene.agreement()
    leader = posted(scene, "ding", scene.ding)
    new = commands.NewTeam("T1", "样例队", leader_id=scene.ding.pk)
    team = commands.create_team(acting_as(scene.office_jia), agreement, new)
    member = scene.published(agreement, scene.an, "2024-03-01", "2024-05-31", team_id=team.pk)
    commands.take_step(acting_as(leader), member, "arrive", commands.StepFacts(day("2024-03-01")), member.version)
    assert member.state == "on_site"


def test_posted_people_write_no_plan(scene: Scene) -> None:
    agreement = scene.agreement()
    person = posted(scene, "ding", scene.ding)
    own = scene.draft(agreement, scene.ding, "2024-03-01", "2024-05-31")
    new = commands.NewPosting("P9", "team", scene.ding.pk, scene.shan.pk, day("2024-07-01"), day("2024-08-31"))
    with pytest.raises(NotPermittedError, match="the own posting"):
        commands.draft_posting(acting_as(person), agreement, new)
    with pytest.raises(NotPermittedError, match="the own posting"):
        commands.change_posting(acting_as(person), own, {"tasks": "x"}, own.version)
    batch = commands.NewBatch(1, day("2024-03-01"), day("2024-05-31"))
    with pytest.raises(NotPermittedError, match="the own posting"):
        commands.create_batch(acting_as(person), agreement, batch)
    preview = preview_of(person, "postings", HEADER + line("Q1", "D1", "2024-07-01", "2024-08-31"))
    assert "JS-2024" in only_reason(preview)
    client = client_of(person)
    assert client.get(reverse("dispatch:line-new", args=[agreement.pk])).status_code == 403
    assert client.get(reverse("dispatch:line-change", args=[own.pk])).status_code == 403
    assert reverse("dispatch:line-new", args=[agreement.pk]) not in page_of(client, "dispatch:plan", agreement.pk)


def test_a_head_without_a_department_does_not_speak_for_the_hospital(scene: Scene) -> None:
    posting = scene.draft(scene.agreement(approvals=ALL_SIDES), scene.ding, "2024-03-01", "2024-05-31")
    head = actor_for("head", scene.jia.pk, "department_head", scene.neurosurgery.pk)
    # As it could be given before every head had to name a department.
    Affiliation.objects.filter(pk=head.affiliation_id).update(department_node=None)
    nowhere = actor_of_again(head)
    for side in ALL_SIDES:
        with pytest.raises(NotPermittedError, match="Only the"):
            approve(scene, posting, side, nowhere)
    assert queries.answerable_sides(nowhere, posting) == []
    assert list(board_queries.waiting_for(nowhere)) == []


def actor_of_again(actor: Actor) -> Actor:
    from lianyi.accounts.actors import actor_of  # noqa: PLC0415

    again = actor_of(Affiliation.objects.select_related("node", "user").get(pk=actor.affiliation_id))
    assert again is not None
    return again


def test_a_head_of_the_receiving_unit_answers_for_the_own_department_only(scene: Scene) -> None:
    agreement = scene.agreement(approvals=("receiving_unit",))
    head = actor_for("shan-head", scene.shan.pk, "department_head", scene.shan_emergency.pk)
    there = scene.draft(agreement, scene.an, "2024-03-01", "2024-05-31", to_department_id=scene.shan_emergency.pk)
    elsewhere = scene.draft(agreement, scene.ding, "2024-03-01", "2024-05-31")
    assert [row.pk for row in board_queries.waiting_for(head)] == [there.pk]
    approve(scene, there, by=head)
    with pytest.raises(NotPermittedError, match="Only the receiving unit"):
        approve(scene, elsewhere, by=head)


def test_nobody_gets_into_a_hospital_by_sending_somebody_there_on_paper(scene: Scene) -> None:
    agreement = scene.agreement()
    person = posted(scene, "ding", scene.ding)
    posting = scene.published(agreement, scene.ding, "2024-03-01", "2024-05-31", to=scene.lin)
    scene.step(posting, "arrive", "2024-03-01")
    assert "LIN" not in scoped(person, Institution.objects.all()).values_list("code", flat=True)


def test_a_change_names_its_author_in_the_history(scene: Scene) -> None:
    posting = scene.draft(scene.agreement(), scene.ding, "2024-03-01", "2024-05-31")
    commands.change_posting(acting_as(scene.office_jia), posting, {"tasks": "带教"}, posting.version)
    event = PostingEvent.objects.get(step="change")
    assert (event.before, event.after) == ({"tasks": ""}, {"tasks": "带教"})
    assert "Line changed" in page_of(client_of(scene.office_jia), "dispatch:posting", posting.pk)


def test_a_preview_of_a_table_changes_nothing(scene: Scene) -> None:
    agreement = scene.agreement(approvals=("receiving_unit",))
    load(acting_as(scene.office_jia), "postings", HEADER + line("Q1", "A1", "2024-03-01", "2024-06-10"))
    posting = agreement.postings.get()
    approve(scene, posting)
    text = HEADER + line("Q1", "D1", "2024-03-01", "2024-06-10")
    running.preview_table(scene.office_jia, "postings", text.encode(), "postings.csv", "en")
    assert answers(posting) == {"receiving_unit": "approved"}

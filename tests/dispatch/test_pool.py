"""The pool: entries and their limits, who reads them, couples, and the three ways to begin with every answer."""

from __future__ import annotations

import itertools

import pytest
from django.db import IntegrityError, transaction

from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError, NotPermittedError, SeparationOfDutiesError, StaleVersionError
from lianyi.accounts.models import AuditEvent
from lianyi.accounts.roles import Role
from lianyi.dispatch import commands, pool_queries
from lianyi.dispatch.errors import CandidacyStepRefusedError, CoupleStepRefusedError
from lianyi.dispatch.models import (
    Candidacy,
    CandidacyOrigin,
    CandidacyState,
    PoolCouple,
    PoolMember,
)
from lianyi.dispatch.models.pool import KEPT_CANDIDACY_STATES
from lianyi.dispatch.pool_machine import (
    CANDIDACY_STEPS,
    OPEN_CANDIDACIES,
    candidacy_standing,
    candidacy_steps_from,
)
from lianyi.errors import InvalidInputError
from tests.cast import Scene, acting_as, actor_for
from tests.dispatch.needs_story import Needing, today_and
from tests.dispatch.pool_story import Pooling, pooling


@pytest.fixture
def story(scene: Scene) -> Pooling:
    return pooling(scene)


def test_a_person_without_any_permission_of_dispatch_enters_and_changes_their_own_limits(story: Pooling) -> None:
    row = story.entered(
        story.scene.an, story.an, longest_term_months=6, highest_altitude_m=2500, refused=(story.scene.xiang.pk,)
    )
    assert pool_queries.own_member(story.an) == row
    changed = commands.change_entry(
        acting_as(story.an), row, commands.PoolEntry(longest_term_months=12, has_family_limit=True), row.version
    )
    assert (changed.longest_term_months, changed.highest_altitude_m, changed.has_family_limit) == (12, None, True)
    [entered, change] = pool_queries.events_of_member(row)
    assert (entered.step, entered.on_behalf, entered.after["refused"]) == ("enter", False, ["XIANG"])
    assert (change.before["longest_term_months"], change.after["refused"]) == (6, [])
    actions = AuditEvent.objects.filter(object_type="dispatch.poolmember").order_by("sequence")
    assert [event.action for event in actions] == ["dispatch.pool.enter", "dispatch.pool.change"]


def test_what_an_office_writes_down_for_a_person_is_marked_so(story: Pooling) -> None:
    row = story.entered(story.scene.an)
    assert [event.on_behalf for event in pool_queries.events_of_member(row)] == [True]


def test_saving_an_entry_without_a_change_leaves_no_event(story: Pooling) -> None:
    row = story.entered(story.scene.an, preferred=(story.scene.shan.pk,))
    commands.change_entry(acting_as(story.an), row, commands.PoolEntry(preferred=(story.scene.shan.pk,)), row.version)
    assert len(pool_queries.events_of_member(row)) == 1


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"standing": "maybe"}, "pool-standing"),
        ({"longest_term_months": 0}, "pool-limit"),
        ({"highest_altitude_m": 9000}, "pool-limit"),
        ({"hardest_hardship": 7}, "pool-limit"),
        ({"not_before": today_and(9), "not_after": today_and(3)}, "pool-days-reversed"),
    ],
)
def test_an_entry_that_says_what_cannot_be_is_refused(story: Pooling, entry: dict[str, object], reason: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        story.entered(story.scene.an, **entry)
    assert refused.value.params["reason"] == reason
    assert PoolMember.objects.count() == 0


def test_a_recipient_is_not_preferred_and_refused_at_once(story: Pooling) -> None:
    with pytest.raises(InvalidInputError) as refused:
        story.entered(story.scene.an, preferred=(story.scene.shan.pk,), refused=(story.scene.shan.pk,))
    assert refused.value.params["given"] == "山县人民医院"


def test_somebody_is_in_the_pool_once_and_two_who_save_at_once_are_told(story: Pooling) -> None:
    row = story.entered(story.scene.an)
    with pytest.raises(InvalidInputError):
        story.entered(story.scene.an, story.an)
    commands.change_entry(acting_as(story.office), row, commands.PoolEntry(standing="paused"), 1)
    with pytest.raises(StaleVersionError):
        commands.change_entry(acting_as(story.an), row, commands.PoolEntry(), 1)


def test_limits_are_read_by_the_person_the_home_office_and_the_planner_only(story: Pooling) -> None:
    scene, row = story.scene, story.entered(story.scene.an)
    for actor in (story.an, story.office, story.planner):
        assert pool_queries.member(actor, row.pk) == row
    for actor in (story.bo, story.head, story.colleague, scene.office_shan, scene.office_lin):
        assert list(pool_queries.members(actor)) == []
        with pytest.raises(NotFoundInScopeError):
            pool_queries.member(actor, row.pk)


def test_no_other_role_of_the_same_hospital_reads_the_pool(story: Pooling) -> None:
    row = story.entered(story.scene.an)
    reading = set()
    for role in Role:
        department = story.scene.emergency.pk if role == Role.DEPARTMENT_HEAD else None
        actor = actor_for(f"role-{role}", story.scene.jia.pk, role, department)
        if row in pool_queries.members(actor):
            reading.add(role)
    assert reading == {Role.LEAD_OFFICE, Role.SUPPORTED_OFFICE, Role.DISPATCH_PLANNER}


def test_nobody_writes_an_entry_of_somebody_else_but_the_keepers_of_the_pool(story: Pooling) -> None:
    for actor in (story.bo, story.head, story.colleague, story.scene.office_shan, story.scene.office_lin):
        with pytest.raises(NotPermittedError):
            story.entered(story.scene.an, actor)
    assert story.entered(story.scene.an, story.planner).pk


def test_a_couple_binds_when_the_other_one_agreed_and_until_one_ends_it(story: Pooling) -> None:
    row = commands.propose_couple(acting_as(story.an), story.scene.an, story.scene.bo, "together")
    assert [step.name for step in pool_queries.allowed_couple_steps(story.an, row)] == ["end"]
    assert list(pool_queries.own_couple_questions(story.bo)) == [row]
    with pytest.raises(NotPermittedError):
        commands.take_couple_step(acting_as(story.an), row, "agree", row.version)
    commands.take_couple_step(acting_as(story.bo), row, "agree", row.version)
    assert (row.state, list(pool_queries.own_couple_questions(story.bo))) == ("agreed", [])
    commands.take_couple_step(acting_as(story.an), row, "end", row.version)
    assert [(event.step, event.on_behalf) for event in row.events.order_by("pk")] == [
        ("propose", False),
        ("agree", False),
        ("end", False),
    ]
    with pytest.raises(CoupleStepRefusedError):
        commands.take_couple_step(acting_as(story.an), row, "agree", row.version)


def test_two_are_a_couple_once_in_whatever_order_and_never_with_themselves(story: Pooling) -> None:
    scene = story.scene
    commands.propose_couple(acting_as(story.an), scene.an, scene.bo, "apart")
    for first, second, reason in (
        (scene.bo, scene.an, "couple-already"),
        (scene.an, scene.an, "couple-of-one"),
    ):
        with pytest.raises(InvalidInputError) as refused:
            commands.propose_couple(acting_as(story.office), first, second, "together")
        assert refused.value.params["reason"] == reason
    assert PoolCouple.objects.count() == 1
    assert list(pool_queries.couples(story.colleague)) == []


def test_the_home_hospital_invites_and_the_person_agrees_and_is_in_the_pool(story: Pooling) -> None:
    row = story.invited(story.scene.an, recipient=story.scene.shan)
    assert list(pool_queries.own_invitations(story.an)) == [row]
    story.step(row, "agree", story.an)
    assert (row.state, pool_queries.own_member(story.an) is not None) == ("agreed", True)
    assert [(e.step, e.on_behalf) for e in pool_queries.events_of_candidacy(story.office, row)] == [
        ("invite", False),
        ("agree", False),
    ]


def test_an_entry_that_is_paused_stays_paused_when_the_person_agrees(story: Pooling) -> None:
    member = story.entered(story.scene.an, standing="paused")
    story.step(story.invited(story.scene.an), "agree", story.an)
    member.refresh_from_db()
    assert member.standing == "paused"


def test_an_office_writes_down_an_answer_given_by_telephone(story: Pooling) -> None:
    row = story.invited(story.scene.cai)
    story.step(row, "refuse", reason_code="not_said")
    [_invite, refuse] = pool_queries.events_of_candidacy(story.office, row)
    assert (row.state, refuse.on_behalf, refuse.reason) == ("refused", True, "")


def test_a_refusal_needs_a_reason_of_the_list_but_no_words(story: Pooling) -> None:
    row = story.invited(story.scene.an)
    with pytest.raises(InvalidInputError) as refused:
        story.step(row, "refuse", story.an)
    assert refused.value.params["reason"] == "candidacy-without-reason"
    assert story.step(row, "refuse", story.an, reason_code="family").state == "refused"


def test_without_an_answer_by_the_date_it_says_so_and_a_late_answer_still_counts(story: Pooling) -> None:
    row = story.late(story.invited(story.scene.an))
    assert (row.state, story.stands(story.office, row)) == ("invited", "no_answer")
    assert list(pool_queries.unanswered_candidacies(story.office)) == [row]
    story.step(row, "prolong", answer_by=today_and(3))
    assert story.stands(story.office, row) == "invited"
    story.step(story.late(row), "agree", story.an)
    assert story.stands(story.office, row) == "agreed"


def test_no_day_in_the_past_is_given_for_an_answer(story: Pooling) -> None:
    for days in (-1, -30):
        with pytest.raises(InvalidInputError):
            story.invited(story.scene.an, days)
    row = story.invited(story.scene.an, 0)
    with pytest.raises(InvalidInputError):
        story.step(row, "prolong")


def test_a_person_applies_and_somebody_else_of_the_office_accepts(story: Pooling) -> None:
    row = story.applied(recipient=story.scene.shan)
    assert list(pool_queries.waiting_candidacies(story.office)) == [row]
    with pytest.raises(NotPermittedError):
        commands.apply_for(acting_as(story.office), story.scene.an, commands.NewApplication())
    story.step(row, "accept")
    assert (row.state, pool_queries.own_member(story.an) is not None) == ("agreed", True)
    story.step(row, "withdraw", story.an, reason_code="time")
    assert row.state == "withdrawn"


def test_whoever_applies_does_not_accept_their_own_application(story: Pooling) -> None:
    row = story.applied()
    also_office = actor_for("doctor-an", story.scene.jia.pk, "lead_office")
    assert list(pool_queries.waiting_candidacies(also_office)) == []
    with pytest.raises(SeparationOfDutiesError):
        story.step(row, "accept", also_office)


def test_the_same_application_is_not_made_twice(story: Pooling) -> None:
    story.applied(recipient=story.scene.shan)
    with pytest.raises(InvalidInputError) as refused:
        story.applied(recipient=story.scene.shan)
    assert refused.value.params["reason"] == "candidacy-twice"
    assert story.applied().state == "applied"


def test_a_unit_asks_for_a_kind_and_never_reads_whom_the_home_hospital_chose_or_why_they_refused(
    story: Pooling,
) -> None:
    unit, row = story.scene.office_shan, story.asked()
    assert list(pool_queries.waiting_candidacies(story.office)) == [row]
    story.step(row, "pass_on", staff=story.scene.an, answer_by=today_and(5))
    assert list(pool_queries.own_invitations(story.an)) == [row]
    story.step(row, "refuse", story.an, reason_code="family", reason="家里有事")
    seen = pool_queries.candidacy(unit, row.pk)
    assert (seen.shows_person, seen.standing) == (False, "refused")  # type: ignore[attr-defined]
    assert [event.step for event in pool_queries.events_of_candidacy(unit, seen)] == ["ask"]
    kept = pool_queries.candidacy(story.office, row.pk)
    assert kept.shows_person is True  # type: ignore[attr-defined]
    assert [event.reason for event in pool_queries.events_of_candidacy(story.office, kept)] == ["", "", "家里有事"]


def test_a_unit_names_somebody_it_knows_and_nobody_else(story: Pooling) -> None:
    scene = story.scene
    with pytest.raises(InvalidInputError) as refused:
        story.asked(staff=scene.an)
    assert refused.value.params["reason"] == "candidacy-person"
    start, end = today_and(-100).isoformat(), today_and(-10).isoformat()
    scene.stayed(story.agreement, scene.an, start, end)
    row = story.asked(staff=scene.an)
    assert pool_queries.candidacy(scene.office_shan, row.pk).shows_person is True  # type: ignore[attr-defined]
    # Nobody learns of an asking about them that their hospital has not passed on.
    assert list(pool_queries.own_candidacies(story.an)) == []
    with pytest.raises(InvalidInputError):
        story.step(row, "pass_on", staff=scene.bo, answer_by=today_and(5))
    story.step(row, "decline", reason_code="nobody_free")
    steps = [event.step for event in pool_queries.events_of_candidacy(scene.office_shan, row)]
    assert (steps, list(pool_queries.own_candidacies(story.an))) == (["ask", "decline"], [])


def test_an_asking_names_a_partner_and_somebody_or_some_kind(story: Pooling) -> None:
    scene = story.scene
    for wrong, reason in (
        ({"home": scene.lin}, "candidacy-home"),
        ({"home": scene.shan}, "candidacy-home"),
        ({"specialty": "", "profession": ""}, "candidacy-of-nobody"),
        ({"specialty": "77"}, "need-code-unknown"),
        ({"starts_on": today_and(9), "ends_on": today_and(1)}, "candidacy-reversed"),
        ({"message": "长" * 2001}, "candidacy-message"),
    ):
        with pytest.raises(InvalidInputError) as refused:
            story.asked(**wrong)
        assert refused.value.params["reason"] == reason, wrong
    with pytest.raises(NotPermittedError):
        commands.ask_for(
            acting_as(story.colleague),
            commands.NewAsking(receiver=scene.shan, home=scene.jia, answer_by=today_and(1), specialty="20"),
        )


def test_an_answer_belongs_to_its_side(story: Pooling) -> None:
    invitation, asking = story.invited(story.scene.an), story.asked()
    for row, step, actor in (
        (invitation, "agree", story.bo),
        (invitation, "agree", story.scene.office_shan),
        (invitation, "take_back", story.an),
        (asking, "pass_on", story.scene.office_shan),
        (asking, "no_longer_ask", story.office),
    ):
        with pytest.raises(NotPermittedError):
            story.step(row, step, actor, reason_code="other")
    assert story.step(asking, "no_longer_ask", story.scene.office_shan, reason_code="need_gone").state == "withdrawn"


def test_a_step_that_is_not_in_the_table_is_refused_with_what_is_possible(story: Pooling) -> None:
    row = story.invited(story.scene.an)
    with pytest.raises(CandidacyStepRefusedError) as refused:
        story.step(row, "accept")
    assert refused.value.params["allowed"] == ["agree", "refuse", "take_back", "prolong"]


def test_every_open_state_of_the_table_leads_to_an_answer() -> None:
    for origin, state in itertools.product(CandidacyOrigin, OPEN_CANDIDACIES):
        steps = candidacy_steps_from(state, origin)
        assert any(step.to_state is not None for step in steps), (origin, state)
    for origin in CandidacyOrigin:
        assert candidacy_steps_from(CandidacyState.REFUSED, origin) == ()
        assert candidacy_steps_from(CandidacyState.WITHDRAWN, origin) == ()
    assert CandidacyState.NO_ANSWER not in {step.to_state for step in CANDIDACY_STEPS}


def test_the_standing_that_is_computed_and_the_one_that_is_asked_of_the_database_agree(story: Pooling) -> None:
    row = story.invited(story.scene.an)
    for state, days in itertools.product(KEPT_CANDIDACY_STATES, (-1, 0, 1)):
        Candidacy.objects.filter(pk=row.pk).update(state=state, answer_by=today_and(days))
        expected = candidacy_standing(state, today_and(days), today_and(0))
        assert pool_queries.candidacies(story.office).get(pk=row.pk).standing == expected  # type: ignore[attr-defined]


def test_the_database_keeps_no_derived_state_and_no_answer_of_nobody(story: Pooling) -> None:
    row = story.asked()
    for wrong in ({"state": "no_answer"}, {"state": "invited"}, {"to_institution": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Candidacy.objects.filter(pk=row.pk).update(**wrong)


def test_an_invitation_to_a_need_brings_its_recipient(story: Pooling) -> None:
    chief = actor_for("chief-shan", story.scene.shan.pk, "supported_office")
    need = Needing(story.scene, story.agreement, chief).opened()
    row = story.invited(story.scene.an, need=need)
    assert (row.need, row.to_institution) == (need, story.scene.shan)
    hidden = Needing(story.scene, story.agreement, chief).written()
    with pytest.raises(InvalidInputError) as refused:
        story.invited(story.scene.an, need=hidden)
    assert refused.value.params["reason"] == "candidacy-need"


def test_outsiders_of_the_same_role_reach_nothing_of_it(story: Pooling) -> None:
    outsiders: list[Actor] = [story.scene.office_lin, story.colleague, story.head]
    for row in (story.invited(story.scene.bo), story.applied(), story.asked()):
        for actor in outsiders:
            assert list(pool_queries.candidacies(actor)) == []
            with pytest.raises(NotFoundInScopeError):
                pool_queries.candidacy(actor, row.pk)
    # Invitations and applications are no matter of the receiving unit.
    assert [row.origin for row in pool_queries.candidacies(story.scene.office_shan)] == ["asked"]

from __future__ import annotations

import datetime

import pytest

from lianyi.accounts.errors import (
    NotPermittedError,
    SeparationOfDutiesError,
    StaleVersionError,
    StateRefusedError,
)
from lianyi.registry import commands
from lianyi.registry.commands.change_requests import TRANSITIONS, State, Step, state_after
from lianyi.registry.errors import (
    CycleError,
    FutureDateError,
    MissingValueError,
    NothingToChangeError,
    PendingChangeExistsError,
    SecondLevelNeededError,
    UnchangeableFieldError,
)
from lianyi.registry.models import ChangeRequest, Institution, RegistryEvent
from tests.registry.factories import acting, context, make_region

pytestmark = pytest.mark.django_db
DAY = datetime.date(2023, 1, 1)
NEW_NAME = {"name_zh": "样例新医院"}
REGRADED = {"tier": "tertiary", "grade": "A"}


def propose(region, changes=None, actor=None, **more) -> ChangeRequest:
    actor = actor or acting("supported_office", region.hospital.pk)
    given = {"changes": changes or NEW_NAME, "effective_on": DAY, "expected_version": 1, **more}
    row = Institution.objects.select_related("node").get(pk=region.hospital.pk)
    return commands.propose_change(context(actor, reason="批复文件"), row, **given)


def test_a_proposal_shows_old_and_new_and_changes_nothing_yet():
    region = make_region()
    request = propose(region)
    assert request.changes == {"name_zh": {"old": "样例医院H1", "new": "样例新医院"}}
    assert (request.state, request.needs_second_level, request.base_version) == ("proposed", False, 1)
    assert Institution.objects.get(pk=region.hospital.pk).name_zh == "样例医院H1"


def test_an_approved_proposal_is_applied_with_its_day():
    region = make_region()
    steward = acting("registry_steward", region.county.pk)
    request = commands.approve_change(context(steward), propose(region), 1)
    row = Institution.objects.get(pk=region.hospital.pk)
    event = RegistryEvent.objects.get(node_id=row.pk, kind="renamed")
    assert (request.state, request.decided_by_id) == ("applied", steward.user_id)
    assert (row.name_zh, row.version, event.effective_on) == ("样例新医院", 2, DAY)


def test_one_change_of_a_record_waits_at_a_time():
    region = make_region()
    first = propose(region)
    with pytest.raises(PendingChangeExistsError):
        propose(region, {"address": "样例路2号"})
    steward = acting("registry_steward", region.county.pk)
    commands.refuse_change(context(steward, reason="依据不足"), first, 1)
    assert propose(region, {"address": "样例路2号"}).state == "proposed"


def test_the_proposer_never_decides():
    region = make_region()
    steward = acting("registry_steward", region.county.pk)
    request = propose(region, actor=steward)
    with pytest.raises(SeparationOfDutiesError, match="You proposed this change"):
        commands.approve_change(context(steward), request, 1)
    with pytest.raises(SeparationOfDutiesError):
        commands.refuse_change(context(steward, reason="x"), request, 1)


def test_tier_and_grade_go_through_two_levels_and_two_people():
    region = make_region()
    county = acting("registry_steward", region.county.pk)
    prefecture = acting("registry_steward", region.prefecture.pk)
    province = acting("registry_steward", region.province.pk)
    request = propose(region, REGRADED)
    assert request.needs_second_level
    request = commands.approve_change(context(prefecture), request, 1)
    assert (request.state, request.first_level_by_id) == ("county_approved", prefecture.user_id)
    with pytest.raises(SeparationOfDutiesError, match="first level"):
        commands.approve_change(context(prefecture), request, 2)
    with pytest.raises(SecondLevelNeededError):
        commands.approve_change(context(county), request, 2)
    request = commands.approve_change(context(province), request, 2)
    row = Institution.objects.get(pk=region.hospital.pk)
    assert (request.state, row.tier, row.grade) == ("applied", "tertiary", "A")


def test_a_bureau_of_another_region_does_not_decide():
    region = make_region()
    stranger = acting("registry_steward", region.other_county.pk)
    with pytest.raises(NotPermittedError):
        commands.approve_change(context(stranger), propose(region), 1)


def test_a_proposal_overtaken_by_another_change_is_superseded_and_applies_nothing():
    region = make_region()
    request = propose(region)
    commands.move_institution(context(), region.hospital, commands.NewSite(address="样例路3号"), DAY, 1)
    steward = acting("registry_steward", region.county.pk)
    request = commands.approve_change(context(steward), request, 1)
    row = Institution.objects.get(pk=region.hospital.pk)
    assert request.state == "superseded"
    assert "it was version 1, now it is version 2" in request.decision_reason
    assert (row.name_zh, row.address) == ("样例医院H1", "样例路3号")


def test_only_the_proposer_withdraws():
    region = make_region()
    office = acting("supported_office", region.hospital.pk)
    request = propose(region, actor=office)
    colleague = acting("supported_office", region.hospital.pk)
    with pytest.raises(SeparationOfDutiesError, match="Only the person who proposed"):
        commands.withdraw_change(context(colleague), request, 1)
    assert commands.withdraw_change(context(office), request, 1).state == "withdrawn"
    with pytest.raises(StateRefusedError, match="that is withdrawn does not allow: withdraw"):
        commands.withdraw_change(context(office), request, 2)


def test_a_refusal_needs_a_reason():
    region = make_region()
    steward = acting("registry_steward", region.county.pk)
    request = propose(region)
    with pytest.raises(MissingValueError):
        commands.refuse_change(context(steward, reason=" "), request, 1)
    request = commands.refuse_change(context(steward, reason="依据不足"), request, 1)
    assert (request.state, request.decision_reason) == ("refused", "依据不足")


@pytest.mark.parametrize(
    ("changes", "more", "error"),
    [
        ({"name_zh": "样例医院H1"}, {}, NothingToChangeError),
        ({"version": 7}, {}, UnchangeableFieldError),
        (NEW_NAME, {"effective_on": datetime.date(2999, 1, 1)}, FutureDateError),
        (NEW_NAME, {"expected_version": 9}, StaleVersionError),
    ],
)
def test_proposals_that_cannot_be_applied_are_refused_at_once(changes, more, error):
    region = make_region()
    with pytest.raises(error):
        propose(region, changes, **more)


def test_a_proposal_to_stand_below_the_own_branch_is_refused_at_once():
    region = make_region()
    with pytest.raises(CycleError):
        propose(region, {"parent_id": region.centre.pk})


def test_who_agrees_to_a_move_must_reach_the_new_place():
    region = make_region()
    request = propose(region, {"place_id": region.other_county.pk})
    county = acting("registry_steward", region.county.pk)
    with pytest.raises(NotPermittedError):
        commands.approve_change(context(county), request, 1)
    prefecture = acting("registry_steward", region.prefecture.pk)
    assert commands.approve_change(context(prefecture), request, 1).state == "applied"


def test_a_reader_cannot_propose():
    region = make_region()
    with pytest.raises(NotPermittedError):
        propose(region, actor=acting("commission_viewer", region.county.pk))


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("step", list(Step))
def test_every_step_follows_the_table(state, step):
    if (state, step) in TRANSITIONS:
        assert state_after(state, step) == TRANSITIONS[state, step]
    else:
        with pytest.raises(StateRefusedError):
            state_after(state, step)

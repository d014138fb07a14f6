"""Who reaches which row."""

from __future__ import annotations

import datetime

import pytest
from django.db import models
from django.utils import timezone

from lianyi.accounts import access
from lianyi.accounts.actors import actor_of
from lianyi.accounts.commands import NewGrant, close_grants, open_grants, set_password, set_user_active
from lianyi.accounts.errors import NotFoundInScopeError, NotPermittedError
from lianyi.accounts.models import AuditEvent, Grant, User
from lianyi.accounts.roles import PERMISSIONS, Act, Family, Permission, Role, role_holds
from lianyi.registry.models import Institution, Place, Staff
from tests.cast import Scene, acting_as, actor_for, affiliate, as_service


def codes(rows: models.QuerySet[Institution]) -> list[str]:
    return sorted(rows.values_list("code", flat=True))


def test_every_role_has_a_line_in_the_table_and_no_administrator_reads_patients() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert {str(each) for each in PERMISSIONS[Role.ADMINISTRATOR]} == {"audit.read", "admin.read", "admin.write"}
    assert role_holds("lead_office", Permission(Family.DISPATCH, Act.DECIDE))
    assert not role_holds("lead_office", Permission(Family.REFERRAL, Act.READ))
    assert role_holds("lead_office", Permission(Family.REFERRAL, Act.COUNT))


def test_an_office_reaches_its_own_institution_only(scene: Scene) -> None:
    assert codes(access.scoped(scene.office_jia, Institution.objects.all())) == ["JIA1"]
    assert codes(access.scoped(scene.office_lin, Institution.objects.all())) == ["LIN"]


def test_a_township_centre_reaches_the_village_clinic_it_manages(scene: Scene) -> None:
    actor = actor_for("township", scene.xiang.pk, "village_clinician")
    assert codes(access.scoped(actor, Institution.objects.all())) == ["CUN", "XIANG"]


def test_a_bureau_reaches_everything_in_its_region_and_nothing_beside_it(scene: Scene) -> None:
    viewer = actor_for("viewer", scene.county.pk, "commission_viewer")
    assert codes(access.scoped(viewer, Institution.objects.all())) == ["CUN", "SHAN", "XIANG"]
    national = actor_for("national", scene.country.pk, "commission_viewer")
    assert len(codes(access.scoped(national, Institution.objects.all()))) == 6


def test_an_affiliation_that_does_not_inherit_covers_its_own_node_only(scene: Scene) -> None:
    affiliation = affiliate("narrow", scene.xiang.pk, "village_clinician")
    affiliation.inherits_down = False
    affiliation.save()
    actor = actor_of(affiliation)
    assert actor is not None
    assert codes(access.scoped(actor, Institution.objects.all())) == ["XIANG"]


def test_an_affiliation_that_has_ended_makes_nobody_an_actor(scene: Scene) -> None:
    affiliation = affiliate("former", scene.shan.pk, "supported_office")
    affiliation.valid_to = timezone.localdate() - datetime.timedelta(days=1)
    assert actor_of(affiliation) is None


def test_places_are_public_to_read_but_not_to_write(scene: Scene) -> None:
    assert access.scoped(scene.office_lin, Place.objects.all()).count() == 6
    steward = actor_for("steward", scene.county.pk, "registry_steward")
    assert access.decide(steward, "registry.decide", scene.county).allowed
    assert access.decide(steward, "registry.decide", scene.city).reason == "relation"


def test_a_role_without_the_family_gets_an_empty_list_and_a_refusal(scene: Scene) -> None:
    viewer = actor_for("viewer", scene.city.pk, "commission_viewer")
    assert access.scoped(viewer, Staff.objects.all()).count() == 0
    decision = access.decide(viewer, "staff.read", scene.an)
    assert (decision.allowed, decision.reason) == (False, "role")
    with pytest.raises(NotPermittedError, match="does not include it"):
        access.require(viewer, "staff.read", scene.an)


def test_a_row_out_of_reach_is_answered_like_a_row_that_does_not_exist(scene: Scene) -> None:
    with pytest.raises(NotFoundInScopeError) as hidden:
        access.get_in_scope(scene.office_lin, Institution.objects.all(), scene.shan.pk)
    with pytest.raises(NotFoundInScopeError) as absent:
        access.get_in_scope(scene.office_lin, Institution.objects.all(), 10**9)
    assert str(hidden.value) == str(absent.value)


def node_grant(scene: Scene, **more: object) -> NewGrant:
    facts: dict[str, object] = {
        "kind": "G2",
        "target_type": access.NODE_TARGET,
        "target_id": scene.shan.pk,
        "basis_type": "tests.basis",
        "basis_id": 7,
        "valid_from": timezone.now() - datetime.timedelta(hours=1),
        "holder_node_id": scene.lin.pk,
    }
    return NewGrant(**{**facts, **more})  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
def test_a_grant_opens_reading_and_closes_again(scene: Scene) -> None:
    from django.db import transaction  # noqa: PLC0415 - the only test that opens one by hand

    with transaction.atomic():
        open_grants(as_service(), [node_grant(scene)])
    assert codes(access.scoped(scene.office_lin, Institution.objects.all())) == ["LIN", "SHAN"]
    decision = access.decide(scene.office_lin, "registry.read", scene.shan)
    assert (decision.allowed, decision.basis, decision.basis_id) == (True, "G2", Grant.objects.get().pk)
    with transaction.atomic():
        assert close_grants(as_service(), "tests.basis", [7]) == 1
    assert codes(access.scoped(scene.office_lin, Institution.objects.all())) == ["LIN"]


def test_a_grant_for_reading_opens_no_writing(scene: Scene) -> None:
    open_grants(as_service(), [node_grant(scene, holder_node_id=scene.jia.pk)])
    supported = actor_for("jia-supported", scene.jia.pk, "supported_office")
    assert access.decide(supported, "registry.read", scene.shan).allowed
    assert not access.decide(supported, "registry.write", scene.shan).allowed


@pytest.mark.parametrize(
    "times",
    [
        {"valid_from": datetime.timedelta(hours=1)},
        {"valid_from": datetime.timedelta(hours=-2), "valid_to": datetime.timedelta(hours=-1)},
    ],
)
def test_a_grant_opens_nothing_before_and_after_its_time(scene: Scene, times: dict[str, datetime.timedelta]) -> None:
    now = timezone.now()
    open_grants(as_service(), [node_grant(scene, **{name: now + shift for name, shift in times.items()})])
    assert codes(access.scoped(scene.office_lin, Institution.objects.all())) == ["LIN"]


def test_a_grant_to_one_person_does_not_reach_a_colleague(scene: Scene) -> None:
    grant = node_grant(scene, kind="G4", holder_node_id=None, holder_user_id=scene.office_lin.user_id)
    open_grants(as_service(), [grant])
    colleague = actor_for("colleague", scene.lin.pk, "lead_office")
    assert codes(access.scoped(scene.office_lin, Institution.objects.all())) == ["LIN", "SHAN"]
    assert codes(access.scoped(colleague, Institution.objects.all())) == ["LIN"]


def test_every_table_with_facts_has_a_scope_rule_or_is_named_here_with_a_reason() -> None:
    from django.apps import apps  # noqa: PLC0415

    internal = {
        "OrganisationNode": "read through the place, institution or department it stands for",
        "Grant": "read by the permission check only",
        "CommandReceipt": "read by the command runner only",
        "ChainHead": "holds no fact about anybody",
        "NumberSeries": "the last number given, read only to give the next",
        "WorkerHeartbeat": "when the worker last turned, shown to everybody",
    }
    ours = [model for model in apps.get_models() if model.__module__.startswith("lianyi.")]
    without = {model.__name__ for model in ours if model not in access.scope_rules()}
    assert without == set(internal)


def test_a_model_without_a_rule_cannot_be_read(scene: Scene) -> None:
    with pytest.raises(LookupError, match="no scope rule"):
        access.scoped(scene.office_jia, Grant.objects.all())


def test_an_administrator_cannot_take_over_somebody_who_also_works_elsewhere(scene: Scene) -> None:
    administrator = actor_for("admin-jia", scene.jia.pk, "administrator")
    affiliate("both", scene.jia.pk, "lead_office")
    affiliate("both", scene.lin.pk, "lead_office")
    user = User.objects.get(username="both")
    with pytest.raises(NotPermittedError, match="outside your reach"):
        set_password(acting_as(administrator), user, "another-harbour-28")
    with pytest.raises(NotPermittedError, match="outside your reach"):
        set_user_active(acting_as(administrator), user, False)
    national = actor_for("admin-cn", scene.country.pk, "administrator")
    assert not set_user_active(acting_as(national), user, False).is_active


def test_what_the_installer_did_is_shown_to_whoever_covers_the_country(scene: Scene) -> None:
    national = actor_for("admin-cn", scene.country.pk, "administrator")
    local = actor_for("admin-jia", scene.jia.pk, "administrator")
    by_service = AuditEvent.objects.filter(acting_node__isnull=True)
    assert access.scoped(national, by_service).count() == by_service.count() > 0
    assert access.scoped(local, by_service).count() == 0

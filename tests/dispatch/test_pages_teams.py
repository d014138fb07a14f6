"""A team is formed from the plan of its agreement, by those who may write the plan."""

from __future__ import annotations

import pytest

from lianyi.dispatch import commands
from lianyi.dispatch.models import Team
from tests.cast import Scene, acting_as, actor_for, day
from tests.dispatch.page_parts import client_of, page_of, send, status_of, words


def test_a_team_is_formed_with_its_batch_and_leader_and_stands_in_the_plan(scene: Scene) -> None:
    agreement = scene.agreement()
    new = commands.NewBatch(1, day("2024-03-01"), day("2024-08-31"))
    batch = commands.create_batch(acting_as(scene.office_jia), agreement, new)
    client = client_of(scene.office_jia)
    assert "New team" in words(page_of(client, "dispatch:plan", agreement.pk))
    fields = {"code": "T1", "name_zh": "样例一队", "name_en": "", "batch": str(batch.pk), "leader": "JIA1/C1"}
    for _time in range(2):
        assert send(client, "dispatch:team-new", agreement.pk, key="once", **fields).status_code == 302
    team = Team.objects.get()
    assert (team.code, team.batch, team.leader) == ("T1", batch, scene.cai)
    assert "样例一队 · leader: 样例丙" in words(page_of(client, "dispatch:plan", agreement.pk))


def test_a_code_that_is_taken_comes_back_on_the_form(scene: Scene) -> None:
    agreement = scene.agreement()
    commands.create_team(acting_as(scene.office_jia), agreement, commands.NewTeam("T1", "样例一队"))
    answer = send(client_of(scene.office_jia), "dispatch:team-new", agreement.pk, code="T1", name_zh="样例二队")
    assert answer.status_code == 422
    assert answer.context["form"].errors["code"] == ["The agreement has a team 'T1' already."]


@pytest.mark.parametrize("leader", ["LIN/A1", "JIA1/NOBODY"])
def test_a_leader_out_of_reach_is_refused(scene: Scene, leader: str) -> None:
    agreement = scene.agreement()
    answer = send(
        client_of(scene.office_jia), "dispatch:team-new", agreement.pk, code="T1", name_zh="样例队", leader=leader
    )
    assert answer.status_code == 422
    assert not Team.objects.exists()


def test_a_batch_of_another_agreement_is_refused(scene: Scene) -> None:
    here, elsewhere = scene.agreement("JS-1"), scene.agreement("JS-2")
    new = commands.NewBatch(1, day("2024-03-01"), day("2024-08-31"))
    batch = commands.create_batch(acting_as(scene.office_jia), elsewhere, new)
    fields = {"code": "T1", "name_zh": "样例队", "batch": str(batch.pk)}
    answer = send(client_of(scene.office_jia), "dispatch:team-new", here.pk, **fields)
    assert list(answer.context["form"].errors) == ["batch"]


def test_who_only_reads_the_plan_sees_no_way_to_form_a_team(scene: Scene) -> None:
    agreement = scene.agreement()
    viewer = client_of(actor_for("viewer", scene.jia.pk, "commission_viewer"))
    assert "New team" not in words(page_of(viewer, "dispatch:plan", agreement.pk))
    assert status_of(viewer, "dispatch:team-new", agreement.pk) == 403
    assert status_of(client_of(scene.office_lin), "dispatch:team-new", agreement.pk) == 404

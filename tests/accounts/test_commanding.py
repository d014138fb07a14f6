"""One transaction, one key, one event; and what two people do at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lianyi.accounts.errors import CommandKeyReusedError, StaleVersionError
from lianyi.accounts.models import AuditEvent, CommandReceipt
from lianyi.accounts.records import save_changes
from lianyi.partnerships import commands as partnerships
from lianyi.partnerships.models import Duty
from tests.cast import Scene, acting_as


def test_the_same_key_twice_is_one_thing_done_and_the_same_answer(scene: Scene) -> None:
    agreement = scene.agreement(in_force=False)
    context = acting_as(scene.office_jia)
    facts = {"title_en": "Once"}
    first = partnerships.change_duty(context, agreement.duties.get(), facts, 1)
    events = AuditEvent.objects.count()
    again = partnerships.change_duty(context, agreement.duties.get(), facts, 1)
    assert (first.pk, first.version) == (again.pk, again.version) == (first.pk, 2)
    assert AuditEvent.objects.count() == events


def test_a_key_used_for_another_command_or_by_another_person_is_refused(scene: Scene) -> None:
    agreement = scene.agreement(in_force=False)
    context = acting_as(scene.office_jia)
    partnerships.change_duty(context, agreement.duties.get(), {"title_en": "Once"}, 1)
    with pytest.raises(CommandKeyReusedError):
        partnerships.put_in_force(context, agreement, agreement.version)
    with pytest.raises(CommandKeyReusedError):
        partnerships.change_duty(replace(context, actor=scene.office_shan), agreement.duties.get(), {}, 2)


def test_a_refused_command_leaves_nothing_and_its_key_can_be_used_again(scene: Scene) -> None:
    agreement = scene.agreement(in_force=False)
    duty = agreement.duties.get()
    context = acting_as(scene.office_jia)
    events = AuditEvent.objects.count()
    with pytest.raises(StaleVersionError):
        partnerships.change_duty(context, duty, {"title_en": "Late"}, 99)
    assert AuditEvent.objects.count() == events
    assert not CommandReceipt.objects.filter(key=context.key).exists()
    partnerships.change_duty(context, duty, {"title_en": "In time"}, 1)
    assert Duty.objects.get(pk=duty.pk).title_en == "In time"


def test_the_later_of_two_who_save_the_same_record_gets_both_versions(scene: Scene) -> None:
    agreement = scene.agreement(in_force=False)
    scene.confirm(agreement, scene.office_shan)
    mine, theirs = agreement.duties.get(), agreement.duties.get()
    partnerships.change_duty(acting_as(scene.office_shan), theirs, {"title_en": "Theirs"}, theirs.version)
    with pytest.raises(StaleVersionError) as conflict:
        partnerships.change_duty(acting_as(scene.office_jia), mine, {"title_en": "Mine"}, mine.version)
    assert conflict.value.params["current"].title_en == "Theirs"  # type: ignore[attr-defined]
    assert conflict.value.params["wanted"] == {"title_en": "Mine"}
    assert agreement.duties.get().title_en == "Theirs"


def test_a_save_raises_the_version_by_one(scene: Scene) -> None:
    agreement = scene.agreement(in_force=False)
    duty = save_changes(agreement.duties.get(), {"title_en": "New"}, 1)
    assert (duty.version, duty.title_en) == (2, "New")

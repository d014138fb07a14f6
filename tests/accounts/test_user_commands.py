"""Users and affiliations through their commands: who may give what to whom, and what is refused."""

from __future__ import annotations

import dataclasses

import pytest
from django.utils.translation import override

from lianyi.accounts import commands
from lianyi.accounts.actors import Actor, actor_of
from lianyi.accounts.errors import NotPermittedError, PasswordRefusedError
from lianyi.accounts.models import Affiliation, User
from lianyi.accounts.queries import users
from lianyi.errors import InvalidInputError
from tests.cast import LONG_AGO, PASSWORD, acting_as, actor_for, affiliate, as_service, day, make_user


def new_affiliation(user: User, node_id: int, role: str, **more: object) -> commands.NewAffiliation:
    return commands.NewAffiliation(user.pk, node_id, role, LONG_AGO, **more)  # type: ignore[arg-type]


def refused_reason(run) -> str:
    with pytest.raises((InvalidInputError, NotPermittedError)) as caught:
        run()
    return str(caught.value.params["reason"])


def administrator(scene, *, only_here: bool = False) -> Actor:
    user = make_user("administrator")
    new = new_affiliation(user, scene.county.pk, "administrator", inherits_down=not only_here)
    actor = actor_of(commands.create_affiliation(as_service(), new))
    assert actor is not None
    return actor


def test_a_head_of_department_needs_a_department_of_that_institution(scene):
    user = make_user("head")
    for department, reason in (
        (None, "department-needed"),
        (scene.shan_emergency.pk, "department-outside"),
        (scene.shan.pk, "department-outside"),
    ):
        new = new_affiliation(user, scene.jia.pk, "department_head", department_node_id=department)
        assert refused_reason(lambda new=new: commands.create_affiliation(as_service(), new)) == reason
    new = new_affiliation(user, scene.jia.pk, "department_head", department_node_id=scene.emergency.pk)
    assert commands.create_affiliation(as_service(), new).department_node_id == scene.emergency.pk


def test_an_administrator_of_one_node_gives_nothing_that_reaches_below_it(scene):
    actor = administrator(scene, only_here=True)
    user = make_user("newcomer")
    wide = new_affiliation(user, scene.county.pk, "lead_office")
    assert refused_reason(lambda: commands.create_affiliation(acting_as(actor), wide)) == "only-here"
    below = new_affiliation(user, scene.shan.pk, "lead_office", inherits_down=False)
    assert refused_reason(lambda: commands.create_affiliation(acting_as(actor), below)) == "outside-reach"
    narrow = dataclasses.replace(wide, inherits_down=False)
    assert commands.create_affiliation(acting_as(actor), narrow).inherits_down is False


def test_an_administrator_of_one_node_takes_over_nobody_who_reaches_below_it(scene):
    actor = administrator(scene, only_here=True)
    wide = affiliate("wide", scene.county.pk, "lead_office").user
    refused = refused_reason(lambda: commands.set_password(acting_as(actor), wide, "calm-meadow-58"))
    assert refused == "reaches-further"
    wide.refresh_from_db()
    assert wide.check_password(PASSWORD)


def test_an_administrator_who_covers_what_lies_below_gives_affiliations_there(scene):
    new = new_affiliation(make_user("newcomer"), scene.cun.pk, "village_clinician")
    made = commands.create_affiliation(acting_as(administrator(scene)), new)
    assert (made.node_id, made.inherits_down) == (scene.cun.pk, True)


def test_an_affiliation_that_ended_does_not_come_to_life_again(scene):
    ended = affiliate("leaver", scene.shan.pk, "trainer")
    commands.end_affiliation(as_service(), ended, day("2020-06-30"), ended.version)
    revive = lambda: commands.end_affiliation(as_service(), ended, day("2099-12-31"), ended.version)  # noqa: E731
    assert refused_reason(revive) == "ends-already"
    commands.end_affiliation(as_service(), ended, day("2020-05-31"), ended.version)
    assert Affiliation.objects.get(pk=ended.pk).valid_to == day("2020-05-31")


def test_the_same_affiliation_is_held_once_at_a_time(scene):
    first = affiliate("holder", scene.shan.pk, "trainer")
    again = new_affiliation(first.user, scene.shan.pk, "trainer")
    assert refused_reason(lambda: commands.create_affiliation(as_service(), again)) == "affiliation-held"
    commands.end_affiliation(as_service(), first, day("2020-06-30"), first.version)
    assert refused_reason(lambda: commands.create_affiliation(as_service(), again)) == "affiliation-held"
    later = dataclasses.replace(again, valid_from=day("2020-07-01"))
    assert commands.create_affiliation(as_service(), later).valid_from == day("2020-07-01")
    other_role = new_affiliation(first.user, scene.shan.pk, "assessor")
    assert commands.create_affiliation(as_service(), other_role).role == "assessor"


def test_the_list_of_users_holds_what_they_are_here_today(scene):
    actor = administrator(scene)
    person = affiliate("both", scene.shan.pk, "trainer").user
    affiliate("both", scene.jia.pk, "lead_office")
    over = affiliate("both", scene.xiang.pk, "assessor")
    commands.end_affiliation(as_service(), over, day("2020-06-30"), over.version)
    (found,) = [each for each in users(actor) if each.pk == person.pk]
    assert [(each.node_id, each.role) for each in found.affiliations_today] == [(scene.shan.pk, "trainer")]


@pytest.mark.parametrize(
    ("username", "name", "email", "reason"),
    [
        ("bad name/<b>", "样例", "", "user-name-form"),
        ("-dash", "样例", "", "user-name-form"),
        ("a" * 65, "样例", "", "user-text-too-long"),
        ("\u202e\u200b", "样例", "", "user-name-empty"),
        ("good", "\u202e\u200b", "", "user-name-empty"),
        ("good", "样\u202e例", "", "unseen-characters"),
        ("good", "样" * 101, "", "user-text-too-long"),
        ("good", "样例", "notmail", "email-form"),
    ],
)
def test_a_user_with_names_or_an_address_that_cannot_be_is_refused(db, username, name, email, reason):
    context = as_service()
    before = User.objects.count()
    new = commands.NewUser(username, name, PASSWORD, email)
    assert refused_reason(lambda: commands.create_user(context, new)) == reason
    assert User.objects.count() == before


@pytest.mark.parametrize("username", ["zhang", "张示例", "a.b_c-d@example.org", "7up"])
def test_user_names_of_any_script_and_addresses_are_taken(db, username):
    assert commands.create_user(as_service(), commands.NewUser(username, "样例", PASSWORD)).username == username


def test_what_is_wrong_with_a_password_is_told_in_the_language_of_the_reader(db):
    with override("zh-hans"), pytest.raises(PasswordRefusedError) as caught:
        commands.create_user(as_service(), commands.NewUser("zhang", "样例", "8047361"))
    told = str(caught.value.params["messages"])
    assert told == "密码太短，至少要有 10 个字符。 密码全是数字。"
    assert caught.value.message == (
        "The password is not accepted: It is too short; at least 10 characters are needed. It holds nothing but digits."
    )


def test_an_actor_for_a_head_of_department_acts_for_it(scene):
    actor = actor_for("head", scene.jia.pk, "department_head", scene.neurosurgery.pk)
    assert actor.department_node_id == scene.neurosurgery.pk

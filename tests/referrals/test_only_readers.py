"""Whoever only reads changes nothing: every role x every address of the referrals that takes a form.

The addresses are taken from the site's own, so one that is added without asking for a permission fails here. The
people stand on a side of every case: at the hospital that sends, and at the one that receives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import PERMISSIONS, Act, Family, Role
from lianyi.referrals.models import Leg
from lianyi.referrals.walking import allowed_actions
from tests.cast import actor_for, build_scene
from tests.dispatch.page_parts import client_of
from tests.referrals.one_of_everything import Everything, build_everything
from tests.referrals.story import tell
from tests.referrals.test_scope_of_pages import LISTS, OBJECT_OF_PAGE, TYPED, address_of, everything_kept

READING = {Act.READ, Act.COUNT}
REFUSED = (403, 404, 405)
# What a page of each beginning is about; all others are about referrals.
FAMILIES = {
    "consultation": Family.CONSULTATION,
    "roster": Family.GREEN_DUTY,
    "duty-replace": Family.GREEN_DUTY,
    "duty-take-back": Family.GREEN_DUTY,
    "webhook": Family.ADMIN,
    "delivery": Family.ADMIN,
    "offline-device-revoke": Family.ADMIN,
    "terms": Family.AGREEMENT,
}
# What these keep is about the reader alone: what one has seen, and one's own device for reading without network.
OF_THE_READER = {"notice", "notices-seen", "offline-session", "offline-register", "offline-key", "offline-sync"}
# A guest is nobody's role: the cookie of a link opens it.
OF_GUESTS = {"guest", "guest-case"}
# Shows the case again, and notes that it was opened only where the reader is one who may decide.
ONLY_SHOWS = {"case-open"}
STEPS = {"step", "consultation-step", "consultation-convert"}


def family_of(page: str) -> Family:
    return next((family for begins, family in FAMILIES.items() if page.startswith(begins)), Family.REFERRAL)


def only_readers(family: Family) -> list[Role]:
    """Return the roles that read the family, or count it, and may do nothing else with it."""
    acts = {role: {each.act for each in PERMISSIONS[role] if each.family is family} for role in Role}
    return [role for role in Role if acts[role] and acts[role] <= READING]


@dataclass
class Inside:
    """Everything, and a browser of every role at both hospitals of the story."""

    made: Everything
    actors: dict[tuple[str, Role], Actor]
    browsers: dict[tuple[str, Role], Client]


ALL_FAMILIES = {Family.REFERRAL, *FAMILIES.values()}


@pytest.fixture(scope="module")
def inside_once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Inside]:
    with django_db_blocker.unblock(), transaction.atomic():
        story = tell(build_scene())
        made = build_everything(story)
        actors = {}
        scene = story.scene
        for house, department in ((scene.jia, scene.emergency), (scene.shan, scene.shan_emergency)):
            for role in sorted({each for family in ALL_FAMILIES for each in only_readers(family)}):
                own = department.pk if role is Role.DEPARTMENT_HEAD else None
                actors[(house.code, role)] = actor_for(f"reads-{house.code}-{role}", house.pk, role, own)
        yield Inside(made, actors, {key: client_of(actor) for key, actor in actors.items()})
        transaction.set_rollback(True)


@pytest.fixture
def inside(inside_once: Inside, db: None) -> Inside:
    cache.clear()
    return inside_once


def asked_pages() -> list[str]:
    return sorted({*OBJECT_OF_PAGE, *LISTS} - OF_THE_READER - OF_GUESTS - ONLY_SHOWS)


def test_in_every_family_of_these_pages_some_role_only_reads() -> None:
    """Without this, the tests below would also pass if they asked nobody."""
    assert Role.SUPPORTED_OFFICE in only_readers(Family.REFERRAL)
    assert {Role.TRAINER, Role.SUPPORTED_OFFICE} <= set(only_readers(Family.CONSULTATION))
    assert Role.DISPATCH_PLANNER in only_readers(Family.GREEN_DUTY)
    assert Role.POSTED_STAFF in only_readers(Family.AGREEMENT)


@pytest.mark.parametrize("house", ["JIA1", "SHAN"])
def test_a_role_that_only_reads_is_refused_at_every_address_and_nothing_changes(inside: Inside, house: str) -> None:
    before, taken = everything_kept(), []
    for page in asked_pages():
        address = address_of(page, inside.made) if page in OBJECT_OF_PAGE else reverse(f"referrals:{page}")
        for role in only_readers(family_of(page)):
            given = {**TYPED, "command_key": f"{house}-{role}-{page}"[:48]}
            response = inside.browsers[(house, role)].post(address, given)
            # A step is refused by the table before anybody asks for the role: it does not follow.
            refused = (*REFUSED, 409, 422) if page in STEPS else REFUSED
            if response.status_code not in refused:
                taken.append((page, str(role), response.status_code))
    assert not taken, "\n".join(map(str, taken))
    assert everything_kept() == before


def test_no_step_of_the_table_is_open_to_a_role_that_only_reads(inside: Inside) -> None:
    opened = []
    for (house, role), actor in inside.actors.items():
        if role in only_readers(Family.REFERRAL):
            opened += [(house, str(role), leg.state) for leg in Leg.objects.all() if allowed_actions(actor, leg)]
    assert opened == []
    there = set(Leg.objects.values_list("state", flat=True))
    assert {"under-care", "information-supplied", "declined", "draft"} <= there

"""A slip of the keyboard in a day of a roster - year 0001, year 9999 - is refused or passed over; no page breaks."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from lianyi.accounts.models import User
from lianyi.referrals.models import DutyRoster, DutySlot
from tests.cast import affiliate
from tests.referrals.story import Story
from tests.referrals.test_duty_pages import begun, filled, signed_in

EDGES = ("0001-01-01", "9999-12-31", "1899-12-31", "2206-12-07")


@pytest.fixture
def head(story: Story) -> Client:
    affiliate("deputy-jia", story.scene.jia.pk, "duty_clinician")
    return signed_in("head-jia")


@pytest.mark.parametrize("day", EDGES)
@pytest.mark.parametrize("clock", ["00:00", "23:59"])
def test_no_roster_begins_or_ends_at_the_edge_of_the_calendar(head: Client, day: str, clock: str) -> None:
    sound = {
        "institution": "JIA1",
        "condition": "stroke",
        "starts_at": "2026-12-07T00:00",
        "ends_at": "2026-12-14T00:00",
        "duty_phone": "000-1200",
    }
    edge = f"{day}T{clock}"
    for number, slip in enumerate(({"starts_at": edge}, {"ends_at": edge}, {"starts_at": edge, "ends_at": edge})):
        typed = {**sound, **slip, "command_key": f"new-{number}"}
        assert head.post(reverse("referrals:roster-new"), typed).status_code == 422
    assert not DutyRoster.objects.exists()
    row = begun(head)
    for number, slip in enumerate(({"starts_at": edge}, {"ends_at": edge})):
        typed = {**sound, **slip, "command_key": f"change-{number}", "expected_version": row.version}
        assert head.post(reverse("referrals:roster-change", args=[row.pk]), typed).status_code == 422
    assert DutyRoster.objects.get().version == row.version


@pytest.mark.parametrize("day", EDGES)
def test_a_week_beyond_the_calendar_shows_the_roster(head: Client, day: str) -> None:
    row = begun(head)
    page = head.get(reverse("referrals:roster", args=[row.pk]), {"from": day})
    assert page.status_code == 200
    assert page.context["grid"].days[0].isoformat() == "2026-12-07"
    assert (
        head.get(reverse("referrals:roster-fill", args=[row.pk]), {"first_day": day, "begins": "99"}).status_code == 200
    )


@pytest.mark.parametrize("day", EDGES)
@pytest.mark.parametrize("ends", ["00:00", "23:59"])
def test_no_duty_is_named_at_the_edge_of_the_calendar(head: Client, day: str, ends: str) -> None:
    row = begun(head)
    people = dict(User.objects.values_list("username", "pk"))
    typed = {
        "begins": "00:00",
        "ends": ends,
        "person": people["duty-jia"],
        "deputy": people["deputy-jia"],
    }
    for number, (first, last) in enumerate(((day, day), ("2026-12-07", day), (day, "2026-12-07"))):
        slip = {**typed, "first_day": first, "last_day": last, "command_key": f"fill-{number}"}
        assert head.post(reverse("referrals:roster-fill", args=[row.pk]), slip).status_code == 422
    assert not DutySlot.objects.exists()


@pytest.mark.parametrize("day", EDGES)
def test_no_duty_is_replaced_at_the_edge_of_the_calendar(head: Client, day: str) -> None:
    row = begun(head)
    filled(head, row)
    slot = DutySlot.objects.order_by("starts_at").first()
    assert slot is not None
    people = dict(User.objects.values_list("username", "pk"))
    sound = {"starts_at": "2026-12-07T00:00", "ends_at": "2026-12-08T00:00"}
    for number, name in enumerate(sound):
        typed = {
            **sound,
            name: f"{day}T00:00",
            "person": people["deputy-jia"],
            "deputy": people["duty-jia"],
            "expected_version": slot.version,
            "command_key": f"replace-{number}",
        }
        assert head.post(reverse("referrals:duty-replace", args=[slot.pk]), typed).status_code == 422
    slot.refresh_from_db()
    assert not slot.is_void

"""The roster as a grid, my duties, the bell, dead letters and webhooks, as people see them."""

from __future__ import annotations

import datetime
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lianyi.accounts.models import AuditEvent, User
from lianyi.referrals import heartbeat
from lianyi.referrals.models import Delivery, DutyRoster, DutySlot, Notice, Webhook
from lianyi.referrals.outbox import put
from tests.cast import actor_for, affiliate, make_department
from tests.referrals.story import Story

WEBHOOK = "https://his.example/hook"


def signed_in(username: str, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def head(story: Story) -> Client:
    affiliate("deputy-jia", story.scene.jia.pk, "duty_clinician")
    return signed_in("head-jia")


@pytest.fixture
def admin(story: Story) -> Client:
    actor_for("admin-jia", story.scene.jia.pk, "administrator")
    return signed_in("admin-jia")


def key_on(page: str) -> str:
    found = re.search(r'name="command_key" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def send(client: Client, address: str, **values: object) -> str:
    """Open a form, send it with its key, and return the page that follows."""
    page = client.get(address).content.decode()
    version = re.search(r'name="expected_version" value="(\d+)"', page)
    extra = {"expected_version": version.group(1)} if version else {}
    answer = client.post(address, {"command_key": key_on(page), **extra, **values}, follow=True)
    return answer.content.decode()


def begun(head: Client) -> DutyRoster:
    send(
        head,
        reverse("referrals:roster-new"),
        institution="JIA1",
        condition="stroke",
        starts_at="2026-12-07T00:00",
        ends_at="2026-12-14T00:00",
        duty_phone="000-1200",
    )
    return DutyRoster.objects.get()


def filled(head: Client, row: DutyRoster, begins: str = "00:00", ends: str = "00:00") -> str:
    people = dict(User.objects.values_list("username", "pk"))
    return send(
        head,
        reverse("referrals:roster-fill", args=[row.pk]),
        first_day="2026-12-07",
        last_day="2026-12-13",
        begins=begins,
        ends=ends,
        person=people["duty-jia"],
        deputy=people["deputy-jia"],
    )


def test_a_roster_is_written_filled_and_published_on_the_pages(head: Client, story: Story) -> None:
    row = begun(head)
    address = reverse("referrals:roster", args=[row.pk])
    page = head.get(address).content.decode()
    assert "1 stretch has nobody on duty" in page
    assert "Publish the roster" not in page
    page = filled(head, row, "08:00", "20:00")
    assert page.count('class="duty-held"') == 7
    assert page.count('class="duty-hole"') == 14
    assert "8 stretches have nobody on duty" in page
    assert "样例 duty-jia" in page
    people = dict(User.objects.values_list("username", "pk"))
    fill = reverse("referrals:roster-fill", args=[row.pk])
    night = {"person": people["deputy-jia"], "deputy": people["duty-jia"], "begins": "20:00", "ends": "08:00"}
    page = send(head, fill, first_day="2026-12-06", last_day="2026-12-13", **night)
    assert "Every hour has a person and a deputy." in page
    row.refresh_from_db()
    publish = reverse("referrals:roster-publish", args=[row.pk])
    values = {"command_key": key_on(page), "expected_version": row.version}
    page = head.post(publish, values, follow=True).content.decode()
    assert "The roster is published: these people are called." in page
    assert "Take back" not in page
    row.refresh_from_db()
    assert row.state == "published"


def test_publishing_with_a_hole_lists_it_and_publishes_nothing(head: Client, story: Story) -> None:
    row = begun(head)
    filled(head, row, "00:00", "20:00")
    page = head.get(reverse("referrals:roster", args=[row.pk])).content.decode()
    values = {"command_key": key_on(page), "expected_version": row.version}
    page = head.post(reverse("referrals:roster-publish", args=[row.pk]), values, follow=True).content.decode()
    assert "7 stretches of the roster have nobody on duty: 2026-12-07 20:00" in page
    row.refresh_from_db()
    assert row.state == "draft"


def test_a_hole_leads_to_the_form_with_its_hours(head: Client, story: Story) -> None:
    row = begun(head)
    page = filled(head, row, "08:00", "00:00")
    link = f"{reverse('referrals:roster-fill', args=[row.pk])}?first_day=2026-12-09&amp;last_day=2026-12-09"
    assert f"{link}&amp;begins=00:00&amp;ends=08:00" in page
    form = head.get(f"{link.replace('&amp;', '&')}&begins=00:00&ends=08:00").content.decode()
    assert 'value="08:00"' in form
    assert 'value="2026-12-09"' in form


def test_a_duty_is_taken_back_and_replaced(head: Client, story: Story) -> None:
    row = begun(head)
    page = filled(head, row)
    slot = DutySlot.objects.filter(is_void=False).first()
    assert slot is not None
    values = {"command_key": key_on(page), "expected_version": slot.version}
    page = head.post(reverse("referrals:duty-take-back", args=[slot.pk]), values, follow=True).content.decode()
    assert "1 stretch has nobody on duty" in page
    other = DutySlot.objects.filter(is_void=False).first()
    assert other is not None
    people = dict(User.objects.values_list("username", "pk"))
    page = send(
        head,
        reverse("referrals:duty-replace", args=[other.pk]),
        starts_at="2026-12-08T06:00",
        ends_at="2026-12-08T12:00",
        person=people["head-jia"],
        deputy=people["duty-jia"],
    )
    assert "The duty is replaced." in page
    assert DutySlot.objects.filter(roster=row, is_void=False).count() == 8


def test_a_reader_sees_the_roster_without_buttons(head: Client, story: Story) -> None:
    row = begun(head)
    filled(head, row)
    page = signed_in("duty-jia").get(reverse("referrals:roster", args=[row.pk])).content.decode()
    assert "样例 duty-jia" in page
    assert "Take back" not in page
    assert "Withdraw" not in page
    assert signed_in("duty-lin").get(reverse("referrals:roster", args=[row.pk])).status_code == 404
    assert signed_in("duty-jia").get(reverse("referrals:roster-fill", args=[row.pk])).status_code == 403


def test_the_list_and_my_duties_name_channel_and_partner(head: Client, story: Story) -> None:
    row = begun(head)
    filled(head, row)
    DutyRoster.objects.update(state="published")
    page = head.get(reverse("referrals:rosters")).content.decode()
    assert "Stroke" in page
    page = signed_in("duty-jia").get(reverse("referrals:my-duties")).content.decode()
    assert "person on duty" in page
    assert "样例 deputy-jia" in page
    chinese = signed_in("duty-jia", "zh-hans").get(reverse("referrals:my-duties")).content.decode()
    assert "卒中" in chinese


def test_the_bell_counts_what_nobody_saw_until_it_is_seen(story: Story) -> None:
    leg = story.sent(urgency="urgent")
    client = signed_in("duty-jia")
    page = client.get("/").content.decode()
    assert "Notices: 1 not seen" in page
    listed = client.get(reverse("referrals:notices")).content.decode()
    assert "A referral has come" in listed
    assert leg.request.journey.number in listed
    assert "样例病人" not in listed
    row = Notice.objects.get(institution=story.scene.jia)
    answer = client.get(reverse("referrals:notice", args=[row.pk]))
    assert answer.headers["Location"] == leg.get_absolute_url()
    row.refresh_from_db()
    assert row.seen_by is not None
    assert row.seen_by.username == "duty-jia"
    assert "Notices: all seen" in client.get("/").content.decode()


def test_marking_all_as_seen_leaves_what_came_later(story: Story) -> None:
    story.sent(urgency="urgent")
    client = signed_in("duty-jia")
    page = client.get(reverse("referrals:notices")).content.decode()
    newest = re.search(r'name="newest" value="(\d+)"', page)
    assert newest is not None
    story.sent(urgency="urgent")
    values = {"command_key": key_on(page), "newest": newest.group(1)}
    client.post(reverse("referrals:notices-seen"), values)
    assert "Notices: 1 not seen" in client.get("/").content.decode()


def test_nobody_opens_the_notice_of_another_hospital_or_person(story: Story) -> None:
    story.sent(urgency="urgent")
    row = Notice.objects.get(institution=story.scene.jia)
    assert signed_in("duty-lin").get(reverse("referrals:notice", args=[row.pk])).status_code == 404
    Notice.objects.update(user=User.objects.get(username="head-jia"))
    assert signed_in("duty-jia").get(reverse("referrals:notice", args=[row.pk])).status_code == 404
    assert signed_in("head-jia").get(reverse("referrals:notice", args=[row.pk])).status_code == 302


def test_a_secret_is_shown_once(admin: Client, story: Story) -> None:
    page = send(admin, reverse("referrals:webhook-new"), institution="JIA1", url=WEBHOOK)
    row = Webhook.objects.get()
    assert row.secret in page
    listed = admin.get(reverse("referrals:webhooks")).content.decode()
    assert WEBHOOK in listed
    assert row.secret not in listed
    values = {"command_key": key_on(listed), "expected_version": row.version}
    listed = admin.post(reverse("referrals:webhook-retire", args=[row.pk]), values, follow=True).content.decode()
    assert "retired" in listed
    assert signed_in("duty-jia").get(reverse("referrals:webhooks")).status_code == 403


def test_an_unsafe_address_comes_back_on_the_form(admin: Client) -> None:
    page = send(admin, reverse("referrals:webhook-new"), institution="JIA1", url="http://his.example/hook")
    assert "cannot be the address of a webhook" in page
    assert not Webhook.objects.exists()


def test_dead_letters_are_listed_and_sent_again(admin: Client, story: Story) -> None:
    send(admin, reverse("referrals:webhook-new"), institution="JIA1", url=WEBHOOK)
    notice = Notice(
        institution=story.scene.jia, kind="send", urgency="urgent", params={"number": "J26-9"}, made_at=timezone.now()
    )
    put([notice], timezone.now())
    Delivery.objects.update(state="dead", last_error="HTTP 500", attempts=8)
    page = admin.get(reverse("referrals:dead-letters")).content.decode()
    assert "J26-9" in page
    assert "HTTP 500" in page
    row = Delivery.objects.get()
    admin.post(reverse("referrals:delivery-replay", args=[row.pk]), {"command_key": key_on(page)})
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("waiting", 0)
    assert AuditEvent.objects.filter(action="referrals.delivery.replay").count() == 1


def test_a_silent_worker_is_said_to_coordinators_and_administrators_only(admin: Client, story: Story) -> None:
    words = "The worker is silent"
    assert words not in admin.get("/").content.decode()
    story.sent(urgency="urgent")
    assert words in admin.get("/").content.decode()
    assert words in signed_in("coordinator-shan").get("/").content.decode()
    assert words not in signed_in("duty-jia").get("/").content.decode()
    heartbeat.beat(timezone.now(), 3)
    assert words not in admin.get("/").content.decode()
    heartbeat.beat(timezone.now() - datetime.timedelta(minutes=3), 2)
    assert words in admin.get("/").content.decode()
    beat = heartbeat.last_beat()
    assert beat is not None
    assert beat.handled == 5


def test_the_roster_form_of_a_published_roster_changes_the_telephone_only(head: Client, story: Story) -> None:
    row = begun(head)
    DutyRoster.objects.update(state="published")
    send(head, reverse("referrals:roster-change", args=[row.pk]), duty_phone="000-9999", starts_at="2026-12-01T00:00")
    row.refresh_from_db()
    assert (row.duty_phone, timezone.localdate(row.starts_at)) == ("000-9999", datetime.date(2026, 12, 7))


def test_a_roster_is_withdrawn_with_its_reason(head: Client, story: Story) -> None:
    row = begun(head)
    page = send(head, reverse("referrals:roster-withdraw", args=[row.pk]), reason="样例:停诊")
    assert "The roster is withdrawn." in page
    row.refresh_from_db()
    assert row.state == "withdrawn"


@pytest.mark.parametrize("role", ["department_head", "administrator", "referral_coordinator"])
def test_no_page_of_these_opens_for_the_same_role_elsewhere(head: Client, admin: Client, story: Story, role) -> None:
    row = begun(head)
    filled(head, row)
    send(admin, reverse("referrals:webhook-new"), institution="JIA1", url=WEBHOOK)
    story.sent(urgency="urgent")
    slot, hook = DutySlot.objects.filter(roster=row).first(), Webhook.objects.get()
    delivery = Delivery.objects.filter(channel="webhook").first()
    assert slot is not None
    assert delivery is not None
    own = make_department(story.scene.lin, "EM", "急诊科", "20")
    actor_for("outsider", story.scene.lin.pk, role, own.pk if role == "department_head" else None)
    outsider = signed_in("outsider")
    pages = [(name, row.pk) for name in ("roster", "roster-change", "roster-fill", "roster-withdraw")]
    pages += [(name, row.pk) for name in ("roster-copy", "roster-publish")]
    pages += [("duty-replace", slot.pk), ("duty-take-back", slot.pk), ("webhook-retire", hook.pk)]
    pages += [("delivery-replay", delivery.pk), ("notice", delivery.notice_id)]
    for name, pk in pages:
        address = reverse(f"referrals:{name}", args=[pk])
        answers = {outsider.get(address).status_code, outsider.post(address, {"command_key": name}).status_code}
        assert answers <= {403, 404, 405}, (name, answers)
    for name in ("rosters", "my-duties", "notices", "webhooks", "dead-letters"):
        text = outsider.get(reverse(f"referrals:{name}")).content.decode()
        assert "甲市第一医院" not in text
        assert WEBHOOK not in text

"""Notices leave by e-mail and webhook: tried again, given up, sent again, and never with a patient in them."""

from __future__ import annotations

import base64
import datetime
import email
import email.header
import hashlib
import hmac
import json

import pytest
import time_machine
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError, NotPermittedError
from lianyi.accounts.models import AuditEvent, User
from lianyi.referrals.commands.outgoing import add_webhook, replay_delivery, retire_webhook
from lianyi.referrals.delivering import MOST_ATTEMPTS, deliver_due
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.models import Delivery, Leg, Notice, PatientIdentity
from lianyi.referrals.outbox import put
from lianyi.referrals.webhooks import check_address
from tests.cast import acting_as, actor_for
from tests.referrals.sinks import HookSink, MailSink, hook_sink, mail_sink
from tests.referrals.story import Story


@pytest.fixture
def admin_jia(story: Story) -> Actor:
    return actor_for("admin-jia", story.scene.jia.pk, "administrator")


@pytest.fixture
def hooks(settings):
    settings.LIANYI_PRIVATE_WEBHOOKS = True
    settings.LIANYI_SITE_URL = "https://lianyi.example"
    with hook_sink() as sink:
        yield sink


@pytest.fixture
def letters(settings):
    settings.LIANYI_SENDS_EMAIL = True
    settings.LIANYI_SITE_URL = "https://lianyi.example"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "lianyi@lianyi.example"
    with mail_sink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        yield sink


def notice_to(story: Story, leg: Leg | None = None, user: User | None = None) -> Notice:
    row = Notice(
        institution=story.scene.jia,
        user=user,
        kind="send",
        urgency="emergency",
        leg=leg,
        params={"number": "J26-1", "state": "sent", "condition": "stroke"},
        made_at=timezone.now(),
    )
    return put([row], timezone.now())[0]


def only_delivery() -> Delivery:
    return Delivery.objects.get()


def test_a_webhook_gets_the_case_signed_and_without_the_patient(
    hooks: HookSink, admin_jia: Actor, story: Story
) -> None:
    row = add_webhook(acting_as(admin_jia), story.scene.jia.pk, hooks.url)
    leg = story.sent(urgency="urgent")
    assert deliver_due().sent == 1
    (request,) = hooks.requests
    assert request.path == "/hook?from=lianyi"
    told = json.loads(request.body)
    notice = Notice.objects.get(institution=story.scene.jia, user=None)
    assert told == {
        "delivery": only_delivery().pk,
        "notice": notice.pk,
        "kind": "send",
        "urgency": "urgent",
        "case": leg.request.journey.number,
        "institution": "JIA1",
        "made_at": notice.made_at.isoformat(),
        "link": f"https://lianyi.example/referrals/notices/{notice.pk}/",
    }
    identity = PatientIdentity.objects.get()
    for secret_fact in (identity.name, identity.id_number, identity.phone, leg.request.question):
        assert secret_fact.encode() not in request.body
    signed = f"{request.headers['X-Lianyi-Time']}.".encode() + request.body
    expected = hmac.new(row.secret.encode(), signed, hashlib.sha256).hexdigest()
    assert request.headers["X-Lianyi-Signature"] == f"sha256={expected}"
    assert request.headers["X-Lianyi-Delivery"] == str(only_delivery().pk)
    assert (only_delivery().state, only_delivery().attempts) == ("sent", 1)


def test_a_receiver_that_fails_is_tried_again_later_and_then_gets_it(hooks, admin_jia: Actor, story: Story) -> None:
    add_webhook(acting_as(admin_jia), story.scene.jia.pk, hooks.url)
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        notice_to(story)
        hooks.status = 503
        assert deliver_due().failed == 1
        row = only_delivery()
        assert (row.state, row.attempts, row.last_error) == ("waiting", 1, "HTTP 503")
        pause = row.next_attempt_at - timezone.now()
        assert datetime.timedelta(seconds=30) <= pause <= datetime.timedelta(seconds=38)
        assert deliver_due().failed == 0
        assert len(hooks.requests) == 1
        hooks.status = 204
        traveller.shift(pause)
        assert deliver_due().sent == 1
    row = only_delivery()
    assert (row.state, row.attempts, row.last_error) == ("sent", 2, "")


def given_up(hooks: HookSink, admin: Actor, story: Story) -> Delivery:
    add_webhook(acting_as(admin), story.scene.jia.pk, hooks.url)
    hooks.status = 500
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        notice_to(story)
        for _attempt in range(MOST_ATTEMPTS + 2):
            deliver_due()
            traveller.shift(datetime.timedelta(hours=2))
    return only_delivery()


def test_after_many_failures_a_delivery_is_given_up(hooks: HookSink, admin_jia: Actor, story: Story) -> None:
    row = given_up(hooks, admin_jia, story)
    assert (row.state, row.attempts) == ("dead", MOST_ATTEMPTS)
    assert len(hooks.requests) == MOST_ATTEMPTS
    assert {request.headers["X-Lianyi-Delivery"] for request in hooks.requests} == {str(row.pk)}


def test_a_dead_letter_is_sent_again_when_an_administrator_says_so(hooks, admin_jia: Actor, story: Story) -> None:
    row = given_up(hooks, admin_jia, story)
    hooks.status = 200
    with pytest.raises(NotFoundInScopeError):
        replay_delivery(acting_as(actor_for("clerk", story.scene.jia.pk, "privacy_steward")), row.pk)
    replay_delivery(acting_as(admin_jia), row.pk)
    assert deliver_due().sent == 1
    assert only_delivery().state == "sent"
    with pytest.raises(GuardRefusedError, match="given up"):
        replay_delivery(acting_as(admin_jia), row.pk)


def test_a_redirect_is_not_followed(hooks: HookSink, admin_jia: Actor, story: Story) -> None:
    add_webhook(acting_as(admin_jia), story.scene.jia.pk, hooks.url)
    notice_to(story)
    hooks.status, hooks.location = 302, hooks.url
    assert deliver_due().failed == 1
    assert only_delivery().last_error == "HTTP 302"
    assert len(hooks.requests) == 1


def test_an_address_inside_the_network_is_not_called(hooks, settings, admin_jia: Actor, story: Story) -> None:
    settings.LIANYI_PRIVATE_WEBHOOKS = False
    add_webhook(acting_as(admin_jia), story.scene.jia.pk, hooks.url)
    notice_to(story)
    assert deliver_due().failed == 1
    assert "inside the network" in only_delivery().last_error
    assert hooks.requests == []


def test_one_silent_receiver_does_not_hold_up_the_others(hooks, admin_jia: Actor, story: Story) -> None:
    with hook_sink() as closed:
        gone = closed.url
    add_webhook(acting_as(admin_jia), story.scene.jia.pk, gone)
    notice_to(story)
    notice_to(story)
    add_webhook(acting_as(admin_jia), story.scene.jia.pk, hooks.url)
    notice_to(story)
    result = deliver_due()
    assert (result.sent, result.failed) == (1, 1)
    assert sorted(Delivery.objects.values_list("attempts", flat=True)) == [0, 0, 1, 1]


def test_a_retired_webhook_gets_nothing_more(hooks, admin_jia: Actor, story: Story) -> None:
    row = add_webhook(acting_as(admin_jia), story.scene.jia.pk, hooks.url)
    notice_to(story)
    retire_webhook(acting_as(admin_jia), row.pk, row.version)
    assert only_delivery().state == "dead"
    notice_to(story)
    assert (Delivery.objects.count(), deliver_due().sent, hooks.requests) == (1, 0, [])


def test_the_secret_of_a_webhook_is_not_in_the_trail(hooks, admin_jia: Actor, story: Story) -> None:
    row = add_webhook(acting_as(admin_jia), story.scene.jia.pk, hooks.url)
    assert len(row.secret) >= 43
    event = AuditEvent.objects.get(action="referrals.webhook.add")
    assert row.secret not in json.dumps([event.before, event.after])


def test_only_the_own_institutions_administrator_adds_a_webhook(story: Story, admin_jia: Actor) -> None:
    with pytest.raises(NotPermittedError):
        add_webhook(acting_as(admin_jia), story.scene.shan.pk, "https://his.example/hook")
    with pytest.raises(NotPermittedError):
        add_webhook(acting_as(story.duty_jia), story.scene.jia.pk, "https://his.example/hook")


@pytest.mark.parametrize(
    "address",
    [
        "http://his.example/hook",
        "ftp://his.example/hook",
        "https://user:word@his.example/hook",
        "https:///hook",
        "https://his.example:99999/hook",
        "file:///etc/passwd",
        "his.example",
        f"https://his.example/{'x' * 200}",
    ],
)
def test_an_address_that_is_not_safe_is_refused(address: str) -> None:
    with pytest.raises(FactsRefusedError, match="cannot be the address"):
        check_address(address)


def test_plain_http_is_taken_on_this_machine_only() -> None:
    assert check_address(" http://localhost:8080/hook ") == "http://localhost:8080/hook"


def duty_user(language: str) -> User:
    user = User.objects.get(username="duty-jia")
    user.email, user.language = "duty@jia.example", language
    user.save()
    return user


def read(letter: str) -> tuple[email.message.Message, str, str]:
    message = email.message_from_string(letter)
    subject = str(email.header.make_header(email.header.decode_header(message["Subject"])))
    body = message.get_payload()
    if message["Content-Transfer-Encoding"] == "base64":
        body = base64.b64decode(body).decode()
    return message, subject, body


def test_a_letter_names_the_case_and_nobody_else(letters: MailSink, story: Story) -> None:
    leg = story.sent(urgency="emergency", condition="stroke")
    Delivery.objects.all().delete()
    notice = notice_to(story, leg, duty_user("en"))
    assert deliver_due().sent == 1
    message, subject, body = read(letters.letters[0])
    assert (message["To"], message["From"]) == ("duty@jia.example", "lianyi@lianyi.example")
    assert subject == "Lianyi: A referral has come (emergency) J26-1"
    assert body.replace("\r\n", "\n") == (
        "A referral has come\nUrgency: emergency\nCase: J26-1\n\n"
        f"https://lianyi.example/referrals/notices/{notice.pk}/\n"
    )
    identity = PatientIdentity.objects.get()
    assert identity.name not in body + subject
    assert message["Message-ID"].startswith(f"<lianyi-{only_delivery().pk}@")


def test_a_refused_recipient_is_tried_again_and_does_not_stop_the_others(letters: MailSink, story: Story) -> None:
    notice_to(story, None, duty_user("en"))
    letters.answer_to_recipient = "550 unknown"
    assert deliver_due().failed == 1
    assert only_delivery().last_error == "the mail server refused it (SMTPRecipientsRefused)"
    letters.answer_to_recipient = "250 fine"
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=5)):
        assert deliver_due().sent == 1


def test_a_mail_server_that_is_away_is_asked_once_a_round(letters: MailSink, settings, story: Story) -> None:
    user = duty_user("en")
    for _each in range(3):
        notice_to(story, None, user)
    with mail_sink() as other:
        settings.EMAIL_PORT = other.port
    result = deliver_due()
    assert (result.sent, result.failed) == (0, 1)
    assert sorted(Delivery.objects.values_list("attempts", flat=True)) == [0, 0, 1]


def test_without_a_mail_server_no_letter_is_written(story: Story) -> None:
    notice_to(story, None, duty_user("en"))
    assert not Delivery.objects.exists()

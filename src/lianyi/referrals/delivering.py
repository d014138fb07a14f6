"""Bringing notices to where people and systems wait for them: by e-mail, and by signed requests.

A delivery is taken by raising its number of attempts and putting its next try off, before anything is sent. So two
workers never send one together, and a worker that is killed while it sends has lost nothing: the delivery comes up
again. Such a second sending carries the same message number, by which a receiver can drop it.
"""

from __future__ import annotations

import json
import smtplib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.core import mail
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lianyi.methods.retries import pause_before_retry
from lianyi.referrals.models import Delivery, Notice, Webhook
from lianyi.referrals.notice_words import notice_word, urgency_word
from lianyi.referrals.webhooks import DeliveryFailedError, Posting, post

BATCH = 100
MOST_ATTEMPTS = 8
LONGEST_ERROR = 200


class ChannelDownError(DeliveryFailedError):
    """Not this delivery alone failed: the whole channel does not work now."""


@dataclass
class Round:
    """What one round of sending did."""

    sent: int = 0
    failed: int = 0
    dead: int = 0
    # Where a try failed in this round: others for the same place wait for the next round.
    silent: set[tuple[str, str]] = field(default_factory=set)


def deliver_due(should_stop: Callable[[], bool] = lambda: False) -> Round:
    """Send everything that is due, the longest waiting first; what fails is tried again later, then given up."""
    result = Round()
    due = Delivery.objects.filter(state=Delivery.State.WAITING, next_attempt_at__lte=timezone.now())
    rows = due.select_related("notice__user", "notice__institution", "notice__leg__request__journey")
    for delivery in rows.order_by("next_attempt_at", "pk")[:BATCH]:
        if should_stop():
            break
        place = (delivery.channel, delivery.address)
        if (delivery.channel, "") in result.silent or place in result.silent or not _take(delivery):
            continue
        _send(delivery, result)
    return result


def _take(delivery: Delivery) -> bool:
    """Count the attempt and put the next one off; False when another worker has it."""
    attempts = delivery.attempts + 1
    put_off = timezone.now() + pause_before_retry(attempts, str(delivery.pk))
    mine = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING, attempts=delivery.attempts)
    taken = mine.update(attempts=F("attempts") + 1, next_attempt_at=put_off)
    delivery.attempts = attempts
    return taken == 1


def _send(delivery: Delivery, result: Round) -> None:
    try:
        _CHANNELS[Delivery.Channel(delivery.channel)](delivery)
    except DeliveryFailedError as error:
        is_dead = delivery.attempts >= MOST_ATTEMPTS
        is_whole_channel = isinstance(error, ChannelDownError)
        result.silent.add((delivery.channel, "" if is_whole_channel else delivery.address))
        result.failed += 1
        result.dead += is_dead
        state = Delivery.State.DEAD if is_dead else Delivery.State.WAITING
        Delivery.objects.filter(pk=delivery.pk).update(state=state, last_error=str(error)[:LONGEST_ERROR])
    else:
        result.sent += 1
        Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.SENT, sent_at=timezone.now(), last_error="")


def notice_address(notice: Notice) -> str:
    """Return the link that opens a notice; it names neither case nor patient."""
    return f"{settings.LIANYI_SITE_URL}{reverse('referrals:notice', args=[notice.pk])}"


def case_number(notice: Notice) -> str:
    return str(notice.params.get("number", ""))


def _send_email(delivery: Delivery) -> None:
    if not settings.LIANYI_SENDS_EMAIL:
        raise ChannelDownError("no mail server is set; LIANYI_EMAIL_URL sets one")
    notice = delivery.notice
    language = (notice.user.language if notice.user is not None else "") or settings.LANGUAGE_CODE
    with translation.override(language):
        urgency, what, number = urgency_word(notice.urgency), notice_word(notice), case_number(notice)
        # Translators: subject of an e-mail: what happened, how urgent, number of the case.
        subject = _("Lianyi: %(what)s (%(urgency)s) %(number)s") % {
            "what": what,
            "urgency": urgency,
            "number": number,
        }
        body = _("%(what)s\nUrgency: %(urgency)s\nCase: %(number)s\n\n%(link)s\n") % {
            "what": what,
            "urgency": urgency,
            "number": number or "—",
            "link": notice_address(notice),
        }
    message = mail.EmailMessage(
        subject=subject.strip(),
        body=body,
        to=[delivery.address],
        headers={"Message-ID": f"<lianyi-{delivery.pk}@{mail.utils.DNS_NAME.get_fqdn()}>"},
    )
    try:
        message.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        raise DeliveryFailedError(f"the mail server refused it ({type(error).__name__})") from error
    except (smtplib.SMTPException, OSError) as error:
        raise ChannelDownError(f"the mail server does not take mail ({type(error).__name__})") from error


def _send_webhook(delivery: Delivery) -> None:
    hook = Webhook.objects.filter(pk=int(delivery.address), is_active=True).first()
    if hook is None:
        raise DeliveryFailedError("the webhook is retired")
    notice = delivery.notice
    facts = {
        "delivery": delivery.pk,
        "notice": notice.pk,
        "kind": notice.kind,
        "urgency": notice.urgency,
        "case": case_number(notice),
        "institution": notice.institution.code,
        "made_at": notice.made_at.isoformat(),
        "link": notice_address(notice),
    }
    body = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
    sent_at = int(timezone.now().timestamp())
    post(Posting(url=hook.url, body=body, secret=hook.secret, delivery_id=delivery.pk, sent_at=sent_at))


_CHANNELS: Mapping[Delivery.Channel, Callable[[Delivery], None]] = {
    Delivery.Channel.EMAIL: _send_email,
    Delivery.Channel.WEBHOOK: _send_webhook,
}

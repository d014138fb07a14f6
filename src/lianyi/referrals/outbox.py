"""Writing notices and what carries them, inside the transaction of the step they speak of."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.conf import settings

from lianyi.referrals.models import Delivery, Notice, Webhook


def put(notices: Iterable[Notice], now: datetime.datetime) -> list[Notice]:
    """Keep notices, and for each the deliveries by e-mail and webhook that its readers asked for."""
    made = Notice.objects.bulk_create(list(notices))
    deliveries = []
    for notice in made:
        if notice.user is not None and notice.user.email and settings.LIANYI_SENDS_EMAIL:
            deliveries.append(_delivery(notice, Delivery.Channel.EMAIL, notice.user.email, now))
        if notice.user_id is None:
            hooks = Webhook.objects.filter(institution_id=notice.institution_id, is_active=True).order_by("pk")
            deliveries += [_delivery(notice, Delivery.Channel.WEBHOOK, str(hook.pk), now) for hook in hooks]
    Delivery.objects.bulk_create(deliveries)
    return made


def _delivery(notice: Notice, channel: Delivery.Channel, address: str, now: datetime.datetime) -> Delivery:
    return Delivery(notice=notice, channel=channel, address=address, next_attempt_at=now)

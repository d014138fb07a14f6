"""What people decide about notices and what carries them: read, sent again, addresses added and retired."""

from __future__ import annotations

import secrets

from django.utils import timezone

from lianyi.accounts.access import get_in_scope, require, require_acting_for
from lianyi.accounts.audit import CommandContext, entry_of, plain, record, record_many
from lianyi.accounts.commanding import command
from lianyi.accounts.records import save_changes
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.models import Delivery, Notice, Webhook
from lianyi.referrals.notice_queries import notice, notices
from lianyi.referrals.webhooks import check_address
from lianyi.registry.models import Institution

SECRET_BYTES = 32
RETIRED = "the webhook is retired"


@command("referrals.notice.see")
def see_notice(context: CommandContext, notice_id: int) -> Notice:
    """Note who saw a notice first; a desk's notice is seen for all of the desk."""
    row = notice(context.actor, notice_id)
    if row.seen_at is None:
        row.seen_at, row.seen_by_id = timezone.now(), context.actor.user_id
        row.save(update_fields=["seen_at", "seen_by"])
        record(context, "referrals.notice.see", row, before=None, after={"seen_at": plain(row.seen_at)})
    return row


@command("referrals.notice.see_up_to")
def see_notices_up_to(context: CommandContext, notice_id: int) -> Notice:
    """Note everything as seen that stood on the list when it was read, up to its newest notice."""
    newest = notice(context.actor, notice_id)
    now = timezone.now()
    unseen = list(notices(context.actor).filter(seen_at__isnull=True, pk__lte=newest.pk).order_by("pk"))
    Notice.objects.filter(pk__in=[row.pk for row in unseen]).update(seen_at=now, seen_by_id=context.actor.user_id)
    facts = {"seen_at": plain(now)}
    record_many(context, [entry_of("referrals.notice.see", row, None, facts) for row in unseen])
    newest.refresh_from_db()
    return newest


@command("referrals.webhook.add")
def add_webhook(context: CommandContext, institution_id: int, url: str) -> Webhook:
    """Let an institution's own system be told of its cases; the row returned holds the secret, shown this once."""
    institution = Institution.objects.filter(pk=institution_id).first()
    require(context.actor, "admin.write")
    require_acting_for(context.actor, None if institution is None else institution.pk, "add a webhook for it")
    address = check_address(url)
    if Webhook.objects.filter(institution_id=institution_id, url=address, is_active=True).exists():
        raise FactsRefusedError("The institution has this webhook already.", field="url", reason="webhook-there")
    row = Webhook.objects.create(institution_id=institution_id, url=address, secret=secrets.token_urlsafe(SECRET_BYTES))
    # The secret signs what the site sends: the trail never holds it.
    record(context, "referrals.webhook.add", row, before=None, after={"institution": institution_id, "url": address})
    return row


@command("referrals.webhook.retire")
def retire_webhook(context: CommandContext, webhook_id: int, expected_version: int) -> Webhook:
    """Send nothing more to an address, also not what waits for it."""
    row = get_in_scope(context.actor, Webhook.objects.all(), webhook_id)
    require(context.actor, "admin.write", row)
    if not row.is_active:
        raise GuardRefusedError("This webhook is retired already.", reason="webhook-retired")
    save_changes(row, {"is_active": False}, expected_version)
    waiting = Delivery.objects.filter(
        channel=Delivery.Channel.WEBHOOK, address=str(row.pk), state=Delivery.State.WAITING
    )
    waiting.update(state=Delivery.State.DEAD, last_error=RETIRED)
    record(context, "referrals.webhook.retire", row, before={"is_active": True}, after={"is_active": False})
    return row


@command("referrals.delivery.replay")
def replay_delivery(context: CommandContext, delivery_id: int) -> Delivery:
    """Send a delivery again that was given up, with all its tries before it."""
    row = get_in_scope(context.actor, Delivery.objects.select_for_update(of=("self",)), delivery_id)
    require(context.actor, "admin.write", row)
    if row.state != Delivery.State.DEAD:
        raise GuardRefusedError("Only a delivery that was given up is sent again.", reason="delivery-not-dead")
    row.state, row.attempts, row.next_attempt_at = Delivery.State.WAITING, 0, timezone.now()
    row.save(update_fields=["state", "attempts", "next_attempt_at"])
    record(context, "referrals.delivery.replay", row, before={"state": "dead"}, after={"state": row.state})
    return row

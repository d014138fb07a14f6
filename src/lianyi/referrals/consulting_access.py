"""The relations of a consultation (G3): what the experts may see, from when until when.

Asked, they see the ask without the content; from acceptance until closing and some days of grace, the content. Their
own opinion stays with them, because records of a consultation are kept on both sides.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from lianyi.accounts.audit import CommandContext, entry_of, plain, record_many
from lianyi.accounts.commands import NewGrant, close_grant_rows, open_grants
from lianyi.accounts.models import Grant, GrantKind
from lianyi.referrals.models import Consultation
from lianyi.referrals.targets import CONSULTATION_ASK_TARGET, CONSULTATION_BASIS, CONSULTATION_TARGET


def open_ask(context: CommandContext, row: Consultation) -> None:
    """Show the expert side what is asked; a coordinator elsewhere sees all of it, as the sender does."""
    wanted = [(row.to_institution_id, CONSULTATION_ASK_TARGET)]
    if row.coordinator_id not in (row.from_institution_id, row.to_institution_id):
        wanted += [(row.coordinator_id, CONSULTATION_ASK_TARGET), (row.coordinator_id, CONSULTATION_TARGET)]
    _open(context, row, wanted)


def open_packet(context: CommandContext, row: Consultation) -> None:
    """Show the expert side that has said yes the content of the case."""
    _open(context, row, [(row.to_institution_id, CONSULTATION_TARGET)])


def _open(context: CommandContext, row: Consultation, wanted: list[tuple[int, str]]) -> None:
    there = set(_of(row).filter(revoked_at__isnull=True).values_list("holder_node_id", "target_type"))
    now = timezone.now()
    open_grants(
        context,
        [
            NewGrant(
                kind=GrantKind.RELATION,
                holder_node_id=holder,
                target_type=target,
                target_id=row.pk,
                basis_type=CONSULTATION_BASIS,
                basis_id=row.pk,
                valid_from=now,
            )
            for holder, target in wanted
            if (holder, target) not in there
        ],
    )


def close_packet(context: CommandContext, row: Consultation) -> None:
    """Let experts who will not give an opinion after all fall back to what was asked."""
    experts = _of(row).filter(holder_node_id=row.to_institution_id, target_type=CONSULTATION_TARGET)
    close_grant_rows(context, experts)


def close_all(context: CommandContext, row: Consultation) -> None:
    """Close a consultation that came to nothing to the expert side."""
    close_grant_rows(context, _of(row).filter(holder_node_id=row.to_institution_id))


def let_packet_run_out(context: CommandContext, row: Consultation, until: datetime.datetime) -> None:
    """Let everybody but the asking side lose the content after the days of grace."""
    running = _of(row).filter(target_type=CONSULTATION_TARGET, revoked_at__isnull=True, valid_to__isnull=True)
    rows = list(running.order_by("pk"))
    Grant.objects.filter(pk__in=[each.pk for each in rows]).update(valid_to=until)
    facts = {"valid_to": plain(until)}
    record_many(context, [entry_of("accounts.grant.run_out", each, None, facts) for each in rows])


def _of(row: Consultation) -> QuerySet[Grant, Any]:
    return Grant.objects.filter(basis_type=CONSULTATION_BASIS, basis_id=row.pk)

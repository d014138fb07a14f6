"""What parties of an agreement open to each other (grants G2), made and ended with their part in it.

Nobody opens another institution by naming it: what a party would open of itself, and what would be opened to it, waits
until somebody who acts for it confirms. Until then it may read the one agreement in which it is named.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.utils import timezone

from lianyi.accounts.access import NODE_TARGET
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.commands import NewGrant, close_grant_rows, end_grants_on, open_grants
from lianyi.accounts.models import Grant, GrantKind
from lianyi.partnerships.models import Agreement, AgreementParty

AGREEMENT_TARGET = "partnerships.agreement"
# What an institution that was named and has not confirmed yet may read: this agreement, and nothing of its postings.
ASKED_TARGET = "partnerships.asked_agreement"
PARTY_BASIS = "partnerships.agreementparty"
Key = tuple[int | None, str, int, int]


def settle_relations(context: CommandContext, agreement: Agreement) -> None:
    """Bring the grants of an agreement to what its state and the parts of its parties say now.

    Once in force, every confirmed party (not a mere site) reaches the agreement, and may read the registry of every
    other confirmed party and site. The agreement stays open to its parties after its term and after an early end,
    because what became of the promises is asked then; the registries close with an early end. A party that leaves
    keeps both up to its last day.
    """
    parties = list(agreement.parties.select_related("agreement").order_by("pk"))
    wanted = {_key(new): new for new in _wanted(agreement, parties) if not _is_over(new.valid_to)}
    rows = Grant.objects.filter(
        basis_type=PARTY_BASIS, basis_id__in=[party.pk for party in parties], revoked_at__isnull=True
    )
    there = {(row.holder_node_id, row.target_type, row.target_id, row.basis_id): row for row in rows}
    close_grant_rows(context, Grant.objects.filter(pk__in=[row.pk for key, row in there.items() if key not in wanted]))
    moved: defaultdict[datetime.datetime | None, list[Grant]] = defaultdict(list)
    for key, row in there.items():
        if key in wanted and row.valid_to != wanted[key].valid_to:
            moved[wanted[key].valid_to].append(row)
    for valid_to, grants in moved.items():
        end_grants_on(context, grants, valid_to)
    open_grants(context, [new for key, new in wanted.items() if key not in there])


def _wanted(agreement: Agreement, parties: Sequence[AgreementParty]) -> Iterator[NewGrant]:
    if agreement.state != Agreement.State.TERMINATED:
        for party in parties:
            if party.confirmed_at is None:
                yield _grant(party, ASKED_TARGET, agreement.pk, party)
    if agreement.state == Agreement.State.DRAFT:
        return
    confirmed = [party for party in parties if party.confirmed_at is not None]
    for holder in confirmed:
        if holder.side == AgreementParty.Side.SITE:
            continue
        yield _grant(holder, AGREEMENT_TARGET, agreement.pk, holder)
        for other in confirmed:
            if other.pk != holder.pk:
                yield _grant(holder, NODE_TARGET, other.institution_id, other)


def _grant(holder: AgreementParty, target_type: str, target_id: int, other: AgreementParty) -> NewGrant:
    # A site's openings rest on the site's part, so that they close with it; a party's rest on its own.
    basis = other if other.side == AgreementParty.Side.SITE else holder
    last_days = [holder.valid_to, other.valid_to]
    if target_type == NODE_TARGET:
        last_days.append(holder.agreement.terminated_on)
    asked_before = target_type == ASKED_TARGET
    return NewGrant(
        kind=GrantKind.PARTNERSHIP,
        holder_node_id=holder.institution_id,
        target_type=target_type,
        target_id=target_id,
        basis_type=PARTY_BASIS,
        basis_id=basis.pk,
        valid_from=holder.created_at if asked_before else _start_of(max(holder.valid_from, other.valid_from)),
        valid_to=_after(min((day for day in last_days if day is not None), default=None)),
    )


def _key(new: NewGrant) -> Key:
    return (new.holder_node_id, new.target_type, new.target_id, new.basis_id)


def _start_of(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def _after(last_day: datetime.date | None) -> datetime.datetime | None:
    return None if last_day is None else _start_of(last_day + datetime.timedelta(days=1))


def _is_over(valid_to: datetime.datetime | None) -> bool:
    return valid_to is not None and valid_to <= timezone.now()

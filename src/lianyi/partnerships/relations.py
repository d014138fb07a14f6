"""What parties of an agreement open to each other (grants G2), made and closed with their part in it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.utils import timezone

from lianyi.accounts.access import NODE_TARGET
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.commands import NewGrant, close_grant_rows, close_grants, open_grants
from lianyi.accounts.models import Grant, GrantKind
from lianyi.partnerships.models import Agreement, AgreementParty

AGREEMENT_TARGET = "partnerships.agreement"
PARTY_BASIS = "partnerships.agreementparty"


def _start_of(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def open_relations(context: CommandContext, agreement: Agreement) -> int:
    """Open whatever the agreement's present parties do not have open yet, and return how many grants were made.

    Every party (not a mere site) reaches the agreement and may read the registry of every other party and site. A
    relation stays open after the term, because what became of the promises is asked then; it closes when the party
    leaves or the agreement turns out void.
    """
    parties = list(agreement.parties.filter(valid_to__isnull=True).order_by("pk"))
    holders = [party for party in parties if party.side != AgreementParty.Side.SITE]
    wanted = [_grant(holder, AGREEMENT_TARGET, agreement.pk, holder.pk) for holder in holders]
    wanted += [
        _grant(holder, NODE_TARGET, other.institution_id, _basis_of_pair(holder, other))
        for holder in holders
        for other in parties
        if other.pk != holder.pk
    ]
    return len(open_grants(context, _not_open_yet(wanted)))


def _basis_of_pair(holder: AgreementParty, other: AgreementParty) -> int:
    # A site's openings rest on the site's part, so that they close with it; a party's rest on its own.
    return other.pk if other.side == AgreementParty.Side.SITE else holder.pk


def _grant(holder: AgreementParty, target_type: str, target_id: int, basis_id: int) -> NewGrant:
    return NewGrant(
        kind=GrantKind.PARTNERSHIP,
        holder_node_id=holder.institution_id,
        target_type=target_type,
        target_id=target_id,
        basis_type=PARTY_BASIS,
        basis_id=basis_id,
        valid_from=_start_of(holder.valid_from),
    )


def _not_open_yet(wanted: Iterable[NewGrant]) -> list[NewGrant]:
    candidates = list(wanted)
    open_now = set(
        Grant.objects.filter(
            basis_type=PARTY_BASIS, basis_id__in={new.basis_id for new in candidates}, revoked_at__isnull=True
        ).values_list("holder_node_id", "target_type", "target_id", "basis_id")
    )
    return [
        new for new in candidates if (new.holder_node_id, new.target_type, new.target_id, new.basis_id) not in open_now
    ]


def close_relations(context: CommandContext, party: AgreementParty) -> int:
    """Close what a leaving party held and what others held on it through this agreement."""
    others = party.agreement.parties.exclude(pk=party.pk).values_list("pk", flat=True)
    held_by_others = Grant.objects.filter(
        basis_type=PARTY_BASIS, basis_id__in=list(others), target_type=NODE_TARGET, target_id=party.institution_id
    )
    return close_grants(context, PARTY_BASIS, [party.pk]) + close_grant_rows(context, held_by_others)

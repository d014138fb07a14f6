"""Who takes part in an agreement: named, confirmed or refused by the institution itself, leaving."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from lianyi.accounts.access import nodes_in_reach, require
from lianyi.accounts.audit import CommandContext, creation_facts, entry_of, plain, record, record_many, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.records import save_changes
from lianyi.errors import InvalidInputError
from lianyi.partnerships.errors import AgreementStateError
from lianyi.partnerships.models import Agreement, AgreementParty
from lianyi.partnerships.relations import settle_relations
from lianyi.registry.models import Institution


def require_editable(agreement: Agreement) -> None:
    if agreement.state == Agreement.State.TERMINATED:
        raise AgreementStateError(
            f"The agreement {agreement.code} was ended early; its text stays as it was. Draft a new one.",
            reason="ended-early",
            agreement=agreement.code,
        )


def name_party(
    context: CommandContext,
    agreement: Agreement,
    institution_id: int,
    side: str,
    valid_from: datetime.date,
) -> AgreementParty:
    """Write down a party as part of another command, which confirms it where the actor acts for it."""
    institution = Institution.objects.filter(pk=institution_id).first()
    if institution is None:
        raise InvalidInputError(
            "A party is named that is not in the registry. Enter the institution first.",
            field="institution",
            reason="party-unknown",
        )
    if side not in AgreementParty.Side.values:
        raise InvalidInputError(
            f"'{side}' is not a side. Accepted: {', '.join(AgreementParty.Side.values)}.",
            field="side",
            reason="side-unknown",
            given=side,
            accepted=AgreementParty.Side.labels,
        )
    if institution.closed_on is not None and institution.closed_on <= valid_from:
        raise InvalidInputError(
            f"{institution.name_zh} closed on {institution.closed_on} and cannot join from {valid_from}.",
            field="institution",
            reason="party-closed",
            institution=institution,
            closed_on=institution.closed_on,
            valid_from=valid_from,
        )
    if agreement.parties.filter(institution=institution).exists():
        raise InvalidInputError(
            f"{institution.name_zh} is a party already.",
            field="institution",
            reason="party-twice",
            institution=institution,
        )
    party = AgreementParty.objects.create(
        agreement=agreement, institution=institution, side=side, valid_from=valid_from, provenance=agreement.provenance
    )
    record(context, "partnerships.party.add", party, before=None, after=creation_facts(party))
    return party


def confirm_own_parties(context: CommandContext, agreement: Agreement) -> None:
    """Confirm the parties that the actor acts for: whoever writes the agreement has answered for them.

    The installer acts for all. A part that was refused stays refused.
    """
    waiting = agreement.parties.filter(confirmed_at__isnull=True, refused_at__isnull=True)
    _confirm(context, _acted_for(context, waiting))


def _acted_for(context: CommandContext, parties: QuerySet[AgreementParty, Any]) -> QuerySet[AgreementParty, Any]:
    return parties.filter(institution_id__in=nodes_in_reach(context.actor).values("pk"))


def _confirm(context: CommandContext, parties: QuerySet[AgreementParty, Any]) -> None:
    rows = list(parties.order_by("pk"))
    now = timezone.now()
    AgreementParty.objects.filter(pk__in=[row.pk for row in rows]).update(
        confirmed_at=now,
        confirmed_by_id=context.actor.user_id,
        refused_at=None,
        refused_by=None,
        refusal_reason="",
        version=F("version") + 1,
        updated_at=now,
    )
    after = {"confirmed_at": plain(now), "confirmed_by_id": context.actor.user_id}
    record_many(
        context,
        [
            entry_of("partnerships.party.confirm", row, snapshot(row, ["confirmed_at", "refused_at"]), after)
            for row in rows
        ],
    )


@command("partnerships.party.add")
def add_party(
    context: CommandContext, agreement: Agreement, institution_id: int, side: str, valid_from: datetime.date
) -> AgreementParty:
    """Name a further party. Once it confirms and the agreement is in force, it is reached by and reaches the others."""
    require(context.actor, "agreement.write", agreement)
    require_editable(agreement)
    party = name_party(context, agreement, institution_id, side, valid_from)
    confirm_own_parties(context, agreement)
    settle_relations(context, agreement)
    party.refresh_from_db()
    return party


@command("partnerships.party.confirm")
def confirm_parties(context: CommandContext, agreement: Agreement, party_ids: Sequence[int]) -> Agreement:
    """Confirm for the institutions named that they take part; from now on the agreement opens to them and of them."""
    parties = _require_asked(context, agreement, party_ids)
    _confirm(context, parties)
    settle_relations(context, agreement)
    return agreement


@command("partnerships.party.refuse")
def refuse_parties(context: CommandContext, agreement: Agreement, party_ids: Sequence[int]) -> Agreement:
    """Refuse, with a reason, that the institutions named take part. Nothing opens; a later confirmation is possible."""
    parties = _require_asked(context, agreement, party_ids)
    if not context.reason.strip():
        raise InvalidInputError(
            "Refusing to take part needs a reason in words.", field="reason", reason="refusing-part-without-reason"
        )
    rows, now = list(parties.order_by("pk")), timezone.now()
    AgreementParty.objects.filter(pk__in=[row.pk for row in rows]).update(
        refused_at=now,
        refused_by_id=context.actor.user_id,
        refusal_reason=context.reason.strip(),
        version=F("version") + 1,
        updated_at=now,
    )
    after = {"refused_at": plain(now), "refused_by_id": context.actor.user_id}
    record_many(context, [entry_of("partnerships.party.refuse", row, {"refused_at": None}, after) for row in rows])
    return agreement


def _require_asked(
    context: CommandContext, agreement: Agreement, party_ids: Sequence[int]
) -> QuerySet[AgreementParty, Any]:
    require(context.actor, "agreement.write")
    require_editable(agreement)
    asked = agreement.parties.filter(pk__in=party_ids, confirmed_at__isnull=True)
    mine = _acted_for(context, asked)
    if mine.count() < asked.count():
        raise NotPermittedError(
            "Only somebody who acts for the institution named answers whether it takes part.",
            reason="part-of-another",
            permission="agreement.write",
        )
    if not mine.exists():
        raise AgreementStateError(
            f"Nothing waits for your answer in the agreement {agreement.code}; it was answered already.",
            reason="part-answered",
            agreement=agreement.code,
        )
    return mine


@command("partnerships.party.end")
def end_party(
    context: CommandContext, party: AgreementParty, last_day: datetime.date, expected_version: int
) -> AgreementParty:
    """Let a party leave: what the agreement opened to and about it ends after its last day."""
    require(context.actor, "agreement.write", party.agreement)
    if last_day < party.valid_from:
        raise InvalidInputError(
            f"The last day {last_day} is before the party joined on {party.valid_from}.",
            field="last_day",
            reason="last-day-before-joining",
            last_day=last_day,
            joined_on=party.valid_from,
        )
    before = snapshot(party, ["valid_to"])
    save_changes(party, {"valid_to": last_day}, expected_version)
    settle_relations(context, party.agreement)
    record(context, "partnerships.party.end", party, before=before, after=snapshot(party, ["valid_to"]))
    return party

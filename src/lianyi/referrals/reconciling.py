"""A patient turns up elsewhere: every open case of the person is told, and whoever must move says what follows."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from lianyi.accounts.audit import CommandContext
from lianyi.referrals import machine
from lianyi.referrals.facts import ProposalFacts
from lianyi.referrals.models import ClosingProposal, Leg
from lianyi.referrals.states import LegState

# What an exact match closes by itself, if nobody objects until then.
NOTICE_TIME = datetime.timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenElsewhere:
    """What another record shows: the person by digest, the fact, where and when."""

    digest: str
    fact: str
    happened_at: datetime.datetime
    source: str
    institution_id: int | None
    is_exact: bool
    except_journey_id: int | None = None


def propose(context: CommandContext, seen: SeenElsewhere, now: datetime.datetime) -> list[Leg]:
    """Put a proposal on every open case of the person, as part of the command that saw them."""
    from lianyi.referrals.walking import propose_step  # noqa: PLC0415 - the walk calls this module through its effects

    rows = Leg.objects.filter(is_open=True, request__journey__identity__match_digest=seen.digest)
    rows = rows.exclude(state=LegState.DRAFT)
    if seen.except_journey_id is not None:
        rows = rows.exclude(request__journey_id=seen.except_journey_id)
    told = []
    for leg in rows.order_by("pk"):
        already = ClosingProposal.objects.filter(leg=leg, fact=seen.fact, happened_at=seen.happened_at)
        if leg.state not in machine.STATE_ROWS or already.exists():
            continue
        facts = ProposalFacts(
            fact=seen.fact,
            happened_at=seen.happened_at,
            source=seen.source,
            institution_id=seen.institution_id,
            is_exact=seen.is_exact,
            apply_at=now + NOTICE_TIME if seen.is_exact else None,
        )
        told.append(propose_step(context, leg, facts, now))
    return told

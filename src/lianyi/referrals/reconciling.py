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


def what_follows(proposal: ClosingProposal, leg: Leg) -> str:
    """Return the step that a proposal leads to: only who came here has arrived here."""
    fact = ClosingProposal.Fact(proposal.fact)
    if fact is ClosingProposal.Fact.DIED:
        return "record_death"
    is_here = proposal.institution_id is not None and proposal.institution_id == leg.to_institution_id
    if not is_here or fact is ClosingProposal.Fact.DISCHARGED:
        return "record_elsewhere"
    return "arrive_unannounced" if leg.state in machine.BEFORE_DECISION else "arrive"


def may_apply_by_itself(proposal: ClosingProposal, leg: Leg) -> bool:
    """Tell whether a certain fact may change the case without a person: not where a hospital has the patient."""
    return _may_apply(proposal.fact, leg)


def _may_apply(fact: str, leg: Leg) -> bool:
    return fact == ClosingProposal.Fact.DIED or leg.state not in machine.HERE_OR_TREATED


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
        if leg.state not in machine.STATE_ROWS or already.exists() or _is_known(leg, seen):
            continue
        facts = ProposalFacts(
            fact=seen.fact,
            happened_at=seen.happened_at,
            source=seen.source,
            institution_id=seen.institution_id,
            is_exact=seen.is_exact,
            apply_at=now + NOTICE_TIME if seen.is_exact and _may_apply(seen.fact, leg) else None,
        )
        told.append(propose_step(context, leg, facts, now))
    return told


def _is_known(leg: Leg, seen: SeenElsewhere) -> bool:
    """Tell whether the case says already what is seen: its own hospital has the patient."""
    is_here = seen.institution_id is not None and seen.institution_id == leg.to_institution_id
    came = seen.fact in (ClosingProposal.Fact.ARRIVED, ClosingProposal.Fact.ADMITTED)
    # A hospital that lets its own patient go says so with the outcome of the case.
    left = seen.fact == ClosingProposal.Fact.DISCHARGED
    return is_here and (left or (came and leg.state in machine.HERE_OR_TREATED))

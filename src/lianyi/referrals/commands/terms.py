"""What the parties of an agreement settle about referrals."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.utils import timezone

from lianyi.accounts.access import require
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import save_changes
from lianyi.partnerships.models import Agreement, AgreementParty
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.models import ReferralTerms
from lianyi.referrals.policies import policy_book


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsFacts:
    """The policy of clocks and forms, who coordinates, and who approves or books."""

    policy: str
    coordinator_id: int | None = None
    approve_urgent: bool = False
    approve_routine: bool = False
    sender_may_book: bool = False


@command("referrals.terms.settle")
def settle_terms(
    context: CommandContext, agreement: Agreement, facts: TermsFacts, expected_version: int | None
) -> ReferralTerms:
    """Settle how patients are referred under an agreement; cases that run keep the policy they began with."""
    require(context.actor, "agreement.write", agreement)
    policy_book().valid_on(facts.policy, timezone.localdate())
    if facts.coordinator_id is not None:
        parties = AgreementParty.objects.taking_part_on(timezone.localdate()).filter(agreement=agreement)
        if not parties.filter(institution_id=facts.coordinator_id).exists():
            raise FactsRefusedError(
                "The coordinating institution must be a party of the agreement.",
                field="coordinator",
                reason="coordinator-no-party",
            )
    row = ReferralTerms.objects.filter(agreement=agreement).first()
    if row is None:
        row = ReferralTerms.objects.create(agreement=agreement, **asdict(facts))
        record(context, "referrals.terms.settle", row, before=None, after=creation_facts(row))
        return row
    changes = asdict(facts)
    before = snapshot(row, changes)
    save_changes(row, changes, expected_version)
    record(context, "referrals.terms.settle", row, before=before, after=snapshot(row, changes))
    return row

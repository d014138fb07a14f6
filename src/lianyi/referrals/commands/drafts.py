"""A referral that is written and not yet sent: what stands beside its form is completed, receivers are taken off."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from lianyi.accounts.access import get_in_scope, require
from lianyi.accounts.audit import CommandContext, record
from lianyi.accounts.commanding import command
from lianyi.accounts.records import save_changes
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.models import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftChanges:
    """What may still be said of a draft beside its form."""

    basis: str
    has_consent: bool
    override_code: str = ""
    override_text: str = ""
    on_behalf_of: str = ""
    first_contact_at: datetime.datetime | None = None


@command("referrals.request.change_draft")
def change_draft(context: CommandContext, request_id: int, changes: DraftChanges, expected_version: int) -> Request:
    """Complete a draft: the agreement of the patient, the reason for going outside the rules, the first contact."""
    request = get_in_scope(context.actor, Request.objects.all(), request_id)
    require(context.actor, "referral.write", request)
    if request.sent_at is not None:
        raise GuardRefusedError("This referral is sent; what it says is frozen.", reason="draft-sent")
    for name, given, accepted in (
        ("basis", changes.basis, Request.Basis.values),
        ("override_code", changes.override_code, ["", *Request.Override.values]),
    ):
        if given not in accepted:
            raise FactsRefusedError(
                f"{name} is '{given}'. Accepted: {', '.join(each for each in accepted if each)}.",
                field=name,
                reason="choice-unknown",
                given=given,
                accepted=[each for each in accepted if each],
            )
    values = {
        "basis": changes.basis,
        "has_consent": changes.has_consent,
        "override_code": changes.override_code,
        "override_text": changes.override_text.strip(),
        "on_behalf_of": changes.on_behalf_of.strip(),
        "first_contact_at": changes.first_contact_at,
    }
    save_changes(request, values, expected_version)
    facts = {"basis": request.basis, "has_consent": request.has_consent, "override_code": request.override_code}
    record(context, "referrals.request.change_draft", request, before=None, after=facts)
    return request

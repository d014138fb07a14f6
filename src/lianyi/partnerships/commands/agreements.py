"""Agreements: drafted, completed, put in force, renewed, ended."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile

from lianyi.accounts.access import covers, require
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.records import Provenance, save_changes
from lianyi.errors import InvalidInputError
from lianyi.methods.periods import DateSpan
from lianyi.partnerships.commands.parties import confirm_own_parties, name_party, require_editable
from lianyi.partnerships.errors import AgreementIncompleteError, AgreementStateError, DocumentRefusedError
from lianyi.partnerships.models import Agreement, AgreementParty
from lianyi.partnerships.relations import settle_relations
from lianyi.partnerships.term_users import outside_term
from lianyi.rules import RuleBook

# What a signed agreement may be kept as, told by its first bytes and not by its name.
DOCUMENT_KINDS = {b"%PDF-": "pdf", b"\x89PNG": "png", b"\xff\xd8\xff": "jpg"}
CHECKED = ("starts_on", "ends_on", "rule_set", "approvals")
EDITABLE = (
    "title_zh",
    "title_en",
    "kind",
    "starts_on",
    "ends_on",
    "signed_on",
    "rule_set",
    "approvals",
    "summary_zh",
    "summary_en",
    "alliance_id",
    "term_is_stated",
)


@dataclass(frozen=True, slots=True)
class NewAgreement:
    """``parties`` maps the id of an institution to its side."""

    code: str
    title_zh: str
    kind: str
    starts_on: datetime.date
    ends_on: datetime.date
    parties: Mapping[int, str]
    title_en: str = ""
    signed_on: datetime.date | None = None
    term_is_stated: bool = True
    rule_set: str = ""
    approvals: tuple[str, ...] = ()
    alliance_id: int | None = None
    renews_id: int | None = None
    summary_zh: str = ""
    summary_en: str = ""
    provenance: str = field(default=Provenance.RECORDED)


@command("partnerships.agreement.draft")
def draft_agreement(context: CommandContext, rules: RuleBook, new: NewAgreement) -> Agreement:
    """Write down an agreement with its parties. Those that the writer does not act for are asked to confirm."""
    require(context.actor, "agreement.write")
    _require_own_party(context, new.parties)
    check_agreement_facts(rules, {name: getattr(new, name) for name in CHECKED})
    if Agreement.objects.filter(code=new.code).exists():
        raise InvalidInputError(
            f"There is an agreement '{new.code}' already; choose another code.",
            field="code",
            reason="agreement-code-taken",
            given=new.code,
        )
    agreement = Agreement(
        code=new.code,
        title_zh=new.title_zh,
        title_en=new.title_en,
        kind=new.kind,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        signed_on=new.signed_on,
        term_is_stated=new.term_is_stated,
        rule_set=new.rule_set,
        approvals=list(new.approvals),
        alliance_id=new.alliance_id,
        renews_id=new.renews_id,
        summary_zh=new.summary_zh,
        summary_en=new.summary_en,
        provenance=new.provenance,
    )
    agreement.save()
    record(context, "partnerships.agreement.draft", agreement, before=None, after=creation_facts(agreement))
    for institution_id, side in sorted(new.parties.items()):
        name_party(context, agreement, institution_id, side, new.starts_on)
    confirm_own_parties(context, agreement)
    settle_relations(context, agreement)
    return agreement


def check_agreement_facts(rules: RuleBook, facts: Mapping[str, Any]) -> None:
    """Refuse dates in the wrong order, an unknown or expired rule set, an unknown approval."""
    starts_on, ends_on = facts["starts_on"], facts["ends_on"]
    if ends_on < starts_on:
        raise InvalidInputError(
            f"The agreement ends on {ends_on}, before it starts on {starts_on}. Correct one of the dates.",
            field="ends_on",
            reason="dates-reversed",
            start=starts_on,
            end=ends_on,
        )
    if facts["rule_set"]:
        rules.require_valid(facts["rule_set"], starts_on)
    for approval in facts["approvals"]:
        if approval not in Agreement.Approval.values:
            raise InvalidInputError(
                f"'{approval}' is not a side that can be asked. Accepted: {', '.join(Agreement.Approval.values)}.",
                field="approvals",
                reason="approval-unknown",
                given=approval,
                accepted=Agreement.Approval.labels,
            )


def _require_own_party(context: CommandContext, parties: Mapping[int, str]) -> None:
    if context.actor.is_service or any(covers(context.actor, pk) for pk in parties):
        return
    raise NotPermittedError(
        "An agreement is written down by one of its parties; yours is not among them. Add your institution.",
        reason="party-not-own",
        permission="agreement.write",
    )


@command("partnerships.agreement.change")
def change_agreement(
    context: CommandContext,
    rules: RuleBook,
    agreement: Agreement,
    changes: Mapping[str, Any],
    expected_version: int,
) -> Agreement:
    """Change the text of an agreement. What it was stands in the trail."""
    require(context.actor, "agreement.write", agreement)
    require_editable(agreement)
    unknown = sorted(set(changes) - set(EDITABLE))
    if unknown:
        raise InvalidInputError(
            f"These cannot be changed here: {', '.join(unknown)}.", reason="fields-fixed", fields=unknown
        )
    if agreement.state == Agreement.State.IN_FORCE and not context.reason.strip():
        raise InvalidInputError(
            "Changing an agreement that is in force needs a reason in words.",
            field="reason",
            reason="agreement-change-without-reason",
        )
    facts = {**{name: getattr(agreement, name) for name in CHECKED}, **changes}
    check_agreement_facts(rules, facts)
    _require_term_holds_all(agreement, DateSpan(facts["starts_on"], facts["ends_on"]))
    before = snapshot(agreement, changes)
    save_changes(agreement, changes, expected_version)
    record(context, "partnerships.agreement.change", agreement, before=before, after=snapshot(agreement, changes))
    return agreement


LACKS = {
    "sides": "a supporting and a supported party (or two that give and take, or an organiser and a site)",
    "duties": "at least one duty",
}


def missing_to_be_in_force(agreement: Agreement) -> list[str]:
    """Name what an agreement still lacks: keys of ``LACKS``."""
    parties = agreement.parties.filter(refused_at__isnull=True)
    sides = set(parties.values_list("side", flat=True))
    side = AgreementParty.Side
    missing = []
    one_way = {side.SUPPORTING, side.SUPPORTED} <= sides
    mutual = parties.filter(side=side.MUTUAL).count() > 1
    organised = side.ORGANISER in sides and bool(sides & {side.SUPPORTED, side.SITE, side.SUPPORTING})
    if not (one_way or mutual or organised):
        missing.append("sides")
    if not agreement.duties.exists():
        missing.append("duties")
    return missing


def _require_term_holds_all(agreement: Agreement, term: DateSpan) -> None:
    """Refuse a term that leaves duties or published postings outside."""
    left_out = outside_term(agreement, term)
    if left_out:
        raise InvalidInputError(
            f"The term {term.start} to {term.end} leaves out what was promised or planned: {', '.join(left_out)}. "
            "Change these first, or give a term that holds them.",
            field="ends_on",
            reason="term-leaves-out",
            start=term.start,
            end=term.end,
            left_out=left_out,
        )


@command("partnerships.agreement.put_in_force")
def put_in_force(context: CommandContext, agreement: Agreement, expected_version: int) -> Agreement:
    """Put an agreement in force: from now on its confirmed parties reach it and what it opens of each other."""
    require(context.actor, "agreement.write", agreement)
    if agreement.state != Agreement.State.DRAFT:
        raise AgreementStateError(
            f"Only a draft can be put in force; the agreement {agreement.code} is '{agreement.state}'.",
            reason="not-a-draft",
            agreement=agreement.code,
            state=Agreement.State(agreement.state).label,
        )
    missing = missing_to_be_in_force(agreement)
    if missing:
        lacks = "; ".join(LACKS[each] for each in missing)
        raise AgreementIncompleteError(
            f"The agreement {agreement.code} cannot be put in force. It lacks: {lacks}.",
            reason="-and-".join(missing),
            agreement=agreement.code,
            missing=missing,
        )
    save_changes(agreement, {"state": Agreement.State.IN_FORCE}, expected_version)
    before, after = {"state": "draft"}, {"state": "in_force"}
    record(context, "partnerships.agreement.put_in_force", agreement, before=before, after=after)
    confirm_own_parties(context, agreement)
    settle_relations(context, agreement)
    return agreement


@command("partnerships.agreement.terminate")
def terminate_agreement(
    context: CommandContext, agreement: Agreement, last_day: datetime.date, expected_version: int
) -> Agreement:
    """End an agreement before its term, with a reason. Its record stays open to its parties; their registries close."""
    require(context.actor, "agreement.write", agreement)
    if agreement.state != Agreement.State.IN_FORCE:
        raise AgreementStateError(
            f"Only an agreement in force can be ended early; {agreement.code} is '{agreement.state}'.",
            reason="not-in-force",
            agreement=agreement.code,
            state=Agreement.State(agreement.state).label,
        )
    if not context.reason.strip():
        raise InvalidInputError(
            "Ending an agreement early needs a reason in words.", field="reason", reason="ending-without-reason"
        )
    if not agreement.starts_on <= last_day <= agreement.ends_on:
        raise InvalidInputError(
            f"The last day {last_day} lies outside the term {agreement.starts_on} to {agreement.ends_on}.",
            field="last_day",
            reason="last-day-outside-term",
            last_day=last_day,
            start=agreement.starts_on,
            end=agreement.ends_on,
        )
    changes = {"state": Agreement.State.TERMINATED, "terminated_on": last_day}
    before = snapshot(agreement, changes)
    save_changes(agreement, changes, expected_version)
    record(context, "partnerships.agreement.terminate", agreement, before=before, after=snapshot(agreement, changes))
    settle_relations(context, agreement)
    return agreement


@command("partnerships.agreement.renew")
def renew_agreement(
    context: CommandContext, agreement: Agreement, code: str, starts_on: datetime.date, ends_on: datetime.date
) -> Agreement:
    """Draft the next term of an agreement with the same parties and duties, to be changed before it is in force."""
    require(context.actor, "agreement.write", agreement)
    if Agreement.objects.filter(renews=agreement).exists():
        raise AgreementStateError(
            f"The agreement {agreement.code} has a renewal already.", reason="renewed", agreement=agreement.code
        )
    if starts_on <= agreement.starts_on or ends_on < starts_on:
        raise InvalidInputError(
            f"The next term {starts_on} to {ends_on} must start after {agreement.starts_on} and end after it starts.",
            field="starts_on",
            reason="next-term-misplaced",
            start=starts_on,
            end=ends_on,
            former_start=agreement.starts_on,
        )
    if Agreement.objects.filter(code=code).exists():
        raise InvalidInputError(
            f"There is an agreement '{code}' already; choose another code.",
            field="code",
            reason="agreement-code-taken",
            given=code,
        )
    parties = list(agreement.parties.filter(valid_to__isnull=True, refused_at__isnull=True))
    duties = list(agreement.duties.all())
    renewal = Agreement.objects.get(pk=agreement.pk)
    renewal.pk = None
    renewal._state.adding = True
    renewal.code, renewal.starts_on, renewal.ends_on = code, starts_on, ends_on
    renewal.state, renewal.renews, renewal.version = Agreement.State.DRAFT, agreement, 1
    renewal.signed_on, renewal.terminated_on = None, None
    renewal.document, renewal.document_name, renewal.document_sha256 = "", "", ""
    renewal.provenance = Provenance.RECORDED
    renewal.save()
    record(context, "partnerships.agreement.renew", renewal, before=None, after=creation_facts(renewal))
    for party in parties:
        name_party(context, renewal, party.institution_id, party.side, starts_on)
    confirm_own_parties(context, renewal)
    settle_relations(context, renewal)
    for duty in duties:
        duty.pk, duty.agreement, duty.version = None, renewal, 1
        duty._state.adding = True
        duty.starts_on, duty.due_on, duty.provenance = None, None, Provenance.RECORDED
        duty.save()
        record(context, "partnerships.duty.add", duty, before=None, after=creation_facts(duty))
    return renewal


@command("partnerships.agreement.attach_document")
def attach_document(
    context: CommandContext, agreement: Agreement, name: str, content: bytes, expected_version: int
) -> Agreement:
    """Keep the signed document with the agreement. An earlier one stays in the store; the trail has its digest."""
    require(context.actor, "agreement.write", agreement)
    suffix = next((kind for magic, kind in DOCUMENT_KINDS.items() if content.startswith(magic)), None)
    if suffix is None:
        raise DocumentRefusedError(
            f"'{name}' is not a PDF, PNG or JPEG file. Scan the signed document into one of these.", name=name
        )
    digest = hashlib.sha256(content).hexdigest()
    before = snapshot(agreement, ["document_name", "document_sha256"])
    stored = agreement.document.storage.save(f"agreements/{digest}.{suffix}", ContentFile(content))
    changes = {"document": stored, "document_name": name[:200], "document_sha256": digest}
    save_changes(agreement, changes, expected_version)
    after = snapshot(agreement, ["document_name", "document_sha256"])
    record(context, "partnerships.agreement.attach_document", agreement, before=before, after=after)
    return agreement

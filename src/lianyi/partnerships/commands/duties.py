"""Duties: what was promised, how much, by when, and what counts as done."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices

from lianyi.accounts.access import require
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import Provenance, save_changes
from lianyi.errors import InvalidInputError
from lianyi.partnerships.errors import AgreementStateError, DutyPeriodError
from lianyi.partnerships.evidence import EvidenceKind
from lianyi.partnerships.models import Agreement, AgreementParty, Duty

EDITABLE = (
    "title_zh",
    "title_en",
    "evidence_kind",
    "quantity",
    "unit",
    "period",
    "owner_side",
    "starts_on",
    "due_on",
    "parameters",
)


@dataclass(frozen=True, slots=True)
class NewDuty:
    code: str
    title_zh: str
    evidence_kind: str
    quantity: Decimal
    unit: str
    period: str = Duty.Period.TERM
    title_en: str = ""
    owner_side: str = AgreementParty.Side.SUPPORTING
    starts_on: datetime.date | None = None
    due_on: datetime.date | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    provenance: str = Provenance.RECORDED


def check_duty_facts(agreement: Agreement, facts: Mapping[str, Any]) -> None:
    """Refuse a promise of nothing, an unknown kind of evidence, days outside the term."""
    if facts["quantity"] <= 0:
        raise InvalidInputError(
            f"A duty promises more than nothing; {facts['quantity']} was given. Give a number above 0.",
            field="quantity",
            reason="duty-of-nothing",
            given=facts["quantity"],
        )
    choices: tuple[tuple[str, type[TextChoices]], ...] = (("evidence_kind", EvidenceKind), ("period", Duty.Period))
    for name, accepted in choices:
        if facts[name] not in accepted.values:
            raise InvalidInputError(
                f"'{facts[name]}' is not accepted. Accepted: {', '.join(accepted.values)}.",
                field=name,
                reason="not-among-choices",
                given=facts[name],
                accepted=accepted.labels,
            )
    starts_on = facts["starts_on"] or agreement.starts_on
    due_on = facts["due_on"] or agreement.ends_on
    if not agreement.starts_on <= starts_on <= due_on <= agreement.ends_on:
        raise DutyPeriodError(
            f"The duty runs from {starts_on} to {due_on}; it must lie within the agreement's term "
            f"{agreement.starts_on} to {agreement.ends_on}.",
            field="due_on",
            start=starts_on,
            end=due_on,
            term_start=agreement.starts_on,
            term_end=agreement.ends_on,
        )


def _require_open(agreement: Agreement) -> None:
    if agreement.state == Agreement.State.TERMINATED:
        raise AgreementStateError(
            f"The agreement {agreement.code} was ended early; its duties stay as they were.",
            reason="duties-settled",
            agreement=agreement.code,
        )


@command("partnerships.duty.add")
def add_duty(context: CommandContext, agreement: Agreement, new: NewDuty) -> Duty:
    """Write down one promise of an agreement."""
    require(context.actor, "agreement.write", agreement)
    _require_open(agreement)
    facts = {name: getattr(new, name) for name in ("quantity", "evidence_kind", "period", "starts_on", "due_on")}
    check_duty_facts(agreement, facts)
    if agreement.duties.filter(code=new.code).exists():
        raise InvalidInputError(
            f"The agreement has a duty '{new.code}' already; choose another code.",
            field="code",
            reason="duty-code-taken",
            given=new.code,
        )
    duty = Duty.objects.create(
        agreement=agreement,
        code=new.code,
        title_zh=new.title_zh,
        title_en=new.title_en,
        evidence_kind=new.evidence_kind,
        quantity=new.quantity,
        unit=new.unit,
        period=new.period,
        owner_side=new.owner_side,
        starts_on=new.starts_on,
        due_on=new.due_on,
        parameters=dict(new.parameters),
        source=new.source,
        provenance=new.provenance,
    )
    record(context, "partnerships.duty.add", duty, before=None, after=creation_facts(duty))
    return duty


@command("partnerships.duty.change")
def change_duty(context: CommandContext, duty: Duty, changes: Mapping[str, Any], expected_version: int) -> Duty:
    """Change a promise. Once the agreement is in force this needs a reason, and the trail keeps the former promise."""
    agreement = duty.agreement
    require(context.actor, "agreement.write", agreement)
    _require_open(agreement)
    unknown = sorted(set(changes) - set(EDITABLE))
    if unknown:
        raise InvalidInputError(
            f"These cannot be changed here: {', '.join(unknown)}.", reason="fields-fixed", fields=unknown
        )
    if agreement.state == Agreement.State.IN_FORCE and not context.reason.strip():
        raise InvalidInputError(
            "Changing a promise that is in force needs a reason in words.",
            field="reason",
            reason="promise-change-without-reason",
        )
    facts = {name: getattr(duty, name) for name in ("quantity", "evidence_kind", "period", "starts_on", "due_on")}
    check_duty_facts(agreement, {**facts, **changes})
    before = snapshot(duty, changes)
    save_changes(duty, changes, expected_version)
    record(context, "partnerships.duty.change", duty, before=before, after=snapshot(duty, changes))
    return duty

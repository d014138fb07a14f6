"""The pipeline: projects written, taken through its stages, with partners, approvals, gains and institutions."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Max, QuerySet

from lianyi.accounts.access import covers, require
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.records import Provenance
from lianyi.errors import InvalidInputError
from lianyi.growth.commands.projects import as_wanted, changed, made
from lianyi.growth.models import (
    EthicsApproval,
    Innovation,
    InnovationGain,
    InnovationPartner,
    InnovationState,
    InnovationStep,
    InnovationUse,
    InnovationUseCheck,
)
from lianyi.growth.pipeline_authority import require_on_innovation, writes_innovations
from lianyi.growth.pipeline_checks import (
    check_approval,
    check_gain,
    check_innovation,
    check_partner,
    check_use,
    check_use_check,
    valid_approval,
)
from lianyi.growth.pipeline_errors import PipelineStepRefusedError
from lianyi.growth.pipeline_machine import PIPELINE_STEP_BY_NAME, PipelineStep
from lianyi.growth.pipeline_stages import stages_on
from lianyi.growth.projects_checks import check_order, check_past
from lianyi.rules.pipeline_stages import Stage

INNOVATION_FIELDS = ("title_zh", "title_en", "kind", "department_id", "duty_id", "problem_zh", "problem_en", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInnovation:
    code: str
    title_zh: str
    kind: str
    institution_id: int
    started_on: datetime.date
    title_en: str = ""
    department_id: int | None = None
    agreement_id: int | None = None
    duty_id: int | None = None
    problem_zh: str = ""
    problem_en: str = ""
    source: str = ""
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFacts:
    """When a step is taken and what shows it; the reason stands in the context."""

    on: datetime.date
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPartner:
    kind: str
    part: str
    share_percent: Decimal
    starts_on: datetime.date
    institution_id: int | None = None
    name_zh: str = ""
    name_en: str = ""
    ends_on: datetime.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApproval:
    approval_number: str
    committee: str
    approved_on: datetime.date
    valid_to: datetime.date


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGain:
    stage: str
    kind: str
    quantity: Decimal
    on: datetime.date
    words: str = ""


@command("growth.innovation.create")
def create_innovation(context: CommandContext, new: NewInnovation) -> Innovation:
    """Write a project; it stands at the first stage of the catalogue of its first day."""
    if Innovation.objects.filter(code=new.code).exists():
        raise InvalidInputError(
            f"'{new.code}' stands here already; choose another code.",
            field="code",
            reason="project-code-taken",
            given=new.code,
        )
    row = Innovation(**asdict(new))
    actor = context.actor
    require(actor, "growth.write")
    if row.agreement is not None:
        require(actor, "growth.write", row.agreement)
    is_home = actor.is_service or covers(actor, row.institution_id)
    if not writes_innovations(actor, row.department_id) or (row.agreement is None and not is_home):
        raise NotPermittedError(
            "A project of the pipeline is written by the office of its institution or of a partner under an agreement, "
            "or by the head of its department.",
            reason="pipeline-new",
            permission="growth.write",
        )
    check_innovation(row)
    row.stage = stages_on(row.started_on).stages[0].id
    return made(context, "growth.innovation.create", row)


@command("growth.innovation.change")
def change_innovation(
    context: CommandContext, row: Innovation, changes: Mapping[str, Any], expected_version: int
) -> Innovation:
    require_on_innovation(context.actor, "growth.write", row)
    check_innovation(as_wanted(row, changes, INNOVATION_FIELDS))
    return changed(context, "growth.innovation.change", row, changes, expected_version)


@command("growth.innovation.step")
def take_pipeline_step(
    context: CommandContext, row: Innovation, name: str, facts: StepFacts, expected_version: int
) -> Innovation:
    """Take one step of the table; the stage that was left, the evidence and the reason stay as a line."""
    step = PIPELINE_STEP_BY_NAME.get(name)
    if step is None or row.state not in step.from_states:
        raise refused(row, "pipeline-not-following")
    require_on_innovation(context.actor, step.permission, row)
    check_past(facts.on, "on")
    last = row.steps.aggregate(last=Max("on"))["last"] or row.started_on
    check_order(last, facts.on, "on")
    if step.needs_reason and not context.reason.strip():
        raise InvalidInputError("Say why, in words.", field="reason", reason="project-without-reason")
    if step.needs_evidence and not facts.evidence.strip():
        raise InvalidInputError("Say what shows that the stage is done.", field="evidence", reason="pipeline-evidence")
    before, changes = row.stage, _where_to(row, step, facts.on)
    changed(context, f"growth.innovation.{name}", row, changes, expected_version)
    line = InnovationStep(
        innovation=row,
        number=_next_number(row.steps.all()),
        step=name,
        stage=before,
        on=facts.on,
        evidence=facts.evidence,
        reason=context.reason,
        user_id=context.actor.user_id,
        provenance=row.provenance,
    )
    made(context, "growth.innovation_step.write", line)
    return row


def _where_to(row: Innovation, step: PipelineStep, on: datetime.date) -> dict[str, Any]:
    """Return the stage and state after a step."""
    catalogue = stages_on(on)
    here = catalogue.stage(row.stage)
    if here is None:
        raise refused(row, "pipeline-stage-gone")
    if step.name == "back":
        position = catalogue.stages.index(here)
        if position == 0:
            raise refused(row, "pipeline-first-stage")
        return {"stage": catalogue.stages[position - 1].id, "state": step.to_state.value}
    if not step.moves_on:
        return {"state": step.to_state.value}
    _require_leaving(row, step, here, on)
    following = catalogue.after(here.id)
    if following is None:
        return {"state": InnovationState.COMPLETED.value}
    return {"stage": following.id, "state": step.to_state.value}


def _require_leaving(row: Innovation, step: PipelineStep, here: Stage, on: datetime.date) -> None:
    """Refuse to skip what may not be skipped, and to complete ethics or a trial without an approval valid that day."""
    if step.name == "skip":
        if not here.may_skip:
            raise refused(row, "pipeline-not-skipped")
        return
    if (here.needs_approval or here.id == "ethics") and valid_approval(row, on) is None:
        raise refused(row, "pipeline-no-approval")
    if here.id == "first_use" and not row.uses.exists():
        raise refused(row, "pipeline-no-use")


def refused(row: Innovation, reason: str) -> PipelineStepRefusedError:
    return PipelineStepRefusedError(
        f"The project {row.code} stands at '{row.stage}' ({row.state}); this step cannot be taken ({reason}).",
        reason=reason,
        project=str(row),
        state_label=row.get_state_display(),
    )


@command("growth.innovation_partner.add")
def add_partner(context: CommandContext, innovation: Innovation, new: NewPartner) -> InnovationPartner:
    """Add a partner with its share of rights; all shares of a day are 100 % at most."""
    require_on_innovation(context.actor, "growth.write", innovation)
    row = InnovationPartner(innovation=innovation, number=_next_number(innovation.partners.all()), **asdict(new))
    check_partner(row)
    return made(context, "growth.innovation_partner.add", row)


@command("growth.innovation_partner.end")
def end_partner(
    context: CommandContext, row: InnovationPartner, on: datetime.date, expected_version: int
) -> InnovationPartner:
    """Note the last day of a partner; a share that changes is a part that ended and a new one."""
    require_on_innovation(context.actor, "growth.write", row.innovation)
    check_order(row.starts_on, on, "on")
    return changed(context, "growth.innovation_partner.end", row, {"ends_on": on}, expected_version)


@command("growth.ethics_approval.add")
def add_approval(context: CommandContext, innovation: Innovation, new: NewApproval) -> EthicsApproval:
    """Note an approval; a renewal is another approval with its own days."""
    require_on_innovation(context.actor, "growth.write", innovation)
    row = EthicsApproval(innovation=innovation, **asdict(new))
    check_approval(row)
    if innovation.approvals.filter(approval_number=new.approval_number).exists():
        raise InvalidInputError(
            f"The approval {new.approval_number} is noted already.",
            field="approval_number",
            reason="pipeline-approval-twice",
            given=new.approval_number,
        )
    return made(context, "growth.ethics_approval.add", row)


@command("growth.innovation_gain.add")
def add_gain(context: CommandContext, innovation: Innovation, new: NewGain) -> InnovationGain:
    """Note what a stage brought."""
    require_on_innovation(context.actor, "growth.write", innovation)
    row = InnovationGain(innovation=innovation, number=_next_number(innovation.gains.all()), **asdict(new))
    check_gain(row)
    return made(context, "growth.innovation_gain.add", row)


@command("growth.innovation_gain.correct")
def correct_gain(context: CommandContext, wrong: InnovationGain, new: NewGain) -> InnovationGain:
    """Write the line that counts instead of a wrong one."""
    innovation = wrong.innovation
    require_on_innovation(context.actor, "growth.write", innovation)
    if InnovationGain.objects.filter(corrects=wrong).exists():
        raise InvalidInputError(
            "This line is corrected already; correct the line that stands for it.", reason="project-corrected-twice"
        )
    number = _next_number(innovation.gains.all())
    row = InnovationGain(innovation=innovation, number=number, corrects=wrong, **asdict(new))
    check_gain(row)
    return made(context, "growth.innovation_gain.correct", row)


@command("growth.innovation_use.add")
def add_use(
    context: CommandContext, innovation: Innovation, institution_id: int, first_used_on: datetime.date
) -> InnovationUse:
    """Note that an institution uses it from a day on."""
    require_on_innovation(context.actor, "growth.write", innovation)
    row = InnovationUse(innovation=innovation, institution_id=institution_id, first_used_on=first_used_on)
    check_use(row)
    if innovation.uses.filter(institution_id=institution_id).exists():
        raise InvalidInputError(
            "This institution is noted already; note a check instead.", field="institution", reason="pipeline-use-twice"
        )
    return made(context, "growth.innovation_use.add", row)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUseCheck:
    checked_on: datetime.date
    still_used: bool
    note: str = ""


@command("growth.innovation_use.check")
def check_still_used(context: CommandContext, use: InnovationUse, new: NewUseCheck) -> InnovationUseCheck:
    """Note whether an institution still uses it."""
    require_on_innovation(context.actor, "growth.write", use.innovation)
    row = InnovationUseCheck(use=use, **asdict(new))
    check_use_check(row)
    if use.checks.filter(checked_on=new.checked_on).exists():
        raise InvalidInputError(
            f"A check of {new.checked_on} is noted already.",
            field="checked_on",
            reason="pipeline-check-twice",
            day=new.checked_on,
        )
    return made(context, "growth.innovation_use.check", row)


def _next_number(rows: QuerySet[Any, Any]) -> int:
    last: int | None = rows.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1

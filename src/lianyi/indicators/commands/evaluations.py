"""Evaluations: a question begun, changed while it is a draft, units chosen for comparison, a new version of it."""

from __future__ import annotations

import hashlib
import re
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.models import OrganisationNode
from lianyi.accounts.records import Provenance, save_changes
from lianyi.indicators.evaluation_authority import may_ask, require_writer
from lianyi.indicators.evaluation_checks import check_question
from lianyi.indicators.evaluation_errors import EvaluationQuestionRefusedError, EvaluationStepRefusedError
from lianyi.indicators.evaluation_machine import FIXED_STATES, WRITE
from lianyi.indicators.evaluation_panel import levels_of_table, path_of, read_table
from lianyi.indicators.models import (
    Evaluation,
    EvaluationEvent,
    EvaluationSource,
    EvaluationState,
    EvaluationTable,
    EvaluationUnit,
    UnitChoice,
    UnitLevel,
)
from lianyi.partnerships.models import Agreement

CHANGEABLE = ("question", "outcomes", "starts", "left", "phase_in", "why_comparable")
_NUMBERED = re.compile(r"EV(\d+)")
_COPIED = (
    *("code", "question", "node", "agreement", "source", "table", "period", "outcomes", "starts", "left", "phase_in"),
    *("why_comparable", "seed", "provenance"),
)
_UNIT_COPIED = ("name", "node_id", "level", "choice", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTable:
    """A table as it was sent, and which column means what; ``labels`` are those of the levels, by level."""

    name: str
    content: bytes
    unit: str
    time: str
    level: str
    labels: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvaluation:
    """What a question begins with: ``units`` by their level, or the table that holds them."""

    question: str
    node: OrganisationNode
    outcomes: Sequence[str]
    starts: str
    left: str = ""
    agreement: Agreement | None = None
    period: str = "month"
    phase_in: int = 0
    seed: int = 1
    units: Mapping[str, Sequence[OrganisationNode]] = field(default_factory=dict)
    table: NewTable | None = None
    provenance: str = Provenance.RECORDED


@command("indicators.evaluation.start")
def start_evaluation(context: CommandContext, new: NewEvaluation) -> Evaluation:
    """Begin a question about a place or an institution that the analyst's affiliation covers."""
    if not may_ask(context.actor, new.node.pk):
        raise NotPermittedError(
            "The indicator analyst of the place asks the question, chooses units for comparison and computes.",
            reason="evaluation-analyst",
            permission=WRITE,
        )
    row = Evaluation(
        code=next_code(),
        question=new.question,
        node=new.node,
        agreement=new.agreement,
        source=EvaluationSource.VALUES if new.table is None else EvaluationSource.TABLE,
        period=new.period,
        outcomes=list(new.outcomes),
        starts=new.starts,
        left=new.left,
        phase_in=new.phase_in,
        seed=new.seed,
        provenance=new.provenance,
    )
    check_question(row)
    if new.table is None:
        row.save()
        _add_nodes(row, new.units)
    else:
        row.table, levels = _keep_table(context, new.node, new.table, new.outcomes)
        row.save()
        EvaluationUnit.objects.bulk_create(
            EvaluationUnit(evaluation=row, name=name, level=level) for name, level in levels.items()
        )
    _check_units(row)
    note_event(context, row, "start", EvaluationState.DRAFT, {}).save()
    record(context, "indicators.evaluation.start", row, before=None, after=creation_facts(row))
    return row


def next_code() -> str:
    """Return the next free number of a question: EV0007 after EV0006."""
    codes = Evaluation.objects.filter(code__startswith="EV").values_list("code", flat=True)
    numbers = [int(found[1]) for found in map(_NUMBERED.fullmatch, codes) if found is not None]
    return f"EV{max(numbers, default=0) + 1:04d}"


def _add_nodes(row: Evaluation, units: Mapping[str, Sequence[OrganisationNode]]) -> None:
    seen: dict[int, str] = {}
    for level in UnitLevel.values:
        for node in units.get(level, ()):
            if node.pk in seen:
                raise EvaluationQuestionRefusedError(
                    f"{node.code} stands at two levels. Give each unit one level.",
                    field=level,
                    reason="evaluation-unit-twice",
                    given=node.code,
                )
            seen[node.pk] = level
            EvaluationUnit.objects.create(evaluation=row, name=node.code, node=node, level=level)


def _check_units(row: Evaluation) -> None:
    if not row.units.exclude(level=UnitLevel.COMPARISON).exists():
        raise EvaluationQuestionRefusedError(
            "The question names no unit that was helped. Give at least one lead hospital, recipient or village.",
            field="recipient",
            reason="evaluation-no-helped",
        )


def _keep_table(
    context: CommandContext, node: OrganisationNode, new: NewTable, outcomes: Sequence[str]
) -> tuple[EvaluationTable, dict[str, str]]:
    """Read the table once from end to end, then keep its bytes; return it with the level of each unit."""
    table = EvaluationTable(
        node=node,
        name=_shown_name(new.name),
        sha256=hashlib.sha256(new.content).hexdigest(),
        size=len(new.content),
        unit_column=new.unit,
        time_column=new.time,
        level_column=new.level,
        labels={level: list(labels) for level, labels in new.labels.items()},
        added_at=timezone.now(),
        added_by_id=context.actor.user_id,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / table.name
        path.write_bytes(new.content)
        columns = read_table(path, table, outcomes)
    levels = levels_of_table(columns, table)
    table.rows = len(columns[table.unit_column])
    name = f"evaluations/{timezone.localdate():%Y/%m}/{uuid.uuid4().hex}"
    stored = default_storage.save(name, ContentFile(new.content))
    try:
        table.file.name = stored
        table.save()
    except BaseException:
        default_storage.delete(stored)
        raise
    return table, levels


def _shown_name(name: str) -> str:
    """Return the name without folders and without characters that draw nothing."""
    plain = "".join(letter for letter in name.replace("\\", "/").rpartition("/")[2] if letter.isprintable()).strip()
    return plain[-120:] or "table"


@command("indicators.evaluation.change")
def change_evaluation(
    context: CommandContext, row: Evaluation, changes: Mapping[str, Any], expected_version: int
) -> Evaluation:
    """Change the words, outcomes or times of a draft."""
    require_writer(context.actor, row)
    require_draft(row)
    wanted = Evaluation.objects.select_related("node").get(pk=row.pk)
    facts = {name: value for name, value in changes.items() if name in CHANGEABLE}
    for name, value in facts.items():
        setattr(wanted, name, value)
    check_question(wanted)
    if wanted.table is not None:
        read_table(path_of(wanted.table), wanted.table, wanted.outcomes)
    before = snapshot(row, facts)
    save_changes(row, facts, expected_version)
    note_event(context, row, "change", row.state, {"fields": sorted(facts)}).save()
    record(context, "indicators.evaluation.change", row, before=before, after=snapshot(row, facts))
    return row


def require_draft(row: Evaluation) -> None:
    """Refuse unless the question may still be changed.

    Raises
    ------
    EvaluationStepRefusedError
    """
    if row.state != EvaluationState.DRAFT:
        raise EvaluationStepRefusedError(
            f"The question {row} is '{row.state}'. Once it is fixed, a change is a new version with its reason.",
            reason="evaluation-not-draft",
            state_label=EvaluationState(row.state).label,
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether a unit serves for comparison, and why."""

    unit_id: int
    choice: str
    reason: str


@command("indicators.evaluation.choices")
def save_choices(
    context: CommandContext, row: Evaluation, choices: Sequence[Choice], why_comparable: str, expected_version: int
) -> Evaluation:
    """Write for each unit that might be compared with whether it is, with the reason of each choice."""
    require_writer(context.actor, row)
    require_draft(row)
    units = {each.pk: each for each in row.units.filter(level=UnitLevel.COMPARISON)}
    unsaid = [units[each.unit_id].name for each in choices if each.choice and not each.reason.strip()]
    if unsaid:
        raise EvaluationQuestionRefusedError(
            f"Every choice and every refusal needs its reason. Missing for: {', '.join(unsaid[:5])}.",
            reason="evaluation-choice-unsaid",
            units=unsaid[:5],
            count=len(unsaid),
        )
    for each in choices:
        unit = units[each.unit_id]
        reason = each.reason.strip() if each.choice else ""
        if (unit.choice, unit.reason) == (each.choice, reason):
            continue
        before = snapshot(unit, ("choice", "reason"))
        save_changes(unit, {"choice": each.choice, "reason": reason}, unit.version)
        record(context, "indicators.evaluation.choice", unit, before=before, after=snapshot(unit, ("choice", "reason")))
    save_changes(row, {"why_comparable": why_comparable.strip()}, expected_version)
    chosen = row.units.filter(choice=UnitChoice.CHOSEN).count()
    note_event(context, row, "choices", row.state, {"chosen": chosen, "decided": len(choices)}).save()
    return row


@command("indicators.evaluation.revise")
def revise_evaluation(context: CommandContext, row: Evaluation) -> Evaluation:
    """Begin a new version of a fixed question; the former one stays as it is, with what was computed."""
    require_writer(context.actor, row)
    if row.state not in FIXED_STATES:
        raise EvaluationStepRefusedError(
            f"The question {row} is '{row.state}'. A draft is changed itself; a new version follows a fixed question.",
            reason="evaluation-not-fixed",
            state_label=EvaluationState(row.state).label,
        )
    if Evaluation.objects.filter(supersedes=row).exists():
        raise EvaluationStepRefusedError(
            f"The question {row} has a newer version already. Change that one.", reason="evaluation-superseded"
        )
    if not context.reason.strip():
        raise EvaluationQuestionRefusedError(
            "Say why the question is changed.", field="reason", reason="evaluation-change-unsaid"
        )
    new = Evaluation(
        **{name: getattr(row, name) for name in _COPIED},
        number=row.number + 1,
        supersedes=row,
        change_reason=context.reason.strip(),
    )
    new.save()
    EvaluationUnit.objects.bulk_create(
        EvaluationUnit(evaluation=new, **{name: getattr(each, name) for name in _UNIT_COPIED})
        for each in row.units.order_by("pk")
    )
    note_event(context, new, "revise", EvaluationState.DRAFT, {"former": str(row), "state": row.state}).save()
    record(context, "indicators.evaluation.revise", new, before=None, after=creation_facts(new))
    return new


def note_event(
    context: CommandContext, row: Evaluation, step: str, from_state: str, facts: Mapping[str, Any]
) -> EvaluationEvent:
    return EvaluationEvent(
        evaluation=row,
        step=step,
        from_state=from_state,
        to_state=row.state,
        recorded_at=timezone.now(),
        user_id=context.actor.user_id,
        acting_role=context.actor.role,
        reason=context.reason,
        facts=dict(facts),
    )

"""Capability cycles: opened from the last review, gaps gathered, moved and written, and the cycle taken on."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.records import Provenance, save_changes
from lianyi.accounts.roles import Role
from lianyi.errors import InvalidInputError
from lianyi.growth.cycles_checks import check_gap, check_move
from lianyi.growth.cycles_gathering import FoundGap
from lianyi.growth.cycles_machine import GATHERING, OVER, PLANNING, WORDS, move_from, standing_of
from lianyi.growth.errors import CycleStepRefusedError
from lianyi.growth.models import CapabilityCycle, CapabilityGap, GapOrigin
from lianyi.partnerships import commands as partnerships
from lianyi.partnerships.models import Agreement, CycleStep
from lianyi.registry.models import Institution

WRITE = "growth.write"
_UPDATED = ("words_zh", "words_en", "need_zh", "need_en", "priority", "distance", "need", "figure", "seen_on")
_FOUND = (*_UPDATED, "origin", "department_id", "specialty", "profession", "item")
_WRITTEN = (
    *("institution", "words_zh", "words_en", "seen_on", "department_id", "specialty", "profession"),
    *("priority", "distance"),
)
_CARRIED = (
    *("institution_id", "department_id", "specialty", "profession", "words_zh", "words_en", "origin", "origin_key"),
    *("priority", "need", "need_zh", "need_en", "item"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCycle:
    """What a cycle is for and when it is looked back on."""

    started_on: datetime.date
    aim: str = ""
    review_due_on: datetime.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGap:
    """A gap that somebody writes, with the parts by which it is ranked."""

    institution: Institution
    words_zh: str
    seen_on: datetime.date
    words_en: str = ""
    department_id: int | None = None
    specialty: str = ""
    profession: str = ""
    priority: float = 1 / 3
    distance: float = 1.0


def steps_of(agreement_id: int, number: int) -> list[CycleStep]:
    """Return the twinning steps of one cycle of an agreement, the first first."""
    return list(CycleStep.objects.filter(agreement_id=agreement_id, cycle=number).order_by("step"))


def standing(row: CapabilityCycle) -> int:
    return standing_of(steps_of(row.agreement_id, row.number))


def within(context: CommandContext, what: str) -> CommandContext:
    """Return the context of a command that is a part of this one, with a key that a retry finds again."""
    return replace(context, key=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{context.key}:{what}")))


def require_cycle(context: CommandContext, agreement: Agreement) -> None:
    """Refuse unless the actor keeps the cycle of the agreement: an office of one of its sides.

    Raises
    ------
    NotPermittedError
    """
    require(context.actor, WRITE, agreement)
    if not keeps_cycles(context.actor.role) and not context.actor.is_service:
        raise NotPermittedError(
            "The cycle of a partnership is kept by its offices. Tell yours what is missing.",
            reason="cycle-office",
            permission=WRITE,
        )


def keeps_cycles(role: str) -> bool:
    return role in (Role.LEAD_OFFICE, Role.SUPPORTED_OFFICE)


@command("growth.cycle.open")
def open_cycle(context: CommandContext, agreement: Agreement, new: NewCycle) -> CapabilityCycle:
    """Open the capability side of the running cycle, or begin the next one with what the last review left open."""
    require_cycle(context, agreement)
    number = _running_number(context, agreement, new.started_on)
    if CapabilityCycle.objects.filter(agreement=agreement, number=number).exists():
        raise CycleStepRefusedError(
            f"Cycle {number} is open already; finish its review before the next one begins.",
            reason="cycle-open-already",
            number=number,
        )
    if new.review_due_on is not None and new.review_due_on < new.started_on:
        raise InvalidInputError(
            f"The review is due on {new.review_due_on}, before the cycle begins on {new.started_on}.",
            field="review_due_on",
            reason="cycle-review-too-early",
            due=new.review_due_on,
            start=new.started_on,
        )
    row = CapabilityCycle.objects.create(
        agreement=agreement, number=number, aim=new.aim, review_due_on=new.review_due_on
    )
    record(context, "growth.cycle.open", row, before=None, after=creation_facts(row))
    _carry_over(context, row)
    return row


def _running_number(context: CommandContext, agreement: Agreement, day: datetime.date) -> int:
    """Return the number of the running cycle; one begins where there is none, or the last review is finished."""
    last = agreement.cycle_steps.order_by("cycle", "step").last()
    if last is not None and standing_of([last]) != OVER:
        return last.cycle
    begun = partnerships.start_cycle_step(within(context, "begin"), agreement, CycleStep.Step.PARTNERSHIP, day)
    return begun.cycle


def _carry_over(context: CommandContext, row: CapabilityCycle) -> None:
    """Begin with the gaps that the last review sent on, each as far off as it was found then."""
    former = CapabilityGap.objects.filter(
        cycle__agreement_id=row.agreement_id, cycle__number=row.number - 1, review__goes_on=True
    )
    for at, gap in enumerate(former.select_related("review").order_by("code"), start=1):
        review = gap.review
        after = gap.distance if review.distance_after is None else review.distance_after
        carried = CapabilityGap(
            cycle=row,
            code=f"G{at:02d}",
            distance=after,
            figure=gap.figure if review.figure_after is None else review.figure_after,
            seen_on=review.reviewed_on if review.distance_after is not None else gap.seen_on,
            assessment_id=review.assessment_id or gap.assessment_id,
            carried_from=gap,
            provenance=gap.provenance,
            **{name: getattr(gap, name) for name in _CARRIED},
        )
        carried.save()
        record(context, "growth.gap.carry", carried, before=None, after=creation_facts(carried))


@command("growth.cycle.change")
def change_cycle(
    context: CommandContext, row: CapabilityCycle, changes: Mapping[str, Any], expected_version: int
) -> CapabilityCycle:
    """Change what the cycle is for, or when it is looked back on."""
    require_cycle(context, row.agreement)
    unknown = sorted(set(changes) - {"aim", "review_due_on"})
    if unknown:
        raise InvalidInputError(
            f"These cannot be changed here: {', '.join(unknown)}.", reason="fields-fixed", fields=unknown
        )
    before = snapshot(row, changes)
    save_changes(row, dict(changes), expected_version)
    record(context, "growth.cycle.change", row, before=before, after=snapshot(row, changes))
    return row


@command("growth.cycle.step")
def take_cycle_step(
    context: CommandContext, row: CapabilityCycle, name: str, day: datetime.date, note: str = ""
) -> CapabilityCycle:
    """Finish the running twinning step and begin the next one, once what the table asks for is there."""
    require_cycle(context, row.agreement)
    steps = steps_of(row.agreement_id, row.number)
    move = move_from(standing_of(steps))
    if move is None or move.name != name:
        raise CycleStepRefusedError(
            f"The cycle does not stand where '{name}' follows. Possible now: {move.name if move else 'none'}.",
            reason="cycle-not-following",
            possible=[] if move is None else [move.label],
        )
    check_move(row, move.asks)
    running = steps[-1] if steps else None
    if running is not None and running.finished_on is None:
        partnerships.finish_cycle_step(within(context, "finish"), running, day, note, running.version)
    if move.to_step != OVER:
        partnerships.start_cycle_step(within(context, "start"), row.agreement, move.to_step, day)
    record(context, f"growth.cycle.{name}", row, before=None, after={"day": day.isoformat(), "note": note})
    return row


@command("growth.gap.gather")
def gather_gaps(context: CommandContext, row: CapabilityCycle, found: Sequence[FoundGap]) -> CapabilityCycle:
    """Keep the gaps that show themselves: new ones are added, known ones follow their figures, none is taken away."""
    require_cycle(context, row.agreement)
    require_standing(row, GATHERING)
    kept = {each.origin_key: each for each in row.gaps.all()}
    for each in found:
        gap = kept.get(each.key)
        if gap is None:
            _add(context, row, each)
        else:
            _follow(context, gap, each)
    return row


def _add(context: CommandContext, row: CapabilityCycle, found: FoundGap) -> None:
    gap = CapabilityGap(
        cycle=row,
        code=next_gap_code(row),
        origin_key=found.key,
        institution=found.institution,
        assessment=found.assessment,
        provenance=Provenance.SAMPLE if found.is_sample else Provenance.RECORDED,
        **{name: getattr(found, name) for name in _FOUND},
    )
    check_gap(gap)
    gap.save()
    record(context, "growth.gap.gather", gap, before=None, after=creation_facts(gap))


def _follow(context: CommandContext, gap: CapabilityGap, found: FoundGap) -> None:
    changes: dict[str, Any] = {name: getattr(found, name) for name in _UPDATED}
    if found.need is None:
        # Who gathers now does not see the figures behind it; what others saw stays.
        changes = {name: value for name, value in changes.items() if name not in ("need", "need_zh", "need_en")}
    if found.assessment is not None:
        changes["assessment_id"] = found.assessment.pk
    if all(getattr(gap, name) == value for name, value in changes.items()):
        return
    before = snapshot(gap, changes)
    save_changes(gap, changes, gap.version)
    record(context, "growth.gap.gather", gap, before=before, after=snapshot(gap, changes))


def next_gap_code(row: CapabilityCycle) -> str:
    """Return the next number of a gap in its cycle: G07 after G06."""
    numbers = [int(code[1:]) for code in row.gaps.values_list("code", flat=True) if code[1:].isdecimal()]
    return f"G{max(numbers, default=0) + 1:02d}"


def require_standing(row: CapabilityCycle, allowed: Sequence[int]) -> None:
    stands = standing(row)
    if stands not in allowed:
        raise CycleStepRefusedError(
            f"The cycle stands at {stands}; this is done while it stands at one of {list(allowed)}.",
            reason="cycle-elsewhere",
            allowed=[WORDS[each] for each in allowed],
        )


@command("growth.gap.write")
def write_gap(context: CommandContext, row: CapabilityCycle, new: NewGap) -> CapabilityGap:
    """Write a gap that no figure shows."""
    require_cycle(context, row.agreement)
    require_standing(row, (*GATHERING, *PLANNING))
    code = next_gap_code(row)
    gap = CapabilityGap(
        cycle=row,
        code=code,
        origin=GapOrigin.BY_HAND,
        origin_key=f"hand:{code}",
        **{name: getattr(new, name) for name in _WRITTEN},
    )
    check_gap(gap)
    gap.save()
    record(context, "growth.gap.write", gap, before=None, after=creation_facts(gap))
    return gap


@command("growth.gap.move")
def move_gap(context: CommandContext, gap: CapabilityGap, place: int | None, expected_version: int) -> CapabilityGap:
    """Put a gap at a place of its own, with a reason that is kept; without a place it goes back to the rule's."""
    require_cycle(context, gap.cycle.agreement)
    if standing(gap.cycle) == OVER:
        require_standing(gap.cycle, (*GATHERING, *PLANNING, CycleStep.Step.REVIEW))
    if not context.reason.strip():
        raise InvalidInputError(
            "Moving a gap needs a reason in words.", field="reason", reason="gap-moved-without-reason"
        )
    most = gap.cycle.gaps.count()
    if place is not None and not 1 <= place <= most:
        raise InvalidInputError(
            f"{place} is no place from 1 to {most}.", field="place", reason="gap-place", given=place, most=most
        )
    changes = {"moved_to": place, "moved_because": context.reason, "moved_by_id": context.actor.user_id}
    before = snapshot(gap, changes)
    save_changes(gap, changes, expected_version)
    record(context, "growth.gap.move", gap, before=before, after=snapshot(gap, changes))
    return gap


def may_keep(actor: Actor, agreement: Agreement) -> bool:
    """Tell whether the actor keeps the cycle of the agreement."""
    return keeps_cycles(actor.role) and decide(actor, WRITE, agreement).allowed

"""What is planned against gaps, and the look back at each: what it is now, what came of it, whether it goes on."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import timezone

from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import Provenance, save_changes
from lianyi.errors import InvalidInputError
from lianyi.growth.commands.cycles import require_cycle, require_standing
from lianyi.growth.cycles_checks import check_line
from lianyi.growth.cycles_machine import PLANNING
from lianyi.growth.errors import CycleStepRefusedError
from lianyi.growth.models import (
    CapabilityAssessment,
    CapabilityCycle,
    CapabilityGap,
    GapOrigin,
    GapPlanLine,
    GapReview,
    LineState,
    ReviewResult,
)
from lianyi.methods.capability import result_of_gap
from lianyi.partnerships.models import CycleStep

LINK_FIELDS = ("course_id", "technique_id", "mentor_pair_id", "project_id", "posting_need_id")
LINE_FIELDS = ("kind", "what", "owner_side", "owner", "due_on", "duty_id", "target", "target_value", *LINK_FIELDS)
REVIEWING = (CycleStep.Step.REVIEW,)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """What is planned against a gap."""

    kind: str
    what: str
    owner_side: str
    due_on: datetime.date
    owner: str = ""
    duty_id: int | None = None
    target: str = ""
    target_value: float | None = None
    course_id: int | None = None
    technique_id: int | None = None
    mentor_pair_id: int | None = None
    project_id: int | None = None
    posting_need_id: int | None = None
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True, kw_only=True)
class GapNow:
    """What a gap is found to be now; ``distance`` None says that nobody looked again."""

    gap_id: int
    distance: float | None
    figure: float | None = None
    assessment: CapabilityAssessment | None = None


@command("growth.gap_line.add")
def add_line(context: CommandContext, gap: CapabilityGap, new: NewLine) -> GapPlanLine:
    """Plan something against a gap."""
    require_cycle(context, gap.cycle.agreement)
    require_standing(gap.cycle, PLANNING)
    numbers = gap.lines.values_list("number", flat=True)
    row = GapPlanLine(gap=gap, number=max(numbers, default=0) + 1, **asdict(new))
    check_line(row)
    row.save()
    record(context, "growth.gap_line.add", row, before=None, after=creation_facts(row))
    return row


@command("growth.gap_line.change")
def change_line(
    context: CommandContext, row: GapPlanLine, changes: Mapping[str, Any], expected_version: int
) -> GapPlanLine:
    """Change what is planned, while it is planned."""
    _require_open(context, row)
    unknown = sorted(set(changes) - set(LINE_FIELDS))
    if unknown:
        raise InvalidInputError(
            f"These cannot be changed here: {', '.join(unknown)}.", reason="fields-fixed", fields=unknown
        )
    wanted = GapPlanLine.objects.select_related("gap__cycle").get(pk=row.pk)
    for name, value in changes.items():
        setattr(wanted, name, value)
    check_line(wanted)
    return _saved(context, "growth.gap_line.change", row, changes, expected_version)


@command("growth.gap_line.end")
def end_line(
    context: CommandContext, row: GapPlanLine, state: str, ended_on: datetime.date, expected_version: int
) -> GapPlanLine:
    """Say that a line is done, or dropped with a reason."""
    _require_open(context, row)
    if state not in (LineState.DONE, LineState.DROPPED):
        raise InvalidInputError(f"'{state}' cannot be chosen here.", reason="gap-line-code", given=state)
    if state == LineState.DROPPED and not context.reason.strip():
        raise InvalidInputError(
            "Dropping a line of the plan needs a reason in words.", field="note", reason="gap-line-dropped-unsaid"
        )
    if ended_on > timezone.localdate():
        raise InvalidInputError(
            f"{ended_on} is in the future.", field="ended_on", reason="gap-line-future", given=ended_on
        )
    changes = {"state": state, "ended_on": ended_on, "ended_note": context.reason}
    return _saved(context, "growth.gap_line.end", row, changes, expected_version)


def _require_open(context: CommandContext, row: GapPlanLine) -> None:
    require_cycle(context, row.gap.cycle.agreement)
    if row.state != LineState.PLANNED:
        raise CycleStepRefusedError(
            "This line of the plan is done or dropped; add another one.", reason="gap-line-over"
        )


def _saved(
    context: CommandContext, action: str, row: GapPlanLine, changes: Mapping[str, Any], version: int
) -> GapPlanLine:
    before = snapshot(row, changes)
    save_changes(row, dict(changes), version)
    record(context, action, row, before=before, after=snapshot(row, changes))
    return row


@command("growth.cycle.look_back")
def look_back(context: CommandContext, row: CapabilityCycle, found: Sequence[GapNow]) -> CapabilityCycle:
    """Write for every gap what it is now. What is not closed goes on, until somebody says otherwise."""
    require_cycle(context, row.agreement)
    require_standing(row, REVIEWING)
    now = {each.gap_id: each for each in found}
    for gap in row.gaps.all():
        each = now.get(gap.pk, GapNow(gap_id=gap.pk, distance=None))
        _write_review(context, gap, each)
    return row


def _write_review(context: CommandContext, gap: CapabilityGap, now: GapNow) -> None:
    review = GapReview.objects.filter(gap=gap).first()
    if review is not None and gap.origin == GapOrigin.BY_HAND:
        # What became of a gap written by hand is said by a person, and stays said.
        return
    result = ReviewResult(result_of_gap(gap.distance, now.distance).value)
    facts: dict[str, Any] = {
        "reviewed_on": timezone.localdate(),
        "result": result.value,
        "distance_after": now.distance,
        "figure_after": now.figure,
        "assessment_id": None if now.assessment is None else now.assessment.pk,
    }
    if review is None:
        review = GapReview.objects.create(gap=gap, goes_on=result is not ReviewResult.CLOSED, **facts)
        record(context, "growth.gap.review", review, before=None, after=creation_facts(review))
        return
    before = snapshot(review, facts)
    if before != snapshot(GapReview(gap=gap, **facts), facts):
        save_changes(review, facts, review.version)
        record(context, "growth.gap.review", review, before=before, after=snapshot(review, facts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What somebody says to the review of a gap; a result only of a gap that no figure shows."""

    goes_on: bool
    note: str = ""
    result: str = ""


@command("growth.gap.judge")
def judge_gap(context: CommandContext, review: GapReview, said: Judgement, expected_version: int) -> GapReview:
    """Say whether a gap goes on, why, and of one written by hand what became of it."""
    gap = review.gap
    require_cycle(context, gap.cycle.agreement)
    require_standing(gap.cycle, REVIEWING)
    changes: dict[str, Any] = {"goes_on": said.goes_on, "note": said.note}
    if said.result and said.result != review.result:
        if gap.origin != GapOrigin.BY_HAND:
            raise InvalidInputError(
                "What became of this gap is told by its assessment or its figure.", field="result", reason="gap-counted"
            )
        if said.result not in ReviewResult.values:
            raise InvalidInputError(
                f"'{said.result}' cannot be chosen here.", field="result", reason="gap-line-code", given=said.result
            )
        changes["result"] = said.result
        changes["distance_after"] = _distance_said(gap, said.result)
    result = changes.get("result", review.result)
    if said.goes_on != (result != ReviewResult.CLOSED) and not said.note.strip():
        raise InvalidInputError(
            "A gap that is not closed goes on, and a closed one does not; anything else needs a reason.",
            field="note",
            reason="gap-goes-on-unsaid",
        )
    before = snapshot(review, changes)
    save_changes(review, changes, expected_version)
    record(context, "growth.gap.judge", review, before=before, after=snapshot(review, changes))
    return review


def _distance_said(gap: CapabilityGap, result: str) -> float | None:
    """Return the distance that a result in words stands for, so that the next cycle ranks by it."""
    halfway = {
        ReviewResult.CLOSED: 0.0,
        ReviewResult.NARROWER: gap.distance / 2,
        ReviewResult.SAME: gap.distance,
        ReviewResult.WIDER: min(1.0, (1.0 + gap.distance) / 2),
    }
    return halfway.get(ReviewResult(result))

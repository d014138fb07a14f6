"""A scenario handed over: its lines become draft postings, which the sides approve and which are published as ever."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from lianyi.accounts.audit import CommandContext, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import save_changes
from lianyi.dispatch.authority import require_on_scenario
from lianyi.dispatch.commands.groups import NewBatch, create_batch
from lianyi.dispatch.commands.plans import NewPosting, draft_posting
from lianyi.dispatch.commands.steps import take_step
from lianyi.dispatch.commands.walking import StepFacts
from lianyi.dispatch.errors import ScenarioRefusedError
from lianyi.dispatch.models import Batch, PlanLine, PlanScenario, Posting, PostingState
from lianyi.dispatch.queries import next_code
from lianyi.dispatch.scenario_demands import kind_of_posting
from lianyi.dispatch.scenario_figures import figures_of
from lianyi.dispatch.scenario_machine import require_act
from lianyi.dispatch.scenario_problem import PlanData, line_of, plan_data
from lianyi.dispatch.scenario_verdict import bar_beside
from lianyi.methods.postings.problem import Line
from lianyi.partnerships.models import Agreement

_LONGEST_STEM = 40
# By agreement and first day.
Batches = Mapping[tuple[int, datetime.date], int]
_GONE = (PostingState.CANCELLED, PostingState.VOID)
# Only these can be taken back; whoever has set out comes home by a fact, not by a plan.
_RETRACTABLE = (PostingState.DRAFT, PostingState.PLANNED)


@dataclass(frozen=True, slots=True)
class HandOver:
    """What handing over will do: lines to write with agreement and days, postings that stay, and those taken back."""

    writes: tuple[PlannedPosting, ...]
    stays: tuple[tuple[PlanLine, Posting], ...]
    takes_back: tuple[Posting, ...]
    begun: tuple[Posting, ...]
    problems: tuple[tuple[PlanLine, str], ...]
    unlawful: int


@dataclass(frozen=True, slots=True)
class PlannedPosting:
    """A line as the posting that it becomes."""

    line: PlanLine
    agreement: Agreement
    first_day: datetime.date
    last_day: datetime.date


def hand_over_of(data: PlanData, scenario: PlanScenario) -> HandOver:
    """Return what handing over would do, for the page that asks and for the command."""
    rows = list(scenario.lines.select_related("staff", "need", "posting").order_by("need__code", "first", "pk"))
    old = _old_postings(scenario)
    of_person: defaultdict[int, list[PlanLine]] = defaultdict(list)
    for row in rows:
        of_person[row.staff_id].append(row)
    writes, stays, problems = [], [], []
    kept: set[int] = set()
    for row in rows:
        posting = row.posting or old.get((row.staff_id, row.need_id, row.first, row.last))
        if posting is not None and posting.state not in _GONE:
            stays.append((row, posting))
            kept.add(posting.pk)
            continue
        planned = _planned(data, row, [line_of(each) for each in of_person[row.staff_id] if each.pk != row.pk])
        if isinstance(planned, str):
            problems.append((row, planned))
        else:
            writes.append(planned)
    left = [posting for posting in old.values() if posting.pk not in kept and posting.state not in _GONE]
    known = [line_of(row) for row in rows if str(row.staff_id) in data.staff and str(row.need_id) in data.needs]
    return HandOver(
        writes=tuple(writes),
        stays=tuple(stays),
        takes_back=tuple(row for row in left if row.state in _RETRACTABLE),
        begun=tuple(row for row in left if row.state not in _RETRACTABLE),
        problems=tuple(problems),
        unlawful=0 if problems else figures_of(data, known)["unlawful"],
    )


def _old_postings(scenario: PlanScenario) -> dict[tuple[int, int, int, int], Posting]:
    if scenario.repairs is None:
        return {}
    rows = scenario.repairs.lines.filter(posting__isnull=False).select_related("posting__staff").order_by("pk")
    return {(row.staff_id, row.need_id, row.first, row.last): row.posting for row in rows if row.posting is not None}


def _planned(data: PlanData, row: PlanLine, others: Sequence[Line]) -> PlannedPosting | str:
    """Return the posting that a line becomes beside the person's others, or the code of the reason why it cannot."""
    line = line_of(row)
    bar = bar_beside(data, line, others)
    if bar is not None:
        return bar
    first, last = data.horizon.first_day_of(line.first), data.horizon.last_day_of(line.last)
    donor = str(row.staff.institution_id)
    for agreement in data.agreements_of.get((donor, line.need), ()):
        if agreement.term.start <= first and last <= agreement.term.end:
            return PlannedPosting(row, agreement, first, last)
    return "no_agreement"


@command("dispatch.scenario.hand_over")
def hand_over_scenario(context: CommandContext, scenario: PlanScenario, expected_version: int) -> PlanScenario:
    """Make draft postings of a scenario's lines, all of them or none; a second time makes no doubles.

    A scenario that repairs one takes back the drafts and planned postings that it no longer holds.
    """
    require_on_scenario(context.actor, "dispatch.write", scenario)
    after = require_act(scenario, "hand_over")
    data = plan_data(context.actor, scenario)
    plan = hand_over_of(data, scenario)
    _require_sound(scenario, plan)
    for number, posting in enumerate(plan.takes_back):
        told = replace(_part(context, f"c{number}"), reason_code="plan_changed", reason=scenario.name)
        take_step(told, posting, "cancel", StepFacts(timezone.localdate()), posting.version)
    for row, posting in plan.stays:
        PlanLine.objects.filter(pk=row.pk).update(posting=posting)
    batches = _batches(context, plan.writes)
    for number, planned in enumerate(plan.writes):
        posting = _drafted(_part(context, f"d{number}"), planned, batches)
        PlanLine.objects.filter(pk=planned.line.pk).update(posting=posting)
    before = snapshot(scenario, {"state": after})
    save_changes(scenario, {"state": after.value}, expected_version)
    made = {"lines": len(plan.writes), "kept": len(plan.stays), "taken_back": len(plan.takes_back)}
    record(context, "dispatch.scenario.hand_over", scenario, before=before, after={"state": after.value, **made})
    return scenario


def _part(context: CommandContext, part: str) -> CommandContext:
    """Return the context of a part of the command, with a key of its own that a repetition makes again."""
    return replace(context, key=f"{context.key[:_LONGEST_STEM]}-{part}")


def _require_sound(scenario: PlanScenario, plan: HandOver) -> None:
    if plan.problems or plan.unlawful:
        raise ScenarioRefusedError(
            f"{len(plan.problems)} lines of “{scenario.name}” are no longer possible, and {plan.unlawful} hard rules "
            "are broken. Search again, or mend the lines.",
            reason="scenario-unsound",
            scenario=scenario.name,
            lines=len(plan.problems),
            rules=plan.unlawful,
        )
    if not plan.writes and not plan.stays and not plan.takes_back:
        raise ScenarioRefusedError(
            f"“{scenario.name}” has no lines to hand over.", reason="scenario-empty", scenario=scenario.name
        )


def _drafted(context: CommandContext, planned: PlannedPosting, batches: Batches) -> Posting:
    line, agreement = planned.line, planned.agreement
    new = NewPosting(
        code=next_code(agreement),
        kind=kind_of_posting(agreement),
        staff_id=line.staff_id,
        to_institution_id=line.need.institution_id or 0,
        to_department_id=line.need.department_id,
        starts_on=planned.first_day,
        ends_on=planned.last_day,
        specialty=line.staff.specialty,
        batch_id=batches[agreement.pk, planned.first_day],
        need_id=line.need_id,
    )
    return draft_posting(context, agreement, new)


def _batches(context: CommandContext, writes: Sequence[PlannedPosting]) -> Batches:
    """Return the batch for each agreement and first day: one that begins then, or a new one."""
    last_days: defaultdict[tuple[int, datetime.date], datetime.date] = defaultdict(lambda: datetime.date.min)
    agreements = {each.agreement.pk: each.agreement for each in writes}
    for each in writes:
        key = (each.agreement.pk, each.first_day)
        last_days[key] = max(last_days[key], each.last_day)
    found = {}
    for number, (key, last_day) in enumerate(sorted(last_days.items())):
        agreement, first_day = agreements[key[0]], key[1]
        batch = agreement.batches.filter(starts_on=first_day).order_by("number").first()
        found[key] = (batch or _new_batch(_part(context, f"b{number}"), agreement, first_day, last_day)).pk
    return found


def _new_batch(
    context: CommandContext, agreement: Agreement, first_day: datetime.date, last_day: datetime.date
) -> Batch:
    number = agreement.batches.order_by("-number").values_list("number", flat=True).first() or 0
    return create_batch(context, agreement, NewBatch(number + 1, first_day, last_day))

"""Performance assessments: rounds begun, findings written as a whole, evidence attached, and the steps of the table."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from lianyi.accounts.audit import CommandContext, creation_facts, entry_of, record, record_many, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.numbering import next_code
from lianyi.accounts.records import Provenance, save_changes
from lianyi.errors import InvalidInputError
from lianyi.indicators.models.performance import (
    NumberSource,
    PerformanceAssessment,
    PerformanceEvent,
    PerformanceFinding,
    PerformanceState,
    ScoringSide,
)
from lianyi.indicators.performance_authority import may_start, require_party
from lianyi.indicators.performance_checks import FindingEntry, check_round, problems_of_entries, unexplained
from lianyi.indicators.performance_errors import PerformanceFindingsRefusedError, PerformanceStepRefusedError
from lianyi.indicators.performance_given import GivenNumbers, given_numbers
from lianyi.indicators.performance_machine import WRITE, Party
from lianyi.indicators.performance_rulebook import scheme_book, scheme_of
from lianyi.indicators.performance_scoring import by_side
from lianyi.partnerships.models import Agreement, Alliance
from lianyi.registry.models import Institution

CHANGEABLE = ("period_from", "period_to", "due_on", "note")
_SIDES = {Party.ASSESSED: ScoringSide.OWN, Party.OUTSIDE: ScoringSide.OUTSIDE}
# Where findings of a side are written, and the word of that in the history.
_WRITTEN_IN = {
    Party.ASSESSED: (PerformanceState.DRAFT, "own_findings"),
    Party.OUTSIDE: (PerformanceState.SUBMITTED, "outside_findings"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRound:
    """What a round begins with; without a code it gets the next one."""

    scheme: str
    institution: Institution
    period_from: datetime.date
    period_to: datetime.date
    alliance: Alliance | None = None
    agreement: Agreement | None = None
    due_on: datetime.date | None = None
    note: str = ""
    corrects: PerformanceAssessment | None = None
    code: str = ""
    provenance: str = Provenance.RECORDED


@command("indicators.performance.start")
def start_round(context: CommandContext, new: NewRound) -> PerformanceAssessment:
    """Begin a round: by the assessed side itself, or by an assessor over it."""
    if not may_start(context.actor, new.institution.pk):
        raise NotPermittedError(
            "A round is begun by an office of the institution assessed, or by an assessor whose affiliation covers it.",
            reason="performance-start",
            permission=WRITE,
        )
    row = PerformanceAssessment(
        code=new.code or next_code(PerformanceAssessment, "PA"),
        scheme=new.scheme,
        institution=new.institution,
        alliance=new.alliance,
        agreement=new.agreement,
        period_from=new.period_from,
        period_to=new.period_to,
        due_on=new.due_on,
        note=new.note,
        corrects=new.corrects,
        provenance=new.provenance,
    )
    check_round(row, scheme_book())
    if PerformanceAssessment.objects.filter(code=row.code).exists():
        raise InvalidInputError(
            f"There is a round '{row.code}' already; choose another code.",
            field="code",
            reason="performance-code-taken",
            given=row.code,
        )
    row.save()
    note_event(context, row, "start", PerformanceState.DRAFT, {}).save()
    record(context, "indicators.performance.start", row, before=None, after=creation_facts(row))
    return row


@command("indicators.performance.change")
def change_round(
    context: CommandContext, row: PerformanceAssessment, changes: Mapping[str, Any], expected_version: int
) -> PerformanceAssessment:
    """Change period, due day or note of a draft."""
    require_party(context.actor, Party.ASSESSED, row)
    require_state(row, (PerformanceState.DRAFT,))
    unknown = sorted(set(changes) - set(CHANGEABLE))
    if unknown:
        raise InvalidInputError(
            f"These cannot be changed here: {', '.join(unknown)}.", reason="fields-fixed", fields=unknown
        )
    wanted = PerformanceAssessment.objects.get(pk=row.pk)
    for name, value in changes.items():
        setattr(wanted, name, value)
    check_round(wanted, scheme_book())
    before = snapshot(row, changes)
    save_changes(row, dict(changes), expected_version)
    note_event(context, row, "change", row.state, {}).save()
    record(context, "indicators.performance.change", row, before=before, after=snapshot(row, changes))
    return row


def require_state(row: PerformanceAssessment, states: Sequence[str]) -> None:
    """Refuse unless the round stands in one of the states.

    Raises
    ------
    PerformanceStepRefusedError
    """
    if row.state not in states:
        labels = [PerformanceState(each).label for each in states]
        raise PerformanceStepRefusedError(
            f"The round {row.code} is '{row.state}'; this is done while it is one of: {', '.join(states)}.",
            reason="performance-elsewhere",
            round=row.code,
            state_label=PerformanceState(row.state).label,
            states=labels,
        )


@command("indicators.performance.findings")
def save_findings(
    context: CommandContext,
    row: PerformanceAssessment,
    party: Party,
    entries: Sequence[FindingEntry],
    expected_version: int,
) -> PerformanceAssessment:
    """Write findings of one side as a whole: one that cannot be kept keeps all of them back.

    Where duties count the number of an item, it is taken from them and none is typed. Where an indicator gives it and
    none is typed, its accepted value is taken.

    Raises
    ------
    PerformanceFindingsRefusedError
        With the refusal of each by its item.
    """
    require_party(context.actor, party, row)
    state, word = _WRITTEN_IN[party]
    require_state(row, (state,))
    scheme = scheme_of(row)
    given = given_numbers(row, scheme)
    problems = problems_of_entries(scheme, entries, given.counted)
    if party is Party.OUTSIDE:
        own = by_side(row.findings.all())[ScoringSide.OWN]
        problems = {**unexplained(own, entries, given.items_taken(entries)), **problems}
    if problems:
        raise PerformanceFindingsRefusedError(
            f"{len(problems)} findings cannot be kept: {', '.join(problems)}. Mend them, then save all again.",
            problems=problems,
            count=len(problems),
        )
    changed = write_findings(context, row, _SIDES[party], entries, given)
    save_changes(row, {}, expected_version)
    if changed:
        note_event(context, row, word, row.state, {"items": len(changed)}).save()
        facts = [entry_of("indicators.performance.finding", each, None, creation_facts(each)) for each in changed]
        record_many(context, facts)
    return row


def write_findings(
    context: CommandContext,
    row: PerformanceAssessment,
    side: str,
    entries: Sequence[FindingEntry],
    given: GivenNumbers,
) -> list[PerformanceFinding]:
    """Create or update the rows that differ, and return them."""
    kept = {each.item: each for each in row.findings.filter(side=side)}
    changed = []
    for said in entries:
        number = given.for_entry(said)
        finding = kept.get(said.item)
        if finding is None and number is None and said == FindingEntry(said.item):
            continue
        finding = finding or PerformanceFinding(assessment=row, item=said.item, side=side)
        facts = {
            "grade": said.grade,
            "value": said.value if number is None else number.value,
            "out_of": said.out_of,
            "attained": said.attained,
            "reason": said.reason,
            "source": NumberSource.TYPED if number is None else number.source,
            "rows": None if number is None else number.rows,
            "taken_from": {} if number is None else number.facts,
        }
        if finding.pk is not None and all(getattr(finding, name) == value for name, value in facts.items()):
            continue
        for name, value in facts.items():
            setattr(finding, name, value)
        finding.user_id = context.actor.user_id
        finding.provenance = row.provenance
        finding.save()
        changed.append(finding)
    return changed


def note_event(
    context: CommandContext, row: PerformanceAssessment, step: str, from_state: str, facts: Mapping[str, Any]
) -> PerformanceEvent:
    return PerformanceEvent(
        assessment=row,
        step=step,
        from_state=from_state,
        to_state=row.state,
        recorded_at=timezone.now(),
        user_id=context.actor.user_id,
        acting_role=context.actor.role,
        reason=context.reason,
        facts=dict(facts),
    )

"""An agreement's postings and rounds against the rule set that applies to it: what is asked, and what was done.

Every measure of the rule sets has one function here that turns stays or visits into findings. A measure that nothing
on record can tell (admission shares) is returned as not measured, never as failed.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from lianyi.dispatch.finding import Finding
from lianyi.dispatch.models import Posting, PostingState
from lianyi.dispatch.recipients import SUPPORTED_SIDES, recipients
from lianyi.dispatch.rounds_findings import RoundRecords, round_findings
from lianyi.dispatch.stays import SUPPORT_KINDS, stays_of
from lianyi.methods.periods import CalendarPeriod, DateSpan, periods_within
from lianyi.methods.presence import (
    Stay,
    calendar_coverage,
    continuous_postings,
    handover_overlap,
    headcount,
    person_days,
)
from lianyi.methods.staffing import specialty_cover, title_mix
from lianyi.partnerships.models import Agreement, AgreementParty
from lianyi.registry.models import Institution
from lianyi.rules import Measure, Per, Requirement, RuleSet, Unit

NO_ROUNDS = RoundRecords()
# Which institutions a requirement counts that holds for each of something.
_KINDS_OF: Mapping[Per, frozenset[str]] = {
    Per.COMMUNITY_CENTRE: frozenset({"community_health_centre"}),
    Per.TOWNSHIP_CENTRE: frozenset({"township_health_centre"}),
    Per.VILLAGE: frozenset({"village_clinic"}),
}


def _takes_part(party: AgreementParty, today: datetime.date) -> bool:
    has_left = party.valid_to is not None and party.valid_to < today
    return party.refused_at is None and party.valid_from <= today and not has_left


@dataclass(frozen=True, slots=True)
class _Case:
    """What the measures look at: the agreement, its postings with their stays, and the day of asking."""

    agreement: Agreement
    rule_set: RuleSet
    postings: dict[int, Posting]
    stays: tuple[Stay, ...]
    today: datetime.date
    declared_specialties: tuple[str, ...]
    parties: tuple[AgreementParty, ...]
    rounds: RoundRecords

    def sites_of(self, requirement: Requirement) -> list[Institution]:
        """Return the institutions of the supported side, and those to which people went, that a requirement is for."""
        sites = {
            party.institution_id: party.institution
            for party in self.parties
            if party.side in (*SUPPORTED_SIDES, AgreementParty.Side.SITE) and _takes_part(party, self.today)
        }
        sites.update({row.to_institution_id: row.to_institution for row in self.postings.values()})
        wanted = [
            site
            for site in sites.values()
            if is_of_kind(requirement, site) and not {site.kind, site.tier}.intersection(requirement.except_for)
        ]
        return sorted(wanted, key=lambda site: site.code)

    def stays_for(self, requirement: Requirement) -> list[Stay]:
        return [stay for stay in self.stays if requirement.applies(codes_of_posting(self.postings[int(stay.key)]))]

    def years(self) -> list[CalendarPeriod]:
        until = min(self.agreement.term.end, self.today)
        if until < self.agreement.term.start:
            return []
        return list(periods_within(DateSpan(self.agreement.term.start, until), "year"))


def is_of_kind(requirement: Requirement, site: Institution) -> bool:
    """Tell whether an institution is of the kind for each of which a requirement holds."""
    kinds = _KINDS_OF.get(requirement.per) if requirement.per is not None else None
    return kinds is None or site.kind in kinds


def codes_of_posting(posting: Posting) -> frozenset[str]:
    """Return what a requirement may be limited to, of a posting."""
    site = posting.to_institution
    return frozenset({site.kind, site.tier, posting.staff.profession, posting.kind})


def rule_findings(
    agreement: Agreement,
    rule_set: RuleSet,
    postings: Iterable[Posting],
    today: datetime.date,
    rounds: RoundRecords = NO_ROUNDS,
) -> list[Finding]:
    """Judge every requirement of a rule set on the postings and rounds of an agreement.

    The postings come from a scoped reading with ``staff`` and ``to_institution`` selected; those entered in error or
    cancelled are left out here.
    """
    rows = {
        row.pk: row
        for row in postings
        if row.kind in SUPPORT_KINDS and row.state not in (PostingState.VOID, PostingState.CANCELLED)
    }
    declared = {
        code
        for duty in agreement.duties.all()
        if duty.evidence_kind == "specialties_covered"
        for code in duty.parameters.get("specialties", [])
    }
    parties = tuple(agreement.parties.select_related("institution"))
    stays = tuple(stays_of(rows.values(), today))
    case = _Case(agreement, rule_set, rows, stays, today, tuple(sorted(declared)), parties, rounds)
    return [
        finding
        for requirement in rule_set.requirements
        for finding in _MEASURES.get(requirement.measure, _not_measured)(requirement, case)
    ]


def _not_measured(requirement: Requirement, _case: _Case) -> list[Finding]:
    return [Finding(requirement, "", None, None)]


def _ids(stays: Iterable[Stay]) -> tuple[int, ...]:
    return tuple(sorted(int(stay.key) for stay in stays))


def _judged(requirement: Requirement, value: float, *, is_over: bool) -> bool | None:
    """Judge a value: a minimum that is reached counts at once, one that is missed only when the time is over."""
    is_met = requirement.is_met_by(value)
    if is_over:
        return is_met
    too_many = requirement.maximum is not None and value > requirement.maximum
    return False if too_many else (True if is_met and requirement.unit != Unit.SHARE else None)


def _headcount_in_year(requirement: Requirement, case: _Case) -> list[Finding]:
    stays = case.stays_for(requirement)
    findings = []
    for period in case.years():
        inside = [stay for stay in stays if stay.span.overlaps(period.within)]
        value = headcount(inside, period.within).count
        met = _judged(requirement, value, is_over=period.whole.end < case.today)
        detail: dict[str, object] = {"part_of_year": period.within != period.whole}
        findings.append(Finding(requirement, period.label, value, met, _ids(inside), detail=detail))
    return findings


def _headcount_in_batch(requirement: Requirement, case: _Case) -> list[Finding]:
    by_batch: defaultdict[int, list[Stay]] = defaultdict(list)
    for stay in case.stays_for(requirement):
        batch_id = case.postings[int(stay.key)].batch_id
        if batch_id is not None:
            by_batch[batch_id].append(stay)
    findings = []
    for batch in case.agreement.batches.order_by("number"):
        stays = by_batch[batch.pk]
        if batch.starts_on > case.today:
            continue
        value = len({stay.person for stay in stays})
        met = _judged(requirement, value, is_over=batch.ends_on < case.today)
        findings.append(Finding(requirement, str(batch.number), value, met, _ids(stays)))
    return findings


def _continuous_months(requirement: Requirement, case: _Case) -> list[Finding]:
    tolerance = requirement.gap_tolerance_days or 0
    findings = []
    for run in continuous_postings(case.stays_for(requirement), gap_tolerance_days=tolerance):
        rows = [case.postings[int(key)] for key in run.stays]
        is_over = all(row.left_on is not None for row in rows)
        met = _judged(requirement, run.months, is_over=is_over)
        ids = tuple(sorted(row.pk for row in rows))
        detail: dict[str, object] = {"from": run.span.start, "to": run.span.end}
        findings.append(
            Finding(requirement, rows[0].staff.name_zh, run.months, met, ids, gaps=run.bridged, detail=detail)
        )
    return findings


def _calendar_coverage(requirement: Requirement, case: _Case) -> list[Finding]:
    """Judge presence in each year for each institution that is to be supported, not for all of them together."""
    stays = case.stays_for(requirement)
    served = {int(stay.site): case.postings[int(stay.key)].to_institution for stay in stays}
    sites: list[Institution | None] = [served[pk] for pk in recipients(case.parties, served)]
    # Where nobody ever went, the whole agreement is empty.
    return [finding for site in sites or [None] for finding in _coverage_at(requirement, case, stays, site)]


def _coverage_at(
    requirement: Requirement, case: _Case, everywhere: Sequence[Stay], site: Institution | None
) -> list[Finding]:
    stays = [stay for stay in everywhere if site is None or int(stay.site) == site.pk]
    findings = []
    for period in case.years():
        coverage = calendar_coverage(stays, period.within)
        is_over = period.whole.end < case.today
        met = _judged(requirement, coverage.share, is_over=is_over)
        if coverage.gaps and requirement.minimum == 1:
            # A day that passed with nobody there cannot be made good.
            met = False
        detail: dict[str, object] = {"covered": coverage.covered_days, "days": coverage.window_days, "site": site}
        inside = [stay for stay in stays if stay.span.overlaps(period.within)]
        findings.append(
            Finding(requirement, period.label, coverage.share, met, _ids(inside), gaps=coverage.gaps, detail=detail)
        )
    return findings


def _handover_overlap(requirement: Requirement, case: _Case) -> list[Finding]:
    by_posting = {int(stay.key): stay for stay in case.stays_for(requirement)}
    findings = []
    for pk, stay in sorted(by_posting.items()):
        before = by_posting.get(case.postings[pk].predecessor_id or 0)
        if before is None:
            continue
        value = handover_overlap(before, stay).days
        subject = f"{case.postings[int(before.key)].staff.name_zh} → {case.postings[pk].staff.name_zh}"
        findings.append(Finding(requirement, subject, value, requirement.is_met_by(value), _ids([before, stay])))
    return findings


def _title_mix(requirement: Requirement, case: _Case) -> list[Finding]:
    stays = case.stays_for(requirement)
    findings = []
    for batch in case.agreement.batches.order_by("number"):
        if batch.starts_on > case.today:
            continue
        members = [stay for stay in stays if case.postings[int(stay.key)].batch_id == batch.pk]
        window = DateSpan(batch.starts_on, max(batch.ends_on, batch.starts_on))
        mix, rank = title_mix(members, window), requirement.title_rank or 0
        value = mix.share_at_least(rank) if requirement.unit == Unit.SHARE else mix.count_at_least(rank)
        if value is None:
            findings.append(Finding(requirement, str(batch.number), None, None))
            continue
        met = _judged(requirement, value, is_over=batch.ends_on < case.today)
        findings.append(Finding(requirement, str(batch.number), value, met, _ids(members)))
    return findings


def _specialty_need(requirement: Requirement, case: _Case) -> list[Finding]:
    if not case.declared_specialties:
        return _not_measured(requirement, case)
    stays = case.stays_for(requirement)
    term = case.agreement.term
    window = DateSpan(term.start, max(term.start, min(term.end, case.today)))
    cover = specialty_cover(stays, case.declared_specialties, window)
    value = cover.share or 0.0
    detail: dict[str, object] = {"missing": list(cover.missing), "extra": list(cover.extra)}
    met = _judged(requirement, value, is_over=term.end < case.today)
    return [Finding(requirement, "", value, met, _ids(stays), detail=detail)]


def _fixed_persons_per_site(requirement: Requirement, case: _Case) -> list[Finding]:
    """Judge every place of the kind that the requirement names, also those to which nobody was sent."""
    by_site: defaultdict[int, list[Stay]] = defaultdict(list)
    for stay in case.stays_for(requirement):
        by_site[int(stay.site)].append(stay)
    is_running = case.agreement.is_running_on(case.today)
    findings = []
    for site in case.sites_of(requirement):
        stays = by_site[site.pk]
        there = [stay for stay in stays if case.today in stay.span and not _has_left(case, stay)]
        value = len({stay.person for stay in there})
        met = requirement.is_met_by(value) if is_running else None
        measured = value if is_running else None
        findings.append(Finding(requirement, site.name_zh, measured, met, _ids(stays), detail={"site": site}))
    return findings


def _has_left(case: _Case, stay: Stay) -> bool:
    left_on = case.postings[int(stay.key)].left_on
    return left_on is not None and left_on < case.today


def _stationed_days(requirement: Requirement, case: _Case) -> list[Finding]:
    stays = case.stays_for(requirement)
    findings = []
    for period in case.years():
        for person, days in person_days(stays, period.within).by_person:
            mine = [stay for stay in stays if stay.person == person and stay.span.overlaps(period.within)]
            name = case.postings[int(mine[0].key)].staff.name_zh
            met = _judged(requirement, days, is_over=period.whole.end < case.today)
            findings.append(Finding(requirement, f"{period.label} · {name}", days, met, _ids(mine)))
    return findings


def _rounds_per_period(requirement: Requirement, case: _Case) -> list[Finding]:
    return round_findings(requirement, case.rule_set, case.rounds, case.today)


_MEASURES: dict[Measure, Callable[[Requirement, _Case], list[Finding]]] = {
    Measure.HEADCOUNT_IN_YEAR: _headcount_in_year,
    Measure.HEADCOUNT_IN_BATCH: _headcount_in_batch,
    Measure.CONTINUOUS_MONTHS: _continuous_months,
    Measure.CALENDAR_COVERAGE: _calendar_coverage,
    Measure.HANDOVER_OVERLAP_DAYS: _handover_overlap,
    Measure.TITLE_MIX_MINIMUM: _title_mix,
    Measure.SPECIALTY_NEED: _specialty_need,
    Measure.FIXED_PERSONS_PER_SITE: _fixed_persons_per_site,
    Measure.STATIONED_MINIMUM_DAYS: _stationed_days,
    Measure.ROUNDS_PER_PERIOD: _rounds_per_period,
}


@dataclass(frozen=True, slots=True)
class RequirementSummary:
    """One requirement with how many of its findings are met, failed, open."""

    requirement: Requirement
    findings: tuple[Finding, ...]

    @property
    def met(self) -> int:
        return sum(finding.is_met is True for finding in self.findings)

    @property
    def failed(self) -> int:
        return sum(finding.is_met is False for finding in self.findings)

    @property
    def is_measured(self) -> bool:
        return any(finding.measured is not None for finding in self.findings)


def summaries(findings: Sequence[Finding]) -> list[RequirementSummary]:
    """Group findings by requirement in the order of the rule file."""
    grouped: dict[str, list[Finding]] = {}
    for finding in findings:
        grouped.setdefault(finding.requirement.id, []).append(finding)
    return [RequirementSummary(found[0].requirement, tuple(found)) for found in grouped.values()]

"""What agreements, their rule sets and planned batches ask of a plan, as the methods take it."""

from __future__ import annotations

import datetime
import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from lianyi.dispatch.models import Batch, Need, PostingKind
from lianyi.dispatch.recipients import SUPPORTED_SIDES
from lianyi.dispatch.scenario_rules import ScenarioRules
from lianyi.methods.postings.problem import Horizon
from lianyi.partnerships.evidence import EvidenceKind
from lianyi.partnerships.models import ANY_SITE, Agreement, AgreementParty, Duty
from lianyi.partnerships.rulebook import rule_book
from lianyi.rules import Measure, Per, Requirement

_DAYS_PER_MONTH = 365.25 / 12
WHOLE = 1.0
# What is asked of all people at one institution together.
TEAM_MEASURES = frozenset({Measure.HEADCOUNT_IN_BATCH, Measure.TITLE_MIX_MINIMUM, Measure.FIXED_PERSONS_PER_SITE})
_KEPT = TEAM_MEASURES | {Measure.CONTINUOUS_MONTHS, Measure.HANDOVER_OVERLAP_DAYS, Measure.CALENDAR_COVERAGE}


@dataclass(frozen=True, slots=True)
class ProgrammeDemand:
    """One requirement of an agreement's rule set that the plan keeps."""

    agreement: Agreement
    requirement: Requirement


@dataclass(frozen=True)
class Demands:
    """What the agreements of a scenario ask, beside what each need asks.

    ``kept`` are the requirements of rule sets that the plan keeps; ``starts`` the periods in which a batch of an
    agreement begins, for agreements that have any in these months; ``always_somebody`` the institutions at which
    somebody is promised all the time; ``supported`` the institutions that each agreement supports; ``judged_later``
    what the rule sets ask besides, which no plan of postings keeps.
    """

    rules: ScenarioRules
    horizon: Horizon
    kept: tuple[ProgrammeDemand, ...]
    starts: Mapping[int, frozenset[int]]
    always_somebody: frozenset[int]
    supported: Mapping[int, frozenset[int]]
    judged_later: tuple[ProgrammeDemand, ...]

    @property
    def kept_of_teams(self) -> tuple[ProgrammeDemand, ...]:
        return tuple(each for each in self.kept if each.requirement.measure in TEAM_MEASURES)

    def least_months(self, agreements: Collection[Agreement], need: Need) -> int:
        """Return the least term of a need: its own, or longer where every agreement that may serve it asks so."""
        asked = [self._number(each, Measure.CONTINUOUS_MONTHS, need) for each in agreements]
        return max(need.least_term_months or 1, math.ceil(min(asked, default=0)))

    def overlap_periods(self, agreements: Collection[Agreement], need: Need) -> int:
        """Return for how many periods successor and predecessor are both there."""
        asked = [self._number(each, Measure.HANDOVER_OVERLAP_DAYS, need) for each in agreements]
        days = min(asked, default=0.0)
        # Less than half a period cannot be planned in whole ones; rule checks look at the days that really were.
        by_rule = round(days / (_DAYS_PER_MONTH * self.horizon.months_per_period))
        return max(by_rule, -(-self.rules.handover_months // self.horizon.months_per_period))

    def _number(self, agreement: Agreement, measure: Measure, need: Need) -> float:
        """Return the most that the agreement's rule set asks for a need; 0 where it asks nothing."""
        codes = codes_of_need(agreement, need)
        return max(
            (
                each.requirement.minimum or 0.0
                for each in self.kept
                if each.agreement.pk == agreement.pk
                and each.requirement.measure is measure
                and each.requirement.applies(codes)
            ),
            default=0.0,
        )

    def starts_of(self, agreements: Collection[Agreement]) -> frozenset[int] | None:
        """Return the periods in which terms of a pair may begin; None where in all."""
        if self.rules.only_at_batches:
            planned = [self.starts[each.pk] for each in agreements if each.pk in self.starts]
            if planned:
                return frozenset[int]().union(*planned)
        if self.rules.batch_months is None:
            return None
        step = max(1, self.rules.batch_months // self.horizon.months_per_period)
        return frozenset(range(0, self.horizon.periods, step))


def codes_of_need(agreement: Agreement, need: Need) -> frozenset[str]:
    """Return what a requirement may be limited to, of a posting for this need."""
    site = need.institution
    places = () if site is None else (site.kind, site.tier)
    return frozenset({*places, need.profession, kind_of_posting(agreement)})


def kind_of_posting(agreement: Agreement) -> PostingKind:
    """Return the kind of posting that a line under an agreement becomes."""
    return PostingKind.FIRST_VILLAGE_DOCTOR if agreement.kind == "village_doctors" else PostingKind.TEAM


def demands_of(agreements: Sequence[Agreement], rules: ScenarioRules, horizon: Horizon) -> Demands:
    """Read what the agreements ask, with a fixed number of queries."""
    supported = _supported(agreements)
    asked = _asked(agreements) if rules.keeps_programme_rules else []
    kept = tuple(each for each in asked if _is_kept(each, supported[each.agreement.pk]))
    return Demands(
        rules,
        horizon,
        kept,
        _starts(agreements, horizon),
        _always(agreements, kept, supported) if rules.keeps_programme_rules else frozenset(),
        supported,
        tuple(each for each in asked if each not in kept),
    )


def _asked(agreements: Sequence[Agreement]) -> list[ProgrammeDemand]:
    book = rule_book()
    return [
        ProgrammeDemand(agreement, requirement)
        for agreement in agreements
        if agreement.rule_set in book.ids
        for requirement in book.get(agreement.rule_set).requirements
    ]


def _is_kept(each: ProgrammeDemand, supported: Collection[int]) -> bool:
    """Tell whether a plan can keep a requirement.

    What is asked for all institutions of an agreement together, such as a team for a county, is said only where there
    is one institution; a place of work of the kind that is named is one in any case.
    """
    asked = each.requirement
    if asked.measure not in _KEPT or not (asked.minimum or asked.maximum):
        return False
    if asked.measure not in TEAM_MEASURES or asked.measure is Measure.FIXED_PERSONS_PER_SITE:
        return True
    return asked.per is Per.PAIRING or len(supported) == 1


def _supported(agreements: Sequence[Agreement]) -> Mapping[int, frozenset[int]]:
    """Return the institutions that each agreement supports; places of work are none of these."""
    found: dict[int, set[int]] = {agreement.pk: set() for agreement in agreements}
    parties = AgreementParty.objects.filter(agreement__in=agreements, side__in=SUPPORTED_SIDES)
    for agreement_id, institution_id in parties.values_list("agreement_id", "institution_id"):
        found[agreement_id].add(institution_id)
    return {key: frozenset(institutions) for key, institutions in found.items()}


def _starts(agreements: Sequence[Agreement], horizon: Horizon) -> Mapping[int, frozenset[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    rows = Batch.objects.filter(agreement__in=agreements).order_by("pk")
    for agreement_id, day in rows.values_list("agreement_id", "starts_on"):
        period = _nearest_period(horizon, day)
        if period is not None:
            found[agreement_id].add(period)
    return {key: frozenset(periods) for key, periods in found.items()}


def _nearest_period(horizon: Horizon, day: datetime.date) -> int | None:
    """Return the period that begins nearest to a day, if it is one of the plan."""
    for number, period in enumerate(horizon.calendar):
        if period.whole.start <= day <= period.whole.end:
            days = (period.whole.end - period.whole.start).days + 1
            nearest = number + ((day - period.whole.start).days * 2 > days)
            return nearest if nearest < horizon.periods else None
    return None


def _always(
    agreements: Sequence[Agreement], kept: Sequence[ProgrammeDemand], supported: Mapping[int, frozenset[int]]
) -> frozenset[int]:
    """Return the supported institutions of agreements that promise somebody at each of them on every day."""
    duties = Duty.objects.filter(
        agreement__in=agreements, evidence_kind=EvidenceKind.UNBROKEN_PRESENCE, quantity__gte=WHOLE
    )
    promised = {duty.agreement_id for duty in duties if not duty.parameters.get(ANY_SITE)}
    asked = {
        each.agreement.pk
        for each in kept
        if each.requirement.measure is Measure.CALENDAR_COVERAGE and (each.requirement.minimum or 0.0) >= WHOLE
    }
    return frozenset[int]().union(*(supported[key] for key in promised | asked))

"""A scenario as the problem that the methods plan: needs, people, hospitals and rules as the database has them now.

Keys of the problem are the rows' keys as text. A period counts as wanted, or as taken, when most of its days are.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q
from django.utils import timezone

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.dispatch.donor_specialties import family_of
from lianyi.dispatch.machine import BOOKED, STAYED
from lianyi.dispatch.models import Need, NeedPriority, NeedState, PlanLine, PlanScenario, Posting, PostingState
from lianyi.dispatch.needs_filling import rank_of, standing, with_standing
from lianyi.dispatch.needs_machine import WANTING
from lianyi.dispatch.rough_travel import hours_between
from lianyi.dispatch.scenario_demands import Demands, demands_of
from lianyi.dispatch.scenario_donors import donors_of
from lianyi.dispatch.scenario_people import Candidates, candidates
from lianyi.dispatch.scenario_rules import rules_of
from lianyi.dispatch.scenario_teams import team_rules_of
from lianyi.dispatch.scenario_wards import Absences, wards_of
from lianyi.dispatch.site_conditions import conditions_of
from lianyi.dispatch.stays import expected_span, is_mostly_in
from lianyi.methods.periods import DateSpan
from lianyi.methods.postings.columns import bar_of_line
from lianyi.methods.postings.problem import (
    Horizon,
    Line,
    Pair,
    Person,
    PostingProblem,
    Published,
    Recipient,
)
from lianyi.methods.postings.problem import Need as WantedNeed
from lianyi.partnerships.models import Agreement, AgreementParty
from lianyi.registry.models import Institution, Staff, StaffUnavailability

GIVES = (AgreementParty.Side.SUPPORTING, AgreementParty.Side.MUTUAL)
TAKES = (AgreementParty.Side.SUPPORTED, AgreementParty.Side.SITE, AgreementParty.Side.MUTUAL)
# One missing person for one period weighs so much.
PRIORITY_WEIGHTS: Mapping[int, float] = {
    NeedPriority.URGENT: 8.0,
    NeedPriority.HIGH: 4.0,
    NeedPriority.NORMAL: 2.0,
    NeedPriority.LOW: 1.0,
}
STAYED_OR_ON_THE_WAY = (*dict.fromkeys((PostingState.TRAVELLING, *STAYED)),)
PROMISED = (PostingState.DRAFT, *dict.fromkeys((*BOOKED, *STAYED)))
_DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True)
class PlanData:
    """The problem, and the rows that its keys stand for.

    ``agreements_of`` says under which agreements a donor may send people to a need. ``outside`` are needs that want
    nobody in these periods; ``unmeasured`` are pairs of hospitals of which one has no position, so that no travel
    counts; ``postings`` are the lines that count as promised already; ``demands`` what the
    agreements and their rule sets ask.
    """

    problem: PostingProblem
    staff: Mapping[str, Staff]
    needs: Mapping[str, Need]
    institutions: Mapping[str, Institution]
    agreements_of: Mapping[tuple[str, str], tuple[Agreement, ...]]
    outside: tuple[Need, ...]
    unmeasured: frozenset[tuple[str, str]]
    postings: tuple[Posting, ...]
    demands: Demands

    @property
    def horizon(self) -> Horizon:
        return self.problem.horizon


def horizon_of(scenario: PlanScenario) -> Horizon:
    return Horizon(scenario.first_day, scenario.periods, scenario.months_per_period)


def line_of(row: PlanLine) -> Line:
    return Line(str(row.staff_id), str(row.need_id), row.first, row.last)


def plan_data(actor: Actor, scenario: PlanScenario) -> PlanData:
    """Read everything that the plan of a scenario is made from, within the actor's reach."""
    return _Reading(actor, scenario).data()


class _Reading:
    """One reading of the database, with a fixed number of queries."""

    def __init__(self, actor: Actor, scenario: PlanScenario) -> None:
        self._actor = actor
        self._scenario = scenario
        self._horizon = horizon_of(scenario)
        self._rules = rules_of(scenario.rules)
        calendar = self._horizon.calendar
        self._window = DateSpan(calendar[0].whole.start, calendar[-1].whole.end)
        self._own_lines = list(scenario.lines.order_by("pk"))
        repaired = scenario.repairs
        self._old_lines = [] if repaired is None else list(repaired.lines.select_related("posting").order_by("pk"))

    def data(self) -> PlanData:
        agreements = self._agreements()
        gives, takes = _sides(agreements)
        asked = self._needs(agreements, {site for sites in takes.values() for site in sites})
        agreements_of, partners = _who_serves(asked, agreements, gives, takes, self._allowed())
        donors = sorted({donor for donor, _need in agreements_of}, key=int)
        demands = demands_of(agreements, self._rules, self._horizon)
        pool = candidates(self._actor, [int(donor) for donor in donors], self._window, pool_only=self._rules.pool_only)
        staff = pool.staff
        postings = self._promised(staff, asked, agreements)
        wanted = self._wanted(asked, agreements_of, postings, demands)
        needs = {str(row.pk): row for row in asked if str(row.pk) in wanted}
        absences = self._absences(pool, postings)
        wards = wards_of(staff, self._horizon, absences)
        people = self._people(pool, needs, agreements_of, absences, wards)
        able = {person.id: row for person, row in people}
        institutions = Institution.objects.select_related("place").in_bulk(
            [int(key) for pair in partners for key in pair]
        )
        named = {str(key): row for key, row in institutions.items()}
        recipients = {str(row.institution_id) for row in needs.values()}
        hours = {(donor, site): hours_between(named[donor], named[site]) for donor, site in partners if donor != site}
        starts = self._starts(demands, agreements_of, needs)
        pairs = [pair for pair in self._pairs(hours, starts) if pair.recipient in recipients]
        problem = PostingProblem(
            self._horizon,
            people=tuple(person for person, _row in people),
            needs=tuple(wanted[key] for key in needs),
            donors=donors_of(self._actor, donors, staff, postings, self._horizon),
            recipients=self._recipients(sorted(int(key) for key in recipients), demands, postings),
            pairs=tuple(pairs),
            rules=self._rules.as_posting_rules(self._horizon.months_per_period),
            published=self._published(),
            couples=pool.couples({int(person.id) for person, _row in people}),
            wards=tuple(wards.values()),
            held=frozenset(self._held(able, needs)),
            team_rules=team_rules_of(
                demands, {key: (row, wanted[key]) for key, row in needs.items()}, agreements_of, postings
            ),
        )
        return PlanData(
            problem=self._with_begun(problem),
            staff=able,
            needs=needs,
            institutions=named,
            agreements_of=agreements_of,
            unmeasured=frozenset(pair for pair, value in hours.items() if value is None),
            outside=tuple(row for row in asked if str(row.pk) not in wanted),
            postings=tuple(postings),
            demands=demands,
        )

    def _agreements(self) -> list[Agreement]:
        chosen = Agreement.objects.filter(plan_scenarios=self._scenario, state=Agreement.State.IN_FORCE)
        return list(scoped(self._actor, chosen).distinct().order_by("code"))

    def _allowed(self) -> frozenset[tuple[int, int]] | None:
        """Return the pairs of the pairing plan that the scenario follows; None where it follows none."""
        if self._scenario.pairing is None:
            return None
        return frozenset(self._scenario.pairing.pairs.values_list("donor_id", "recipient_id"))

    def _needs(self, agreements: Sequence[Agreement], sites: Collection[int]) -> list[Need]:
        """Return the needs open for help under these agreements or at their places of work, the pressing first."""
        under = Q(agreement__in=agreements) | Q(agreement__isnull=True, institution_id__in=sites)
        rows = with_standing(scoped(self._actor, Need.objects.filter(under, state=NeedState.OPEN)))
        kept = {line.need_id for line in (*self._own_lines, *self._old_lines)}
        named = rows.select_related("institution", "place", "department", "agreement")
        found = named.order_by("priority", "institution__code", "code", "pk")
        return [row for row in found if standing(row) in WANTING or row.pk in kept]

    def _promised(
        self, staff: Sequence[Staff], asked: Sequence[Need], agreements: Sequence[Agreement]
    ) -> list[Posting]:
        """Return the postings of these people, needs and agreements; not those that this scenario may change."""
        mine = {line.posting_id for line in (*self._own_lines, *self._old_lines) if line.posting_id is not None}
        # Whoever is at an institution under one of the agreements is part of its team, though not to be planned with.
        about = Q(staff__in=staff) | Q(need__in=asked) | Q(agreement__in=agreements)
        rows = Posting.objects.filter(about, state__in=PROMISED)
        found = rows.exclude(pk__in=mine).select_related("staff", "to_institution", "agreement")
        return list(found.order_by("starts_on", "pk"))

    def _wanted(
        self,
        asked: Sequence[Need],
        agreements_of: Mapping[tuple[str, str], tuple[Agreement, ...]],
        postings: Sequence[Posting],
        demands: Demands,
    ) -> dict[str, WantedNeed]:
        """Return the needs with the people wanted in each period; those that want nobody in any are left out."""
        serving: defaultdict[str, dict[int, Agreement]] = defaultdict(dict)
        for (_donor_key, key), rows in agreements_of.items():
            serving[key].update({row.pk: row for row in rows})
        there: defaultdict[int | None, list[DateSpan]] = defaultdict(list)
        for posting in postings:
            span = expected_span(posting)
            if span is not None:
                there[posting.need_id].append(span)
        found = {}
        for row in asked:
            need = self._wanted_need(row, serving[str(row.pk)].values(), there[row.pk], demands)
            if any(need.heads or ()):
                found[need.id] = need
        return found

    def _wanted_need(
        self, row: Need, serving: Collection[Agreement], there: Sequence[DateSpan], demands: Demands
    ) -> WantedNeed:
        # The number that is not known is planned as one, and the pages say so.
        people = 1 if row.people is None else row.people
        heads = []
        for period in self._horizon.calendar:
            asked = DateSpan(row.starts_on or period.whole.start, row.ends_on or period.whole.end)
            may = is_mostly_in(period.whole, [asked]) and any(
                each.term.start <= period.whole.start and each.term.end >= period.whole.end for each in serving
            )
            taken = sum(is_mostly_in(period.whole, [span]) for span in there)
            heads.append(max(0, people - taken) if may else 0)
        least = -(-demands.least_months(serving, row) // self._horizon.months_per_period)
        return WantedNeed(
            id=str(row.pk),
            recipient=str(row.institution_id),
            specialty=_asked_of(row),
            heads=tuple(heads),
            department="" if row.department_id is None else str(row.department_id),
            least_rank=rank_of(row.least_title_rank),
            priority=PRIORITY_WEIGHTS[row.priority],
            least_periods=max(1, least),
            overlap_periods=demands.overlap_periods(serving, row),
            missed_as=family_of(row.specialty),
        )

    def _absences(self, pool: Candidates, postings: Sequence[Posting]) -> Absences:
        """Return when each person is away or not employed, within and before the window."""
        staff = pool.staff
        away: Absences = defaultdict(list)
        for posting in postings:
            span = expected_span(posting)
            if span is not None:
                away[posting.staff_id].append(span)
        leave = StaffUnavailability.objects.filter(staff__in=staff).order_by("pk")
        for staff_id, start, end in leave.values_list("staff_id", "starts_on", "ends_on"):
            away[staff_id].append(DateSpan(start, end))
        one_day = datetime.timedelta(days=1)
        for row in staff:
            if row.employed_from is not None and row.employed_from > self._window.start:
                away[row.pk].append(DateSpan(self._window.start, row.employed_from - one_day))
            if row.employed_to is not None and row.employed_to < self._window.end:
                away[row.pk].append(DateSpan(row.employed_to + one_day, self._window.end))
        return away

    def _people(
        self,
        pool: Candidates,
        needs: Mapping[str, Need],
        agreements_of: Mapping[tuple[str, str], tuple[Agreement, ...]],
        absences: Absences,
        wards: Mapping[int, object],
    ) -> list[tuple[Person, Staff]]:
        """Return the people who can do what at least one need asks for, and those of lines that must stay."""
        asked = {_asked_of(row): row for row in needs.values()}
        served = {(donor, _asked_of(needs[need])) for donor, need in agreements_of if need in needs}
        past = self._past_months(pool.staff)
        sites = {row.pk: row.institution_id or 0 for row in needs.values()}
        planned = {row.pk for row in pool.staff}
        people = []
        for row in pool.staff:
            donor = str(row.institution_id)
            can = tuple(key for key, need in asked.items() if (donor, key) in served and _can(row, need))
            if not can:
                continue
            taken = [*absences.get(row.pk, ()), *pool.own_closed(row.pk)]
            free = [n for n, period in enumerate(self._horizon.calendar) if not _touches(period.whole, taken)]
            said = pool.said.get(row.pk)
            longest = None if said is None else said.longest_term_months
            if longest is not None and longest < self._horizon.months_per_period:
                free = []
            person = Person(
                id=str(row.pk),
                donor=donor,
                specialties=can,
                rank=rank_of(row.title_rank),
                available=frozenset() if pool.is_half_of_a_couple(row.pk, planned) else frozenset(free),
                longest_periods=None if longest is None else max(1, longest // self._horizon.months_per_period),
                highest_altitude_m=None if said is None else said.highest_altitude_m,
                hardest_level=None if said is None else said.hardest_hardship,
                past_months=past.get(row.pk, 0.0),
                prefers=frozenset() if said is None else frozenset(str(each) for each in said.preferred),
                refuses=pool.refused(row.pk, sites.values(), sites),
                ward=str(row.department_id) if row.department_id in wards else "",
                missed_as=family_of(row.specialty),
            )
            people.append((person, row))
        return people

    def _past_months(self, staff: Sequence[Staff]) -> dict[int, float]:
        """Return the months that people were sent away before the window begins."""
        before = Posting.objects.filter(staff__in=staff, state__in=PROMISED, starts_on__lt=self._window.start).order_by(
            "pk"
        )
        yesterday = self._window.start - datetime.timedelta(days=1)
        days: defaultdict[int, int] = defaultdict(int)
        for posting in before:
            span = expected_span(posting)
            if span is not None and span.start <= yesterday:
                days[posting.staff_id] += (min(span.end, yesterday) - span.start).days + 1
        return {key: round(value / _DAYS_PER_MONTH, 1) for key, value in days.items()}

    def _starts(
        self,
        demands: Demands,
        agreements_of: Mapping[tuple[str, str], tuple[Agreement, ...]],
        needs: Mapping[str, Need],
    ) -> dict[tuple[str, str], frozenset[int] | None]:
        """Return when terms of each pair may begin; what a repair must change comes when it comes."""
        if self._scenario.repairs is not None:
            return {}
        serving: defaultdict[tuple[str, str], dict[int, Agreement]] = defaultdict(dict)
        for (donor, key), rows in agreements_of.items():
            if key in needs:
                serving[donor, str(needs[key].institution_id)].update({row.pk: row for row in rows})
        return {pair: demands.starts_of(rows.values()) for pair, rows in serving.items()}

    def _pairs(
        self,
        measured: Mapping[tuple[str, str], float | None],
        starts: Mapping[tuple[str, str], frozenset[int] | None],
    ) -> list[Pair]:
        hours = {pair: value or 0.0 for pair, value in measured.items()}
        nearest = self._rules.nearest_donors
        if nearest is not None:
            by_site: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)
            for (donor, site), value in hours.items():
                by_site[site].append((value, donor))
            kept = {(donor, site) for site, found in by_site.items() for _h, donor in sorted(found)[: max(1, nearest)]}
            hours = {pair: value for pair, value in hours.items() if pair in kept}
        # Who is named in an agreement is a partner whether somebody is sent or not.
        return [
            Pair(donor, site, round(value, 2), starts=starts.get((donor, site)), is_fixed=True)
            for (donor, site), value in sorted(hours.items())
        ]

    def _recipients(self, keys: Sequence[int], demands: Demands, postings: Sequence[Posting]) -> tuple[Recipient, ...]:
        known = conditions_of(self._actor, keys)
        # Who is promised already is not counted by the plan, so nobody is asked to double them.
        empty = demands.always_somebody - {posting.to_institution_id for posting in postings}
        return tuple(
            Recipient(
                str(key),
                # What is not on record bars nobody.
                altitude_m=known[key].altitude_m or 0 if key in known else 0,
                hardship=known[key].hardship or 0 if key in known else 0,
                least_on_site=max(self._rules.least_on_site, int(key in empty)),
                needs_senior=self._rules.needs_senior,
            )
            for key in keys
        )

    def _published(self) -> Published | None:
        """Return the lines that were handed over, and those of them that facts or the planner keep as they are."""
        if self._scenario.repairs is None:
            return None
        gone = (PostingState.CANCELLED, PostingState.VOID)
        rows = [row for row in self._old_lines if row.posting is None or row.posting.state not in gone]
        missing = {str(row.need_id): tuple(row.missing) for row in self._scenario.repairs.unmet.all()}
        return Published(frozenset(line_of(row) for row in rows), missing=missing)

    def _with_begun(self, problem: PostingProblem) -> PostingProblem:
        """Hold the lines that have begun already; whoever fell ill meanwhile cannot be held to theirs."""
        begun = {
            line_of(row)
            for row in self._old_lines
            if row.posting is not None and row.posting.state in STAYED_OR_ON_THE_WAY
        }
        kept = {
            line
            for line in begun
            if line.person in problem.person_of and line.need in problem.need_of and bar_of_line(problem, line) is None
        }
        return replace(problem, held=problem.held | kept)

    def _held(self, able: Mapping[str, Staff], needs: Mapping[str, Need]) -> list[Line]:
        """Return the lines that the planner locked; those of people or needs that are gone cannot be held."""
        locked = [line_of(row) for row in self._own_lines if row.is_locked]
        return [line for line in locked if line.person in able and line.need in needs]


def _sides(agreements: Sequence[Agreement]) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """Return by agreement the institutions that give people, and those that take them."""
    today = timezone.localdate()
    parties = AgreementParty.objects.filter(agreement__in=agreements, confirmed_at__isnull=False).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=today)
    )
    gives: defaultdict[int, set[int]] = defaultdict(set)
    takes: defaultdict[int, set[int]] = defaultdict(set)
    for agreement_id, institution_id, side in parties.values_list("agreement_id", "institution_id", "side"):
        if side in GIVES:
            gives[agreement_id].add(institution_id)
        if side in TAKES:
            takes[agreement_id].add(institution_id)
    return gives, takes


def _who_serves(
    asked: Sequence[Need],
    agreements: Sequence[Agreement],
    gives: Mapping[int, set[int]],
    takes: Mapping[int, set[int]],
    allowed: frozenset[tuple[int, int]] | None,
) -> tuple[dict[tuple[str, str], tuple[Agreement, ...]], set[tuple[str, str]]]:
    """Return the agreements under which a donor may serve a need, and the pairs of hospitals."""
    found: defaultdict[tuple[str, str], list[Agreement]] = defaultdict(list)
    partners = set()
    for need in asked:
        for agreement in agreements:
            is_named = need.agreement_id == agreement.pk
            is_there = need.agreement_id is None and need.institution_id in takes[agreement.pk]
            if not is_named and not is_there:
                continue
            for donor in sorted(gives[agreement.pk] - {need.institution_id}):
                if allowed is not None and (donor, need.institution_id) not in allowed:
                    continue
                found[str(donor), str(need.pk)].append(agreement)
                partners.add((str(donor), str(need.institution_id)))
    return {key: tuple(rows) for key, rows in found.items()}, partners


def _asked_of(row: Need) -> str:
    """Return what a need asks for as one word: profession, specialty, and the agreement where only its donors serve."""
    return f"{row.profession}/{row.specialty}/{row.agreement_id or ''}"


def _can(row: Staff, need: Need) -> bool:
    return row.profession == need.profession and row.specialty.startswith(need.specialty)


def _touches(span: DateSpan, taken: Sequence[DateSpan]) -> bool:
    return any(each.overlaps(span) for each in taken)

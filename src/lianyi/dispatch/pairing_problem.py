"""A pairing plan as the problem that the methods plan: who is strong in what, who asks for whom, who is how far away.

Keys of institutions are the rows' keys as text. A need is ``n`` and its key, a weak department without one ``d`` and
its key. What is asked for is one word of profession, specialty and least title, with colons between.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.dispatch.donor_limits import limits_of
from lianyi.dispatch.models import DonorLimits, Need, NeedPriority, NeedState, PairingMark, PairingPlan, Posting
from lianyi.dispatch.needs_filling import rank_of, standing, with_standing
from lianyi.dispatch.needs_machine import WANTING
from lianyi.dispatch.pairing_rules import LEVELS, UNKNOWN_LEVEL, PairingChoice, choice_of
from lianyi.dispatch.rough_travel import hours_between, position_of
from lianyi.dispatch.scenario_problem import GIVES, PRIORITY_WEIGHTS, PROMISED, TAKES
from lianyi.dispatch.stays import expected_span, is_mostly_in
from lianyi.methods.pairing.problem import (
    Donor,
    Key,
    Pair,
    PairingProblem,
    PairStatus,
    Published,
    Recipient,
    Strength,
)
from lianyi.methods.pairing.problem import Need as WantedNeed
from lianyi.methods.periods import DateSpan, add_calendar_months
from lianyi.partnerships.models import Agreement, AgreementParty
from lianyi.registry.models import Department, DepartmentStatus, Institution, Staff

_DAYS_PER_YEAR = 365.25
# An agreement that began today is a tie too.
_YOUNGEST_TIE_YEARS = 0.1
WEAK_ASKS_FOR = "doctor"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a recipient asks for: by a need, or only by a weak department for which nobody wrote one."""

    id: str
    recipient: Institution
    profession: str
    specialty: str
    least_title_rank: str
    people: int | None
    priority: float
    need: Need | None = None
    department: Department | None = None

    @property
    def word(self) -> str:
        """What is asked as one word, the same for all who ask the same."""
        return f"{self.profession}:{self.specialty}:{self.least_title_rank}"


@dataclass(frozen=True, slots=True)
class Known:
    """What the site knows of an institution within the planner's reach; None is not known, which is never nothing."""

    institution: Institution
    staff: int | None
    departments: int
    weak: int
    limits: DonorLimits | None
    has_position: bool
    needs: int = 0


@dataclass(frozen=True)
class PairingData:
    """The problem, and the rows that its keys stand for.

    ``ties`` are the agreements in force of each pair of today; ``hours`` the ways between two, None where unknown.
    What was said after ``read_at`` is not in it.
    """

    problem: PairingProblem
    choice: PairingChoice
    institutions: Mapping[str, Institution]
    asked: Mapping[str, Asked]
    ties: Mapping[Key, tuple[Agreement, ...]]
    hours: Mapping[Key, float | None]
    marks: Mapping[Key, PairingMark]
    donors: tuple[Known, ...]
    recipients: tuple[Known, ...]
    read_at: datetime.datetime

    @property
    def unknown_numbers(self) -> tuple[Asked, ...]:
        """Needs whose number nobody gave; they are planned as one, and said to be so."""
        return tuple(each for each in self.asked.values() if each.people is None)


def pairing_data(actor: Actor, plan: PairingPlan) -> PairingData:
    """Read everything that a pairing plan is made from, within the actor's reach."""
    return _Reading(actor, plan).data()


class _Reading:
    """One reading of the database, with a fixed number of queries."""

    def __init__(self, actor: Actor, plan: PairingPlan) -> None:
        self._actor, self._plan, self._read_at = actor, plan, timezone.now()
        self._choice = choice_of(plan.rules)
        self._window = DateSpan(plan.first_day, plan.last_day)
        self._donors = list(plan.donors.select_related("place").order_by("code"))
        self._recipients = list(plan.recipients.select_related("place").order_by("code"))
        self._by_key = {str(row.pk): row for row in (*self._donors, *self._recipients)}
        self._departments = self._read_departments()
        self._staff = self._read_staff()
        self._postings = self._read_postings()
        self._limits = limits_of(actor, [row.pk for row in self._donors])

    def data(self) -> PairingData:
        asked = {each.id: each for each in (*self._needs(), *self._weak_departments())}
        ties = self._ties()
        marks = {(str(row.donor_id), str(row.recipient_id)): row for row in self._plan.marks.all()}
        hours = self._hours()
        problem = PairingProblem(
            donors=tuple(self._donor(row) for row in self._donors),
            recipients=tuple(self._recipient(row) for row in self._recipients),
            strengths=tuple(self._strengths(asked)),
            needs=tuple(self._wanted(each) for each in asked.values()),
            pairs=tuple(self._pairs(ties, marks, hours)),
            rules=self._choice.as_pairing_rules(),
            published=Published(frozenset(ties)),
        )
        wants = Counter(each.recipient.pk for each in asked.values())
        return PairingData(
            problem=problem,
            choice=self._choice,
            institutions=self._by_key,
            asked=asked,
            ties=ties,
            hours=hours,
            marks=marks,
            donors=tuple(self._known(row, 0) for row in self._donors),
            recipients=tuple(self._known(row, wants[row.pk]) for row in self._recipients),
            read_at=self._read_at,
        )

    def _read_departments(self) -> Mapping[int, list[Department]]:
        here = Department.objects.filter(institution__in=map(int, self._by_key), closed_on__isnull=True)
        rows = scoped(self._actor, here)
        found: defaultdict[int, list[Department]] = defaultdict(list)
        for row in rows.order_by("institution_id", "code"):
            found[row.institution_id].append(row)
        return found

    def _read_staff(self) -> Mapping[int, list[Staff]]:
        """Return the people of the institutions who are employed in these days, as far as the planner may see them."""
        begun = Q(employed_from__isnull=True) | Q(employed_from__lte=self._window.end)
        there = Q(employed_to__isnull=True) | Q(employed_to__gte=self._window.start)
        rows = scoped(self._actor, Staff.objects.filter(begun, there, institution__in=map(int, self._by_key)))
        found: defaultdict[int, list[Staff]] = defaultdict(list)
        for row in rows.order_by("institution_id", "code"):
            found[row.institution_id].append(row)
        return found

    def _read_postings(self) -> Sequence[Posting]:
        """Return the postings of the donors' people in these days and in the months before that count as burden."""
        since = add_calendar_months(self._window.start, -self._choice.past_months)
        rows = scoped(self._actor, Posting.objects.filter(from_institution__in=self._donors, state__in=PROMISED))
        return list(rows.filter(starts_on__lte=self._window.end, ends_on__gte=since).order_by("pk"))

    def _needs(self) -> list[Asked]:
        """Return the needs open for help in these days; those whose people come already still say who is wanted."""
        rows = scoped(self._actor, Need.objects.filter(state=NeedState.OPEN, institution__in=self._recipients))
        lying = rows.filter(starts_on__lte=self._window.end, ends_on__gte=self._window.start)
        named = with_standing(lying).select_related("institution", "department").order_by("priority", "code", "pk")
        return [
            Asked(
                id=f"n{row.pk}",
                recipient=self._by_key[str(row.institution_id)],
                profession=row.profession,
                specialty=row.specialty,
                least_title_rank=row.least_title_rank,
                people=row.people,
                priority=PRIORITY_WEIGHTS[row.priority],
                need=row,
                department=row.department,
            )
            for row in named
            if standing(row) in (*WANTING, NeedState.FILLED)
        ]

    def _weak_departments(self) -> list[Asked]:
        """Return weak departments for which nobody wrote a need, when the planner counts them."""
        if not self._choice.weak_departments:
            return []
        rows = scoped(self._actor, Need.objects.filter(state=NeedState.OPEN, institution__in=self._recipients))
        written = set(rows.order_by().values_list("institution_id", "specialty"))
        return [
            Asked(
                id=f"d{row.pk}",
                recipient=institution,
                profession=WEAK_ASKS_FOR,
                specialty=row.specialty,
                least_title_rank="none",
                people=None,
                priority=PRIORITY_WEIGHTS[NeedPriority.NORMAL],
                department=row,
            )
            for institution in self._recipients
            for row in self._departments.get(institution.pk, ())
            if row.status == DepartmentStatus.WEAK
            and not any(at == institution.pk and each and _related(each, row.specialty) for at, each in written)
        ]

    def _ties(self) -> dict[Key, tuple[Agreement, ...]]:
        """Return the agreements in force today, by who gives and who takes under them."""
        today = timezone.localdate()
        running = Agreement.objects.filter(state=Agreement.State.IN_FORCE, starts_on__lte=today, ends_on__gte=today)
        rows = scoped(self._actor, running).distinct()
        parties = AgreementParty.objects.taking_part_on(today).filter(agreement__in=rows)
        named = parties.filter(institution__in=[*self._donors, *self._recipients]).select_related("agreement")
        gives: defaultdict[int, set[int]] = defaultdict(set)
        takes: defaultdict[int, set[int]] = defaultdict(set)
        agreements: dict[int, Agreement] = {}
        for party in named.order_by("agreement__code", "pk"):
            agreements[party.agreement_id] = party.agreement
            if party.side in GIVES:
                gives[party.agreement_id].add(party.institution_id)
            if party.side in TAKES:
                takes[party.agreement_id].add(party.institution_id)
        givers, takers = {row.pk for row in self._donors}, {row.pk for row in self._recipients}
        found: defaultdict[Key, list[Agreement]] = defaultdict(list)
        for key, agreement in agreements.items():
            for donor in sorted(gives[key] & givers):
                for recipient in sorted(takes[key] & takers - {donor}):
                    found[str(donor), str(recipient)].append(agreement)
        return {key: tuple(rows) for key, rows in found.items()}

    def _hours(self) -> dict[Key, float | None]:
        return {
            (str(donor.pk), str(recipient.pk)): hours_between(donor, recipient)
            for donor in self._donors
            for recipient in self._recipients
            if donor.pk != recipient.pk
        }

    def _pairs(
        self,
        ties: Mapping[Key, Sequence[Agreement]],
        marks: Mapping[Key, PairingMark],
        hours: Mapping[Key, float | None],
    ) -> list[Pair]:
        choice = self._choice
        # A way that nobody knows costs as much as the longest known one, so that missing data win nothing.
        longest = max((each for each in hours.values() if each is not None), default=0.0)
        pairs = []
        for key, way in hours.items():
            mark = marks.get(key)
            is_fixed = mark is not None and mark.hold == PairingMark.Hold.FIXED
            is_far = choice.most_hours is not None and way is not None and way > choice.most_hours
            if not is_fixed and (is_far or (choice.only_agreements and key not in ties)):
                continue
            status = PairStatus.ALLOWED if mark is None else _status(mark)
            pairs.append(
                Pair(
                    *key,
                    travel_hours=round(longest if way is None else way, 2),
                    status=status,
                    tie_years=self._tie_years(ties.get(key, ())),
                    least_team=choice.least_team,
                    donor_rank=None if mark is None else mark.donor_rank,
                    recipient_rank=None if mark is None else mark.recipient_rank,
                )
            )
        return pairs

    def _tie_years(self, rows: Sequence[Agreement]) -> float:
        return tie_years(rows, timezone.localdate())

    def _donor(self, row: Institution) -> Donor:
        limits = self._limits.get(row.pk)
        away = len(self._away_elsewhere(row.pk))
        own_limit = None if limits is None else limits.most_recipients
        most = None if limits is None or limits.most_away is None else max(0, limits.most_away - away)
        before = {
            posting.staff_id
            for posting in self._postings
            if posting.from_institution_id == row.pk and posting.starts_on < self._window.start
        }
        return Donor(
            str(row.pk),
            most_people=most,
            most_recipients=self._choice.most_recipients if own_limit is None else own_limit,
            staff=float(len(self._staff[row.pk])) if self._staff.get(row.pk) else None,
            past_people=float(len(before)) if self._choice.past_months else 0.0,
        )

    def _away_elsewhere(self, donor: int) -> set[int]:
        """Return whose posting takes most of these days at an institution that this plan does not pair."""
        inside = {row.pk for row in self._recipients}
        return {
            posting.staff_id
            for posting in self._postings
            if posting.from_institution_id == donor
            and posting.to_institution_id not in inside
            and (span := expected_span(posting)) is not None
            and is_mostly_in(self._window, [span])
        }

    def _recipient(self, row: Institution) -> Recipient:
        choice = self._choice
        return Recipient(
            str(row.pk),
            most_donors=choice.most_donors,
            least_donors=choice.least_donors,
            least_coverage=choice.least_coverage,
        )

    def _wanted(self, each: Asked) -> WantedNeed:
        return WantedNeed(
            each.id, str(each.recipient.pk), each.word, each.people, each.priority, self._choice.least_level
        )

    def _strengths(self, asked: Mapping[str, Asked]) -> list[Strength]:
        words = {each.word: each for each in asked.values()}
        found = []
        for donor in self._donors:
            away = self._away_elsewhere(donor.pk)
            for word, each in sorted(words.items()):
                strength = self._strength(donor, each, away)
                if strength is not None:
                    level, people = strength
                    found.append(Strength(str(donor.pk), word, people, level))
        return found

    def _strength(self, donor: Institution, each: Asked, away: set[int]) -> tuple[float, int | None] | None:
        """Return how strong a donor is in what is asked and whom it can send; None where it is known to have nothing.

        Where the planner may not see its people, a department of the specialty says that it has some, not how many.
        """
        own = [row for row in self._departments.get(donor.pk, ()) if _related(each.specialty, row.specialty)]
        level = max((LEVELS[row.status] for row in own if each.specialty), default=UNKNOWN_LEVEL)
        staff = self._staff.get(donor.pk)
        if not staff:
            return (level, None) if own and each.specialty else None
        able = [row for row in staff if row.pk not in away and _can(row, each)]
        if not able and not own:
            return None
        return level, self._spare(donor, able, staff, away)

    def _spare(self, donor: Institution, able: Sequence[Staff], staff: Sequence[Staff], away: set[int]) -> int:
        """Return how many of these people can leave while each department keeps who must stay."""
        least = {row.pk: row.minimum_staff_on_duty for row in self._departments.get(donor.pk, ())}
        there = Counter(row.department_id for row in staff if row.pk not in away)
        asked = Counter(row.department_id for row in able)
        return sum(
            people if department is None else max(0, min(people, there[department] - least.get(department, 0)))
            for department, people in asked.items()
        )

    def _known(self, row: Institution, needs: int) -> Known:
        departments = self._departments.get(row.pk, [])
        return Known(
            row,
            staff=len(self._staff[row.pk]) if self._staff.get(row.pk) else None,
            departments=len(departments),
            weak=sum(each.status == DepartmentStatus.WEAK for each in departments),
            limits=self._limits.get(row.pk),
            has_position=position_of(row) is not None,
            needs=needs,
        )


def _status(mark: PairingMark) -> PairStatus:
    """Return what was said of a pair.

    Where one of the two could not work with the other they are never paired, unless a planner says always.
    """
    if mark.hold:
        return PairStatus(mark.hold)
    return PairStatus.FORBIDDEN if mark.is_refused else PairStatus.ALLOWED


def tie_years(rows: Sequence[Agreement], today: datetime.date) -> float:
    """Return for how long two are partners by these agreements; 0 without any."""
    if not rows:
        return 0.0
    days = (today - min(row.starts_on for row in rows)).days
    return round(max(_YOUNGEST_TIE_YEARS, days / _DAYS_PER_YEAR), 1)


def _related(asked: str, known: str) -> bool:
    """Tell whether one specialty is a part of the other."""
    return known.startswith(asked) or bool(known and asked.startswith(known))


def _can(row: Staff, each: Asked) -> bool:
    return (
        row.profession == each.profession
        and row.specialty.startswith(each.specialty)
        and rank_of(row.title_rank) >= rank_of(each.least_title_rank)
    )

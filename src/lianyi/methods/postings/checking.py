"""Check a plan by hand: every rule, and the value of every goal, from the data and the lines alone.

This shares no code with the model and the columns on purpose: what a solver or a model gets wrong must come out here.
So it counts month by month and person by person, in the plainest way.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from lianyi.methods.postings.problem import CoupleWish, Line, Need, Person, PostingProblem
from lianyi.methods.postings.rules import GOAL_OF_RULE, Goal, RuleId

_LINE = "line"


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that is broken, about whom, by how much (people or months times periods).

    ``rule`` is a `RuleId`, or ``line`` for a rule about one person and one term; ``what`` says it in words.
    """

    rule: str
    subject: str
    amount: float
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that is broken, and the value of each goal."""

    breaches: tuple[Breach, ...]
    unlawful: tuple[Breach, ...]
    values: Mapping[Goal, float]

    @property
    def is_lawful(self) -> bool:
        """Whether no rule is broken that may not be."""
        return not self.unlawful


def check(problem: PostingProblem, lines: Iterable[Line]) -> Verdict:
    """Look at each rule and each goal.

    Examples
    --------
    See `lianyi.methods.postings`.
    """
    plan = tuple(sorted(lines))
    alone = tuple(breach for line in plan for breach in breaches_of_line(problem, line))
    if alone:
        # What is counted below would mean nothing: people or needs may not exist.
        return Verdict(alone, alone, {})
    breaches = tuple(breach for find in _RULES for breach in find(problem, plan))
    values = dict.fromkeys(Goal, 0.0)
    unlawful = []
    for breach in breaches:
        if breach.rule == _LINE:
            unlawful.append(breach)
            continue
        rule = RuleId(breach.rule)
        if problem.rules.is_hard(rule):
            unlawful.append(breach)
        else:
            values[GOAL_OF_RULE[rule]] += _weight(problem, breach) * breach.amount * problem.rules.price_of(rule)
    locked = problem.held | (problem.published.locked if problem.published is not None else set())
    missing = sorted(locked - set(plan))
    unlawful += [Breach(_LINE, line.person, 1.0, f"the locked posting to {line.need} is gone") for line in missing]
    if problem.published is not None:
        values[Goal.CHANGE] = float(_people_changed(problem, plan))
    values[Goal.BURDEN] = _burden(problem, plan)
    values[Goal.COST] = _cost(problem, plan)
    values[Goal.POSTINGS] = float(len(plan))
    return Verdict(breaches, tuple(unlawful), values)


def breaches_of_line(problem: PostingProblem, line: Line) -> Iterator[Breach]:
    """Find what is wrong with one posting by itself."""
    person = next((each for each in problem.people if each.id == line.person), None)
    need = next((each for each in problem.needs if each.id == line.need), None)
    if person is None or need is None or not 0 <= line.first <= line.last < problem.horizon.periods:
        yield Breach(_LINE, line.person, 1.0, "no such person, need or term")
        return
    for is_broken, what in _facts_of_line(problem, person, need, line):
        if is_broken:
            yield Breach(_LINE, line.person, 1.0, f"{what} ({line.need})")


def _facts_of_line(problem: PostingProblem, person: Person, need: Need, line: Line) -> Iterator[tuple[bool, str]]:
    recipient = next(each for each in problem.recipients if each.id == need.recipient)
    pair = next((p for p in problem.pairs if p.donor == person.donor and p.recipient == need.recipient), None)
    months = [line.first + number for number in range(line.last - line.first + 1)]
    yield need.specialty not in person.specialties, "has not the specialty"
    yield person.rank < need.least_rank, "has not the title"
    yield pair is None or person.donor == need.recipient, "comes from a hospital that may not help there"
    yield need.recipient in person.refuses, "refuses the place"
    highest, hardest = person.highest_altitude_m, person.hardest_level
    yield highest is not None and recipient.altitude_m > highest, "may not go so high"
    yield hardest is not None and recipient.hardship > hardest, "may not go where it is so hard"
    away = person.available
    yield away is not None and any(month not in away for month in months), "is not available all the time"
    longest = person.longest_periods
    yield longest is not None and len(months) > longest, "stays longer than possible"
    yield any(_wanted(need, month) == 0 for month in months), "is there when nobody is wanted"
    runs_on = problem.rules.may_run_past_end and line.last == problem.horizon.periods - 1
    yield len(months) < need.least_periods and not runs_on, "stays for less than the least term"
    starts = pair.starts if pair is not None else None
    yield starts is not None and line.first not in starts, "begins when no batch does"
    yield not any(_counts(need, line, month) for month in months), "leaves before the hand-over is over"
    if problem.rules.most_months is not None and problem.rules.is_hard(RuleId.BURDEN_LIMIT):
        total = person.past_months + len(months) * problem.horizon.months_per_period
        yield total > problem.rules.most_months, "would be away for too many months"


def _wanted(need: Need, period: int) -> int:
    if need.heads is not None:
        return need.heads[period]
    return 1 if need.span is None or need.span[0] <= period <= need.span[1] else 0


def _counts(need: Need, line: Line, period: int) -> bool:
    """Whether the posting counts as head: not while it still overlaps with its predecessor."""
    if not line.first <= period <= line.last:
        return False
    opens = line.first == 0 or _wanted(need, line.first - 1) == 0
    return opens or period >= line.first + need.overlap_periods


def _serving(need: Need, plan: tuple[Line, ...], period: int) -> set[str]:
    return {line.person for line in plan if line.need == need.id and _counts(need, line, period)}


def _away(plan: tuple[Line, ...], period: int) -> list[Line]:
    return [line for line in plan if line.first <= period <= line.last]


def _missing(problem: PostingProblem, plan: tuple[Line, ...]) -> Iterator[Breach]:
    for need in problem.needs:
        for period, label in enumerate(problem.horizon.labels):
            there = sum(line.need == need.id and _counts(need, line, period) for line in plan)
            wanted = _wanted(need, period)
            if there < wanted:
                yield Breach(RuleId.NEED, need.id, wanted - there, f"{wanted - there} missing in {label}")
            elif there > wanted:
                # More than are wanted is never allowed, whatever the price of a missing person.
                yield Breach(_LINE, need.id, there - wanted, f"{there - wanted} too many in {label}")


def _at_once(problem: PostingProblem, plan: tuple[Line, ...]) -> Iterator[Breach]:
    rest = problem.rules.rest_periods
    by_person = _by(plan, lambda line: line.person)
    for person, lines in by_person.items():
        ordered = sorted(lines, key=lambda line: line.first)
        for before, after in pairwise(ordered):
            if after.first <= before.last + rest:
                yield Breach(RuleId.ONE_AT_A_TIME, person, 1.0, f"{before.need} and {after.need} at once")
        most = problem.rules.most_postings_per_person
        if len(lines) > most:
            yield Breach(RuleId.MOST_POSTINGS, person, len(lines) - most, f"{len(lines)} postings")
        if problem.rules.most_months is not None:
            past = next(each.past_months for each in problem.people if each.id == person)
            months = sum(_months(problem, line) for line in lines)
            above = months - max(0.0, problem.rules.most_months - past)
            if above > 0:
                yield Breach(RuleId.BURDEN_LIMIT, person, above, f"{above:g} months too many")


def _donors(problem: PostingProblem, plan: tuple[Line, ...]) -> Iterator[Breach]:
    donor_of = {person.id: person.donor for person in problem.people}
    rank_of = {person.id: person.rank for person in problem.people}
    specialty_of = {need.id: need.specialty for need in problem.needs}
    for period, label in enumerate(problem.horizon.labels):
        away = _away(plan, period)
        for donor in problem.donors:
            own = [line for line in away if donor_of[line.person] == donor.id]
            seniors = [line for line in own if rank_of[line.person] >= problem.rules.senior_rank]
            yield from _above(RuleId.DONOR_TOTAL, donor.id, len(own), donor.most_away, label)
            yield from _above(RuleId.DONOR_SENIORS, donor.id, len(seniors), donor.most_seniors_away, label)
            for specialty, most in donor.most_away_by_specialty.items():
                same = sum(specialty_of[line.need] == specialty for line in own)
                yield from _above(RuleId.DONOR_SPECIALTY, f"{donor.id}/{specialty}", same, most, label)


def _home_cover(problem: PostingProblem, plan: tuple[Line, ...]) -> Iterator[Breach]:
    ward_of = {person.id: person.ward for person in problem.people}
    for period, label in enumerate(problem.horizon.labels):
        away = Counter(ward_of[line.person] for line in _away(plan, period))
        for ward in problem.wards:
            yield from _above(RuleId.HOME_COVER, ward.id, away[ward.id], ward.spare[period], label)


def _above(rule: RuleId, subject: str, given: int, most: int | None, label: str) -> Iterator[Breach]:
    if most is not None and given > most:
        yield Breach(rule, subject, given - most, f"{given} of at most {most} in {label}")


def _partners(problem: PostingProblem, plan: tuple[Line, ...]) -> set[tuple[str, str]]:
    donor_of = {person.id: person.donor for person in problem.people}
    recipient_of = {need.id: need.recipient for need in problem.needs}
    used = {(donor_of[line.person], recipient_of[line.need]) for line in plan}
    return used | {(pair.donor, pair.recipient) for pair in problem.pairs if pair.is_fixed}


def _pairing(problem: PostingProblem, plan: tuple[Line, ...]) -> Iterator[Breach]:
    partners = _partners(problem, plan)
    helped = Counter(donor for donor, _recipient in partners)
    helping = Counter(recipient for _donor, recipient in partners)
    for donor in problem.donors:
        yield from _above(RuleId.DONOR_RECIPIENTS, donor.id, helped[donor.id], donor.most_recipients, "the plan")
    for recipient in problem.recipients:
        most = recipient.most_donors
        yield from _above(RuleId.RECIPIENT_DONORS, recipient.id, helping[recipient.id], most, "the plan")


def _couples(problem: PostingProblem, plan: tuple[Line, ...]) -> Iterator[Breach]:
    recipient_of = {need.id: need.recipient for need in problem.needs}
    for couple in problem.couples:
        for period, label in enumerate(problem.horizon.labels):
            where = {
                who: [recipient_of[line.need] for line in _away(plan, period) if line.person == who]
                for who in (couple.first, couple.second)
            }
            first, second = Counter(where[couple.first]), Counter(where[couple.second])
            if couple.wish is CoupleWish.APART:
                amount = max(0, first.total() + second.total() - 1)
            else:
                amount = ((first - second) + (second - first)).total()
            if amount:
                yield Breach(RuleId.COUPLE, couple.id, amount, f"not {couple.wish} in {label}")


def _on_site(problem: PostingProblem, plan: tuple[Line, ...]) -> Iterator[Breach]:
    rank_of = {person.id: person.rank for person in problem.people}
    donor_of = {person.id: person.donor for person in problem.people}
    recipient_of = {need.id: need.recipient for need in problem.needs}
    partners = _partners(problem, plan)
    for period, label in enumerate(problem.horizon.labels):
        there = _by(_away(plan, period), lambda line: recipient_of[line.need])
        for recipient in problem.recipients:
            people = there.get(recipient.id, [])
            short = recipient.least_on_site - len(people)
            if short > 0:
                yield Breach(RuleId.PRESENCE, recipient.id, short, f"{short} too few on site in {label}")
            seniors = [line for line in people if rank_of[line.person] >= problem.rules.senior_rank]
            if recipient.needs_senior and not seniors:
                yield Breach(RuleId.SENIOR, recipient.id, 1.0, f"nobody of senior title in {label}")
        for pair in problem.pairs:
            team = [line for line in there.get(pair.recipient, []) if donor_of[line.person] == pair.donor]
            short = pair.least_team - len(team)
            if short > 0 and (pair.donor, pair.recipient) in partners:
                yield Breach(RuleId.TEAM, f"{pair.donor}/{pair.recipient}", short, f"{short} too few in {label}")


def _handover(problem: PostingProblem, plan: tuple[Line, ...]) -> Iterator[Breach]:
    """Find changes of period at which nobody of two or more goes on; it counts also where nobody is there at all."""
    for need in problem.needs:
        for period in range(1, problem.horizon.periods):
            if min(_wanted(need, period - 1), _wanted(need, period)) < 2:  # noqa: PLR2004 - two or more, as the rule says
                continue
            own = [line for line in plan if line.need == need.id]
            if not any(_counts(need, line, period - 1) and _counts(need, line, period) for line in own):
                label = problem.horizon.labels[period]
                yield Breach(RuleId.HANDOVER, need.id, 1.0, f"nobody goes on from the period before {label}")


_RULES = (_missing, _at_once, _donors, _home_cover, _pairing, _couples, _on_site, _handover)


def _weight(problem: PostingProblem, breach: Breach) -> float:
    if breach.rule != RuleId.NEED:
        return 1.0
    return next(need.priority for need in problem.needs if need.id == breach.subject)


def _months(problem: PostingProblem, line: Line) -> int:
    return (line.last - line.first + 1) * problem.horizon.months_per_period


def _people_changed(problem: PostingProblem, plan: tuple[Line, ...]) -> int:
    before = _by(problem.published.lines if problem.published else (), lambda line: line.person)
    after = _by(plan, lambda line: line.person)
    return sum(set(before.get(who, ())) != set(after.get(who, ())) for who in {*before, *after})


def _burden(problem: PostingProblem, plan: tuple[Line, ...]) -> float:
    total = 0.0
    by_person = _by(plan, lambda line: line.person)
    if problem.rules.fair_months is not None:
        for person in problem.people:
            months = sum(_months(problem, line) for line in by_person.get(person.id, ()))
            total += max(0.0, months - max(0.0, problem.rules.fair_months - person.past_months))
    staff = sum(donor.staff or 0.0 for donor in problem.donors)
    if staff > 0:
        donor_of = {person.id: person.donor for person in problem.people}
        periods = range(problem.horizon.periods)
        wanted = sum(_wanted(need, period) for need in problem.needs for period in periods)
        for donor in problem.donors:
            if donor.staff is not None:
                months = sum(_months(problem, line) for line in plan if donor_of[line.person] == donor.id)
                total += max(0.0, months - wanted * problem.horizon.months_per_period * donor.staff / staff)
    return total


def _cost(problem: PostingProblem, plan: tuple[Line, ...]) -> float:
    prices = problem.rules.cost
    people = {person.id: person for person in problem.people}
    needs = {need.id: need for need in problem.needs}
    recipients = {recipient.id: recipient for recipient in problem.recipients}
    pairs = {(pair.donor, pair.recipient): pair for pair in problem.pairs}
    total = 0.0
    for line in plan:
        person, recipient = people[line.person], recipients[needs[line.need].recipient]
        total += prices.travel_hour * pairs[person.donor, recipient.id].travel_hours * 2
        total += prices.hardship_month * recipient.hardship * _months(problem, line)
        if person.prefers and recipient.id not in person.prefers:
            total += prices.not_preferred
    new = [pairs[key] for key in _partners(problem, plan) if pairs[key].is_new and not pairs[key].is_fixed]
    return total + prices.new_pair * len(new)


def _by(lines: Iterable[Line], key: Callable[[Line], str]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = defaultdict(list)
    for line in sorted(lines):
        found[key(line)].append(line)
    return found

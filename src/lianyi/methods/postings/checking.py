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
from lianyi.methods.postings.team_rules import TeamRule

_LINE = "line"
_ROUNDING = 1e-9


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
        values[Goal.CHANGE] = _people_changed(problem, plan)
    values[Goal.BURDEN] = _burden(problem, plan)
    values[Goal.COST] = _cost(problem, plan)
    values[Goal.POSTINGS] = float(len(plan))
    return Verdict(breaches, tuple(unlawful), values)


def breaches_of_line(problem: PostingProblem, line: Line) -> Iterator[Breach]:
    """Find what is wrong with one posting by itself."""
    person, need = problem.person_of.get(line.person), problem.need_of.get(line.need)
    if person is None or need is None or not 0 <= line.first <= line.last < problem.horizon.periods:
        yield Breach(_LINE, line.person, 1.0, "no such person, need or term")
        return
    for is_broken, what in _facts_of_line(problem, person, need, line):
        if is_broken:
            yield Breach(_LINE, line.person, 1.0, f"{what} ({line.need})")


def _facts_of_line(problem: PostingProblem, person: Person, need: Need, line: Line) -> Iterator[tuple[bool, str]]:
    recipient = problem.recipient_of[need.recipient]
    pair = problem.pair_of.get((person.donor, need.recipient))
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
    is_short = len(months) < need.least_periods and not runs_on
    yield is_short and problem.rules.is_hard(RuleId.LEAST_TERM), "stays for less than the least term"
    starts = pair.starts if pair is not None else None
    yield starts is not None and line.first not in starts, "begins when no batch does"
    yield not any(_counts(need, line, month) for month in months), "leaves before the hand-over is over"
    if problem.rules.most_months is not None and problem.rules.is_hard(RuleId.BURDEN_LIMIT):
        total = person.past_months + len(months) * problem.horizon.months_per_period
        yield total > problem.rules.most_months, "would be away for too many months"


def _short_terms(problem: PostingProblem, plan: tuple[Line, ...]) -> Iterator[Breach]:
    """Find terms that end before the least one is over."""
    for line in plan:
        if problem.rules.may_run_past_end and line.last + 1 == problem.horizon.periods:
            continue
        asked = problem.need_of[line.need].least_periods * problem.horizon.months_per_period
        short = asked - _months(problem, line)
        if short > 0:
            what = f"{short} months less than asked from {problem.horizon.labels[line.first]}"
            yield Breach(RuleId.LEAST_TERM, f"{line.person}/{line.need}", short, what)


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


def _away(plan: Iterable[Line], period: int) -> list[Line]:
    return [line for line in plan if line.first <= period <= line.last]


def _missing(problem: PostingProblem, plan: tuple[Line, ...]) -> Iterator[Breach]:
    by_need = _by(plan, lambda line: line.need)
    for need in problem.needs:
        own = by_need.get(need.id, [])
        for period, label in enumerate(problem.horizon.labels):
            there = sum(_counts(need, line, period) for line in own)
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
            past = problem.person_of[person].past_months
            months = sum(_months(problem, line) for line in lines)
            above = months - max(0.0, problem.rules.most_months - past)
            if above > 0:
                yield Breach(RuleId.BURDEN_LIMIT, person, above, f"{above:g} months too many")


def _donors(problem: PostingProblem, plan: tuple[Line, ...]) -> Iterator[Breach]:
    donor_of = {person.id: person.donor for person in problem.people}
    rank_of = {person.id: person.rank for person in problem.people}
    for period, label in enumerate(problem.horizon.labels):
        away = _by(_away(plan, period), lambda line: donor_of[line.person])
        for donor in problem.donors:
            own = away.get(donor.id, [])
            seniors = [line for line in own if rank_of[line.person] >= problem.rules.senior_rank]
            yield from _above(RuleId.DONOR_TOTAL, donor.id, len(own), donor.room(period), label)
            yield from _above(RuleId.DONOR_SENIORS, donor.id, len(seniors), donor.senior_room(period), label)
            for specialty, most in donor.most_away_by_specialty.items():
                same = sum(_is_missed(problem, line, specialty) for line in own)
                away_already = donor.already_away_by_specialty.get(specialty)
                room = max(0, most - (away_already[period] if away_already else 0))
                yield from _above(RuleId.DONOR_SPECIALTY, f"{donor.id}/{specialty}", same, room, label)


def _is_missed(problem: PostingProblem, line: Line, specialty: str) -> bool:
    """Whether the own hospital misses this person in a specialty: the person's word first, then the need's."""
    person, need = problem.person_of[line.person], problem.need_of[line.need]
    if person.missed_as is not None:
        return specialty in person.missed_as
    return specialty in need.missed_as if need.missed_as is not None else specialty == need.specialty


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
    by_person = _by(plan, lambda line: line.person)
    for couple in problem.couples:
        for period, label in enumerate(problem.horizon.labels):
            where = {
                who: [recipient_of[line.need] for line in _away(by_person.get(who, []), period)]
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
    helping = tuple(line for line in plan if not problem.need_of[line.need].is_training)
    for period, label in enumerate(problem.horizon.labels):
        there = _by(_away(helping, period), lambda line: recipient_of[line.need])
        for recipient in problem.recipients:
            people = there.get(recipient.id, [])
            short = recipient.least_on_site - len(people)
            if short > 0:
                yield Breach(RuleId.PRESENCE, recipient.id, short, f"{short} too few on site in {label}")
            seniors = [line for line in people if rank_of[line.person] >= problem.rules.senior_rank]
            if recipient.needs_senior and not seniors:
                yield Breach(RuleId.SENIOR, recipient.id, 1.0, f"nobody of senior title in {label}")
        for pair in problem.pairs:
            if (pair.donor, pair.recipient) not in partners:
                continue
            team = [line for line in there.get(pair.recipient, []) if donor_of[line.person] == pair.donor]
            short = pair.least_team - len(team)
            if short > 0:
                yield Breach(RuleId.TEAM, f"{pair.donor}/{pair.recipient}", short, f"{short} too few in {label}")


def _team_rules(problem: PostingProblem, plan: tuple[Line, ...]) -> Iterator[Breach]:
    """Count who is there together, as programmes ask it: whoever counts as head in a need that the rule speaks of."""
    by_recipient = _by(plan, lambda line: problem.need_of[line.need].recipient)
    for rule in problem.team_rules:
        for period, label in enumerate(problem.horizon.labels):
            if rule.periods is not None and period not in rule.periods:
                continue
            ranks = []
            for line in by_recipient.get(rule.recipient, []):
                person, need = problem.person_of[line.person], problem.need_of[line.need]
                is_theirs = rule.needs is None or need.id in rule.needs
                is_theirs &= rule.donors is None or person.donor in rule.donors
                if is_theirs and not need.is_training and _counts(need, line, period):
                    ranks.append(person.rank)
            before = list(rule.already[period]) if rule.already else []
            yield from _team_breaches(rule, ranks, before, label)


def _team_breaches(rule: TeamRule, ranks: list[int], before: list[int], label: str) -> Iterator[Breach]:
    """Judge the ranks of those who are sent, beside those who were there before."""
    everybody = len(ranks) + len(before)
    if ranks and rule.most is not None and everybody > rule.most:
        too_many = min(everybody - rule.most, len(ranks))
        yield Breach(RuleId.HEADCOUNT, rule.id, too_many, f"{everybody} of at most {rule.most} in {label}")
    if everybody < rule.least:
        yield Breach(
            RuleId.HEADCOUNT, rule.id, rule.least - everybody, f"{everybody} of at least {rule.least} in {label}"
        )
    for title in rule.titles:
        sent, known = (sum(rank >= title.least_rank for rank in group) for group in (ranks, before))
        if sent + known < title.people:
            short = title.people - sent - known
            yield Breach(RuleId.TITLE_MIX, rule.id, short, f"{short} too few of title {title.least_rank} in {label}")
        # Those who were there before may lift the share, but nobody makes good what they lower it by.
        lifted = max(0.0, known - title.share * len(before))
        missing = title.share * len(ranks) - sent - lifted
        if missing > _ROUNDING:
            what = f"less than a share of {title.share:g} of title {title.least_rank} in {label}"
            yield Breach(RuleId.TITLE_MIX, rule.id, missing, what)


def _handover(problem: PostingProblem, plan: tuple[Line, ...]) -> Iterator[Breach]:
    """Find changes of period at which nobody of two or more goes on; it counts also where nobody is there at all."""
    by_need = _by(plan, lambda line: line.need)
    for need in problem.needs:
        own = by_need.get(need.id, [])
        for period in range(1, problem.horizon.periods):
            if need.is_training or min(_wanted(need, period - 1), _wanted(need, period)) < 2:  # noqa: PLR2004 - two or more, as the rule says
                continue
            if not any(_counts(need, line, period - 1) and _counts(need, line, period) for line in own):
                label = problem.horizon.labels[period]
                yield Breach(RuleId.HANDOVER, need.id, 1.0, f"nobody goes on from the period before {label}")


def _old_teams(problem: PostingProblem, plan: tuple[Line, ...]) -> Iterator[Breach]:
    """Find pairs whose people are all exchanged as the plan begins."""
    partners = _partners(problem, plan)
    beginning = [line for line in plan if line.first == 0 and not problem.need_of[line.need].is_training]
    where = {(line.person, problem.need_of[line.need].recipient) for line in beginning}
    for pair in problem.pairs:
        if not pair.old_team or (pair.donor, pair.recipient) not in partners:
            continue
        own = {who for who in pair.old_team if who in problem.person_of and problem.person_of[who].donor == pair.donor}
        if not any((who, pair.recipient) in where for who in own):
            yield Breach(RuleId.CONTINUITY, f"{pair.donor}/{pair.recipient}", 1.0, "nobody of the old team stays")


def _batches(problem: PostingProblem, plan: tuple[Line, ...]) -> Iterator[Breach]:
    """Find two batches of a pair, one after the other, at both of which no senior goes on."""
    partners = _partners(problem, plan)
    for pair in problem.pairs:
        if not pair.keeps_seniors or (pair.donor, pair.recipient) not in partners:
            continue
        seniors = [
            line
            for line in plan
            if problem.person_of[line.person].donor == pair.donor
            and problem.person_of[line.person].rank >= problem.rules.senior_rank
            and problem.need_of[line.need].recipient == pair.recipient
            and not problem.need_of[line.need].is_training
        ]
        dates = [day for day in range(1, problem.horizon.periods) if pair.starts is None or day in pair.starts]
        for one, next_one in pairwise(dates):
            goes_on = [any(line.first <= day - 1 and day <= line.last for line in seniors) for day in (one, next_one)]
            if not any(goes_on):
                labels = f"{problem.horizon.labels[one]} nor in {problem.horizon.labels[next_one]}"
                what = f"no senior goes on neither in {labels}"
                yield Breach(RuleId.BATCHES, f"{pair.donor}/{pair.recipient}", 1.0, what)


def _learners(problem: PostingProblem, plan: tuple[Line, ...]) -> Iterator[Breach]:
    """Find people sent to learn in a hospital that could help their own, but does not."""
    partners, known = _partners(problem, plan), {(pair.donor, pair.recipient) for pair in problem.pairs}
    for line in plan:
        need, home = problem.need_of[line.need], problem.person_of[line.person].donor
        helping = (need.recipient, home)
        if need.is_training and helping in known and helping not in partners:
            yield Breach(RuleId.TRAINING, line.person, 1.0, f"{need.recipient} does not help {home}")


_RULES = (
    *(_missing, _short_terms, _at_once, _donors, _home_cover, _pairing, _couples, _on_site),
    *(_team_rules, _handover, _old_teams, _batches, _learners),
)


def _weight(problem: PostingProblem, breach: Breach) -> float:
    if breach.rule != RuleId.NEED:
        return 1.0
    return problem.need_of[breach.subject].priority


def _months(problem: PostingProblem, line: Line) -> int:
    return (line.last - line.first + 1) * problem.horizon.months_per_period


def _people_changed(problem: PostingProblem, plan: tuple[Line, ...]) -> float:
    """Weigh each person by the first period in which a line that comes or goes begins."""
    before = _by(problem.published.lines if problem.published else (), lambda line: line.person)
    after = _by(plan, lambda line: line.person)
    weights, total = problem.rules.notice_weights, 0.0
    for who in {*before, *after}:
        differing = set(before.get(who, ())) ^ set(after.get(who, ()))
        if differing:
            notice = min(line.first for line in differing)
            total += weights[notice] if notice < len(weights) else weights[-1]
    return total


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
        helped = [need for need in problem.needs if not need.is_training]
        wanted = sum(_wanted(need, period) for need in helped for period in periods)
        helping = [line for line in plan if not problem.need_of[line.need].is_training]
        by_donor = _by(helping, lambda line: donor_of[line.person])
        for donor in problem.donors:
            if donor.staff is not None:
                months = sum(_months(problem, line) for line in by_donor.get(donor.id, ()))
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

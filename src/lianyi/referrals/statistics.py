"""The statistics of referrals: shares, times, breaches and milestones, counted from the rows of ``statistics_queries``.

Every share keeps the legs of its numerator and of its denominator, so that it opens the rows behind it. Nothing that
was not observed counts as zero: a share of nothing has no value.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from django.utils import timezone

from lianyi.methods.durations import DurationSummary, duration_summary, monthly_means
from lianyi.methods.periods import DateSpan
from lianyi.referrals import statistics_queries as rows_of
from lianyi.referrals.states import Direction, Disposition, EntryMode, Urgency
from lianyi.referrals.statistics_figures import Figure, figure_of
from lianyi.referrals.statistics_queries import Answer, AnswerKind, Selection, Sent
from lianyi.referrals.statistics_refusals import Refusals, refusals_of
from lianyi.referrals.statistics_results import MeasureResult, ResultFigures, measures_of, results_of
from lianyi.referrals.statistics_standards import StandardResult, standards_of

# Only these say that a receiver had its turn: an answer that nobody waited for any more is counted apart.
JUDGED = (AnswerKind.ACCEPTED, AnswerKind.DECLINED, AnswerKind.NO_RESPONSE)
FEWEST_FOR_QUARTILES = 4
_WELL_ENOUGH = (Disposition.RETURNED, Disposition.HOME)


@dataclass(frozen=True, slots=True)
class FilledForms:
    """How much of all that it asks the middle form holds, and the two between which half of the forms lie."""

    count: int
    median: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """How long receivers of one urgency took, and which answers tell nothing of that."""

    urgency: str
    gross: DurationSummary
    paused: DurationSummary
    net: DurationSummary
    spoken: int
    afterwards: int


@dataclass(frozen=True, slots=True)
class SiteAnswers:
    """What became of the referrals that one institution was asked to take; None stands for partners outside."""

    institution_id: int | None
    accepted: int
    declined: int
    no_response: int
    net: DurationSummary


@dataclass(frozen=True, slots=True)
class SiteBounces:
    """Patients who came back down and were sent up again, for one institution on one of the two sides."""

    institution_id: int | None
    side: str
    bounced: int
    returned: int


@dataclass(frozen=True, slots=True)
class BreachCount:
    kind: str
    holder_id: int
    clocks: int
    legs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MonthCount:
    """Answers and sendings of one month."""

    label: str
    accepted: int
    declined: int
    no_response: int
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """Everything that is counted of a selection."""

    span: DateSpan
    requests_sent: int
    legs_sent: int
    sent_up: tuple[int, ...]
    sent_down: tuple[int, ...]
    apart: Mapping[AnswerKind, tuple[int, ...]]
    figures: tuple[Figure, ...]
    forms: FilledForms
    reasons: tuple[tuple[str, tuple[int, ...]], ...]
    refusals: Refusals
    times: tuple[AnswerTimes, ...]
    sites: tuple[SiteAnswers, ...]
    bounces: tuple[SiteBounces, ...]
    breaches: tuple[BreachCount, ...]
    months: tuple[MonthCount, ...]
    standards: tuple[StandardResult, ...]
    results: ResultFigures
    measures: tuple[MeasureResult, ...]

    def figure(self, key: str) -> Figure | None:
        by_standard = [each.patients for each in self.standards]
        by_standard += [month.patients for each in self.standards for month in each.months]
        measured = [each.patients for each in self.measures if each.patients is not None]
        results = (self.results.said, self.results.repeated, *(each.patients for each in self.results.kinds))
        every = (*self.figures, *by_standard, *measured, *results)
        return next((each for each in every if each.key == key), None)

    def counted_legs(self, key: str) -> tuple[int, ...]:
        """Return the legs that were counted under a name, empty for a name that counts nothing."""
        lists: dict[str, tuple[int, ...]] = {"sent-up": self.sent_up, "sent-down": self.sent_down}
        lists |= {f"apart-{kind}": legs for kind, legs in self.apart.items()}
        lists |= {f"reason-{code}": legs for code, legs in self.reasons}
        lists |= self.refusals.legs_by_key()
        lists |= {f"results-ground-{each.ground}": each.legs for each in self.results.grounds}
        lists["results-too-old"] = self.results.too_old
        lists |= {f"breach-{each.kind}-{each.holder_id}": each.legs for each in self.breaches}
        return lists.get(key, ())


def statistics_of(selection: Selection) -> Statistics:
    """Count a selection, with a number of queries that does not grow."""
    sent, answers = rows_of.sent(selection), rows_of.answers(selection)
    returns, outcomes = _returns_whose_time_is_over(selection), rows_of.outcomes(selection)
    judged = [each for each in answers if each.kind in JUDGED]
    requests = _first_of_each_request(sent)
    return Statistics(
        span=selection.span,
        requests_sent=len(requests),
        legs_sent=len(sent),
        sent_up=tuple(each.leg_id for each in requests if each.direction == Direction.UP),
        sent_down=tuple(each.leg_id for each in requests if each.direction == Direction.DOWN),
        apart={kind: _legs(answers, _is(kind)) for kind in AnswerKind if kind not in JUDGED},
        figures=(
            *_answer_figures(judged),
            *_in_time_figures(judged),
            *_way_figures(selection),
            *_feedback_figures(selection),
            *_outcome_figures(outcomes),
            figure_of("bounce-back", returns, lambda each: each.sent_up_at is not None),
            *_form_figures(requests),
        ),
        forms=_filled(requests),
        reasons=_reasons(judged),
        refusals=refusals_of(judged),
        times=tuple(_times(answers, urgency) for urgency in Urgency.values),
        sites=_sites(judged),
        bounces=_bounces(returns),
        breaches=_breaches(rows_of.breaches(selection)),
        months=_months(selection.span, judged, requests),
        standards=standards_of(selection, rows_of.timed_requests(selection)),
        results=results_of(selection, outcomes),
        measures=measures_of(selection),
    )


def _is(kind: AnswerKind) -> Callable[[Answer], bool]:
    return lambda answer: answer.kind is kind


def _legs(rows: Iterable[Answer], fits: Callable[[Answer], bool]) -> tuple[int, ...]:
    return tuple(row.leg_id for row in rows if fits(row))


def _first_of_each_request(sent: Sequence[Sent]) -> list[Sent]:
    """Return one sending for each request: asked of several hospitals at once, a patient still counts once."""
    first: dict[int, Sent] = {}
    for each in sent:
        first.setdefault(each.request_id, each)
    return list(first.values())


def _form_figures(requests: Sequence[Sent]) -> list[Figure]:
    """Count the forms with all that sending needs, and those with the further items too."""
    with_a_form = [each for each in requests if each.items_required]
    return [
        figure_of("complete", with_a_form, lambda each: each.items_given >= each.items_required),
        figure_of("complete-all", _counted_whole(requests), lambda each: each.share_given == 1),
    ]


def _counted_whole(requests: Sequence[Sent]) -> list[Sent]:
    return [each for each in requests if each.items_recommended]


def _filled(requests: Sequence[Sent]) -> FilledForms:
    shares = [each.share_given for each in _counted_whole(requests)]
    if len(shares) < FEWEST_FOR_QUARTILES:
        return FilledForms(len(shares), median(shares) if shares else None)
    low, middle, high = quantiles(shares, n=4, method="inclusive")
    return FilledForms(len(shares), middle, low, high)


def _answer_figures(judged: Sequence[Answer]) -> list[Figure]:
    return [
        figure_of("acceptance", judged, _is(AnswerKind.ACCEPTED)),
        figure_of("refusal", judged, _is(AnswerKind.DECLINED)),
        figure_of("no-response", judged, _is(AnswerKind.NO_RESPONSE)),
    ]


def counts_for_time(answer: Answer) -> bool:
    """Tell whether an answer, or its absence, says if the receiver kept its time."""
    return answer.is_timed or answer.kind is AnswerKind.NO_RESPONSE


def kept_time(answer: Answer) -> bool:
    return answer.is_timed and answer.is_in_time


def _in_time_figures(judged: Sequence[Answer]) -> list[Figure]:
    timed = [each for each in judged if counts_for_time(each)]
    by_urgency = {urgency: [each for each in timed if each.urgency == urgency] for urgency in Urgency.values}
    return [
        figure_of("in-time", timed, kept_time),
        *(figure_of(f"in-time-{urgency}", rows, kept_time) for urgency, rows in by_urgency.items()),
    ]


def _way_figures(selection: Selection) -> list[Figure]:
    ends = rows_of.way_ends(selection)
    return [
        figure_of("arrival", ends, lambda each: each.step == "arrive"),
        figure_of("withdrawn", ends, lambda each: each.step == "withdraw"),
        figure_of("never-came", ends, lambda each: each.step == "give_up"),
    ]


def _feedback_figures(selection: Selection) -> list[Figure]:
    """Count, for each length of wait, the arrivals whose wait was over within the days: a late reading changes none."""
    found = rows_of.arrivals(selection)
    figures = []
    for days in rows_of.FEEDBACK_DAYS:
        wait = datetime.timedelta(days=days)
        over = [each for each in found if selection.holds(each.at + wait)]
        read = {each.leg_id for each in over if each.read_at is not None and each.read_at <= each.at + wait}
        figures.append(figure_of(f"feedback-{days}", over, lambda each, read=read: each.leg_id in read))  # type: ignore[misc]
    return figures


def _outcome_figures(found: Sequence[rows_of.Outcome]) -> list[Figure]:
    recovered = [each for each in found if each.disposition in _WELL_ENOUGH]
    return [
        figure_of("transfer-back", recovered, lambda each: each.disposition == Disposition.RETURNED),
        figure_of("onward", found, lambda each: each.disposition == Disposition.ONWARD),
    ]


def _returns_whose_time_is_over(selection: Selection) -> list[rows_of.BackArrival]:
    found = rows_of.back_arrivals(selection)
    return [each for each in found if selection.holds(each.at + datetime.timedelta(days=each.limit_days))]


def _reasons(judged: Sequence[Answer]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    by_reason: defaultdict[str, list[int]] = defaultdict(list)
    for each in judged:
        if each.kind is AnswerKind.DECLINED:
            by_reason[each.reason].append(each.leg_id)
    ordered = sorted(by_reason.items(), key=lambda found: (-len(found[1]), found[0]))
    return tuple((code, tuple(legs)) for code, legs in ordered)


def _times(answers: Sequence[Answer], urgency: str) -> AnswerTimes:
    said = [
        each
        for each in answers
        if each.urgency == urgency and each.kind in (AnswerKind.ACCEPTED, AnswerKind.DECLINED, AnswerKind.CAME_FIRST)
    ]
    timed = [each for each in said if each.is_timed]
    return AnswerTimes(
        urgency=urgency,
        gross=duration_summary(each.gross_minutes for each in timed),
        paused=duration_summary(each.paused_minutes for each in timed),
        net=duration_summary(each.net_minutes for each in timed),
        spoken=sum(each.mode == EntryMode.SPOKEN for each in said),
        afterwards=sum(_was_entered_afterwards(each) for each in said),
    )


def _was_entered_afterwards(answer: Answer) -> bool:
    return answer.mode == EntryMode.RETROSPECTIVE or (
        answer.kind is AnswerKind.CAME_FIRST and answer.mode != EntryMode.SPOKEN
    )


def _sites(judged: Sequence[Answer]) -> tuple[SiteAnswers, ...]:
    by_site: defaultdict[int | None, list[Answer]] = defaultdict(list)
    for each in judged:
        by_site[each.receiver_id].append(each)
    found = []
    for institution_id, rows in sorted(by_site.items(), key=lambda site: site[0] or 0):
        kinds = Counter(each.kind for each in rows)
        net = duration_summary(each.net_minutes for each in rows if each.is_timed)
        accepted, declined, silent = (kinds[kind] for kind in JUDGED)
        found.append(SiteAnswers(institution_id, accepted, declined, silent, net))
    return tuple(found)


def _bounces(returns: Sequence[rows_of.BackArrival]) -> tuple[SiteBounces, ...]:
    """Count each return at the unit that took the patient back, and at the hospital that sent the patient back."""
    tally: dict[tuple[int | None, str], list[int]] = {}
    for each in returns:
        for place in ((each.lower_id, "lower"), (each.upper_id, "upper")):
            counts = tally.setdefault(place, [0, 0])
            counts[0] += each.sent_up_at is not None
            counts[1] += 1
    ordered = sorted(tally.items(), key=lambda found: (found[0][1], found[0][0] or 0))
    return tuple(SiteBounces(site, side, bounced, returned) for (site, side), (bounced, returned) in ordered)


def _breaches(rows: Sequence[rows_of.Breach]) -> tuple[BreachCount, ...]:
    by_holder: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for each in rows:
        by_holder[each.kind, each.holder_id].append(each.leg_id)
    ordered = sorted(by_holder.items(), key=lambda found: (-len(found[1]), found[0]))
    return tuple(BreachCount(kind, holder, len(legs), tuple(legs)) for (kind, holder), legs in ordered)


def _months(span: DateSpan, judged: Sequence[Answer], requests: Sequence[Sent]) -> tuple[MonthCount, ...]:
    answered: Counter[tuple[str, str]] = Counter((_month(each.at), each.kind.value) for each in judged)
    went: Counter[tuple[str, str]] = Counter((_month(each.at), each.direction) for each in requests)
    labels = [each.month.label for each in monthly_means((), span)]
    return tuple(
        MonthCount(
            label=label,
            accepted=answered[label, AnswerKind.ACCEPTED.value],
            declined=answered[label, AnswerKind.DECLINED.value],
            no_response=answered[label, AnswerKind.NO_RESPONSE.value],
            up=went[label, Direction.UP.value],
            down=went[label, Direction.DOWN.value],
        )
        for label in labels
    )


def _month(moment: datetime.datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m}"

"""Times of the pathway against the dated standards, for the whole of the days and month by month."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from lianyi.methods.durations import (
    DurationSummary,
    MonthlyMean,
    duration_summary,
    monthly_means,
    share_at_most,
    share_below,
)
from lianyi.methods.means import mean_interval, mean_of
from lianyi.methods.proportions import Interval, Share
from lianyi.referrals.policies import policy_of
from lianyi.referrals.statistics_figures import Figure, figure_of
from lianyi.referrals.statistics_queries import Selection, TimedRequest
from lianyi.rules.referral_policy import TimeStandard, TimeStatistic


@dataclass(frozen=True, slots=True)
class TimedCase:
    """One patient's stretch: the day it ended, and how long it took."""

    leg_id: int
    day: datetime.date
    minutes: float


@dataclass(frozen=True, slots=True)
class StandardMonth:
    """One month of a standard: the patients whose stretch ended in it, those within the limit, and their mean.

    ``missing`` are the patients sent in this month for whom one of the two times is not recorded.
    """

    label: str
    patients: Figure
    mean_minutes: float | None
    missing: int


@dataclass(frozen=True, slots=True)
class StandardResult:
    """How the times of one stretch stand against one dated standard.

    ``share`` is of patients within the limit, or of months whose mean is; ``patients`` is of patients for both.
    ``missing`` are the patients sent within the days for whom one of the two times is not recorded, ``out_of_order``
    those whose end lies before the start.
    """

    policy: str
    standard: TimeStandard
    times: DurationSummary
    share: Share
    mean_minutes: float | None
    mean_interval: Interval | None
    missing: int
    out_of_order: int
    patients: Figure
    months: tuple[StandardMonth, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The names under which the whole and each month open their patients."""
        return (self.patients.key, *(each.patients.key for each in self.months))

    @property
    def judges_months(self) -> bool:
        return self.standard.statistic is TimeStatistic.MONTHLY_MEAN


def standard_key(policy: str, standard_id: str) -> str:
    return f"standard--{policy}--{standard_id}"


def standards_of(selection: Selection, requests: Sequence[TimedRequest]) -> tuple[StandardResult, ...]:
    """Hold every recorded stretch against the standard that was in force on the day it ended."""
    stretches: defaultdict[tuple[str, str], list[TimedRequest]] = defaultdict(list)
    for each in requests:
        stretches[each.policy, each.condition].append(each)
    results = [
        _held_against(selection, policy_id, standard, found)
        for (policy_id, condition), found in sorted(stretches.items())
        for standard in policy_of(policy_id).standards
        if standard.condition == condition
    ]
    return tuple(each for each in results if each.times.count or each.missing or each.out_of_order)


def _held_against(
    selection: Selection, policy_id: str, standard: TimeStandard, requests: Sequence[TimedRequest]
) -> StandardResult:
    cases: list[TimedCase] = []
    missing: Counter[str] = Counter()
    out_of_order = 0
    for each in requests:
        start, end = each.moments.get(standard.start), each.moments.get(standard.end)
        if start is None or end is None:
            if each.sent_at is not None and selection.holds(each.sent_at):
                missing[_month(timezone.localdate(each.sent_at))] += 1
            continue
        day = timezone.localdate(end)
        if not selection.holds(end) or not standard.is_valid_on(day):
            continue
        minutes = (end - start).total_seconds() / 60
        if minutes < 0:
            out_of_order += 1
        else:
            cases.append(TimedCase(each.leg_id, day, minutes))
    times = [each.minutes for each in cases]
    means = monthly_means(((each.day, each.minutes) for each in cases), selection.span)
    key = standard_key(policy_id, standard.id)
    return StandardResult(
        policy=policy_id,
        standard=standard,
        times=duration_summary(times),
        share=_share_kept(standard, times, means),
        mean_minutes=mean_of(times),
        mean_interval=mean_interval(times),
        missing=missing.total(),
        out_of_order=out_of_order,
        patients=_patients(key, standard, cases),
        months=_months(key, standard, cases, means, missing),
    )


def _share_kept(standard: TimeStandard, times: Sequence[float], means: Sequence[MonthlyMean]) -> Share:
    """Return the share of patients within the limit; for a standard of means, the share of months that kept it."""
    if standard.statistic is TimeStatistic.MONTHLY_MEAN:
        times = [each.mean_minutes for each in means if each.mean_minutes is not None]
    within = share_below if standard.excludes_limit else share_at_most
    return within(times, standard.limit_minutes)


def _patients(key: str, standard: TimeStandard, cases: Sequence[TimedCase]) -> Figure:
    limit = standard.limit_minutes
    if standard.excludes_limit:
        return figure_of(key, cases, lambda each: each.minutes < limit)
    return figure_of(key, cases, lambda each: each.minutes <= limit)


def _months(
    key: str, standard: TimeStandard, cases: Sequence[TimedCase], means: Sequence[MonthlyMean], missing: Counter[str]
) -> tuple[StandardMonth, ...]:
    by_month: defaultdict[str, list[TimedCase]] = defaultdict(list)
    for each in cases:
        by_month[_month(each.day)].append(each)
    return tuple(
        StandardMonth(
            label=each.month.label,
            patients=_patients(f"{key}--{each.month.label}", standard, by_month[each.month.label]),
            mean_minutes=each.mean_minutes,
            missing=missing[each.month.label],
        )
        for each in means
    )


def _month(day: datetime.date) -> str:
    return f"{day:%Y-%m}"

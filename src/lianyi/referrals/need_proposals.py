"""What referrals tell about people who are wanted: cases sent away by specialty, and skills missing for returns.

Counts only, of the last twelve whole months, and none that is small: the figures go on to people who see no case, so
they are hidden from everybody in the same way. Whole months keep two readings of one month from being subtracted.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.actors import Actor
from lianyi.accounts.records import Provenance
from lianyi.methods.periods import DateSpan, add_calendar_months
from lianyi.methods.proportions import hide_small_cells
from lianyi.partnerships.need_sources import Found, NeedSource, ProposedNeed, register_need_source
from lianyi.referrals.counting import counting_scope, may_count, of_own
from lianyi.referrals.models import CapabilityFinding, ReturnNeed
from lianyi.referrals.policies import COUNTRY, policy_book
from lianyi.referrals.states import Direction
from lianyi.registry.models import Institution
from lianyi.rules import load_reference

MONTHS = 12
NOT_COUNTING = _("The role in which you act does not see counts of referrals.")
_ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Words:
    """The sentence of one kind of count in both languages."""

    key: str
    zh: str
    en: str


_AWAY = _Words(
    "away",
    "{first}至{last}，转出的{specialty}病例{cases}例",
    "{first} to {last}: {cases} cases of {specialty} referred away",
)
_BACK = _Words(
    "back",
    "{first}至{last}，因缺少所需技能未能接回{specialty}患者，共{cases}例",
    "{first} to {last}: {cases} cases of {specialty} not taken back for want of a skill",
)


@dataclass(frozen=True, slots=True)
class _Count:
    """How many cases, and how many of their rows are sample data."""

    cases: int
    samples: int


Counts = Mapping[tuple[int, str], _Count]


def register() -> None:
    """Propose needs; once, when the application starts."""
    register_need_source(NeedSource("referred_away", referred_away, "referrals:statistics", may_count))
    register_need_source(NeedSource("transfer_back", not_taken_back, "referrals:findings", may_count))


def last_whole_months(today: datetime.date) -> DateSpan:
    """Return the twelve whole months before this one.

    Examples
    --------
    >>> last_whole_months(datetime.date(2026, 11, 22))
    DateSpan(start=datetime.date(2025, 11, 1), end=datetime.date(2026, 10, 31))
    """
    first_of_this = today.replace(day=1)
    return DateSpan(add_calendar_months(first_of_this, -MONTHS), first_of_this - _ONE_DAY)


def referred_away(actor: Actor) -> Found:
    """Count what institutions sent up, by institution and specialty."""
    if not may_count(actor):
        return Found(why_nothing=NOT_COUNTING)
    span = last_whole_months(timezone.localdate())
    start, end = _moments(span)
    sent = counting_scope(actor).filter(
        of_own(actor),
        request__direction=Direction.UP,
        request__is_revoked=False,
        request__sent_at__gte=start,
        request__sent_at__lt=end,
    )
    # One patient who was asked for at three hospitals was referred once.
    counted = sent.order_by().values_list("request__from_institution_id", "request__specialty")
    is_sample = Q(request__provenance=Provenance.SAMPLE)
    cases = counted.annotate(cases=Count("request__journey_id", distinct=True), samples=Count("pk", filter=is_sample))
    return Found(tuple(_proposals(_AWAY, span, {(site, code): _Count(*rest) for site, code, *rest in cases})))


def not_taken_back(actor: Actor) -> Found:
    """Count for how many patients a unit said that it lacked a skill, by unit and specialty."""
    if not may_count(actor):
        return Found(why_nothing=NOT_COUNTING)
    span = last_whole_months(timezone.localdate())
    start, end = _moments(span)
    legs = counting_scope(actor).filter(of_own(actor))
    found = CapabilityFinding.objects.filter(
        leg__in=legs.order_by().values("pk"), kind=ReturnNeed.Kind.SKILL, found_at__gte=start, found_at__lt=end
    )
    counted = found.order_by().values_list("institution_id", "leg__request__specialty")
    is_sample = Q(leg__request__provenance=Provenance.SAMPLE)
    cases = counted.annotate(
        cases=Count("leg__request__journey_id", distinct=True), samples=Count("pk", filter=is_sample)
    )
    return Found(tuple(_proposals(_BACK, span, {(site, code): _Count(*rest) for site, code, *rest in cases})))


def _moments(span: DateSpan) -> tuple[datetime.datetime, datetime.datetime]:
    first, after = (
        timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
        for day in (span.start, span.end + _ONE_DAY)
    )
    return first, after


def _proposals(words: _Words, span: DateSpan, counts: Counts) -> Iterable[ProposedNeed]:
    threshold = policy_book().default_on(timezone.localdate(), COUNTRY).limits.small_cell
    by_site: defaultdict[int, dict[str, _Count]] = defaultdict(dict)
    for (site_id, specialty), count in counts.items():
        by_site[site_id][specialty] = count
    names = {item.code: item for item in load_reference("specialties")}
    for site in Institution.objects.select_related("place").filter(pk__in=by_site).order_by("pk"):
        row = by_site[site.pk]
        shown = hide_small_cells([each.cases for each in row.values()], threshold).counts
        for code, cases in zip(row, shown, strict=True):
            if not code or not cases:
                continue
            name = names.get(code)
            facts = {"first": span.start, "last": span.end, "cases": cases}
            yield ProposedNeed(
                key=f"{words.key}:{site.code}:{code}",
                place=site.place,
                institution=site,
                specialty=code,
                profession="doctor",
                figure=cases,
                people=None,
                words_zh=words.zh.format(specialty=code if name is None else name.zh, **facts),
                words_en=words.en.format(specialty=code if name is None else name.en, **facts),
                counted_on=span.end,
                is_sample=row[code].samples > 0,
            )

"""What every part of a report is asked: by whom, for which agreement and period, on which day."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from lianyi.accounts.actors import Actor
from lianyi.dispatch.rounds_disclosure import SmallCounts
from lianyi.methods.periods import DateSpan
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Place
from lianyi.reports.content import ReportPeriod


@dataclass(frozen=True, slots=True)
class Asked:
    """One report asked for. Counts of people are hidden below ``counts``: a report is printed and handed on."""

    actor: Actor
    agreement: Agreement
    period: ReportPeriod
    today: datetime.date
    counts: SmallCounts

    @property
    def span(self) -> DateSpan:
        """Return the days counted: those of the period within the agreement's term, up to today."""
        term = self.agreement.term
        start = max(self.period.span.start, term.start)
        return DateSpan(start, max(start, min(self.period.span.end, term.end, self.today)))

    def shown(self, count: int) -> str:
        return str(self.counts.shown(count))


def listed(name: str, **asked: object) -> str:
    """Return the address of a list narrowed to what was counted."""
    return f"{reverse(name)}?{urlencode(asked)}"


@dataclass(frozen=True, slots=True)
class AskedOfPlace:
    """One report about a place with everything in it. Its counts of patients are hidden as in every report."""

    actor: Actor
    place: Place
    period: ReportPeriod
    today: datetime.date
    counts: SmallCounts

    @property
    def span(self) -> DateSpan:
        """Return the days counted: those of the period up to today."""
        start = self.period.span.start
        return DateSpan(start, max(start, min(self.period.span.end, self.today)))

    def within(self, lookup: str) -> Q:
        """Return the condition that an institution or place lies within; ``lookup`` leads to it from the row."""
        return Q(**{f"{lookup}__node__path__startswith": self.place.node.path})

"""Every reading about alliances, agreements and duties, within the asker's reach."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Prefetch, Q, QuerySet, Value, When

from lianyi.accounts.access import decide, get_in_scope, nodes_in_reach, scoped
from lianyi.accounts.actors import Actor
from lianyi.partnerships.models import (
    Agreement,
    AgreementParty,
    Alliance,
    AllianceMembership,
    CycleStep,
    Duty,
    TimelineFact,
)
from lianyi.partnerships.promise_disclosure import shown_accounts, shown_periods
from lianyi.partnerships.promises import (
    DutyAccount,
    DutyPeriod,
    PromiseCounts,
    accounts_of,
    counts_of,
    current_periods,
)

# Who organises and who gives stands before who receives.
_SIDES = ("organiser", "supporting", "mutual", "supported", "site")


def _parties_in_order() -> QuerySet[AgreementParty, Any]:
    order = Case(*(When(side=side, then=Value(place)) for place, side in enumerate(_SIDES)))
    rows = AgreementParty.objects.exclude(side=AgreementParty.Side.SITE).select_related("institution__place")
    return rows.order_by(order, "institution__code")


def agreements(actor: Actor) -> QuerySet[Agreement, Any]:
    """Return the agreements within reach, with their parties (sites are only counted)."""
    rows = scoped(actor, Agreement.objects.select_related("alliance"))
    sites = Count("parties", filter=Q(parties__side=AgreementParty.Side.SITE), distinct=True)
    parties = Prefetch("parties", queryset=_parties_in_order(), to_attr="named_parties")
    return rows.annotate(site_count=sites).prefetch_related(parties).order_by("-starts_on", "code")


def agreement(actor: Actor, pk: int) -> Agreement:
    """Return one agreement with its parties.

    Raises
    ------
    NotFoundInScopeError
        When there is none, or none within reach.
    """
    return get_in_scope(actor, agreements(actor), pk)


def alliances(actor: Actor) -> QuerySet[Alliance, Any]:
    """Return the alliances within reach, with the number of their present members."""
    rows = scoped(actor, Alliance.objects.select_related("lead", "place"))
    present = Count("memberships", filter=Q(memberships__valid_to__isnull=True))
    return rows.annotate(member_count=present).order_by("code")


def alliance(actor: Actor, pk: int) -> Alliance:
    return get_in_scope(actor, alliances(actor), pk)


def memberships(actor: Actor, row: Alliance) -> QuerySet[AllianceMembership, Any]:
    """Return all memberships of an alliance, past ones included, newest first."""
    found = scoped(actor, AllianceMembership.objects.filter(alliance=row).select_related("institution__place"))
    return found.order_by("-valid_from", "institution__code")


def duties(actor: Actor, row: Agreement) -> list[Duty]:
    """Return the duties of an agreement in order."""
    return list(scoped(actor, Duty.objects.filter(agreement=row).select_related("agreement")).order_by("code"))


def duty(actor: Actor, pk: int) -> Duty:
    return get_in_scope(actor, Duty.objects.select_related("agreement"), pk)


def promises(actor: Actor, row: Agreement, today: datetime.date) -> list[DutyAccount]:
    """Return every duty of an agreement in every period, with what was delivered as far as the reader may see it."""
    return accounts(actor, duties(actor, row), today)


def promises_on_paper(actor: Actor, row: Agreement, today: datetime.date) -> list[DutyAccount]:
    """Return the same as a paper may say it that is handed on: small counts of patients are hidden from everybody."""
    return shown_accounts(accounts_of(duties(actor, row), today), None)


def accounts(actor: Actor, rows: Iterable[Duty], today: datetime.date) -> list[DutyAccount]:
    """Return duties that the reader may see in every period, small counts of patients hidden from who only watches."""
    return shown_accounts(accounts_of(rows, today), actor)


def cycle_steps(actor: Actor, row: Agreement) -> list[CycleStep]:
    return list(scoped(actor, CycleStep.objects.filter(agreement=row)).order_by("cycle", "step"))


def facts(actor: Actor, row: Agreement) -> QuerySet[TimelineFact, Any]:
    """Return the recorded and reported events of an agreement, oldest first."""
    found = scoped(actor, TimelineFact.objects.filter(agreement=row).select_related("duty", "agreement"))
    return found.order_by("happened_on", "code")


def fact(actor: Actor, pk: int) -> TimelineFact:
    return get_in_scope(actor, TimelineFact.objects.select_related("agreement"), pk)


def sites(actor: Actor, row: Agreement) -> QuerySet[AgreementParty, Any]:
    """Return the places of work of an agreement."""
    found = scoped(actor, AgreementParty.objects.filter(agreement=row, side=AgreementParty.Side.SITE))
    return found.select_related("institution__place").order_by("institution__code")


def asked_parties(actor: Actor) -> QuerySet[AgreementParty, Any]:
    """Return the parts of which the actor may say whether their institution takes them; refused ones included."""
    if not decide(actor, "agreement.write").allowed:
        return AgreementParty.objects.none()
    rows = scoped(actor, AgreementParty.objects.filter(confirmed_at__isnull=True, valid_to__isnull=True))
    mine = rows.filter(institution_id__in=nodes_in_reach(actor).values("pk"))
    waiting = mine.exclude(agreement__state=Agreement.State.TERMINATED)
    return waiting.select_related("agreement", "institution").order_by("agreement_id", "institution__code")


@dataclass(frozen=True, slots=True)
class AgreementStanding:
    """One agreement with where its duties stand in their current periods."""

    agreement: Agreement
    periods: tuple[DutyPeriod, ...]
    counts: PromiseCounts


def standings(actor: Actor, rows: Sequence[Agreement], today: datetime.date) -> list[AgreementStanding]:
    """Count the current periods of many agreements with a fixed number of queries."""
    return _standings(shown_periods(_current(actor, rows, today), actor), rows)


def standings_on_paper(actor: Actor, rows: Sequence[Agreement], today: datetime.date) -> list[AgreementStanding]:
    """Return the same as a paper may say it that is handed on: small counts of patients are hidden from everybody."""
    return _standings(shown_periods(_current(actor, rows, today), None), rows)


def _current(actor: Actor, rows: Sequence[Agreement], today: datetime.date) -> list[DutyPeriod]:
    found = scoped(actor, Duty.objects.filter(agreement__in=[row.pk for row in rows]).select_related("agreement"))
    return current_periods(found.order_by("agreement_id", "code"), today)


def _standings(periods: Iterable[DutyPeriod], rows: Sequence[Agreement]) -> list[AgreementStanding]:
    by_agreement: defaultdict[int, list[DutyPeriod]] = defaultdict(list)
    for period in periods:
        by_agreement[period.duty.agreement_id].append(period)
    return [AgreementStanding(row, tuple(by_agreement[row.pk]), counts_of(by_agreement[row.pk])) for row in rows]


@dataclass(frozen=True, slots=True)
class Flow:
    """How much goes from one institution to another under an agreement."""

    kind: str
    from_institution_id: int
    to_institution_id: int
    persons: int


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of the time line, whoever tells it."""

    day: datetime.date
    precision: str
    kind: str
    text_zh: str
    text_en: str
    provenance: str
    source: str = ""
    until: datetime.date | None = None
    fact_id: int | None = None


FlowSource = Callable[[Actor, Agreement], Iterable[Flow]]
TimelineSource = Callable[[Actor, Agreement], Iterable[TimelineEntry]]
_FLOW_SOURCES: list[FlowSource] = []
_TIMELINE_SOURCES: list[TimelineSource] = []


def register_flow_source(source: FlowSource) -> None:
    """Let an application add what flows between the parties to the map."""
    _FLOW_SOURCES.append(source)


def register_timeline_source(source: TimelineSource) -> None:
    """Let an application add its events to the time line."""
    _TIMELINE_SOURCES.append(source)


def flows(actor: Actor, row: Agreement) -> list[Flow]:
    """Return what flows between institutions under an agreement, as the applications tell it."""
    return [flow for source in _FLOW_SOURCES for flow in source(actor, row)]


def timeline(actor: Actor, row: Agreement) -> list[TimelineEntry]:
    """Return the whole time line of an agreement, oldest first."""
    entries = [
        TimelineEntry(
            day=each.happened_on,
            precision=each.precision,
            kind=each.kind,
            text_zh=each.statement_zh,
            text_en=each.statement_en,
            provenance=each.provenance,
            source=each.source,
            fact_id=each.pk,
        )
        for each in facts(actor, row)
    ]
    entries += [entry for source in _TIMELINE_SOURCES for entry in source(actor, row)]
    return sorted(entries, key=lambda entry: (entry.day, entry.kind, entry.text_zh))

"""The national figure of stationed doctors of intermediate title and above, year by year."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lianyi.dispatch.models import Posting
from lianyi.dispatch.stays import SUPPORT_KINDS, rank_of, stays_of
from lianyi.methods.periods import DateSpan
from lianyi.methods.staffing import average_stationed_doctors, stationed_doctors
from lianyi.pages.names import name_of
from lianyi.partnerships.evidence import EvidenceKind
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Place, PlacePopulation
from lianyi.rules import Measure, RuleSet, institution_kinds

PRIMARY_TIERS = frozenset({"village", "township"})


@dataclass(frozen=True, slots=True)
class StationedRule:
    """From which title and from how many days in the year on a doctor counts."""

    minimum_title_rank: int
    minimum_days: int


@dataclass(frozen=True, slots=True)
class StationedFigure:
    """The figure of one year. Without a population there is a count and no rate: missing is not zero."""

    year: int
    doctors: int
    short: int
    average: Decimal
    residents: int | None = None
    residents_year: int | None = None
    place: str = ""
    per_10000: Decimal | None = None
    average_per_10000: Decimal | None = None


def stationed_rule(agreement: Agreement, rule_set: RuleSet | None) -> StationedRule | None:
    """Return the rule by which the figure is asked: by the programme, else by a duty; None when nobody asks."""
    asked = () if rule_set is None else rule_set.requirements_for(Measure.STATIONED_MINIMUM_DAYS)
    if asked:
        return StationedRule(asked[0].title_rank or rank_of("intermediate"), int(asked[0].minimum or 1))
    for duty in agreement.duties.all():
        if duty.evidence_kind == EvidenceKind.STATIONED_MID_GRADE_DOCTORS:
            return StationedRule(rank_of("intermediate"), int(duty.parameters.get("minimum_days", 1)))
    return None


def stationed_figures(
    postings: Sequence[Posting], rule: StationedRule, term: DateSpan, today: datetime.date
) -> list[StationedFigure]:
    """Return the figure for every begun year of a term, from the doctors posted to primary institutions.

    The postings come from a scoped reading with ``staff`` and ``to_institution__place`` selected.
    """
    primary = {kind.code for kind in institution_kinds() if PRIMARY_TIERS.intersection(kind.tiers)}
    doctors = [
        row
        for row in postings
        if row.kind in SUPPORT_KINDS and row.staff.profession == "doctor" and row.to_institution.kind in primary
    ]
    stays = stays_of(doctors, today)
    populations = populations_around([row.to_institution.place_id for row in doctors])
    figures = []
    for year in range(term.start.year, min(term.end, today).year + 1):
        population = _population_of(populations, year)
        base = 1 if population is None else population.persons
        title_rank = rule.minimum_title_rank
        counted = stationed_doctors(
            stays, year, minimum_title_rank=title_rank, minimum_days=rule.minimum_days, residents=base
        )
        average = average_stationed_doctors(stays, year, minimum_title_rank=title_rank, residents=base)
        figure = StationedFigure(year, counted.doctors, len(counted.short), _rounded(average.doctors, 2))
        if population is not None:
            figure = StationedFigure(
                year=year,
                doctors=figure.doctors,
                short=figure.short,
                average=figure.average,
                residents=population.persons,
                residents_year=population.year,
                place=name_of(population.place),
                per_10000=_rounded(counted.per_10000_residents, 3),
                average_per_10000=_rounded(average.per_10000_residents, 3),
            )
        figures.append(figure)
    return figures


def _rounded(value: float, places: int) -> Decimal:
    return Decimal(str(round(value, places)))


def populations_around(place_ids: Sequence[int]) -> list[PlacePopulation]:
    """Return the residents of the smallest place that holds all these places and whose population is known.

    Places and their populations are published, so everybody may read them.
    """
    paths = list(Place.objects.filter(pk__in=set(place_ids)).values_list("node__path", flat=True))
    if not paths:
        return []
    shared = _shared_keys(paths)
    rows = PlacePopulation.objects.filter(place__node__key__in=shared, group=PlacePopulation.Group.RESIDENT)
    by_place: dict[str, list[PlacePopulation]] = {}
    for row in rows.select_related("place__node").order_by("year"):
        by_place.setdefault(row.place.node.key, []).append(row)
    return next((by_place[key] for key in reversed(shared) if key in by_place), [])


def _shared_keys(paths: Sequence[str]) -> list[str]:
    """Return the keys of nodes that all paths begin with, from the root down."""
    steps = [[part for part in path.split("/") if part] for path in paths]
    shared = []
    for same in zip(*steps, strict=False):
        if len(set(same)) > 1:
            break
        shared.append(same[0])
    return shared


def _population_of(rows: Sequence[PlacePopulation], year: int) -> PlacePopulation | None:
    """Return the count of that year, or the last one before it, or the first there is."""
    before = [row for row in rows if row.year <= year]
    return before[-1] if before else next(iter(rows), None)

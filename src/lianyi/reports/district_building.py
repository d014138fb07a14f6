"""One screen for a district or county: its partnerships, people, needs, patients, growth, demands and indicators."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from lianyi.accounts.actors import Actor
from lianyi.dispatch.rounds_disclosure import watched_counts
from lianyi.pages.names import name_of
from lianyi.pages.values import shown
from lianyi.registry.models import Place, PlacePopulation
from lianyi.reports.content import Fact, Part, Report, ReportPeriod
from lianyi.reports.errors import ReportNotBegunError
from lianyi.reports.models import PlaceReportKind
from lianyi.reports.parts import district_figures, district_partnerships, district_work
from lianyi.reports.parts.asking import AskedOfPlace
from lianyi.survey import queries as survey


def place_report(
    actor: Actor, place: Place, kind: PlaceReportKind, period: ReportPeriod, today: datetime.date
) -> Report:
    """Return a report about a place as the actor may read it, in the active language.

    Raises
    ------
    ReportNotBegunError
    """
    if period.span.start > today:
        message = f"{period} begins on {period.span.start}, after today. Choose a period that has begun."
        raise ReportNotBegunError(message, field="period", period=str(period), start=period.span.start)
    asked = AskedOfPlace(actor, place, period, today, watched_counts())
    parts = _dashboard(asked) if kind == PlaceReportKind.DASHBOARD else tuple(district_work.demands(asked))
    return Report(
        title=f"{kind.label} {period}",
        subtitle=f"{name_of(place)} · {place.code}",
        marks=(_("Sample data"),) if place.is_sample else (),
        facts=_facts(asked),
        parts=parts,
        limits_title=_("What these numbers cannot say"),
        limits=_limits(asked),
    )


def place_documents(
    actor: Actor, place: Place, kind: PlaceReportKind, period: ReportPeriod, today: datetime.date
) -> dict[str, Any]:
    """Return the report in every language of the site, by language."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found[language] = place_report(actor, place, kind, period, today).as_document()
    return found


def _dashboard(asked: AskedOfPlace) -> tuple[Part, ...]:
    """Return all numbers at a glance, then what stands behind them part by part."""
    made = (
        district_partnerships.promises(asked),
        district_partnerships.people(asked),
        *district_figures.indicators(asked),
        district_figures.completeness(asked),
        district_work.needs(asked),
        district_work.patients(asked),
        district_work.growth(asked),
        district_work.building(asked),
        *district_work.demands(asked)[:1],
    )
    parts = [each for each in made if each is not None]
    numbers = tuple(number for each in parts for number in each.numbers)
    glance = Part(key="glance", title=_("At a glance"), numbers=numbers, empty=_("Nothing is on record yet."))
    return (glance, *(replace(each, numbers=()) for each in parts if not _is_only_numbers(each)))


def _is_only_numbers(part: Part) -> bool:
    return bool(part.numbers) and not (part.sentences or part.picture or (part.grid and part.grid.rows))


def _facts(asked: AskedOfPlace) -> tuple[Fact, ...]:
    span = asked.span
    stated = survey.populations(asked.actor, [asked.place]).get((asked.place.pk, PlacePopulation.Group.RESIDENT))
    residents = "" if stated is None else f"{stated.quantity:,.0f} ({stated.year})"
    return (
        Fact(_("Level"), str(asked.place.get_level_display())),
        Fact(_("Residents"), residents),
        Fact(_("Days counted"), f"{shown(span.start)} – {shown(span.end)}"),
        Fact(pgettext("report", "As known on"), shown(asked.today)),
    )


def _limits(asked: AskedOfPlace) -> tuple[str, ...]:
    found = [
        _(
            "They say what was done, not what it changed: nothing here is compared with places that had no partner. "
            "Whether it worked is the question of an evaluation."
        ),
        _("Only what lies within the reach of whoever made the report is counted."),
        _("Green and red tell which way an indicator moved since its last value, not whether it is more than chance."),
    ]
    if asked.span.end < asked.period.span.end:
        found.append(_("The period is not over; everything is counted up to the day of the report."))
    return tuple(found)

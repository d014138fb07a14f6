"""The route sheet of a team and a day: one set of words for the page and for the PDF.

It is used on the road without a phone, so it says everything that is needed there, and leaves room to write by hand.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianyi.dispatch.models import RoundCrew, RoundVisit, VisitState
from lianyi.dispatch.rounds_texts import WEEKDAY_NAMES, skills_word
from lianyi.dispatch.rounds_values import clock
from lianyi.pages.names import name_of


@dataclass(frozen=True, slots=True)
class SheetStop:
    """One stop on the sheet, every value as text."""

    order: str
    name: str
    code: str
    way: str
    arrives: str
    departs: str
    minutes: str
    asks: str
    last_note: str
    missed: str


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A label and its value."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class RouteSheet:
    """Everything that the page and the PDF show."""

    title: str
    subtitle: str
    marks: tuple[str, ...]
    lines: tuple[SheetLine, ...]
    headings: tuple[str, ...]
    stops: tuple[SheetStop, ...]
    nothing: str
    note_label: str
    write_in: tuple[str, ...]
    notes_title: str
    signed: tuple[str, ...]


def sheet_of(crew: RoundCrew, day: datetime.date, visits: Sequence[RoundVisit], notes: dict[int, str]) -> RouteSheet:
    """Return the sheet; ``notes`` are those of the last visit by stop."""
    programme = crew.programme
    stops = [_stop(number, visit, notes.get(visit.stop_id, "")) for number, visit in enumerate(visits, start=1)]
    return RouteSheet(
        title=_("Route sheet"),
        subtitle=f"{name_of(programme)} · {name_of(crew.team)} · {day} {WEEKDAY_NAMES[str(day.isoweekday())]}",
        marks=(_("Sample data"),) if any(visit.is_sample for visit in visits) else (),
        lines=tuple(_lines(crew)),
        headings=(_("Order"), _("Stop"), _("Way"), _("Arrival"), _("Departure"), _("Minutes"), _("To take along")),
        stops=tuple(stops),
        nothing=_("Nothing is planned for this team on this day."),
        note_label=_("Noted last time:"),
        write_in=(_("Real arrival"), _("Real departure"), _("People seen"), _("Done / shortened / missed, and why")),
        notes_title=_("Notes"),
        signed=(_("Leader of the team"), _("Local staff")),
    )


def _stop(number: int, visit: RoundVisit, note: str) -> SheetStop:
    stop = visit.stop
    way = "" if visit.travel_minutes is None else _("%(minutes)s min") % {"minutes": visit.travel_minutes}
    return SheetStop(
        order=str(number),
        name=name_of(stop.site),
        code=stop.code,
        way=way,
        arrives=clock(visit.arrives_at),
        departs=clock(visit.departs_at),
        minutes=str(stop.service_minutes),
        asks=skills_word(stop.skills),
        last_note=note,
        missed=str(VisitState.MISSED.label) if visit.state == VisitState.MISSED else "",
    )


def _lines(crew: RoundCrew) -> list[SheetLine]:
    leader = crew.team.leader
    hours = f"{clock(crew.day_starts_at)}–{clock(crew.day_ends_at)}"
    facts = [
        (_("Leader"), "" if leader is None else name_of(leader)),
        (_("Vehicle"), crew.vehicle),
        (_("Sets out from"), name_of(crew.start)),
        (_("Working hours"), hours),
        (pgettext("route sheet", "Break"), _break(crew)),
        (_("Specialties on board"), skills_word(crew.skills)),
    ]
    return [SheetLine(label, value) for label, value in facts if value]


def _break(crew: RoundCrew) -> str:
    if not crew.break_minutes:
        return ""
    return _("%(minutes)s min, from %(time)s on") % {"minutes": crew.break_minutes, "time": clock(crew.break_from)}

"""What `lianyi plan rounds` plans from, written by the site: the tables of a programme for some weeks, in one archive.

The tables are described in docs/methods/rounds.md. Stops go by their codes, teams by theirs, and the places that teams
set out from by the codes of their institutions, so that the visits that come back can be read as a plan.
"""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lianyi.accounts.actors import Actor
from lianyi.dispatch import rounds_queries
from lianyi.dispatch.errors import RoundPlanRefusedError
from lianyi.dispatch.models import (
    HELD_STATES,
    RoundCrew,
    RoundProgramme,
    RoundStop,
    RoundVisit,
    RoundWay,
    VisitState,
)
from lianyi.dispatch.rounds_charts import point_of_start, point_of_stop
from lianyi.dispatch.rounds_frequency import required_of
from lianyi.dispatch.rounds_values import clock, codes_in
from lianyi.methods.periods import ONE_DAY, DateSpan
from lianyi.pages.names import name_of

Row = Mapping[str, object]
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class FolderData:
    """A programme as it stands, for the days that are to be planned. Stops come with their closures."""

    programme: RoundProgramme
    stops: Sequence[RoundStop]
    crews: Sequence[RoundCrew]
    ways: Sequence[RoundWay]
    visits: Sequence[RoundVisit]
    populations: Mapping[int, int]
    span: DateSpan
    today: datetime.date

    @property
    def visited(self) -> list[RoundStop]:
        """The stops that are in the programme on some of the days."""
        return [stop for stop in self.stops if _span_of(stop, self.span) is not None]

    @property
    def first_change(self) -> datetime.date:
        """The first day that can still change: today, or tomorrow when a visit of today is recorded already."""
        recorded = any(visit.held_on == self.today for visit in self.visits if visit.state in HELD_STATES)
        day = self.today + ONE_DAY if recorded else self.today
        return min(max(day, self.span.start), self.span.end + ONE_DAY)


def _span_of(stop: RoundStop, span: DateSpan) -> DateSpan | None:
    first, last = max(span.start, stop.starts_on or span.start), min(span.end, stop.ends_on or span.end)
    return None if last < first else DateSpan(first, last)


def folder_data(actor: Actor, row: RoundProgramme, span: DateSpan, today: datetime.date) -> FolderData:
    """Read what is planned from, within the actor's reach."""
    stops = list(rounds_queries.stops(actor, row))
    return FolderData(
        programme=row,
        stops=stops,
        crews=list(rounds_queries.crews(actor, row)),
        ways=list(rounds_queries.ways(actor, row)),
        visits=list(rounds_queries.visits(actor).filter(stop__programme=row)),
        populations=rounds_queries.populations(stops),
        span=span,
        today=today,
    )


def archive_of(data: FolderData) -> bytes:
    """Return the tables as one archive.

    Raises
    ------
    RoundPlanRefusedError
        When there is no stop or no team, or a place has neither ways nor coordinates.
    """
    refuse_unplannable(data)
    tables = {
        "villages": list(_villages(data)),
        "teams": list(_teams(data)),
        "closures": list(_closures(data)),
        "published": list(_published(data)),
        **({"travel": list(_travel(data))} if data.ways else {"places": list(_places(data))}),
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rules.toml", _rules(data, with_published=bool(tables["published"])))
        for name, rows in tables.items():
            if rows:
                archive.writestr(f"{name}.csv", _text(rows))
    return content.getvalue()


def refuse_unplannable(data: FolderData) -> None:
    """Refuse what no plan can be made from, before anybody waits for one.

    Raises
    ------
    RoundPlanRefusedError
        As `archive_of`.
    """
    if not data.visited or not data.crews:
        raise RoundPlanRefusedError(
            "A plan needs a stop and a team on the road at least; add them first.", reason="nothing-to-plan"
        )
    if data.ways:
        return
    lost = [name_of(stop.site) for stop in data.visited if point_of_stop(stop) is None]
    lost += [name_of(crew.start) for crew in data.crews if point_of_start(crew.start) is None]
    if lost:
        raise RoundPlanRefusedError(
            f"Without ways every place needs coordinates; these have none: {', '.join(lost[:MOST_NAMED])}.",
            reason="no-coordinates",
            places=lost[:MOST_NAMED],
        )


def _text(rows: Sequence[Row]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _rules(data: FolderData, *, with_published: bool) -> str:
    days = f"[days]\nfirst_day = {data.span.start}\nlast_day = {data.span.end}\n"
    return f"{days}\n[published]\ntoday = {data.first_change}\n" if with_published else days


def _villages(data: FolderData) -> Iterable[Row]:
    for stop in data.visited:
        visits, period = required_of(stop)
        own = _span_of(stop, data.span)
        point = point_of_stop(stop) or ("", "")
        yield {
            "id": stop.code,
            "service_minutes": stop.service_minutes,
            "visits": visits,
            "period": period,
            "least_days": data.programme.least_days_between,
            "most_days": data.programme.most_days_between or "",
            "weekdays": ";".join(stop.weekdays),
            "seasons": "" if own is None or own == data.span else f"{own.start}/{own.end}",
            "opens": clock(stop.opens_at),
            "closes": clock(stop.closes_at),
            "skills": ";".join(sorted(codes_in(stop.skills))),
            "population": data.populations.get(stop.place_id, ""),
            "last_visit": _last_visit(data, stop),
            "longitude": point[0],
            "latitude": point[1],
        }


def _last_visit(data: FolderData, stop: RoundStop) -> object:
    held = [visit.held_on for visit in data.visits if visit.stop_id == stop.pk and visit.state in HELD_STATES]
    return max((day for day in held if day is not None and day < data.span.start), default="")


def _teams(data: FolderData) -> Iterable[Row]:
    nights = ";".join(stop.code for stop in data.visited if stop.offers_night)
    for crew in data.crews:
        gone = crew.ends_on is not None and crew.ends_on < data.span.end
        first_absent = max(data.span.start, crew.ends_on + ONE_DAY) if crew.ends_on is not None else data.span.start
        yield {
            "id": crew.team.code,
            "home": crew.start.code,
            "skills": ";".join(sorted(codes_in(crew.skills))),
            "vehicle": crew.vehicle,
            "weekdays": ";".join(crew.weekdays),
            "absent": f"{first_absent}/{data.span.end}" if gone else "",
            "starts": clock(crew.day_starts_at),
            "ends": clock(crew.day_ends_at),
            "break_minutes": crew.break_minutes,
            "break_from": clock(crew.break_from) or clock(crew.day_starts_at),
            "most_nights": crew.most_nights if nights else 0,
            "stays": nights if crew.most_nights else "",
        }


def _places(data: FolderData) -> Iterable[Row]:
    starts = {crew.start.code: crew.start for crew in data.crews}
    for code, start in sorted(starts.items()):
        point = point_of_start(start)
        if point is not None:
            yield {"id": code, "longitude": point[0], "latitude": point[1]}


def _travel(data: FolderData) -> Iterable[Row]:
    for way in data.ways:
        km = "" if way.km is None else way.km
        yield {"from": way.origin, "to": way.target, "minutes": way.minutes, "km": km}


def _closures(data: FolderData) -> Iterable[Row]:
    for stop in data.visited:
        for each in stop.closures.all():
            within = DateSpan(each.starts_on, each.ends_on).intersection(data.span)
            if within is not None and not each.is_void:
                yield {"first": within.start, "last": within.end, "place": stop.code, "why": each.get_kind_display()}


def _published(data: FolderData) -> Iterable[Row]:
    """Yield what is planned and what was made within the days, each once."""
    codes = {stop.pk: stop.code for stop in data.visited}
    teams = {crew.pk: crew.team.code for crew in data.crews}
    seen = set()
    for visit in data.visits:
        is_held = visit.state in HELD_STATES
        day = visit.held_on if is_held and visit.held_on is not None else visit.day
        key = (day, teams.get(visit.crew_id), codes.get(visit.stop_id))
        is_known = None not in key and day in data.span and key not in seen
        if visit.state == VisitState.WITHDRAWN or not is_known or (is_held and day >= data.first_change):
            continue
        seen.add(key)
        yield {"day": day, "team": key[1], "village": key[2], "done": int(is_held)}

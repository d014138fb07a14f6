"""Reports about a visit: the follow-up of an inspection, and the page that lies on the table of a symposium."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from lianyi.accounts.actors import Actor
from lianyi.dispatch.rounds_disclosure import watched_counts
from lianyi.exchanges.beside import institutions_of
from lianyi.exchanges.former import former_state
from lianyi.exchanges.models import ExchangeVisit, PointKind, VisitSide
from lianyi.exchanges.partnership import agreements_in_line
from lianyi.exchanges.queries import points
from lianyi.exchanges.queries.points import PointStanding
from lianyi.pages.names import name_of
from lianyi.pages.values import shown
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.models import Agreement
from lianyi.reports.content import Fact, Part, Report, ReportPeriod
from lianyi.reports.models import VisitReportKind
from lianyi.reports.parts import follow_up, growth, people, promises
from lianyi.reports.parts.asking import Asked, listed

_OF_A_YEAR: Final = (promises, people, growth)


def visit_report(actor: Actor, visit: ExchangeVisit, kind: VisitReportKind, today: datetime.date) -> Report:
    """Return a report about a visit as the actor may read it, in the active language."""
    own = points.standings(actor, list(points.open_points(actor).filter(visit=visit).order_by("number")), today)
    former = _former(actor, visit, today)
    make = _symposium if kind == VisitReportKind.SYMPOSIUM else _follow_up
    return Report(
        title=str(kind.label),
        subtitle=f"{name_of(visit, 'title')} · {visit.code}",
        marks=(_("Sample data"),) if visit.is_sample else (),
        facts=_facts(visit, today),
        parts=make(actor, visit, (own, former), today),
        limits_title=_("What these numbers cannot say"),
        limits=_limits(),
        signed=_signed(kind),
    )


def visit_documents(actor: Actor, visit: ExchangeVisit, kind: VisitReportKind, today: datetime.date) -> dict[str, Any]:
    """Return the report in every language of the site, by language."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found[language] = visit_report(actor, visit, kind, today).as_document()
    return found


def usual_kind(visit: ExchangeVisit) -> VisitReportKind:
    """Return the report that a visit of this kind is asked for first."""
    return VisitReportKind.FOLLOW_UP if visit.kind == "inspection" else VisitReportKind.SYMPOSIUM


def _former(actor: Actor, visit: ExchangeVisit, today: datetime.date) -> list[PointStanding]:
    found = [line.standing for group in former_state(actor, visit, today) for line in group.lines]
    return [each for each in found if each.point.kind != PointKind.DIFFICULTY]


def _rows_of(visit: ExchangeVisit) -> follow_up.Rows:
    own = {"visit": visit.code, "open": "yes"}
    return follow_up.Rows(listed("exchanges:points", **own), listed("exchanges:actions", **own))


def _rows_before(visit: ExchangeVisit) -> follow_up.Rows:
    address = f"{visit.get_absolute_url()}#former"
    return follow_up.Rows(address, address)


def _follow_up(
    _actor: Actor, visit: ExchangeVisit, found: tuple[list[PointStanding], list[PointStanding]], today: datetime.date
) -> tuple[Part, ...]:
    own, former = found
    nothing = _("No point was raised at this visit.")
    parts = [
        follow_up.summary("in-short", _("This visit in short"), own, _rows_of(visit)),
        follow_up.one_by_one("points", _("Points of this visit, one by one"), own, nothing),
        *_parts_before(visit, former),
        _times(own, former, today),
    ]
    return tuple(parts)


def _symposium(
    actor: Actor, visit: ExchangeVisit, found: tuple[list[PointStanding], list[PointStanding]], today: datetime.date
) -> tuple[Part, ...]:
    own, former = found
    parts = [*_parts_before(visit, former)]
    for agreement in _agreements_of(actor, visit):
        parts += _of_agreement(actor, agreement, visit.starts_on.year, today)
    if own:
        parts.append(follow_up.one_by_one("points", _("Points of this visit, one by one"), own, ""))
    return (*parts, _times(own, former, today))


def _parts_before(visit: ExchangeVisit, former: Sequence[PointStanding]) -> tuple[Part, ...]:
    nothing = _("No earlier visit of this partnership raised a point that you may read.")
    title = _("What became of the former points")
    if not former:
        return (Part(key="former", title=title, empty=nothing),)
    one_by_one = follow_up.one_by_one("former-points", _("Former points, one by one"), former, nothing)
    return (follow_up.summary("former", title, former, _rows_before(visit)), one_by_one)


def _times(own: Sequence[PointStanding], former: Sequence[PointStanding], today: datetime.date) -> Part:
    return Part(
        key="times",
        title=_("How long it took"),
        picture=follow_up.how_long([*former, *own], today),
        empty=_("No action has a day yet."),
    )


def _agreements_of(actor: Actor, visit: ExchangeVisit) -> list[Agreement]:
    """Return the agreement of the visit and those in line with it, as far as the actor reads them, oldest first."""
    if visit.agreement is None:
        return []
    rows = partnerships.agreements(actor).filter(pk__in=agreements_in_line(visit.agreement))
    return list(rows.order_by("starts_on", "pk"))


def _of_agreement(actor: Actor, agreement: Agreement, year: int, today: datetime.date) -> list[Part]:
    """Return the promises of the year before the visit and of its own, with people and growth of the later one."""
    periods = [ReportPeriod(each) for each in (year - 1, year)]
    told = [each for each in periods if each.span.start <= today and each.span.overlaps(agreement.term)]
    name = name_of(agreement, "title")
    found = []
    for period in told:
        asked = Asked(actor, agreement, period, today, watched_counts())
        made = [each.part_of(asked) for each in (_OF_A_YEAR if period == told[-1] else _OF_A_YEAR[:1])]
        found += [
            _named(each, f"{each.title} · {period} · {name}", f"{agreement.pk}-{period}") for each in made if each
        ]
    return found


def _named(part: Part, title: str, more: str) -> Part:
    """Return a part that stands several times in one report, told apart."""
    return Part(
        key=f"{part.key}-{more}",
        title=title,
        sentences=part.sentences,
        numbers=part.numbers,
        grid=part.grid,
        picture=part.picture,
        empty=part.empty,
    )


def _facts(visit: ExchangeVisit, today: datetime.date) -> tuple[Fact, ...]:
    days = shown(visit.starts_on)
    if visit.ends_on != visit.starts_on:
        days = f"{days} – {shown(visit.ends_on)}"
    sides = {side: " · ".join(name_of(each) for each in institutions_of(visit, side)) for side in VisitSide}
    return (
        Fact(pgettext("visit", "Days"), days),
        Fact(_("Host"), sides[VisitSide.HOST]),
        Fact(_("Guest"), sides[VisitSide.GUEST]),
        Fact(pgettext("visit", "Place"), " · ".join(each for each in (name_of(visit.place), visit.venue) if each)),
        Fact(_("Agreement"), name_of(visit.agreement, "title")),
        Fact(pgettext("report", "As known on"), shown(today)),
    )


def _limits() -> tuple[str, ...]:
    return (
        _("“Done” is what the owner says; only what somebody else has checked is known to be done."),
        _("Difficulties of members never stand here, nor are they counted."),
        _("A point that was not raised again may still be open: coming back is seen only where somebody says so."),
    )


def _signed(kind: VisitReportKind) -> tuple[str, ...]:
    if kind == VisitReportKind.SYMPOSIUM:
        return (_("For the host"), _("For the guest"))
    return (_("Checked by"), _("Date"))

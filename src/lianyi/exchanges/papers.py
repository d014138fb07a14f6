"""The minutes of a visit and the follow-up sheet of its points: one set of words for the page and for the PDF.

Neither holds a difficulty of a member, whoever asks: a paper goes from hand to hand.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianyi.accounts.actors import Actor
from lianyi.exchanges.beside import institutions_of
from lianyi.exchanges.former import FormerGroup, grouped
from lianyi.exchanges.models import ExchangeVisit, ProgrammeLine, VisitSide
from lianyi.exchanges.queries import points, recognitions, visits
from lianyi.exchanges.tables.recognitions import receiver_word
from lianyi.exchanges.texts import person_word, side_word
from lianyi.exchanges.words import PointLine, point_line
from lianyi.pages.names import name_of
from lianyi.pages.values import shown


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with rows under column titles, or with paragraphs."""

    title: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VisitPaper:
    """Everything that the page and the PDF show."""

    title: str
    subtitle: str
    marks: tuple[str, ...]
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    nothing: str
    signed: tuple[str, ...]


def minutes_of(actor: Actor, visit: ExchangeVisit, today: datetime.date) -> VisitPaper:
    """Return the minutes: programme, who was there, what was seen, said, agreed and raised."""
    found = points.standings(actor, list(points.open_points(actor).filter(visit=visit).order_by("number")), today)
    lines = [point_line(each) for each in found]
    sections = [
        Section(
            pgettext("visit", "Programme"),
            (pgettext("visit", "Time"), pgettext("visit", "Subject"), _("Who")),
            tuple((_when(each), name_of(each, "subject"), each.speaker) for each in visits.programme(actor, visit)),
        ),
        Section(
            _("Participants"),
            (pgettext("visit", "Side"), pgettext("visit", "Name"), _("Function"), _("Institution")),
            tuple(
                (str(each.get_side_display()), person_word(each), each.function, name_of(each.institution))
                for each in visits.participants(actor, visit)
            ),
        ),
        Section(_("What was seen"), paragraphs=_paragraphs(name_of(visit, "seen"))),
        Section(
            _("What was said"),
            (_("Who"), _("Topic"), _("Words")),
            tuple((each.speaker, each.topic, name_of(each, "words")) for each in visits.contributions(actor, visit)),
        ),
        Section(
            _("Points raised"),
            (_("Number"), _("Kind"), _("What was raised"), _("Raised by"), pgettext("visit", "What became of it")),
            tuple((each.number, each.kind, each.statement, each.raised_by, _became(each)) for each in lines),
        ),
        Section(_("What was agreed"), paragraphs=_paragraphs(name_of(visit, "agreed"))),
        Section(
            _("Recognition and thanks"),
            (_("Kind"), pgettext("visit", "To"), _("What for"), _("Gift")),
            tuple(
                (str(each.get_kind_display()), receiver_word(each), name_of(each, "what_for"), each.gift)
                for each in recognitions.recognitions_of_visit(actor, visit)
            ),
        ),
    ]
    signed = tuple(name_of(each) for side in VisitSide for each in institutions_of(visit, side))
    return _paper(pgettext("visit", "Minutes"), visit, _filled(sections), signed)


def follow_up_of(actor: Actor, visit: ExchangeVisit, today: datetime.date) -> VisitPaper:
    """Return the follow-up sheet: this visit's points and all former ones as they stand on a day."""
    own = points.standings(actor, list(points.open_points(actor).filter(visit=visit).order_by("number")), today)
    former = points.former_points(actor, visit).exclude(kind="difficulty")
    groups = grouped(points.standings(actor, list(former), today))
    columns = (_("Number"), _("What was raised"), pgettext("visit", "Owner"), _("Due on"), _("State"))
    sections = [
        Section(_("Points of this visit"), columns, tuple(_row(point_line(each)) for each in own)),
        *(_former_section(group, columns) for group in groups),
    ]
    title = _("Follow-up sheet, as of %(day)s") % {"day": today}
    return _paper(title, visit, _filled(sections), (_("Checked by"), _("Date")))


def _former_section(group: FormerGroup, columns: tuple[str, ...]) -> Section:
    title = _("Former points: %(group)s") % {"group": group.word}
    return Section(title, columns, tuple(_row(each) for each in group.lines))


def _row(line: PointLine) -> tuple[str, ...]:
    state = " · ".join(each for each in (line.state, line.late) if each)
    if line.came_back:
        state += _(" (came back: %(count)s)") % {"count": line.came_back}
    return (line.number, line.statement, line.owner, line.due, state)


def _became(line: PointLine) -> str:
    until = _("until %(day)s") % {"day": line.due} if line.due else ""
    return " · ".join(each for each in (line.state, line.owner, until) if each)


def _when(line: ProgrammeLine) -> str:
    hours = "–".join(f"{each:%H:%M}" for each in (line.starts_at, line.ends_at) if each is not None)
    day = "" if line.day is None else str(shown(line.day))
    return " ".join(each for each in (day, hours) if each)


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _filled(sections: Sequence[Section]) -> tuple[Section, ...]:
    return tuple(each for each in sections if each.rows or each.paragraphs)


def _paper(title: str, visit: ExchangeVisit, sections: tuple[Section, ...], signed: tuple[str, ...]) -> VisitPaper:
    days = str(visit.starts_on) if visit.starts_on == visit.ends_on else f"{visit.starts_on} – {visit.ends_on}"
    facts = (
        (_("Kind"), str(visit.get_kind_display())),
        (pgettext("visit", "Days"), days),
        (_("Host"), side_word(visit, VisitSide.HOST)),
        (_("Guest"), side_word(visit, VisitSide.GUEST)),
        (pgettext("visit", "Place"), " · ".join(each for each in (name_of(visit.place), visit.venue) if each)),
        (_("Agreement"), name_of(visit.agreement, "title")),
        (_("State"), str(visit.get_state_display())),
    )
    return VisitPaper(
        title=title,
        subtitle=f"{name_of(visit, 'title')} · {visit.code}",
        marks=(_("Sample data"),) if visit.is_sample else (),
        facts=tuple(Fact(label, value) for label, value in facts if value),
        sections=sections,
        nothing=_("Nothing was written down yet."),
        signed=signed,
    )

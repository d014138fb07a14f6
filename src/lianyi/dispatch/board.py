"""The board of postings as a drawing: which rows there are and where each bar stands.

Everything is laid out here in whole numbers, so that the template only writes shapes with classes (the site allows no
inline styles) and the same rows serve the table beside the drawing.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.urls import reverse
from django.utils.translation import gettext as _

from lianyi.dispatch.board_queries import ONE_DAY, Site, Stretch, gaps_in, terms_within
from lianyi.dispatch.machine import PRESENT
from lianyi.dispatch.models import Posting, PostingAbsence, PostingKind, PostingState
from lianyi.dispatch.stays import expected_span
from lianyi.dispatch.texts import days_word, specialty_word
from lianyi.methods.periods import DateSpan, add_calendar_months, last_day_of_term
from lianyi.pages.names import name_of

WIDTH = 1100
LABEL_WIDTH = 170
CHART_WIDTH = WIDTH - LABEL_WIDTH
HEAD_HEIGHT = 34
SITE_HEIGHT = 26
LANE_HEIGHT = 22
BAR_HEIGHT = 17
PRESENCE_HEIGHT = 18
SITE_SPACE = 8
FONT_SIZE = 12
SHORTEST_LABEL = 22
MOST_BARS = 120
MOST_SITES = 20
MONTHS_SHOWN = (3, 12, 24)
# How much of the past a window shows before anybody moves it.
MONTHS_BEFORE = {3: 1, 12: 3, 24: 6}
WIDE_FROM = 0x2E80


@dataclass(frozen=True, slots=True)
class Window:
    """The months that the board shows."""

    span: DateSpan
    months: int

    def x(self, day: datetime.date) -> int:
        """Return where a day begins, in the drawing's units."""
        return LABEL_WIDTH + round((day - self.span.start).days * CHART_WIDTH / self.span.days)

    def moved(self, months: int) -> datetime.date:
        """Return the first day of the window so many months on."""
        return add_calendar_months(self.span.start, months)

    @property
    def step(self) -> int:
        """By how many months previous and next move."""
        return max(1, self.months // 2)


def window_of(months: int, first: datetime.date | None, today: datetime.date) -> Window:
    """Return the window that a reader asked for; the usual one begins a little in the past."""
    length = months if months in MONTHS_SHOWN else MONTHS_SHOWN[1]
    start = first or add_calendar_months(today.replace(day=1), -MONTHS_BEFORE[length])
    start = start.replace(day=1)
    return Window(DateSpan(start, last_day_of_term(start, length)), length)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, with what it stands for in words."""

    x: int
    y: int
    width: int
    height: int
    title: str = ""
    is_ahead: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One posting: its bar, the text inside, the days of absence hatched over it."""

    posting: Posting
    state_word: str
    kind_word: str
    box: Box
    label: str
    url: str
    details: str
    hatches: tuple[Box, ...]
    days: DateSpan
    absences: tuple[PostingAbsence, ...]

    @property
    def label_x(self) -> int:
        return self.box.x + 5

    @property
    def label_y(self) -> int:
        return self.box.y + BAR_HEIGHT - 5


@dataclass(frozen=True, slots=True)
class SpecialtyGroup:
    """The bars of one specialty at one institution."""

    label: str
    name: str
    y: int
    bars: tuple[Bar, ...]

    @property
    def label_y(self) -> int:
        return self.y + BAR_HEIGHT - 4


@dataclass(frozen=True, slots=True)
class SiteGroup:
    """One receiving institution: its specialties and the days on which nobody is there."""

    site: Site
    y: int
    groups: tuple[SpecialtyGroup, ...]
    presence: Box | None
    terms: tuple[Box, ...]
    gaps: tuple[Box, ...]
    gap_days: int
    hidden: int

    @property
    def name(self) -> str:
        return name_of(self.site)

    @property
    def label_y(self) -> int:
        return self.y + SITE_HEIGHT - 9

    @property
    def presence_label_y(self) -> int:
        return 0 if self.presence is None else self.presence.y + self.presence.height - 3

    @property
    def bars(self) -> list[Bar]:
        return [bar for group in self.groups for bar in group.bars]


@dataclass(frozen=True, slots=True)
class Tick:
    """The beginning of a month."""

    x: int
    label: str
    year: str

    @property
    def is_year(self) -> bool:
        return bool(self.year)


@dataclass(frozen=True, slots=True)
class Board:
    """The whole drawing."""

    window: Window
    sites: tuple[SiteGroup, ...]
    ticks: tuple[Tick, ...]
    today_x: int | None
    height: int
    width: int = WIDTH
    label_width: int = LABEL_WIDTH
    head_height: int = HEAD_HEIGHT

    @property
    def bottom(self) -> int:
        return self.height - 2


@dataclass(frozen=True, slots=True)
class BoardRows:
    """What was read for one page of the board."""

    sites: Sequence[Site]
    postings: Sequence[Posting]
    absences: Mapping[int, list[PostingAbsence]]
    stretches: Sequence[Stretch] = ()
    stretch_absences: Mapping[int, list[PostingAbsence]] = field(default_factory=dict)


def pages_of_sites(sites: Sequence[Site]) -> list[list[Site]]:
    """Divide the institutions into pages of so many that no page has too many bars."""
    pages: list[list[Site]] = []
    bars = 0
    for site in sites:
        wanted = min(site.postings, MOST_BARS)
        if not pages or bars + wanted > MOST_BARS or len(pages[-1]) == MOST_SITES:
            pages.append([])
            bars = 0
        pages[-1].append(site)
        bars += wanted
    return pages


def lay_out(rows: BoardRows, window: Window, today: datetime.date) -> Board:
    """Return the drawing of one page: lanes packed from the top, institutions one below another."""
    by_site: dict[int, list[Posting]] = {site.pk: [] for site in rows.sites}
    for posting in rows.postings:
        by_site[posting.to_institution_id].append(posting)
    sheet = _Sheet(rows, window, today, _words(PostingState.choices), _words(PostingKind.choices))
    y = HEAD_HEIGHT
    sites = []
    for site in rows.sites:
        laid, y = sheet.site(site, by_site[site.pk], y)
        sites.append(laid)
    today_x = window.x(today) if today in window.span else None
    return Board(window, tuple(sites), tuple(_ticks(window)), today_x, max(y, HEAD_HEIGHT + LANE_HEIGHT))


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What every part of the drawing is made from."""

    rows: BoardRows
    window: Window
    today: datetime.date
    state_words: Mapping[str, str]
    kind_words: Mapping[str, str]

    def site(self, site: Site, postings: Sequence[Posting], top: int) -> tuple[SiteGroup, int]:
        y = top + SITE_HEIGHT
        groups = []
        for specialty, found in itertools.groupby(postings, key=lambda row: row.specialty):
            group, y = self.specialty(specialty, list(found), y)
            groups.append(group)
        own = [stretch for stretch in self.rows.stretches if stretch.site_id == site.pk]
        gaps = gaps_in(own, self.rows.stretch_absences, self.window.span, self.today)
        presence = Box(LABEL_WIDTH, y + 4, CHART_WIDTH, PRESENCE_HEIGHT - 8) if own else None
        boxes = tuple(self.gap_box(gap, y + 4) for gap in gaps)
        spans = terms_within(own, self.window.span)
        terms = tuple(self.box(span, y + 4, PRESENCE_HEIGHT - 8) for span in spans)
        y += PRESENCE_HEIGHT if own else 0
        hidden = site.postings - len(postings)
        # A day to come on which nobody is planned yet can still be filled; it is drawn, not counted.
        gap_days = sum((min(gap.end, self.today) - gap.start).days + 1 for gap in gaps if gap.start <= self.today)
        return SiteGroup(site, top, tuple(groups), presence, terms, boxes, gap_days, hidden), y + SITE_SPACE

    def gap_box(self, gap: DateSpan, y: int) -> Box:
        box = self.box(gap, y, PRESENCE_HEIGHT - 8)
        return replace(box, title=gap_text(gap, self.today), is_ahead=gap.start > self.today)

    def box(self, span: DateSpan, y: int, height: int) -> Box:
        start, end = self.window.x(span.start), self.window.x(span.end + ONE_DAY)
        return Box(start, y, max(3, end - start), height)

    def specialty(self, code: str, postings: Sequence[Posting], top: int) -> tuple[SpecialtyGroup, int]:
        lanes: list[datetime.date] = []
        bars = []
        spans = [(drawn_span(row, self.today), row) for row in postings]
        for span, row in sorted(spans, key=lambda pair: (pair[0], pair[1].pk)):
            lane = next((at for at, taken_to in enumerate(lanes) if taken_to < span.start), len(lanes))
            lanes[lane:] = [span.end, *lanes[lane + 1 :]]
            bars.append(self.bar(row, span, top + lane * LANE_HEIGHT))
        name = specialty_word(code)
        group = SpecialtyGroup(fitted(name, LABEL_WIDTH - 12), name, top, tuple(bars))
        return group, top + max(1, len(lanes)) * LANE_HEIGHT

    def bar(self, posting: Posting, span: DateSpan, y: int) -> Bar:
        absences = tuple(self.rows.absences.get(posting.pk, ()))
        shown = span.intersection(self.window.span) or DateSpan(self.window.span.start, self.window.span.start)
        box = self.box(shown, y + 2, BAR_HEIGHT)
        away = [DateSpan(each.starts_on, each.ends_on).intersection(shown) for each in absences]
        mark = "◇ " if posting.is_sample else ""
        state, kind = self.state_words[posting.state], self.kind_words[posting.kind]
        words = f"{mark}{name_of(posting.staff)} · {state}"
        return Bar(
            posting=posting,
            state_word=state,
            kind_word=kind,
            box=box,
            label=fitted(words, box.width - 8) if box.width >= SHORTEST_LABEL else "",
            url=reverse("dispatch:posting", args=[posting.pk]),
            details=_details(posting, (state, kind), span, absences),
            hatches=tuple(self.box(part, y + 2, BAR_HEIGHT) for part in away if part is not None),
            days=span,
            absences=absences,
        )


def _words(choices: Iterable[tuple[str, object]]) -> dict[str, str]:
    """Return the words of a choice in the reader's language, once for all bars."""
    return {str(value): str(label) for value, label in choices}


def drawn_span(posting: Posting, today: datetime.date) -> DateSpan:
    """Return the days of a bar; whoever is still there although the time is over is shown up to today."""
    span = expected_span(posting) or DateSpan(posting.starts_on, posting.ends_on)
    if posting.state in PRESENT and span.end < today:
        return DateSpan(span.start, today)
    return span


def gap_text(gap: DateSpan, today: datetime.date) -> str:
    """Say when nobody is there: what happened, or what is to come."""
    text = _("Nobody planned from %(from)s to %(to)s (%(days)s)")
    if gap.start <= today:
        text = _("Nobody on site from %(from)s to %(to)s (%(days)s)")
    return text % {"from": gap.start, "to": gap.end, "days": days_word(gap.days)}


def _details(posting: Posting, words: tuple[str, str], span: DateSpan, absences: Sequence[PostingAbsence]) -> str:
    """Say everything about a bar in lines, for the pointer and for those who hear the page."""
    state, kind = words
    lines = [
        f"{posting.code} · {name_of(posting.staff)} · {state}",
        f"{name_of(posting.from_institution)} → {name_of(posting.to_institution)}",
        f"{kind} · {specialty_word(posting.specialty)}",
        f"{span.start} – {span.end} ({days_word(span.days)})",
        *(f"{each.get_kind_display()}: {each.starts_on} – {each.ends_on}" for each in absences),
    ]
    if posting.is_sample:
        lines.append(posting.get_provenance_display())
    return "\n".join(lines)


def _ticks(window: Window) -> list[Tick]:
    ticks = []
    for number in range(window.months):
        day = add_calendar_months(window.span.start, number)
        year = str(day.year) if number == 0 or day.month == 1 else ""
        ticks.append(Tick(window.x(day), f"{day:%m}", year))
    return ticks


def fitted(text: str, width: int, size: int = FONT_SIZE) -> str:
    """Return the text cut to a width, by the usual widths of Chinese and Latin letters."""
    used = 0.0
    for position, letter in enumerate(text):
        used += size * (1.0 if ord(letter) >= WIDE_FROM else 0.58)
        if used > width:
            return text[: max(0, position - 1)].rstrip(" ·") + "…" if position > 1 else ""
    return text

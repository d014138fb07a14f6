"""A place and its partnerships: promised against delivered of all agreements that touch it, who came and who left."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from lianyi.accounts.access import decide, scoped
from lianyi.dispatch import queries as dispatch
from lianyi.dispatch.models import Posting
from lianyi.dispatch.stays import stays_of
from lianyi.drawing import Axis
from lianyi.drawing.bar_chart import BARS_AT_MOST, Bar, BarChart, BarSection, svg_of_bars
from lianyi.drawing.place_map import PlaceDot, PlaceMap, svg_of_places
from lianyi.methods.presence import Stay, calendar_coverage, headcount, person_days
from lianyi.pages.names import name_of
from lianyi.pages.values import NOTHING
from lianyi.partnerships import queries
from lianyi.partnerships.models import Agreement, AgreementParty, Duty
from lianyi.partnerships.promises import PromiseState, accounts_of
from lianyi.partnerships.templatetags.partnership_words import state_word
from lianyi.registry.models import Place
from lianyi.reports.content import Cell, Grid, Number, Part, Picture
from lianyi.reports.parts.asking import AskedOfPlace, listed

PERMILLE = 1000
ROWS_IN_AN_ADDRESS = 250
_STATES = (PromiseState.MET, PromiseState.SHORT, PromiseState.RUNNING, PromiseState.NOT_MEASURED)


def agreements_touching(asked: AskedOfPlace) -> list[Agreement]:
    """Return the agreements that ran in the days and have a party or a place of work in the place."""
    parties = AgreementParty.objects.filter(asked.within("institution"), confirmed_at__isnull=False)
    rows = queries.agreements(asked.actor).filter(pk__in=parties.values("agreement_id"))
    rows = rows.exclude(state=Agreement.State.DRAFT)
    return [each for each in rows.order_by("starts_on", "code") if each.term.overlaps(asked.span)]


def promises(asked: AskedOfPlace) -> Part:
    """Return for each agreement how many promises were kept, in the periods that touch the days."""
    rows = agreements_touching(asked)
    counted = _counts(asked, rows)
    columns = (_("Agreement"), _("Supporting side"), *(state_word(each) for each in _STATES))
    return Part(
        key="promises",
        title=_("Promised against delivered"),
        numbers=_numbers(counted, len(rows)),
        picture=_kept_picture(rows, counted),
        grid=Grid(columns, tuple(_agreement_row(each, counted[each.pk]) for each in rows)),
        empty=_("No agreement within your reach touches this place in these days."),
    )


def _counts(asked: AskedOfPlace, rows: Sequence[Agreement]) -> Mapping[int, Counter[str]]:
    duties = scoped(asked.actor, Duty.objects.filter(agreement__in=[each.pk for each in rows]))
    counted: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for account in accounts_of(duties.select_related("agreement").order_by("agreement_id", "code"), asked.today):
        touching = (each for each in account.periods if each.span.overlaps(asked.span))
        counted[account.duty.agreement_id].update(
            str(each.state) for each in touching if each.state != PromiseState.NOT_BEGUN
        )
    return counted


def _numbers(counted: Mapping[int, Counter[str]], agreements: int) -> tuple[Number, ...]:
    if not agreements:
        return ()
    kept = sum(each[PromiseState.MET] for each in counted.values())
    judged = kept + sum(each[PromiseState.SHORT] for each in counted.values())
    url = reverse("partnerships:agreements")
    return (
        Number(
            label=_("Agreements that touch it"),
            value=str(agreements),
            definition=_("in force on some of the days, with a party or a place of work in it"),
            url=url,
        ),
        Number(
            label=_("Promises kept"),
            value=f"{kept}/{judged}" if judged else NOTHING,
            definition=_("of those that can be judged, in the periods that touch the days"),
            url=url,
        ),
    )


def _agreement_row(row: Agreement, found: Counter[str]) -> tuple[Cell, ...]:
    given = [each for each in row.named_parties if each.side == AgreementParty.Side.SUPPORTING]  # type: ignore[attr-defined]
    url = row.get_absolute_url()
    return (
        Cell(name_of(row, "title"), url),
        Cell(" · ".join(name_of(each.institution) for each in given)),
        *(Cell(str(found[state]), url) for state in _STATES),
    )


def _kept_picture(rows: Sequence[Agreement], counted: Mapping[int, Counter[str]]) -> Picture | None:
    drawn = [each for each in rows if counted[each.pk][PromiseState.MET] + counted[each.pk][PromiseState.SHORT]]
    if not drawn:
        return None
    bars = []
    for each in drawn[:BARS_AT_MOST]:
        kept, missed = counted[each.pk][PromiseState.MET], counted[each.pk][PromiseState.SHORT]
        bars.append(Bar(name_of(each, "title"), (float(kept), float(missed)), f"{kept}/{kept + missed}"))
    most = max(value or 0 for bar in bars for value in bar.values)
    names = (state_word(PromiseState.MET), state_word(PromiseState.SHORT))
    title = _("Promises kept and not kept, by agreement")
    chart = BarChart(title, Axis(_("promises"), 0, max(most, 4)), names, (BarSection("", tuple(bars)),))
    return Picture(title, svg_of_bars(chart))


def people(asked: AskedOfPlace) -> Part | None:
    """Return who came to the place and who was sent out of it; None where the reader reads no postings."""
    if not decide(asked.actor, "dispatch.read").allowed:
        return None
    here = asked.within("to_institution") | asked.within("from_institution")
    rows = list(
        dispatch.overlapping(asked.actor, asked.span)
        .filter(here)
        .select_related("staff", "to_institution__node", "to_institution__place", "from_institution__node")
        .order_by("to_institution__code", "pk")
    )
    path = asked.place.node.path
    came = [each for each in rows if each.to_institution.node.path.startswith(path)]
    went = [each for each in rows if each not in came]
    stays = stays_of(came, asked.today)
    columns = (_("Place of work"), _("Persons on site"), _("Person-days on site"), _("Days with somebody on site"))
    return Part(
        key="people",
        title=_("People posted in and out"),
        numbers=_people_numbers(asked, came, went) if rows else (),
        picture=_where(asked, came, stays),
        grid=Grid(columns, _by_site(asked, came, stays)),
        empty=_("Nobody was posted to this place or out of it in these days."),
    )


def _people_numbers(asked: AskedOfPlace, came: Sequence[Posting], went: Sequence[Posting]) -> tuple[Number, ...]:
    sample = (_("sample"),) if any(each.is_sample for each in (*came, *went)) else ()
    inside, outside = stays_of(came, asked.today), stays_of(went, asked.today)
    there = [each for each in came if each.arrived_on is not None and each.left_on is None]
    return (
        Number(
            label=_("Posted to it"),
            value=str(headcount(inside, asked.span).count),
            definition=_("different people with at least one day on site in the period"),
            url=rows_of(came),
            marks=sample,
        ),
        Number(
            label=_("Person-days on site"),
            value=str(person_days(inside, asked.span).total),
            definition=_("days between arrival and leaving, absences taken off"),
            url=rows_of(came),
            marks=sample,
        ),
        Number(
            label=_("There now"),
            value=str(len(there)),
            definition=_("arrived and not left on the day of the report"),
            url=rows_of(there),
            marks=sample,
        ),
        Number(
            label=_("Posted out of it"),
            value=str(headcount(outside, asked.span).count),
            definition=_("different people of its institutions who worked elsewhere in the period"),
            url=rows_of(went),
            marks=sample,
        ),
    )


def rows_of(postings: Sequence[Posting]) -> str:
    """Return the list of exactly these postings, as far as an address can name them."""
    return listed("dispatch:postings", ids=",".join(str(each.pk) for each in postings[:ROWS_IN_AN_ADDRESS]))


def _by_site(asked: AskedOfPlace, rows: Sequence[Posting], stays: Sequence[Stay]) -> tuple[tuple[Cell, ...], ...]:
    by_site: defaultdict[str, list[Stay]] = defaultdict(list)
    for stay in stays:
        by_site[stay.site].append(stay)
    found = []
    for site in {row.to_institution_id: row.to_institution for row in rows}.values():
        here = by_site[str(site.pk)]
        covered = calendar_coverage(here, asked.span)
        permille = covered.covered_days * PERMILLE // covered.window_days
        found.append(
            (
                Cell(name_of(site), listed("dispatch:postings", institution=site.code)),
                Cell(str(headcount(here, asked.span).count)),
                Cell(str(person_days(here, asked.span).total)),
                Cell(f"{covered.covered_days}/{covered.window_days} ({permille // 10}.{permille % 10} %)"),
            )
        )
    return tuple(found)


def _where(asked: AskedOfPlace, rows: Sequence[Posting], stays: Sequence[Stay]) -> Picture | None:
    """Draw the smallest places as rings, and each place of work as a dot as large as the people who were there."""
    known = Place.objects.filter(node__path__startswith=asked.place.node.path, longitude__isnull=False)
    above = known.filter(children__longitude__isnull=False).values("pk")
    places = scoped(asked.actor, known.exclude(pk__in=above)).order_by("code")
    rings = [PlaceDot(name_of(each), float(each.longitude or 0), float(each.latitude or 0), 0) for each in places]
    by_site: defaultdict[str, list[Stay]] = defaultdict(list)
    for stay in stays:
        by_site[stay.site].append(stay)
    dots, unplaced = [], 0
    for site in {row.to_institution_id: row.to_institution for row in rows}.values():
        number = headcount(by_site[str(site.pk)], asked.span).count
        at = next((each for each in (site, site.place) if each.longitude is not None), None)
        if at is None:
            unplaced += number
        else:
            dots.append(PlaceDot(name_of(site), float(at.longitude or 0), float(at.latitude or 0), number))
    if not rings and not dots:
        return None
    words = ngettext(
        "%(count)s person works where no coordinates are on record.",
        "%(count)s people work where no coordinates are on record.",
        unplaced,
    )
    title = pgettext("map of a place", "Where people were posted")
    note = words % {"count": unplaced} if unplaced else ""
    picture = PlaceMap(title, (*rings, *dots), _("people posted there"), _("nobody posted there"), note)
    return Picture(title, svg_of_places(picture))

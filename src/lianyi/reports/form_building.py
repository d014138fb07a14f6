"""Forms that a bureau hands on, filled from the values and postings of a place: as document and as workbook."""

from __future__ import annotations

import datetime
import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianyi.accounts.actors import Actor
from lianyi.dispatch import queries as dispatch
from lianyi.dispatch.models import Posting
from lianyi.dispatch.rounds_disclosure import watched_counts
from lianyi.dispatch.stays import rank_of, stays_of
from lianyi.indicators.models import IndicatorValue
from lianyi.indicators.queries import values
from lianyi.indicators.values_definitions import indicator_book
from lianyi.indicators.values_periods import (
    last_day,
    newest_ended,
    newest_periods,
    next_start,
    parse_period,
    period_code,
)
from lianyi.indicators.values_texts import definition_title, figure_word, value_word, words_of
from lianyi.methods.periods import DateSpan
from lianyi.methods.presence import Stay, calendar_coverage, headcount, person_days
from lianyi.pages.names import name_of, page_is_chinese
from lianyi.pages.values import NOTHING, shown
from lianyi.registry.models import Place
from lianyi.reports.content import Cell, Fact, Grid, Part, Report
from lianyi.reports.errors import FormPeriodError
from lianyi.reports.parts.asking import listed
from lianyi.reports.parts.district_figures import few_hidden, is_few
from lianyi.rules.form_tables import FormBook, FormLayout, FormTable, load_form_tables
from lianyi.tabular.columns import Column, ColumnKind
from lianyi.tabular.writing import write_table

PERIODS_OFFERED = {"month": 24, "quarter": 12, "year": 6}
PERMILLE = 1000
_INTERMEDIATE, _ASSOCIATE_SENIOR = 2, 3


@functools.cache
def form_book() -> FormBook:
    """Return every form; files are read once, so a new file needs a restart of the site."""
    return load_form_tables(settings.LIANYI_RULES_DIRECTORIES)


@dataclass(frozen=True, slots=True)
class AskedForm:
    """One form asked for: of which place and period, by whom, on which day."""

    actor: Actor
    place: Place
    form: FormTable
    start: datetime.date
    today: datetime.date

    @property
    def kind(self) -> str:
        return str(self.form.period)

    @property
    def span(self) -> DateSpan:
        """Return the days of the period up to today."""
        return DateSpan(self.start, max(self.start, min(last_day(self.kind, self.start), self.today)))

    @property
    def code(self) -> str:
        return period_code(self.kind, self.start)


def periods_of_form(form: FormTable, today: datetime.date) -> list[str]:
    """Return the periods to choose from, the newest that is over first; a running year is offered too."""
    kind = str(form.period)
    over = newest_periods(kind, newest_ended(kind, today), PERIODS_OFFERED[kind])
    offered = [*over, next_start(kind, over[-1])]
    return [period_code(kind, each) for each in reversed(offered)]


def asked_form(actor: Actor, place: Place, form: FormTable, period: str, today: datetime.date) -> AskedForm:
    """Return a form asked for by the name of its period, as 2026, 2026-Q2 or 2026-05.

    Raises
    ------
    FormPeriodError
    """
    if period not in periods_of_form(form, today):
        message = f"{period} is no period of this form; choose one of {', '.join(periods_of_form(form, today))}."
        raise FormPeriodError(message, field="period", given=period)
    _kind, start = parse_period(period)
    return AskedForm(actor, place, form, start, today)


def _held(form: FormTable) -> str:
    since = _("holds from %(day)s") % {"day": shown(form.valid_from)}
    return f"{form.id} · {since}"


def form_report(asked: AskedForm) -> Report:
    """Return a filled form as a document, in the active language."""
    form = asked.form
    grid = Grid(tuple(words_of(each.words) for each in form.columns), _FILLERS[form.layout](asked))
    return Report(
        title=words_of(form.title),
        subtitle=f"{name_of(asked.place)} · {asked.code}",
        marks=(_("Proposal, not an official form"),) if form.confidence != "sourced" else (),
        facts=(
            Fact(pgettext("form", "Period"), asked.code),
            Fact(_("Days counted"), f"{shown(asked.span.start)} – {shown(asked.span.end)}"),
            Fact(pgettext("report", "As known on"), shown(asked.today)),
            Fact(pgettext("official form", "Form"), _held(form)),
        ),
        parts=(
            Part(
                key="form", title=words_of(form.title), grid=grid, empty=_("There is nothing to fill this form with.")
            ),
        ),
        limits_title=_("Where this form comes from"),
        limits=(form.source, form.note),
        signed=(_("Filled by"), _("Checked by")),
    )


def form_workbook(asked: AskedForm) -> bytes:
    """Return a filled form as a workbook."""
    report = form_report(asked)
    grid = report.parts[0].grid
    columns, rows = (grid.columns, grid.rows) if grid is not None else ((), ())
    named = [
        Column(name=str(at), label_en=label, label_zh=label, kind=ColumnKind.TEXT) for at, label in enumerate(columns)
    ]
    records = [{str(at): cell.text for at, cell in enumerate(row)} for row in rows]
    return write_table(named, records, "zh-hans" if page_is_chinese() else "en", "xlsx")


def _of_indicators(asked: AskedForm) -> tuple[tuple[Cell, ...], ...]:
    starts = (asked.start, next_start(asked.kind, asked.start, -1))
    rows = values.values(asked.actor).filter(
        node_id=asked.place.pk, code__in=asked.form.indicators, period_start__in=starts, sheet__period=asked.kind
    )
    found = {(each.code, each.period_start): each for each in rows.order_by("definition_version")}
    titles = {each.code: definition_title(each) for each in indicator_book().definitions}
    return tuple(
        _indicator_row(
            asked,
            {"number": row.number, "name": titles.get(row.indicator, row.indicator)},
            [found.get((row.indicator, start)) for start in starts],
        )
        for row in asked.form.rows
    )


def _indicator_row(
    asked: AskedForm, named: Mapping[str, str], rows: Sequence[IndicatorValue | None]
) -> tuple[Cell, ...]:
    now, before = rows
    few = now is not None and is_few(now, watched_counts().threshold)
    words = {
        **named,
        "numerator": NOTHING if now is None else few_hidden() if few else figure_word(now.numerator),
        "denominator": NOTHING if now is None else few_hidden() if few else figure_word(now.denominator),
        "value": _value(now),
        "before": _value(before),
        "state": NOTHING if now is None else str(now.sheet.get_state_display()),
    }
    url = "" if now is None else now.get_absolute_url()
    return tuple(Cell(words[each.fill], url if each.fill == "value" else "") for each in asked.form.columns)


def _value(row: IndicatorValue | None) -> str:
    if row is None:
        return NOTHING
    return few_hidden() if is_few(row, watched_counts().threshold) else value_word(row)


def _of_units(asked: AskedForm) -> tuple[tuple[Cell, ...], ...]:
    rows = values.values(asked.actor).filter(
        node__path__startswith=asked.place.node.path,
        code__in=asked.form.indicators,
        period_start=asked.start,
        sheet__period=asked.kind,
    )
    by_unit: defaultdict[int, dict[str, IndicatorValue]] = defaultdict(dict)
    for each in rows.order_by("node__path", "definition_version"):
        by_unit[each.node_id][each.code] = each
    return tuple(_unit_row(asked, found) for found in by_unit.values())


def _unit_row(asked: AskedForm, found: Mapping[str, IndicatorValue]) -> tuple[Cell, ...]:
    first = next(iter(found.values()))
    cells = []
    for column in asked.form.columns:
        if column.fill == "unit":
            cells.append(Cell(name_of(first.node), first.sheet.get_absolute_url()))
        elif column.fill == "state":
            cells.append(Cell(str(first.sheet.get_state_display())))
        else:
            value = found.get(column.indicator)
            cells.append(Cell(_value(value), "" if value is None else value.get_absolute_url()))
    return tuple(cells)


def _of_postings(asked: AskedForm) -> tuple[tuple[Cell, ...], ...]:
    path = asked.place.node.path
    rows = [
        each
        for each in dispatch.overlapping(asked.actor, asked.span)
        .select_related("staff", "from_institution__node", "to_institution__node", "agreement")
        .order_by("from_institution__code", "to_institution__code", "pk")
        if each.to_institution.node.path.startswith(path) or each.from_institution.node.path.startswith(path)
    ]
    by_pair: defaultdict[tuple[int, int], list[Posting]] = defaultdict(list)
    for each in rows:
        by_pair[each.from_institution_id, each.to_institution_id].append(each)
    by_key: defaultdict[str, list[Stay]] = defaultdict(list)
    for stay in stays_of(rows, asked.today):
        by_key[stay.key].append(stay)
    return tuple(
        _pair_row(asked, pair, [stay for each in pair for stay in by_key[str(each.pk)]]) for pair in by_pair.values()
    )


def _pair_row(asked: AskedForm, pair: Sequence[Posting], stays: Sequence[Stay]) -> tuple[Cell, ...]:
    first = pair[0]
    covered = calendar_coverage(stays, asked.span)
    permille = covered.covered_days * PERMILLE // covered.window_days
    there = {stay.key for stay in stays}
    ranks = {each.staff_id: rank_of(each.staff.title_rank) for each in pair if str(each.pk) in there}
    longest = max((span.days for stay in stays for span in stay.on_site), default=0)
    words = {
        "from": name_of(first.from_institution),
        "to": name_of(first.to_institution),
        "programme": " · ".join(sorted({name_of(each.agreement, "title") for each in pair if each.agreement_id})),
        "persons": str(headcount(stays, asked.span).count),
        "person_days": str(person_days(stays, asked.span).total),
        "longest_days": str(longest),
        "days_covered": f"{covered.covered_days}/{covered.window_days}",
        "share_covered": f"{permille // 10}.{permille % 10} %",
        "intermediate": str(sum(rank >= _INTERMEDIATE for rank in ranks.values())),
        "associate_senior": str(sum(rank >= _ASSOCIATE_SENIOR for rank in ranks.values())),
    }
    url = listed("dispatch:postings", ids=",".join(str(each.pk) for each in pair))
    return tuple(Cell(words[each.fill], url if each.fill == "persons" else "") for each in asked.form.columns)


_FILLERS = {
    FormLayout.INDICATORS: _of_indicators,
    FormLayout.UNITS: _of_units,
    FormLayout.POSTINGS: _of_postings,
}

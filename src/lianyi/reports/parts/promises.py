"""Promised against delivered in the period: every duty, with the rows behind what was delivered."""

from __future__ import annotations

from collections import Counter

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianyi.drawing import Axis
from lianyi.drawing.bar_chart import BARS_AT_MOST, Bar, BarChart, BarSection, svg_of_bars
from lianyi.pages.names import name_of
from lianyi.pages.values import NOTHING
from lianyi.partnerships import queries
from lianyi.partnerships.evidence import counter_of
from lianyi.partnerships.models import Duty
from lianyi.partnerships.promises import DutyPeriod, PromiseState
from lianyi.partnerships.templatetags.partnership_words import TONES, amount, state_word
from lianyi.partnerships.words import unit_name
from lianyi.reports.content import Cell, Grid, Number, Part, Picture
from lianyi.reports.parts.asking import Asked

WHOLE = 100
_STATES = (PromiseState.MET, PromiseState.SHORT, PromiseState.RUNNING, PromiseState.NOT_MEASURED)


def part_of(asked: Asked) -> Part:
    periods = periods_in(asked)
    columns = (_("Duty"), _("Period"), _("Promised"), _("Delivered"), _("State"))
    return Part(
        key="promises",
        title=_("Promised against delivered"),
        sentences=_sentences(periods),
        numbers=_numbers(periods),
        grid=Grid(columns, tuple(_row(each) for each in periods)),
        picture=_picture(periods),
        empty=_("The agreement has no duty that had begun in this period."),
    )


def periods_in(asked: Asked) -> list[DutyPeriod]:
    """Return the periods of duties that touch the days of the report and have begun."""
    accounts = queries.promises_on_paper(asked.actor, asked.agreement, asked.today)
    return [
        period
        for account in accounts
        for period in account.periods
        if period.span.overlaps(asked.span) and period.state != PromiseState.NOT_BEGUN
    ]


def _sentences(periods: list[DutyPeriod]) -> tuple[str, ...]:
    if not periods:
        return ()
    found = Counter(period.state for period in periods)
    judged = found[PromiseState.MET] + found[PromiseState.SHORT]
    if not judged:
        return (_("No promise of this period can be judged yet."),)
    said = ngettext(
        "%(kept)s of %(judged)s promise that can be judged was kept.",
        "%(kept)s of %(judged)s promises that can be judged were kept.",
        judged,
    )
    return (said % {"kept": found[PromiseState.MET], "judged": judged},)


def _numbers(periods: list[DutyPeriod]) -> tuple[Number, ...]:
    found = Counter(period.state for period in periods)
    return tuple(
        Number(label=state_word(state), value=str(found[state]), definition=_DEFINITIONS[state]())
        for state in _STATES
        if periods
    )


_DEFINITIONS = {
    PromiseState.MET: lambda: _("delivered is at least what was promised for the period"),
    PromiseState.SHORT: lambda: _("the period is over and less was delivered than promised"),
    PromiseState.RUNNING: lambda: _("the period is not over; counted up to the day of the report"),
    PromiseState.NOT_MEASURED: lambda: _("nothing counts this kind of evidence: neither zero nor a failure"),
}


def _row(period: DutyPeriod) -> tuple[Cell, ...]:
    duty = period.duty
    unit = unit_name(duty.unit)
    return (
        Cell(f"{duty.code} {name_of(duty, 'title')}", reverse("partnerships:duty", args=[duty.pk])),
        Cell(period.label),
        Cell(f"{amount(period.promised, duty.unit)} {unit}".strip()),
        Cell(_delivered(period), _rows_url(period)),
        Cell(state_word(period.state), tone=TONES[PromiseState(period.state)]),
    )


def _delivered(period: DutyPeriod) -> str:
    if period.is_hidden:
        return _("hidden: few")
    if period.evidence is None:
        return NOTHING
    text = amount(period.delivered, period.duty.unit)
    if period.evidence.denominator is not None:
        text = f"{text} ({period.evidence.numerator}/{period.evidence.denominator})"
    return f"{text} · {_('sample')}" if period.evidence.sample_rows else text


def _rows_url(period: DutyPeriod) -> str:
    counter = counter_of(period.duty.evidence_kind)
    if counter is None or period.evidence is None:
        return ""
    return reverse(counter.rows_url, args=[period.duty.pk, period.span.start])


def _picture(periods: list[DutyPeriod]) -> Picture | None:
    drawn = [period for period in periods if period.share is not None][:BARS_AT_MOST]
    if not drawn:
        return None
    bars = tuple(
        Bar(f"{period.duty.code} {period.label}", (float(period.share or 0) * WHOLE,), _told(period.duty, period))
        for period in drawn
    )
    title = _("Delivered as a share of what was promised")
    axis = Axis(_("delivered"), 0, WHOLE, "%")
    left_out = len([each for each in periods if each.share is not None]) - len(drawn)
    note = _("%(count)s more stand in the table only.") % {"count": left_out} if left_out else ""
    return Picture(title, svg_of_bars(BarChart(title, axis, (_("delivered"),), (BarSection("", bars),), note)))


def _told(duty: Duty, period: DutyPeriod) -> str:
    return f"{amount(period.delivered, duty.unit)} / {amount(period.promised, duty.unit)}"

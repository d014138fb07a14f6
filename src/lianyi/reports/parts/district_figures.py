"""The indicators of a place as they were reported last, beside those before, and how complete the reports are."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianyi.accounts.access import decide
from lianyi.drawing import Axis
from lianyi.drawing.bar_chart import Bar, BarChart, BarSection, svg_of_bars
from lianyi.indicators.counted_veil import CountVeil
from lianyi.indicators.models import IndicatorValue
from lianyi.indicators.queries import values as queries
from lianyi.indicators.values_completeness import Asked, Total, board_of, total_of
from lianyi.indicators.values_definitions import definition_of, is_answer, value_of
from lianyi.indicators.values_periods import newest_ended, period_code
from lianyi.indicators.values_texts import definition_title, family_word, value_word
from lianyi.methods.proportions import is_small_cell
from lianyi.pages.values import NOTHING
from lianyi.reports.content import Cell, Grid, Number, Part, Picture
from lianyi.reports.parts.asking import AskedOfPlace, listed
from lianyi.rules.indicators import Direction

WHOLE = 100


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest value of an indicator up to the end of the days, and the one before it."""

    now: IndicatorValue
    before: IndicatorValue | None

    @property
    def tone(self) -> str:
        """Tell whether it moved the better way; nothing where it cannot be told."""
        direction = definition_of(self.now).direction
        new, old = value_of(self.now), None if self.before is None else value_of(self.before)
        if new is None or old is None or new == old or direction not in (Direction.UP, Direction.DOWN):
            return ""
        return "good" if (new > old) == (direction == Direction.UP) else "bad"


def indicators(asked: AskedOfPlace) -> list[Part]:
    """Return family by family what the place itself reported last; nothing where the reader reads none."""
    if not decide(asked.actor, "indicator.read").allowed:
        return []
    found = latest_of(asked)
    by_family: defaultdict[str, list[Latest]] = defaultdict(list)
    for each in found:
        by_family[_family(each.now)].append(each)
    empty = _("This place itself has reported no indicator up to these days.")
    return [
        Part(key="indicators", title=_("Indicators of the place"), numbers=_moved(asked, found), empty=empty),
        *(_family_part(asked, family, rows) for family, rows in by_family.items()),
    ]


def _family_part(asked: AskedOfPlace, family: str, found: Sequence[Latest]) -> Part:
    columns = (
        _("Indicator"),
        _("Period"),
        pgettext("report", "Value"),
        _("Before"),
        _("Better is"),
        _("State of the sheet"),
    )
    grid = Grid(columns, tuple(_row(asked, each) for each in found))
    return Part(key=f"indicators-{family}", title=family_word(family), grid=grid)


def _moved(asked: AskedOfPlace, found: Sequence[Latest]) -> tuple[Number, ...]:
    if not found:
        return ()
    url = listed("indicators:values", words=asked.place.code)
    better, worse = (sum(each.tone == tone for each in found) for tone in ("good", "bad"))
    return (
        Number(
            label=_("Indicators that moved the better way"),
            value=f"{better}/{len(found)}",
            definition=_("newest value against the one before; of all indicators that the place reported"),
            url=url,
        ),
        Number(
            label=_("Indicators that moved the worse way"),
            value=f"{worse}/{len(found)}",
            definition=_("newest value against the one before; of all indicators that the place reported"),
            url=url,
        ),
    )


def latest_of(asked: AskedOfPlace) -> list[Latest]:
    """Return the newest value of each indicator of the place, family by family."""
    rows = queries.values(asked.actor).filter(node_id=asked.place.pk, period_start__lte=asked.span.end)
    by_code: defaultdict[str, list[IndicatorValue]] = defaultdict(list)
    for each in rows.order_by("period_start", "definition_version"):
        by_code[each.code].append(each)
    found = [Latest(each[-1], each[-2] if len(each) > 1 else None) for each in by_code.values()]
    return sorted(found, key=lambda each: (_family(each.now), definition_of(each.now).position, each.now.code))


def _family(row: IndicatorValue) -> str:
    return definition_of(row).family.id


def _row(asked: AskedOfPlace, each: Latest) -> tuple[Cell, ...]:
    definition = definition_of(each.now)
    return (
        Cell(definition_title(definition), reverse("indicators:definition", args=[definition.code])),
        Cell(period_code(each.now.sheet.period, each.now.period_start)),
        Cell(_told(asked, each.now), each.now.get_absolute_url(), tone=each.tone),
        Cell(NOTHING if each.before is None else _told(asked, each.before)),
        Cell(_DIRECTIONS[definition.direction]()),
        Cell(f"{each.now.sheet.get_state_display()}{_sample(each.now)}"),
    )


_DIRECTIONS = {
    Direction.UP: lambda: pgettext("better is", "more"),
    Direction.DOWN: lambda: pgettext("better is", "less"),
    Direction.YES: lambda: pgettext("better is", "that it is there"),
    Direction.MONITOR: lambda: pgettext("better is", "neither, it is watched"),
}


def _sample(row: IndicatorValue) -> str:
    return f" · {_('sample')}" if row.is_sample else ""


def is_few(row: IndicatorValue, threshold: int) -> bool:
    """Tell whether a value tells of few patients; nobody reads it then in what is printed and handed on."""
    if CountVeil(threshold).hides_value(row):
        return True
    definition = definition_of(row)
    if not definition.family.counts_patients or is_answer(definition) or row.numerator is None:
        return False
    has_rest = definition.numerator_is_part and row.denominator is not None
    rest = (row.denominator or 0) - row.numerator if has_rest else None
    return any(each is not None and is_small_cell(int(each), threshold) for each in (row.numerator, rest))


def few_hidden() -> str:
    return _("hidden: few")


def _told(asked: AskedOfPlace, row: IndicatorValue) -> str:
    """Return a value; of few patients neither the value nor what it could be worked out from."""
    return few_hidden() if is_few(row, asked.counts.threshold) else value_word(row)


def completeness(asked: AskedOfPlace) -> Part | None:
    """Return for each family how many units within the place were expected to report, and how many did in time."""
    if not decide(asked.actor, "indicator.read").allowed:
        return None
    kinds = queries.assignments(asked.actor).filter(node__path__startswith=asked.place.node.path)
    found = [
        (family, period, _total(asked, family, period))
        for family, period in kinds.order_by("family", "period").values_list("family", "period").distinct()
    ]
    columns = (_("Family"), _("Period"), _("Expected"), _("Received"), _("In time"), _("Accepted"))
    rows = tuple(
        (
            Cell(family_word(family), listed("indicators:completeness", family=family, period=period)),
            Cell(period_code(period, start)),
            *(Cell(str(each)) for each in (total.expected, total.received, total.on_time, total.accepted)),
        )
        for family, period, (start, total) in found
    )
    return Part(
        key="completeness",
        title=_("Completeness of the reports"),
        numbers=_received(total for _family, _period, (_start, total) in found),
        picture=_picture([(family_word(family), total) for family, _period, (_start, total) in found]),
        grid=Grid(columns, rows),
        empty=_("Nobody in this place is asked to report yet."),
    )


def _received(totals: Iterable[Total]) -> tuple[Number, ...]:
    counted = list(totals)
    expected = sum(each.expected for each in counted)
    if not expected:
        return ()
    return (
        Number(
            label=_("Reports received"),
            value=f"{sum(each.received for each in counted)}/{expected}",
            definition=_("of those expected for the newest period that is over, all families together"),
            url=reverse("indicators:completeness"),
        ),
    )


def _total(asked: AskedOfPlace, family: str, period: str) -> tuple[datetime.date, Total]:
    """Return the newest period that is over, and the units within the place in it."""
    wanted = Asked(family, period, newest_ended(period, asked.today))
    board = board_of(asked.actor, wanted, asked.today)
    path = asked.place.node.path
    return wanted.last, total_of(line.cells[-1] for line in board.lines if line.node.path.startswith(path))


def _picture(found: Sequence[tuple[str, Total]]) -> Picture | None:
    bars = tuple(
        Bar(name, (WHOLE * (total.received_share or 0), WHOLE * (total.on_time_share or 0)), _shares(total))
        for name, total in found
        if total.expected
    )
    if not bars:
        return None
    title = _("Reports received and in time, newest period that is over")
    names = (_("received"), _("in time"))
    return Picture(
        title, svg_of_bars(BarChart(title, Axis(_("of those expected"), 0, WHOLE, "%"), names, (BarSection("", bars),)))
    )


def _shares(total: Total) -> str:
    return f"{total.received}/{total.expected} · {total.on_time}/{total.expected}"

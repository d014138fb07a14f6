"""Time standards as lines and pictures: the whole of the days in one line, and month by month."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from lianyi.pages.charts import Chart, ChartTable, chart
from lianyi.pages.names import in_language
from lianyi.referrals.statistics_line import MINUTES, Line, count_text, key_of, number_text, share_line, target_text
from lianyi.referrals.statistics_standards import StandardResult
from lianyi.referrals.statistics_veil import ShownShare, Veil

_GRID = {"left": 8, "right": 64, "top": 36, "bottom": 8, "containLabel": True}
_WHOLE = 100
# The top of an axis of minutes is a multiple of this.
_STEP = 5
_FAINT = "#8a97a3"


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One month of a standard as it may be shown; ``missing`` is a text, because a small number only says so."""

    label: str
    line: Line
    mean_minutes: float | None
    missing: str
    is_empty: bool

    @property
    def mean_text(self) -> str:
        return number_text(self.mean_minutes, MINUTES)


@dataclass(frozen=True, slots=True)
class StandardSeries:
    """One standard month by month; ``months`` is empty where a month would betray what is hidden.

    ``is_untimed`` says that no patient has both times; ``missing`` is how many have only one of them.
    """

    anchor: str
    title: str
    about: str
    limit: str
    source: str
    months: tuple[MonthLine, ...]
    chart: Chart | None
    is_untimed: bool
    missing: str

    @property
    def filled_months(self) -> tuple[MonthLine, ...]:
        """The months in which there was a patient, with or without both times."""
        return tuple(each for each in self.months if not each.is_empty)


def title_of(found: StandardResult) -> str:
    return in_language(found.standard.name.zh, found.standard.name.en)


def standard_line(found: StandardResult, veil: Veil) -> Line:
    """Return the share that kept the limit, with the mean, the target, and what could not be judged."""
    summary = veil.summary(found.times)
    share = _share_shown(found, veil)
    # Of a standard of means the share counts months: no single case lies behind it.
    key = "" if found.judges_months else key_of(found.patients.key, veil)
    line = share_line(title_of(found), share, key=key)
    parts = [_limit_text(found), target_text(found.standard.target_share, line.value)]
    if summary is not None and summary.count:
        mean = number_text(found.mean_minutes, MINUTES)
        parts.append(_("patients: %(count)d, mean %(mean)s") % {"count": summary.count, "mean": mean})
    if found.missing:
        parts.append(_("%(count)s without both times") % {"count": count_text(found.missing, veil)})
    if found.out_of_order:
        parts.append(_("%(count)s with times in the wrong order") % {"count": count_text(found.out_of_order, veil)})
    return share_line(line.measure, share, key=key, note=" · ".join(part for part in parts if part))


def _share_shown(found: StandardResult, veil: Veil) -> ShownShare:
    if found.judges_months and veil.summary(found.times) is None:
        return ShownShare(None, None)
    return veil.share(found.share)


def _limit_text(found: StandardResult) -> str:
    standard = found.standard
    sign = "<" if standard.excludes_limit else "≤"
    what = _("months with a mean") if found.judges_months else _("patients")
    return f"{what} {sign} {standard.limit_minutes:g} {MINUTES}"


def series_of(standards: Sequence[StandardResult], veil: Veil) -> list[StandardSeries]:
    """Return every standard month by month; nothing where the parts of a figure stay away."""
    if veil.hides_parts:
        return []
    return [_series(each, veil) for each in standards]


def _series(found: StandardResult, veil: Veil) -> StandardSeries:
    months = _month_lines(found, veil)
    line = standard_line(found, veil)
    return StandardSeries(
        anchor=found.patients.key,
        title=title_of(found),
        about=_whole_text(line),
        limit=_limit_text(found),
        source=found.standard.source,
        months=months,
        chart=_chart(found, months) if any(each.line.denominator for each in months) else None,
        is_untimed=not found.times.count,
        missing=count_text(found.missing, veil),
    )


def _whole_text(line: Line) -> str:
    """Return the whole of the days in one sentence, as the page of all figures says it."""
    if line.is_hidden:
        return f"{_('hidden')} · {line.note}"
    counts = _("%(numerator)s of %(denominator)s") % {"numerator": line.numerator, "denominator": line.denominator}
    return f"{counts} · {line.value_text} ({line.interval_text}) · {line.note}"


def _month_lines(found: StandardResult, veil: Veil) -> tuple[MonthLine, ...]:
    counts = [each.patients.share for each in found.months]
    table = veil.table([(each.numerator, each.denominator - each.numerator) for each in counts])
    if veil.hides and _tells_the_whole(found, veil, (*table.column_totals, table.total)):
        return ()
    return tuple(
        MonthLine(
            label=month.label,
            line=share_line(
                title_of(found), ShownShare(cells[0], total), key=key_of(month.patients.key, veil), note=month.label
            ),
            mean_minutes=None if total is None else month.mean_minutes,
            missing=count_text(month.missing, veil),
            is_empty=not month.patients.denominator and not month.missing,
        )
        for month, cells, total in zip(found.months, table.cells, table.row_totals, strict=True)
    )


def _tells_the_whole(found: StandardResult, veil: Veil, totals: Sequence[int | None]) -> bool:
    """Tell whether the months and the line of the whole days would betray each other.

    Where the line is hidden the months could be added up to it; where it is shown and the months need their totals
    hidden, it would give them away.
    """
    is_hidden_above = veil.summary(found.times) is None or veil.share(found.patients.share).is_hidden
    return is_hidden_above or None in totals


def _chart(found: StandardResult, months: Sequence[MonthLine]) -> Chart:
    """Draw the mean of each month against the limit, or the share within the limit with its interval."""
    labels = [each.label for each in months]
    if found.judges_months:
        title, unit = _("Mean by month"), str(MINUTES)
        series = [_curve(title, [_rounded(each.mean_minutes) for each in months])]
        _mark(series[0], found.standard.limit_minutes, unit)
        # The limit stays in the picture also where every mean lies far below it.
        highest = max(found.standard.limit_minutes, *(each.mean_minutes or 0 for each in months))
        top = _STEP * math.ceil(1.1 * highest / _STEP)
    else:
        title, unit, top = _("Share within the limit by month"), "%", _WHOLE
        series = [_curve(title, [_rounded(each.line.value) for each in months]), *_band(months)]
        if found.standard.target_share is not None:
            _mark(series[0], found.standard.target_share * _WHOLE, unit)
    option: dict[str, Any] = {
        "tooltip": {"trigger": "axis"},
        "grid": _GRID,
        "xAxis": {"type": "category", "data": labels},
        "yAxis": {"type": "value", "name": unit, "min": 0, "max": top},
        "series": series,
    }
    rows = [
        [each.label, each.line.numerator, each.line.denominator, each.line.value_text, each.line.interval_text,
         each.mean_text]
        for each in months if not each.is_empty
    ]  # fmt: skip
    columns = [_("Month"), _("Within the limit"), _("Patients"), _("Share"), _("95 % interval"), _("Mean")]
    return chart(f"chart-{found.patients.key}", option, title=title, table=ChartTable(columns, rows), height="short")


def _curve(name: str, numbers: Sequence[float | None]) -> dict[str, Any]:
    # Single months between gaps are seen only by their symbols.
    return {"type": "line", "name": name, "data": list(numbers), "symbolSize": 8, "showAllSymbol": True}


def _mark(series: dict[str, Any], at: float, unit: str) -> None:
    label = {"formatter": f"{at:g} {unit}", "position": "end"}
    line = {"silent": True, "symbol": "none", "data": [{"yAxis": at}], "label": label}
    series["markLine"] = {**line, "lineStyle": {"type": "dashed"}}


def _band(months: Sequence[MonthLine]) -> list[dict[str, Any]]:
    """Return the two limits of the interval as thin lines with a dash for each month: one cannot fill between gaps."""
    thin = {
        "lineStyle": {"width": 1, "type": "dotted", "color": _FAINT},
        "itemStyle": {"color": _FAINT},
        "symbol": "rect",
        "symbolSize": [12, 2],
        "showAllSymbol": True,
    }
    limits = (
        (_("Lower limit (95 %)"), [_rounded(each.line.low) for each in months]),
        (_("Upper limit (95 %)"), [_rounded(each.line.high) for each in months]),
    )
    return [{"type": "line", "name": name, "data": numbers, **thin} for name, numbers in limits]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)

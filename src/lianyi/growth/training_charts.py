"""Pictures of training: each pair of tests as a line, and courses beside one another before and after."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianyi.growth.training_figures import CourseChange
from lianyi.growth.training_texts import change_word
from lianyi.pages.charts import Chart, ChartTable, chart
from lianyi.pages.names import name_of

ROSE, FELL = "#17613a", "#97231c"


def pairs_chart(found: CourseChange) -> Chart | None:
    """Draw one line from the first to the second test for each person, without names; None without a pair."""
    if not found.pairs:
        return None
    before, after = pgettext("test", "before"), pgettext("test", "after")
    mark = float(found.course.pass_mark or 0)
    lines = [
        {
            "type": "line",
            "data": list(pair),
            "symbolSize": 7,
            "lineStyle": {
                "color": ROSE if pair[1] >= pair[0] else FELL,
                "type": "solid" if pair[1] >= pair[0] else "dashed",
            },
            "itemStyle": {"color": ROSE if pair[1] >= pair[0] else FELL},
            **({"markLine": {"symbol": "none", "data": [{"yAxis": mark, "name": _("pass mark")}]}} if at == 0 else {}),
        }
        for at, pair in enumerate(sorted(found.pairs))
    ]
    option = {
        "xAxis": {"type": "category", "data": [before, after], "boundaryGap": True},
        "yAxis": {"type": "value", "min": 0, "max": float(found.course.test_maximum or 0), "name": _("points")},
        "series": lines,
    }
    rows = [[at, *pair, round(pair[1] - pair[0], 1)] for at, pair in enumerate(sorted(found.pairs), start=1)]
    table = ChartTable([_("Pair"), before, after, _("change")], rows)
    title = _("Points before and after, one line for each person; dashed where they fell")
    return chart("training-pairs", option, title=title, table=table, height="medium")


def courses_chart(found: Sequence[CourseChange]) -> Chart | None:
    """Draw the mean before and after of each course as a share of its most points; None without a pair."""
    told = [each for each in found if each.change.mean_before is not None and each.change.mean_after is not None]
    if not told:
        return None
    before, after = pgettext("test", "before"), pgettext("test", "after")
    shares = [[_percent(each.change.mean_before, each), _percent(each.change.mean_after, each)] for each in told]
    names = [name_of(each.course, "title") for each in told]
    option = {
        "legend": {"data": [before, after]},
        "xAxis": {"type": "value", "max": 100, "name": "%"},
        "yAxis": {"type": "category", "data": names, "axisLabel": {"width": 130, "overflow": "truncate"}},
        "grid": {"containLabel": True},
        "series": [
            {"name": before, "type": "bar", "data": [one for one, _two in shares]},
            {"name": after, "type": "bar", "data": [two for _one, two in shares]},
        ],
    }
    rows = [
        [name, each.change.pairs, *share, change_word(each.change)]
        for name, each, share in zip(names, told, shares, strict=True)
    ]
    table = ChartTable(
        [_("Course"), _("People with both tests"), f"{before} (%)", f"{after} (%)", _("Mean change")], rows
    )
    title = _("Mean of the tests before and after, in percent of the most points")
    return chart("training-courses", option, title=title, table=table, height="medium")


def _percent(mean: float | None, each: CourseChange) -> float:
    return round(100 * (mean or 0.0) / float(each.course.test_maximum or 1), 1)

"""The burden that a pairing plan puts on each hospital that gives, as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from lianyi.dispatch.pairing_telling import PairTeller
from lianyi.pages.charts import Chart, ChartTable, chart

MOST_BARS = 30
_PER_STAFF = 100


def burden_chart(teller: PairTeller, burden: Sequence[Mapping[str, Any]]) -> Chart | None:
    """Draw people sent for each hundred staff; hospitals whose staff are not known stand in the figures only."""
    if not burden:
        return None
    shares = {each["donor"]: _PER_STAFF * each["people"] / each["staff"] for each in burden if each["staff"]}
    drawn = sorted(shares, key=lambda key: -shares[key])[:MOST_BARS]
    option = {
        "tooltip": {"trigger": "axis"},
        "grid": {"left": 8, "right": 32, "top": 16, "bottom": 32, "containLabel": True},
        "xAxis": {
            "type": "value",
            "minInterval": 1,
            "name": _("People for each 100 staff"),
            "nameLocation": "middle",
            "nameGap": 28,
        },
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": teller.names(drawn),
            "axisLabel": {"interval": 0, "width": 130, "overflow": "break"},
        },
        "series": [
            {
                "type": "bar",
                "name": _("People for each 100 staff"),
                "data": [round(shares[key], 1) for key in drawn],
                "barMaxWidth": 18,
            }
        ],
    }
    rows = [
        (
            teller.name(each["donor"]),
            each["people"],
            each["before"],
            None if each["fair"] is None else round(each["fair"], 1),
            None if each["staff"] is None else round(each["staff"]),
            None if not each["staff"] else round(shares[each["donor"]], 1),
        )
        for each in burden
    ]
    columns = [
        *(_("Gives"), _("People sent by this plan"), _("People sent before"), _("Fair share"), _("Staff")),
        _("People for each 100 staff"),
    ]
    return chart(
        "pairing-burden",
        option,
        title=_("Burden of each hospital that gives"),
        table=ChartTable(columns, rows),
        height="short" if len(drawn) <= MOST_BARS // 5 else "tall",
    )

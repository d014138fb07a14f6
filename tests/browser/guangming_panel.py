"""An invented monthly table of Guangming's institutions: help began in 2024-01, the team left in 2024-12."""

from __future__ import annotations

import csv
import io

import numpy as np

MONTHS = [f"{year}-{month:02d}" for year in range(2022, 2026) for month in range(1, 13)]
START, LEFT = "2024-01", "2024-12"
# Name, level, visits a month, what help adds from the start on.
UNITS = (
    ("光明样例医院", "牵头", 900, 0),
    ("光明样例社区卫生服务中心", "受援", 300, 90),
    *((f"光明样例社康站{number}", "村级", 40 + 6 * number, 0) for number in range(1, 6)),
    ("成都高新样例医院一", "对照", 280, 0),
    ("成都高新样例医院二", "对照", 2600, 0),
)


def guangming_panel() -> bytes:
    """Return the table as an analyst has it: visits, cost of a visit and length of stay."""
    rng = np.random.default_rng(20240101)
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["机构", "月份", "层级", "门诊人次", "次均费用", "平均住院日"])
    for name, level, size, lift in UNITS:
        for month in MONTHS:
            season = 1 + 0.05 * np.sin(2 * np.pi * int(month[5:]) / 12)
            visits = size * season * np.exp(rng.normal(0, 0.04)) + lift * (month >= START)
            cost, days = 180 * np.exp(rng.normal(0, 0.03)), 7 * np.exp(rng.normal(0, 0.05))
            writer.writerow([name, month, level, round(visits), round(cost, 1), round(days, 2)])
    return stream.getvalue().encode("utf-8-sig")

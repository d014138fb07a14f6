"""A plan of rounds that was made elsewhere, read from a table of visits."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from lianyi.dispatch.commands import NewRoundPlan
from lianyi.dispatch.errors import RoundPlanRefusedError
from lianyi.dispatch.models import RoundPlan, RoundProgramme
from lianyi.dispatch.rounds_comparison import PlanLine
from lianyi.pages.names import page_is_chinese
from lianyi.registry.imports.declaring import code, day, text, whole
from lianyi.tabular.columns import Column, Language
from lianyi.tabular.header import find_table
from lianyi.tabular.problems import problem_text
from lianyi.tabular.reading import read_tables
from lianyi.tabular.rows import ParsedRow, ParseOptions, parse_sheet

MOST_TOLD = 10
COLUMNS: tuple[Column, ...] = (
    day("day", "Day", "日期", required=True),
    code("team_code", "Team code", "团队代码", 32, required=True, aliases=("team", "crew")),
    code("stop_code", "Stop code", "巡诊点代码", 32, required=True, aliases=("stop", "village")),
    whole("position", "Order of the day", "当日顺序", most=99),
    text("arrives_at", "Arrival", "到达", 8, aliases=("arrives", "arrival")),
    text("departs_at", "Departure", "离开", 8, aliases=("departs", "departure")),
    whole("travel_minutes", "Way there in minutes", "路程分钟", most=1440),
)


MISSED_COLUMNS: tuple[Column, ...] = (
    code("stop_code", "Stop code", "巡诊点代码", 32, required=True, aliases=("stop", "village")),
    text("period", "Period", "周期", 20, required=True),
    whole("missing", "Visits left open", "未安排次数", required=True, most=9999),
    text("reason", "Reason", "原因", 40, required=True),
)


def open_visits_in(content: bytes, file_name: str) -> list[dict[str, object]]:
    """Read which visits a planner had to leave open, and why.

    Raises
    ------
    TableFileError, TableHeaderError
        When the file is no such table.
    RoundPlanRefusedError
        Naming the rows that cannot be read.
    """
    sheet = find_table(read_tables(content, file_name), MISSED_COLUMNS)[0]
    rows = parse_sheet(sheet, MISSED_COLUMNS, ParseOptions(key_columns=("stop_code",))).rows
    _refuse(list(_unreadable(rows)), "missed")
    return [{name: row.values[name] for name in ("stop_code", "period", "missing", "reason")} for row in rows]


def plan_in(programme: RoundProgramme, content: bytes, file_name: str) -> NewRoundPlan:
    """Read a plan; its days are from the first visit to the last.

    Raises
    ------
    TableFileError, TableHeaderError
        When the file is no table of visits.
    RoundPlanRefusedError
        Naming the rows that cannot be read, or name a stop or team that the programme does not have.
    """
    sheet = find_table(read_tables(content, file_name), COLUMNS)[0]
    rows = parse_sheet(sheet, COLUMNS, ParseOptions(key_columns=("team_code", "stop_code"))).rows
    problems = list(_unreadable(rows))
    stops = dict(programme.stops.values_list("code", "pk"))
    crews = dict(programme.crews.values_list("team__code", "pk"))
    lines = []
    for row in rows if not problems else ():
        line = _line(row, stops, crews)
        if isinstance(line, PlanLine):
            lines.append(line)
        else:
            problems.append(line)
    _refuse(problems, "file")
    days = [line.day for line in lines] or [programme.starts_on]
    return NewRoundPlan(starts_on=min(days), ends_on=max(days), lines=lines, origin=RoundPlan.Origin.IMPORTED)


def _refuse(problems: list[str], field: str) -> None:
    if problems:
        raise RoundPlanRefusedError(
            f"{len(problems)} rows of the file cannot be read; the first: {problems[0]}",
            reason="rows",
            field=field,
            rows="; ".join(problems[:MOST_TOLD]),
        )


def _unreadable(rows: Iterable[ParsedRow]) -> Iterable[str]:
    language: Language = "zh-hans" if page_is_chinese() else "en"
    for row in rows:
        for problem in row.problems:
            yield f"{row.row_number}: {problem_text(problem, language)}"


def _line(row: ParsedRow, stops: Mapping[str, int], crews: Mapping[str, int]) -> PlanLine | str:
    """Return the line of a row, or what is wrong with it."""
    given: dict[str, Any] = dict(row.values)
    for name, known in (("stop_code", stops), ("team_code", crews)):
        if str(given[name]) not in known:
            return f"{row.row_number}: {name} {given[name]}"
    try:
        times = {name: _time(given.get(name)) for name in ("arrives_at", "departs_at")}
    except ValueError:
        return f"{row.row_number}: {given.get('arrives_at')} – {given.get('departs_at')}"
    return PlanLine(
        stop_id=stops[str(given["stop_code"])],
        crew_id=crews[str(given["team_code"])],
        day=given["day"],
        position=given.get("position"),
        travel_minutes=given.get("travel_minutes"),
        **times,
    )


def _time(given: Any) -> datetime.time | None:  # noqa: ANN401 - a cell
    if given is None or not str(given).strip():
        return None
    hour, mark, rest = str(given).strip().partition(":")
    return datetime.time.fromisoformat(f"{hour:0>2}{mark}{rest}")

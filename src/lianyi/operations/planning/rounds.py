"""`lianyi plan rounds`: read a folder, plan, explain, and write the tables and the summary."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lianyi.methods.round_plans.facts import Facts
from lianyi.methods.round_plans.plan import DayRoute, Fix, Missed, RoundPlan
from lianyi.methods.round_plans.problem import RoundProblem
from lianyi.methods.round_plans.reasons import hopeless_of, minutes_wanted
from lianyi.methods.round_plans.solving import RoundLimits, plan_rounds
from lianyi.operations.console import Stage
from lianyi.operations.planning.plan_tables import table_of
from lianyi.operations.planning.round_files import read_folder
from lianyi.operations.working_folder import replace_durably
from lianyi.tabular.arrays import write_arrays

Tell = Callable[[str], None]
Document = dict[str, Any]
FORMAT: Final = 1
_SHARE: Final = 1000
_VISIT: Final = ("day", "weekday", "team", "position", "village", "arrives", "departs", "status")
_ROUTE: Final = (
    *("day", "team", "vehicle", "number", "what", "place", "arrives", "departs", "travel_minutes", "travel_km"),
    "night",
)
_MISSED: Final = ("village", "period", "missing", "due", "reason", "fixes")


@dataclass(frozen=True, slots=True)
class RoundAccount:
    """A plan, what it was made from, and what was known to be impossible before."""

    problem: RoundProblem
    plan: RoundPlan
    hopeless: tuple[Missed, ...]


def account_of(folder: Path, limits: RoundLimits, stage: Stage, tell: Tell) -> RoundAccount:
    """Read, say what cannot be met before anything is searched, and plan."""
    with stage("Reading"):
        problem = read_folder(folder)
        facts = Facts(problem)
        hopeless = hopeless_of(facts)
    for sentence in warnings_before(facts, hopeless):
        tell(sentence)
    with stage("Planning") as progress:
        plan = plan_rounds(problem, limits, lambda share: progress(int(share * _SHARE), _SHARE))
    return RoundAccount(problem, plan, hopeless)


def warnings_before(facts: Facts, hopeless: tuple[Missed, ...]) -> list[str]:
    """Say which visits no plan can hold, and whether the visits alone take more time than there is."""
    told = [
        f"No plan can hold {missed.visits} of {missed.due} visits to {missed.village} in {missed.period}: "
        f"{missed.reason}{_fixes_told(missed.fixes)}."
        for missed in hopeless
    ]
    wanted, there = minutes_wanted(facts)
    if wanted > there:
        told.append(
            f"The visits due take {wanted:,.0f} minutes without any travel; all teams together have {there:,.0f}. "
            "Some visits will be missed."
        )
    return told


def _fixes_told(fixes: tuple[Fix, ...]) -> str:
    return f" ({'; '.join(_fix_words(fix) for fix in fixes)})" if fixes else ""


def _fix_words(fix: Fix) -> str:
    amount = "" if fix.amount is None else f"{fix.amount:.9g}"
    words = (fix.kind.value, fix.team, ",".join(fix.skills), amount, str(fix.day or ""))
    return " ".join(word for word in words if word)


def write_account(account: RoundAccount, out: Path) -> Document:
    """Write visits.csv, routes.csv, missed.csv and summary.json; return the summary."""
    out.mkdir(parents=True, exist_ok=True)
    plan = account.plan
    write_arrays(out / "visits.csv", table_of(_VISIT, _visits(plan)))
    write_arrays(out / "routes.csv", table_of(_ROUTE, (row for each in plan.routes for row in _route(account, each))))
    write_arrays(out / "missed.csv", table_of(_MISSED, (_missed(missed) for missed in plan.missed)))
    document = summary_of(account)
    made = out / ".summary.json.part"
    made.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    replace_durably(made, out / "summary.json")
    return document


def clock_of(minutes: float) -> str:
    """Return a time of day to the minute, such as 08:05."""
    hours, rest = divmod(round(minutes), 60)
    return f"{hours:02}:{rest:02}"


def _visits(plan: RoundPlan) -> Iterator[Document]:
    for visit in plan.done:
        base = dict.fromkeys(_VISIT) | {"day": visit.day, "weekday": visit.day.isoweekday(), "status": "done"}
        yield {**base, "team": visit.team, "village": visit.village}
    for route in plan.routes:
        for position, stop in enumerate(route.stops, start=1):
            yield {
                "day": route.day,
                "weekday": route.day.isoweekday(),
                "team": route.team,
                "position": position,
                "village": stop.village,
                "arrives": clock_of(stop.arrives_at),
                "departs": clock_of(stop.departs_at),
                "status": "planned",
            }


def _route(account: RoundAccount, route: DayRoute) -> Iterator[Document]:
    """Yield the rows of a day: setting out, stops and break in order, coming back."""
    team = account.problem.team_of[route.team]
    base = dict.fromkeys(_ROUTE) | {"day": route.day, "team": route.team, "vehicle": team.vehicle}
    rows: list[Document] = [{"what": "start", "place": route.start, "departs": clock_of(route.leaves_at)}]
    pause: Document | None = None
    if route.break_at is not None:
        times = {"arrives": clock_of(route.break_at), "departs": clock_of(route.break_at + team.break_minutes)}
        pause = {"what": "break", **times}
    for number, stop in enumerate(route.stops):
        if pause is not None and route.break_before == number:
            rows.append(pause)
        times = {"arrives": clock_of(stop.arrives_at), "departs": clock_of(stop.departs_at)}
        ways: Document = {"travel_minutes": stop.travel_minutes, "travel_km": stop.travel_km}
        rows.append({"what": "visit", "place": stop.village, **times, **ways})
    if pause is not None and route.break_before == len(route.stops):
        rows.append(pause)
    back: Document = {
        "travel_minutes": route.back_minutes,
        "travel_km": route.back_km,
        "arrives": clock_of(route.back_at),
    }
    rows.append({"what": "end", "place": route.end, "night": route.end != route.home, **back})
    for number, row in enumerate(rows):
        yield {**base, "number": number, **row}


def _missed(missed: Missed) -> Document:
    return {
        "village": missed.village,
        "period": missed.period,
        "missing": missed.visits,
        "due": missed.due,
        "reason": missed.reason.value,
        "fixes": "; ".join(_fix_words(fix) for fix in missed.fixes),
    }


def summary_of(account: RoundAccount) -> Document:
    """Return the whole account as one document."""
    problem, plan, figures = account.problem, account.plan, account.plan.figures
    return {
        "format": FORMAT,
        "first_day": str(problem.days.start),
        "last_day": str(problem.days.end),
        "villages": len(problem.villages),
        "teams": len(problem.teams),
        "value": figures.value,
        "visits_due": figures.due,
        "visits_planned": figures.planned,
        "coverage": figures.coverage,
        "weighted_due": figures.weighted_due,
        "weighted_planned": figures.weighted_planned,
        "travel_minutes": figures.travel_minutes,
        "travel_km": figures.travel_km,
        "team_days": figures.team_days,
        "nights": figures.nights,
        "changed": figures.changed,
        "day_minutes": {
            "mean": figures.mean_day_minutes,
            "longest": figures.longest_day_minutes,
            "shortest": figures.shortest_day_minutes,
        },
        "load_by_team": dict(figures.load_by_team),
        "balance": figures.balance,
        "hopeless": [_missed(missed) for missed in account.hopeless],
        "missed": [{**_missed(missed), "fixes": [_fix(fix) for fix in missed.fixes]} for missed in plan.missed],
        "long_gaps": [
            {
                "village": gap.village,
                "before": str(gap.before),
                "after": None if gap.after is None else str(gap.after),
                "days": gap.days,
                "most_days": gap.most_days,
            }
            for gap in plan.long_gaps
        ],
        "steps": [{"step": name, "value": value} for name, value in plan.steps],
    }


def _fix(fix: Fix) -> Document:
    return {
        "kind": fix.kind.value,
        "team": fix.team,
        "amount": fix.amount,
        "day": None if fix.day is None else str(fix.day),
        "skills": list(fix.skills),
    }

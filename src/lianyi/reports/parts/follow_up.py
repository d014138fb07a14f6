"""What became of points: in short, one by one, and how long each action took. Difficulties never stand here."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from lianyi.accounts.records import Provenance
from lianyi.drawing import Axis
from lianyi.drawing.bar_chart import BARS_AT_MOST, Bar, BarChart, BarSection, svg_of_bars
from lianyi.exchanges.former import GROUP_TONES, GROUPS, group_of
from lianyi.exchanges.models import Action, ActionState, PointKind, PointState
from lianyi.exchanges.queries.points import PointStanding
from lianyi.exchanges.words import point_line
from lianyi.pages.names import name_of
from lianyi.pages.values import NOTHING, shown
from lianyi.reports.content import Cell, Grid, Number, Part, Picture

CHECKED: Final = (ActionState.VERIFIED, ActionState.CLOSED)
# Long enough for what was said at a table; the point's own page holds every word.
LETTERS_OF_A_POINT: Final = 160
_DRAWN: Final = (*CHECKED, ActionState.DONE, ActionState.DOING, ActionState.AGREED, ActionState.CAME_BACK)


@dataclass(frozen=True, slots=True)
class Rows:
    """Where the rows behind the numbers stand."""

    points: str
    actions: str

    def standing(self, state: str) -> str:
        return _and(self.actions, f"standing={state}")

    @property
    def late(self) -> str:
        return _and(self.actions, "late=yes")


def _and(address: str, more: str) -> str:
    """Return a list narrowed once more; an address that is no list stays as it is."""
    return f"{address}&{more}" if "?" in address else address


def to_act_on(found: Sequence[PointStanding]) -> list[PointStanding]:
    """Return the points that need an action: not praise, nor what was answered, noted, refused or merged."""
    waiting = (PointState.RAISED, PointState.ACTION)
    return [each for each in found if each.point.kind != PointKind.PRAISE and each.point.state in waiting]


def summary(key: str, title: str, found: Sequence[PointStanding], rows: Rows) -> Part:
    """Return what became of all points in one sentence and a few numbers."""
    expected = to_act_on(found)
    return Part(
        key=key,
        title=title,
        sentences=_sentences(expected),
        numbers=_numbers(found, rows) if found else (),
        empty=_("No point was raised."),
    )


def _sentences(expected: Sequence[PointStanding]) -> tuple[str, ...]:
    if not expected:
        return ()
    checked = sum(each.standing in CHECKED for each in expected)
    said = ngettext(
        "Done, and checked by somebody else than the doer: %(checked)s of %(count)s point that needs an action.",
        "Done, and checked by somebody else than the doer: %(checked)s of %(count)s points that need an action.",
        len(expected),
    )
    found = [said % {"count": len(expected), "checked": checked}]
    nobody = sum(each.action is None for each in expected)
    if nobody:
        words = ngettext("%(count)s point has no action yet.", "%(count)s points have no action yet.", nobody)
        found.append(words % {"count": nobody})
    return tuple(found)


def _numbers(found: Sequence[PointStanding], rows: Rows) -> tuple[Number, ...]:
    expected = to_act_on(found)
    actions = [each.action for each in expected if each.action is not None]
    counts = {state: sum(each.standing == state for each in expected) for state in ActionState}
    marks = (_("sample"),) if any(each.point.provenance == Provenance.SAMPLE for each in found) else ()
    agreed = sum(each.owner_id is not None and each.due_on is not None for each in actions)
    return (
        Number(
            label=_("Points raised"),
            value=str(len(found)),
            definition=_("findings, problems, suggestions, demands and praise"),
            url=rows.points,
            marks=marks,
        ),
        Number(
            label=_("With owner and day"),
            value=f"{agreed}/{len(expected)}",
            definition=_("of the points that need an action, those whose action has an owner and a day"),
            url=rows.actions,
        ),
        Number(
            label=_("Settled without action"),
            value=str(len(found) - len(expected)),
            definition=_("answered, noted, refused, merged into another point, or praise"),
            url=rows.points,
        ),
        Number(
            label=_("Checked by another"),
            value=f"{sum(counts[state] for state in CHECKED)}/{len(actions)}",
            definition=_("actions that somebody else than the doer found done, of all actions"),
            url=rows.actions,
        ),
        Number(
            label=_("Reported as done, not checked"),
            value=str(counts[ActionState.DONE]),
            definition=_("the owner says it is done; nobody else has looked yet"),
            url=rows.standing(ActionState.DONE),
        ),
        Number(
            label=pgettext("action", "Late"),
            value=str(sum(each.is_late for each in expected)),
            definition=_("due and not done on the day of the report"),
            url=rows.late,
        ),
        Number(
            label=pgettext("action", "Came back"),
            value=str(counts[ActionState.CAME_BACK]),
            definition=_("ended once, then raised again"),
            url=rows.standing(ActionState.CAME_BACK),
        ),
    )


def one_by_one(key: str, title: str, found: Sequence[PointStanding], empty: str) -> Part:
    """Return every point with its action, what presses first."""
    order = {name: number for number, name in enumerate(GROUPS)}
    lines = sorted(found, key=lambda each: order[group_of(each)])
    columns = (
        _("Number"),
        _("What was raised"),
        pgettext("visit", "Owner"),
        _("Due on"),
        _("Done on"),
        pgettext("action", "Checked"),
        _("State"),
    )
    return Part(key=key, title=title, grid=Grid(columns, tuple(_row(each) for each in lines)), empty=empty)


def _row(each: PointStanding) -> tuple[Cell, ...]:
    line, action, group = point_line(each), each.action, group_of(each)
    state = " · ".join(word for word in (line.state, line.late) if word)
    if line.came_back and each.standing != ActionState.CAME_BACK:
        state += _(" (came back: %(count)s)") % {"count": line.came_back}
    return (
        Cell(line.number, line.url),
        Cell(_asked(each), line.action_url or line.url),
        Cell(line.owner or NOTHING),
        Cell(line.due or NOTHING),
        Cell(NOTHING if action is None or action.done_on is None else shown(action.done_on)),
        Cell(_checked(action)),
        Cell(state, tone=GROUP_TONES[group]),
    )


def _asked(each: PointStanding) -> str:
    """Return the point and, after an arrow, what is done about it."""
    said = _short(name_of(each.point, "statement"))
    done = "" if each.action is None else _short(name_of(each.action, "title"))
    return f"{said} → {done}" if done and done != said else said


def _short(text: str) -> str:
    return text if len(text) <= LETTERS_OF_A_POINT else f"{text[: LETTERS_OF_A_POINT - 1].rstrip()}…"


def _checked(action: Action | None) -> str:
    if action is None or action.checked_on is None:
        return NOTHING
    by = name_of(action.checked_by_institution) if action.checked_by_institution_id else action.checked_by
    return " · ".join(each for each in (shown(action.checked_on), by) if each)


def how_long(found: Sequence[PointStanding], today: datetime.date) -> Picture | None:
    """Draw for each action the days agreed beside the days that it has taken, the longest first."""
    timed = [(each, _days(each, today)) for each in found if each.standing in _DRAWN]
    known = sorted(
        ((each, days) for each, days in timed if days is not None),
        key=lambda pair: (-pair[1][1], str(pair[0].point)),
    )
    if not known:
        return None
    drawn = known[:BARS_AT_MOST]
    bars = tuple(
        Bar(str(each.point), (float(agreed), float(taken)), _told(each, taken)) for each, (agreed, taken) in drawn
    )
    longest = max(max(days) for _each, days in drawn)
    axis = Axis(_("days since it was raised"), 0, max(longest, 1))
    names = (_("days agreed"), _("days taken so far, or until it was done"))
    left_out = len(known) - len(drawn)
    note = _("%(count)s more stand in the table only.") % {"count": left_out} if left_out else ""
    title = _("How long each action has taken")
    return Picture(title, svg_of_bars(BarChart(title, axis, names, (BarSection("", bars),), note)))


def _days(each: PointStanding, today: datetime.date) -> tuple[int, int] | None:
    """Return the days from raising to the day agreed, and to the day done or today."""
    action, raised = each.action, each.point.raised_on
    if action is None or action.due_on is None or action.due_on < raised:
        return None
    is_open = action.done_on is None or each.standing == ActionState.CAME_BACK
    ended = today if is_open or action.done_on is None else action.done_on
    return (action.due_on - raised).days, max(0, (ended - raised).days)


def _told(each: PointStanding, taken: int) -> str:
    line = point_line(each)
    days = ngettext("%(days)s day", "%(days)s days", taken) % {"days": taken}
    return " · ".join(word for word in (days, line.state, line.late) if word)

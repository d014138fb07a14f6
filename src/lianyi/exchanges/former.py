"""What became of the former points of a partnership: the first thing that the next visit shows."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.actors import Actor
from lianyi.exchanges.models import ActionState, ExchangeVisit, PointState
from lianyi.exchanges.queries.points import PointStanding, former_points, standings
from lianyi.exchanges.words import PointLine, point_line

GROUPS: Mapping[str, str | Promise] = {
    "came_back": _("came back"),
    "late": _("late"),
    "open": pgettext_lazy("former points", "open"),
    "waiting": _("waiting: not sorted, or on standby"),
    "closed": _("closed since"),
    "settled": _("answered, noted or refused"),
}
GROUP_TONES: Mapping[str, str] = {
    "came_back": "bad",
    "late": "bad",
    "open": "info",
    "waiting": "warning",
    "closed": "good",
    "settled": "neutral",
}
_WAITING = (PointState.RAISED, ActionState.REPORTED, ActionState.SORTED, ActionState.STANDBY)
_OPEN = (ActionState.AGREED, ActionState.DOING, ActionState.DONE, ActionState.VERIFIED)


@dataclass(frozen=True, slots=True)
class FormerGroup:
    """The former points that stand alike."""

    name: str
    word: str | Promise
    tone: str
    lines: tuple[PointLine, ...]


def group_of(each: PointStanding) -> str:
    """Return the group under which a point is shown."""
    if each.standing == ActionState.CAME_BACK:
        return "came_back"
    if each.is_late:
        return "late"
    if each.standing in _OPEN:
        return "open"
    if each.standing in _WAITING:
        return "waiting"
    return "closed" if each.standing == ActionState.CLOSED else "settled"


def grouped(found: Sequence[PointStanding]) -> list[FormerGroup]:
    """Return the groups that have points, what presses first."""
    groups = []
    for name, word in GROUPS.items():
        lines = tuple(point_line(each) for each in found if group_of(each) == name)
        if lines:
            groups.append(FormerGroup(name, word, GROUP_TONES[name], lines))
    return groups


def former_state(actor: Actor, visit: ExchangeVisit, today: datetime.date) -> list[FormerGroup]:
    """Return the former points of the partnership of a visit as they stand today, difficulties as far as readable."""
    return grouped(standings(actor, list(former_points(actor, visit)), today))

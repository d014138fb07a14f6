"""Points and actions as the pages and documents say them, every value as text."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from lianyi.exchanges.categories import category_word
from lianyi.exchanges.queries.points import PointStanding
from lianyi.exchanges.tables.points import raised_by_word
from lianyi.exchanges.texts import KIND_TONES, STANDING_TONES, STANDING_WORDS, days_word, owner_word
from lianyi.pages.names import name_of
from lianyi.pages.values import shown


@dataclass(frozen=True, slots=True)
class PointLine:
    """One point in a list: what it is, who raised it, what became of it."""

    standing: PointStanding
    number: str
    url: str
    statement: str
    kind: str
    kind_tone: str
    category: str
    raised_by: str
    about: str
    state: str
    tone: str
    owner: str
    due: str
    late: str
    open_for: str
    came_back: int
    action_url: str
    provenance: str


def point_line(each: PointStanding) -> PointLine:
    """Return the words of a point and of its action."""
    point, action = each.point, each.action
    about = " · ".join(name for name in (name_of(point.institution), name_of(point.department)) if name)
    return PointLine(
        standing=each,
        number=str(point),
        url=point.get_absolute_url(),
        statement=name_of(point, "statement"),
        kind=str(point.get_kind_display()),
        kind_tone=KIND_TONES[point.kind],
        category=category_word(point.category),
        raised_by=raised_by_word(point),
        about=about,
        state=str(STANDING_WORDS[each.standing]),
        tone=STANDING_TONES[each.standing],
        owner="" if action is None else owner_word(action),
        due="" if action is None or action.due_on is None else shown(action.due_on),
        late=_("late") if each.is_late else "",
        open_for=days_word(each.days_open),
        came_back=0 if action is None else action.recurrence_count,  # type: ignore[attr-defined]
        action_url="" if action is None else action.get_absolute_url(),
        provenance=point.provenance,
    )

"""Visits in the period, what was raised at them, and what became of it. Difficulties of members never stand here."""

from __future__ import annotations

from collections import Counter

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianyi.accounts.access import decide
from lianyi.exchanges.machines.actions import OVER
from lianyi.exchanges.models import Action, ActionState
from lianyi.exchanges.models.points import OPEN_KINDS
from lianyi.exchanges.models.visits import HELD_STATES
from lianyi.exchanges.partnership import agreements_in_line
from lianyi.exchanges.queries import actions, points, visits
from lianyi.exchanges.standing import standing
from lianyi.pages.names import name_of
from lianyi.reports.content import Cell, Grid, Number, Part
from lianyi.reports.parts.asking import Asked, listed


def part_of(asked: Asked) -> Part | None:
    """Return visits and actions; None where the reader reads none."""
    if not decide(asked.actor, "visit.read").allowed:
        return None
    line = agreements_in_line(asked.agreement)
    held = list(
        visits.visits(asked.actor).filter(
            agreement_id__in=line,
            state__in=HELD_STATES,
            starts_on__lte=asked.span.end,
            ends_on__gte=asked.span.start,
        )
    )
    raised = points.open_points(asked.actor).filter(
        visit__agreement_id__in=line, raised_on__range=(asked.span.start, asked.span.end)
    )
    found = list(
        actions.actions(asked.actor)
        .filter(point__visit__agreement_id__in=line, point__kind__in=OPEN_KINDS, point__raised_on__lte=asked.span.end)
        .order_by("due_on", "code")
    )
    columns = (pgettext("visit", "Action"), pgettext("action", "Owner"), _("Due on"), _("State"))
    url = listed("exchanges:visits", agreement=asked.agreement.code)
    return Part(
        key="exchanges",
        title=_("Visits and what became of them"),
        numbers=(
            (
                Number(label=_("Visits held"), value=str(len(held)), definition=_("with a day in the period"), url=url),
                Number(
                    label=_("Points raised"),
                    value=str(raised.count()),
                    definition=_("findings, problems, suggestions, demands and praise of the period"),
                    url=listed("exchanges:points", agreement=asked.agreement.code),
                ),
                *_action_numbers(asked, Counter(standing(each) for each in found), _late(asked, found)),
            )
            if held or found
            else ()
        ),
        grid=Grid(columns, tuple(_row(asked, each) for each in found)),
        empty=_("No visit was held and no action was open under this agreement in this period."),
    )


def _late(asked: Asked, found: list[Action]) -> int:
    return sum(each.due_on is not None and each.due_on <= asked.today and standing(each) not in OVER for each in found)


def _action_numbers(asked: Asked, by_state: Counter[ActionState], late: int) -> tuple[Number, ...]:
    url = listed("exchanges:actions", agreement=asked.agreement.code)
    over = sum(by_state[state] for state in (ActionState.VERIFIED, ActionState.CLOSED))
    return (
        Number(
            label=_("Actions checked or closed"),
            value=f"{over}/{sum(by_state.values())}",
            definition=_("checked by somebody else than the doer, of all raised up to the end of the period"),
            url=url,
        ),
        Number(
            label=pgettext("action", "Came back"),
            value=str(by_state[ActionState.CAME_BACK]),
            definition=_("ended once, then raised again"),
            url=url,
        ),
        Number(
            label=pgettext("action", "Late"),
            value=str(late),
            definition=_("due and not done on the day of the report"),
            url=url,
        ),
    )


def _row(asked: Asked, each: Action) -> tuple[Cell, ...]:
    state = standing(each)
    is_late = each.due_on is not None and each.due_on <= asked.today and state not in OVER
    owner = name_of(each.owner) if each.owner_id else pgettext("owner of an action", "nobody yet")
    return (
        Cell(name_of(each, "title") or each.code, each.get_absolute_url()),
        Cell(owner),
        Cell(str(each.due_on or "—")),
        Cell(f"{state.label} · {_('late')}" if is_late else str(state.label), tone="bad" if is_late else ""),
    )

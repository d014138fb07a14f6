"""Readings about secondments up, their goals and the checks after the return, within the asker's reach."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import Any

from django.db.models import Q, QuerySet

from lianyi.accounts.access import decide, get_in_scope, nodes_in_reach, scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.accounts.roles import Permission
from lianyi.dispatch.models import Posting, PostingKind, PostingState
from lianyi.growth.models.secondments import ReturnCheck, SecondmentGoal
from lianyi.growth.return_checks import CheckStanding, DueCheck, checks_of

_PARTS = ("agreement", "staff__institution", "from_institution", "from_department", "to_institution", "to_department")
_UNREAL = (PostingState.DRAFT, PostingState.CANCELLED, PostingState.VOID)


def _rows(actor: Actor, permission: str) -> QuerySet[Posting, Any]:
    rows = Posting.objects.filter(kind=PostingKind.SECONDMENT_UP).exclude(state__in=_UNREAL)
    return scoped_for(actor, rows.select_related(*_PARTS), Permission.parse(permission))


def secondments(actor: Actor) -> QuerySet[Posting, Any]:
    """Return the secondments up within reach, the latest first."""
    return _rows(actor, "training.read").order_by("-starts_on", "code", "pk")


def secondment(actor: Actor, pk: int) -> Posting:
    """Return one secondment.

    Raises
    ------
    NotFoundInScopeError
    """
    row: Posting | None = secondments(actor).filter(pk=pk).first()
    if row is None:
        raise NotFoundInScopeError("There is no such record within your reach.", model="Posting")
    return row


def goals_of(actor: Actor, row: Posting) -> list[SecondmentGoal]:
    return list(scoped(actor, SecondmentGoal.objects.filter(posting=row)).order_by("number"))


def goal(actor: Actor, pk: int) -> SecondmentGoal:
    return get_in_scope(actor, SecondmentGoal.objects.select_related("posting__staff"), pk)


def found_of(actor: Actor, row: Posting) -> list[ReturnCheck]:
    return list(scoped(actor, ReturnCheck.objects.filter(posting=row).select_related("checked_by")).order_by("months"))


def due_checks(rows: QuerySet[Posting, Any], today: datetime.date) -> list[DueCheck]:
    """Return all checks of these secondments, made and due and ahead, with two queries."""
    postings = list(rows.filter(left_on__isnull=False))
    found: defaultdict[int, list[ReturnCheck]] = defaultdict(list)
    for each in ReturnCheck.objects.filter(posting__in=[row.pk for row in postings]).select_related("checked_by"):
        found[each.posting_id].append(each)
    return [check for row in postings for check in checks_of(row, found[row.pk], today)]


def countable_checks(actor: Actor, today: datetime.date) -> list[DueCheck]:
    """Return the checks to count, for those who read training and for those who see only counts of it."""
    act = "training.read" if decide(actor, "training.read").allowed else "training.count"
    return due_checks(_rows(actor, act), today)


def checks_to_make(actor: Actor, today: datetime.date) -> list[DueCheck]:
    """Return what is due or late and is the actor's to check: returns to institutions that the actor covers."""
    own = Q(from_institution_id__in=nodes_in_reach(actor).values("pk"))
    rows = _rows(actor, "training.write").filter(own).exclude(staff__user_id=actor.user_id)
    wanted = (CheckStanding.DUE, CheckStanding.LATE)
    return [each for each in due_checks(rows, today) if each.standing in wanted]

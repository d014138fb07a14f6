"""Every reading about postings, within the asker's reach."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from lianyi.accounts.access import LARGEST_KEY, covers, decide, get_in_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.dispatch.authority import answers_for, is_own
from lianyi.dispatch.machine import AUTHORING, BOOKED, PRESENT, STAYED, Side, Step, steps_from
from lianyi.dispatch.models import (
    Batch,
    Posting,
    PostingAbsence,
    PostingApproval,
    PostingEvent,
    PostingState,
    Team,
)
from lianyi.dispatch.stays import stays_of
from lianyi.methods.periods import DateSpan
from lianyi.methods.presence import Stay, service_days
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.queries import Flow, TimelineEntry
from lianyi.registry.models import Staff

_NUMBERED = re.compile(r"(?P<before>.*?)(?P<number>[0-9]{1,9})")


def postings(actor: Actor) -> QuerySet[Posting, Any]:
    """Return the postings within reach with what a list shows; entries in error are left out."""
    rows = scoped(actor, Posting.objects.exclude(state=PostingState.VOID))
    return rows.select_related(
        "agreement",
        "staff",
        "from_institution",
        "from_department",
        "to_institution__place",
        "to_department",
        "batch",
        "team",
    ).order_by("-starts_on", "code")


def posting(actor: Actor, pk: int) -> Posting:
    """Return one posting, also one entered in error: its page says so.

    Raises
    ------
    NotFoundInScopeError
        When there is none, or none within reach.
    """
    rows = Posting.objects.select_related(
        "agreement",
        "staff",
        "from_institution",
        "from_department",
        "to_institution__place",
        "to_department",
        "batch",
        "team__leader",
        "predecessor__staff",
    )
    return get_in_scope(actor, rows, pk)


def events_of(actor: Actor, row: Posting) -> list[PostingEvent]:
    return list(scoped(actor, PostingEvent.objects.filter(posting=row).select_related("user")).order_by("pk"))


def absences_of(actor: Actor, row: Posting) -> list[PostingAbsence]:
    return list(scoped(actor, PostingAbsence.objects.filter(posting=row)).order_by("starts_on", "pk"))


def absence(actor: Actor, pk: int) -> PostingAbsence:
    rows = PostingAbsence.objects.select_related("posting__agreement")
    return get_in_scope(actor, rows, pk)


def approvals_of(actor: Actor, row: Posting) -> dict[str, PostingApproval]:
    """Return the answers given, by side."""
    found = scoped(actor, PostingApproval.objects.filter(posting=row).select_related("decided_by"))
    return {approval.side: approval for approval in found}


def batches(actor: Actor, agreement: Agreement) -> list[Batch]:
    """Return the batches of an agreement with how many postings each has, and how many of them were there."""
    rows = scoped(actor, Batch.objects.filter(agreement=agreement)).annotate(
        lines=Count("postings", filter=~Q(postings__state__in=(PostingState.VOID, PostingState.CANCELLED))),
        stayed=Count("postings", filter=Q(postings__state__in=STAYED)),
        drafts=Count("postings", filter=Q(postings__state=PostingState.DRAFT)),
    )
    return list(rows.order_by("number"))


def teams(actor: Actor, agreement: Agreement) -> QuerySet[Team, Any]:
    rows = scoped(actor, Team.objects.filter(agreement=agreement).select_related("leader", "batch"))
    return rows.annotate(members=Count("postings")).order_by("code")


def on_site(actor: Actor, day: datetime.date) -> QuerySet[Posting, Any]:
    """Return who is on site on a day, absences not taken off (they are shown beside the name)."""
    still_there = Q(state__in=PRESENT, arrived_on__lte=day)
    # No state is asked here: it would draw the search away from the index on the last day.
    left_later = Q(left_on__gte=day, arrived_on__lte=day)
    return postings(actor).filter(still_there | left_later).order_by("to_institution__code", "specialty", "staff__code")


def overlapping(actor: Actor, window: DateSpan) -> QuerySet[Posting, Any]:
    """Return the postings whose planned or real days touch a window: what the board shows."""
    rows = postings(actor).exclude(state=PostingState.CANCELLED)
    planned = Q(starts_on__lte=window.end, ends_on__gte=window.start)
    real = Q(arrived_on__lte=window.end) & (Q(left_on__gte=window.start) | Q(left_on__isnull=True, state__in=BOOKED))
    return rows.filter(planned | real)


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """One person's postings, with the days really served in each."""

    staff: Staff
    postings: tuple[Posting, ...]
    stays: tuple[Stay, ...]
    days_served: int


def person_record(actor: Actor, staff_id: int, today: datetime.date) -> PersonRecord | None:
    """Return the record of a person as far as the asker may see it: their postings within reach, or their file.

    None when neither the person's file nor any posting of theirs is within reach.
    """
    if staff_id > LARGEST_KEY:
        return None
    own = scoped(actor, Staff.objects.select_related("institution", "department")).filter(pk=staff_id).first()
    rows = list(postings(actor).filter(staff_id=staff_id).order_by("starts_on", "pk"))
    if own is None and not rows:
        return None
    staff = own if own is not None else rows[0].staff
    stays = stays_of(rows, today)
    days = sum(service_days(stay, stay.span).present_days for stay in stays)
    return PersonRecord(staff, tuple(rows), tuple(stays), days)


def allowed_steps(actor: Actor, row: Posting) -> list[Step]:
    """Return the steps that the actor could take with a posting now: exactly those that the page offers."""
    if not is_own(actor, row):
        return []
    # A posting ends on its planned day or later; who leaves before it returns early.
    too_soon = timezone.localdate() < row.ends_on
    steps = [each for each in steps_from(row.state) if each.name != "publish" and not (too_soon and each.name == "end")]
    allowed = {permission: decide(actor, permission, row).allowed for permission in {each.permission for each in steps}}
    receives = any(step.side is Side.RECEIVING for step in steps) and covers(actor, row.to_institution_id)
    return [step for step in steps if allowed[step.permission] and (receives or step.side is not Side.RECEIVING)]


def answerable_sides(actor: Actor, row: Posting) -> list[str]:
    """Return for which sides the actor may approve or refuse a posting."""
    if row.state != PostingState.DRAFT or not decide(actor, "dispatch.decide", row).allowed:
        return []
    if not actor.is_service and row.events.filter(step__in=AUTHORING, user_id=actor.user_id).exists():
        return []
    return [side for side in row.agreement.approvals if answers_for(actor, row, side)]


def flows(actor: Actor, agreement: Agreement) -> list[Flow]:
    """Return how many persons went or are planned to go from where to where, by kind of posting."""
    rows = scoped(actor, Posting.objects.filter(agreement=agreement)).exclude(
        state__in=(PostingState.VOID, PostingState.CANCELLED)
    )
    counted = (
        rows.order_by()
        .values_list("kind", "from_institution_id", "to_institution_id")
        .annotate(persons=Count("staff_id", distinct=True))
    )
    return [Flow(kind, source, target, persons) for kind, source, target, persons in sorted(counted)]


def timeline_entries(actor: Actor, agreement: Agreement) -> list[TimelineEntry]:
    """Return arrivals and leavings for the time line, one line for all who came or left on the same day."""
    rows = scoped(actor, Posting.objects.filter(agreement=agreement, arrived_on__isnull=False))
    came: defaultdict[tuple[datetime.date, str], list[str]] = defaultdict(list)
    left: defaultdict[tuple[datetime.date, str], list[str]] = defaultdict(list)
    for arrived_on, left_on, provenance in rows.values_list("arrived_on", "left_on", "provenance"):
        for day, people in ((arrived_on, came), (left_on, left)):
            if day is not None:
                people[day, provenance].append(provenance)
    entries = [
        TimelineEntry(day, "day", "staff", f"{len(people)}人到岗", f"{len(people)} arrived on site", provenance)
        for (day, provenance), people in came.items()
    ]
    entries += [
        TimelineEntry(day, "day", "staff", f"{len(people)}人离岗", f"{len(people)} left the site", provenance)
        for (day, provenance), people in left.items()
    ]
    return entries


def next_code(agreement: Agreement, taken: Sequence[str] = ()) -> str:
    """Return a free posting number of an agreement, in the form of those that it has: P16 after P15."""
    used = set(agreement.postings.values_list("code", flat=True)) | set(taken)
    numbered = [found for found in map(_NUMBERED.fullmatch, used) if found is not None]
    if not numbered:
        return "P0001"
    last = max(numbered, key=lambda found: (int(found["number"]), found["before"]))
    return f"{last['before']}{int(last['number']) + 1:0{len(last['number'])}d}"


def codes_outside_term(agreement: Agreement, term: DateSpan) -> list[str]:
    """Return the published postings that a term of the agreement would leave outside."""
    published = agreement.postings.filter(state__in=(*BOOKED, *STAYED))
    outside = published.filter(Q(starts_on__lt=term.start) | Q(ends_on__gt=term.end))
    return list(outside.order_by("code").values_list("code", flat=True))

"""Postings: the list, one posting with everything about it, and those that wait for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import decide
from lianyi.accounts.actors import Actor
from lianyi.dispatch import board_queries, commands, needs_queries, queries
from lianyi.dispatch.authority import is_own, may_plan
from lianyi.dispatch.checks import publication_problems
from lianyi.dispatch.commands import AskedAnswer, RefusedAnswer
from lianyi.dispatch.errors import ApprovalsRefusedError
from lianyi.dispatch.filters import ApprovalFilter, PostingFilter
from lianyi.dispatch.machine import PRESENT, REASONS, STAYED
from lianyi.dispatch.models import Posting, PostingState
from lianyi.dispatch.stays import planned_stays_of, stays_of
from lianyi.dispatch.tables import SIDE_MARK, ApprovalTable, PostingTable
from lianyi.dispatch.texts import (
    STATE_TONES,
    STEP_WORDS,
    batch_word,
    problem_texts,
    side_word,
    specialty_word,
    title_held_word,
)
from lianyi.dispatch.views.parts import posting_crumbs
from lianyi.errors import InvalidInputError
from lianyi.methods.presence import handover_overlap, service_days
from lianyi.pages.errors import message_of
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, log_reading, next_address, page
from lianyi.pages.sections import sections_of
from lianyi.partnerships.models import Agreement

MOST_REFUSALS_SAID = 5
REPLACEABLE = (PostingState.DRAFT, PostingState.PLANNED, PostingState.TRAVELLING, *PRESENT)


@require_safe
@page
def posting_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    return list_response(
        request,
        table_class=PostingTable,
        rows=queries.postings(actor),
        filterset_class=PostingFilter,
        title=_("Postings"),
        export_name="postings",
        template="dispatch/postings.html",
    )


@dataclass(frozen=True, slots=True)
class HandOver:
    """Somebody who came before or after, and how many days both were there."""

    posting: Posting
    overlap_days: int | None
    is_planned: bool


def _hand_over(before: Posting, after: Posting, shown: Posting) -> HandOver:
    today = timezone.localdate()
    stays = {stay.key: stay for stay in stays_of([before, after], today)}
    is_planned = len(stays) < 2  # noqa: PLR2004 - one of the two has not come yet
    if is_planned:
        stays = {stay.key: stay for stay in planned_stays_of([before, after])}
    first, second = stays.get(str(before.pk)), stays.get(str(after.pk))
    if first is None or second is None:
        return HandOver(shown, None, is_planned)
    return HandOver(shown, handover_overlap(first, second).days, is_planned)


@require_safe
@page
def posting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.posting(actor, pk)
    log_reading(request, row)
    stays = stays_of([row], timezone.localdate())
    served = service_days(stays[0], stays[0].span) if stays else None
    before = queries.postings(actor).filter(pk=row.predecessor_id).first() if row.predecessor_id else None
    context = {
        "title": f"{row.code} · {name_of(row.staff)}",
        "posting": row,
        "tone": STATE_TONES.get(row.state, "neutral"),
        "specialty": specialty_word(row.specialty),
        "batch": batch_word(row.batch),
        "need": needs_queries.needs(actor).filter(pk=row.need_id).first() if row.need_id else None,
        "staff_title": title_held_word(row),
        "served": served,
        "events": [_event(event) for event in queries.events_of(actor, row)],
        "absences": queries.absences_of(actor, row),
        "predecessor": None if before is None else _hand_over(before, row, before),
        "successors": [_hand_over(row, after, after) for after in board_queries.successors_of(actor, row)],
        "breadcrumbs": posting_crumbs(),
        "sections": sections_of(request, row),
        **_possibilities(actor, row),
        **_approvals(actor, row),
    }
    return render(request, "dispatch/posting.html", context)


def _event(event: Any) -> dict[str, Any]:  # noqa: ANN401 - an event with its user
    reason = str(REASONS.get(event.reason_code, event.reason_code))
    return {
        "row": event,
        "word": STEP_WORDS.get(event.step, event.step),
        "reason": " – ".join(part for part in (reason, event.reason) if part),
    }


def _possibilities(actor: Actor, row: Posting) -> dict[str, Any]:
    """Return what the reader may do with the posting now: exactly what the commands would accept from them."""
    own = is_own(actor, row)
    may_write = own and decide(actor, "dispatch.write", row).allowed
    may_decide = own and decide(actor, "dispatch.decide", row).allowed
    is_draft = row.state == PostingState.DRAFT
    problems = publication_problems([row]) if is_draft else []
    return {
        "steps": queries.allowed_steps(actor, row),
        "may_change": is_draft and may_plan(actor, "dispatch.write", row),
        "may_publish": is_draft and not problems and may_plan(actor, "dispatch.decide", row.agreement),
        "may_replace": may_decide and row.state in REPLACEABLE,
        "may_correct": may_decide and row.state in STAYED,
        "may_add_absence": may_write and row.state in STAYED,
        "may_certify": row.state in STAYED,
        "problems": problem_texts(problems),
    }


def _approvals(actor: Actor, row: Posting) -> dict[str, Any]:
    answers = queries.approvals_of(actor, row)
    mine = queries.answerable_sides(actor, row)
    lines = [
        {"side": side, "word": side_word(side), "answer": answers.get(side), "is_mine": side in mine}
        for side in row.agreement.approvals
    ]
    return {"approvals": lines}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def approvals(request: HttpRequest) -> HttpResponse:
    """Show which lines wait for the reader's answer; several are approved together."""
    actor = acting(request)
    rows = board_queries.waiting_for(actor)
    if request.method == "POST":
        return _approve_many(request, rows)
    filterset = ApprovalFilter(request.GET, queryset=rows)
    left = filterset.qs.count() if filterset.is_valid() else 0
    return list_response(
        request,
        table_class=ApprovalTable,
        rows=rows,
        filterset_class=ApprovalFilter,
        title=_("Postings waiting for my answer"),
        export_name="approvals",
        template="dispatch/approvals.html",
        context={
            "waiting": left,
            # What stands above the list follows from the filter too.
            "filters_whole_page": True,
            "kept": [(name, value) for name, value in request.GET.items() if name in filterset.filters],
            "breadcrumbs": posting_crumbs(),
        },
    )


def _approve_many(request: HttpRequest, rows: QuerySet[Posting, Any]) -> HttpResponse:
    """Approve the ticked lines, or all that the filter leaves; a refusal says of each line why."""
    asked = _all_left(request, rows) if request.POST.get("all") else _ticked(request)
    try:
        commands.approve_postings(command_context(request), asked)
    except ApprovalsRefusedError as error:
        messages.error(request, message_of(error))
        for text in _first_refusals(error):
            messages.warning(request, text)
    except InvalidInputError as error:
        if error.params.get("field") != "postings":
            raise
        messages.warning(request, message_of(error))
    else:
        messages.success(request, _approved_word(len(asked)))
    return redirect(next_address(request, reverse("dispatch:approvals")))


def _all_left(request: HttpRequest, rows: QuerySet[Any, Any]) -> list[AskedAnswer]:
    filterset = ApprovalFilter(request.POST, queryset=rows)
    left = filterset.qs if filterset.is_valid() else rows.none()
    return [AskedAnswer(row.pk, row.side) for row in left]


def _ticked(request: HttpRequest) -> list[AskedAnswer]:
    """Return the ticked lines, each with the side for which the page showed it."""
    parts = [text.partition(SIDE_MARK) for text in request.POST.getlist("ids")]
    return [AskedAnswer(int(pk), side) for pk, _mark, side in parts if pk.isdigit() and side in Agreement.Approval]


def _first_refusals(error: ApprovalsRefusedError) -> list[str]:
    given = error.params.get("refused")
    refused = [each for each in given if isinstance(each, RefusedAnswer)] if isinstance(given, list) else []
    return [" ".join(filter(None, (each.code, message_of(each.error)))) for each in refused[:MOST_REFUSALS_SAID]]


def _approved_word(lines: int) -> str:
    return ngettext("%(count)s posting is approved.", "%(count)s postings are approved.", lines) % {"count": lines}

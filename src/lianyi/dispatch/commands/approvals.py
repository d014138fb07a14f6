"""The answers of the sides that an agreement asks: given, and lapsed when the line that they were about changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import F
from django.utils import timezone

from lianyi.accounts.access import require
from lianyi.accounts.audit import CommandContext, entry_of, record, record_many
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError
from lianyi.dispatch.authority import answers_for
from lianyi.dispatch.commands.walking import note_of
from lianyi.dispatch.errors import StepRefusedError
from lianyi.dispatch.machine import AUTHORING, steps_from
from lianyi.dispatch.models import Posting, PostingApproval, PostingEvent, PostingState
from lianyi.errors import InvalidInputError
from lianyi.partnerships.models import Agreement


@command("dispatch.posting.answer")
def answer_posting(context: CommandContext, posting: Posting, side: str, *, approves: bool) -> PostingApproval:
    """Approve or refuse a posting for one of the sides that the agreement asks."""
    require_answer(context, posting, side)
    if not approves and not context.reason.strip():
        raise InvalidInputError(
            "Refusing a posting needs a reason in words.", field="reason", reason="refusing-without-reason"
        )
    answer = PostingApproval.Answer.APPROVED if approves else PostingApproval.Answer.REFUSED
    former = posting.approvals.filter(side=side).first()
    approval, _created = PostingApproval.objects.update_or_create(
        posting=posting,
        side=side,
        defaults={
            "answer": answer,
            "reason": context.reason,
            "decided_by_id": context.actor.user_id,
            "decided_at": timezone.now(),
        },
    )
    before = None if former is None else {"answer": former.answer}
    record(context, "dispatch.posting.answer", approval, before=before, after={"side": side, "answer": answer})
    return approval


def require_answer(context: CommandContext, posting: Posting, side: str) -> None:
    """Refuse unless the agreement asks this side about the line now and the actor may answer for it.

    Raises
    ------
    NotPermittedError, SeparationOfDutiesError, InvalidInputError, StepRefusedError
    """
    require(context.actor, "dispatch.decide", posting)
    _require_asked(posting, side)
    _require_answerable(context, posting, side)


def _require_asked(posting: Posting, side: str) -> None:
    if side not in posting.agreement.approvals:
        asked = ", ".join(posting.agreement.approvals) or "nobody"
        labels = dict(Agreement.Approval.choices)
        raise InvalidInputError(
            f"The agreement does not ask '{side}'; it asks: {asked}.",
            field="side",
            reason="approval-not-asked",
            side=labels.get(side, side),
            asked=[labels.get(each, each) for each in posting.agreement.approvals],
        )
    if posting.state != PostingState.DRAFT:
        raise StepRefusedError(
            f"The posting {posting.code} is not a draft any more; its approvals are settled.",
            reason="approvals-settled",
            posting=posting.code,
            state=posting.state,
            allowed=[step.name for step in steps_from(posting.state)],
        )


def _require_answerable(context: CommandContext, posting: Posting, side: str) -> None:
    actor = context.actor
    if not answers_for(actor, posting, side):
        label = Agreement.Approval(side).label
        raise NotPermittedError(
            f"Only the {label} answers here; you act for another side.",
            reason="approval-side-only",
            side=label,
            permission="dispatch.decide",
        )
    if not actor.is_service and posting.events.filter(step__in=AUTHORING, user_id=actor.user_id).exists():
        raise SeparationOfDutiesError(
            "You wrote or changed this line of the plan; somebody else approves it.",
            reason="own-line",
            step="approval",
            posting=posting.code,
        )


def lapse_approvals(context: CommandContext, postings: Iterable[Posting]) -> None:
    """Let the answers about these lines lapse, as part of the command that changed what they were about."""
    rows = {row.pk: row for row in postings}
    standing = PostingApproval.objects.filter(posting__in=list(rows)).exclude(answer=PostingApproval.Answer.LAPSED)
    by_posting: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for approval in standing.order_by("posting_id", "side"):
        by_posting[approval.posting_id][approval.side] = approval.answer
    if not by_posting:
        return
    standing.update(answer=PostingApproval.Answer.LAPSED, version=F("version") + 1, updated_at=timezone.now())
    lapsed = str(PostingApproval.Answer.LAPSED)
    told = {pk: (answers, dict.fromkeys(answers, lapsed)) for pk, answers in by_posting.items()}
    PostingEvent.objects.bulk_create(
        [note_of(context, rows[pk], "lapse", before, after) for pk, (before, after) in told.items()], batch_size=1000
    )
    record_many(
        context,
        [entry_of("dispatch.posting.lapse", rows[pk], before, after) for pk, (before, after) in told.items()],
    )

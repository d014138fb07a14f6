"""Many lines approved with one press: all of them, or none with the reason for each that cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from lianyi.accounts.access import get_in_scope
from lianyi.accounts.audit import CommandContext, Entry, entry_of, record_many
from lianyi.accounts.commanding import command
from lianyi.dispatch.board_queries import waiting_at
from lianyi.dispatch.commands.approvals import require_answer
from lianyi.dispatch.errors import ApprovalsRefusedError, StepRefusedError
from lianyi.dispatch.machine import steps_from
from lianyi.dispatch.models import Posting, PostingApproval
from lianyi.errors import InvalidInputError, LianyiError
from lianyi.partnerships.models import Agreement

_ANSWER_FIELDS = ("answer", "reason", "decided_by_id", "decided_at", "version", "updated_at")


@dataclass(frozen=True, slots=True)
class AskedAnswer:
    """A line, and the side for which it is answered."""

    posting_id: int
    side: str


@dataclass(frozen=True, slots=True)
class RefusedAnswer:
    """A line that cannot be approved, and why; ``code`` and ``person`` are empty for one out of reach."""

    code: str
    person: str
    error: LianyiError


@command("dispatch.posting.approve_many")
def approve_postings(context: CommandContext, asked: Sequence[AskedAnswer]) -> Posting:
    """Approve many lines: what `answer_posting` asks of each is asked of all, and one that fails stops all of them.

    Returns
    -------
    Posting
        The first of them.

    Raises
    ------
    InvalidInputError
        When no line is named.
    ApprovalsRefusedError
        With every line that cannot be approved and its reason.
    """
    wanted = list(dict.fromkeys(asked))
    if not wanted:
        raise InvalidInputError("No line was named to approve.", field="postings", reason="no-line-to-approve")
    waiting = waiting_at(context.actor, {each.posting_id for each in wanted})
    refused = [_refused(context, each) for each in wanted if each.posting_id not in waiting.get(each.side, {})]
    if refused:
        raise ApprovalsRefusedError(
            f"{len(refused)} of {len(wanted)} lines cannot be approved, so none was. Leave them out, or mend them.",
            refused=refused,
            lines=len(refused),
            all=len(wanted),
        )
    rows = [(waiting[each.side][each.posting_id], each.side) for each in wanted]
    _approve(context, rows)
    return rows[0][0]


def _refused(context: CommandContext, asked: AskedAnswer) -> RefusedAnswer:
    """Return why a line that does not wait for the actor cannot be approved, in the words of the single answer."""
    rows = Posting.objects.select_related("agreement", "staff")
    try:
        posting = get_in_scope(context.actor, rows, asked.posting_id)
    except LianyiError as error:
        return RefusedAnswer("", "", error)
    try:
        require_answer(context, posting, asked.side)
    except LianyiError as error:
        return RefusedAnswer(posting.code, posting.staff.name_zh, error)
    label = Agreement.Approval(asked.side).label
    return RefusedAnswer(
        posting.code,
        posting.staff.name_zh,
        StepRefusedError(
            f"The {label} has answered about {posting.code} already.",
            reason="side-answered",
            side=label,
            posting=posting.code,
            state=posting.state,
            allowed=[step.name for step in steps_from(posting.state)],
        ),
    )


def _approve(context: CommandContext, rows: Sequence[tuple[Posting, str]]) -> None:
    """Write the answers in a few statements: the same rows and trail as one by one."""
    former = _former(row for row, _side in rows)
    now = timezone.now()
    made, changed, entries = [], [], list[tuple[PostingApproval, str | None]]()
    for posting, side in rows:
        known = former.get((posting.pk, side))
        approval = known or PostingApproval(posting=posting, side=side)
        entries.append((approval, None if known is None else known.answer))
        approval.answer = PostingApproval.Answer.APPROVED
        approval.reason = context.reason
        approval.decided_by_id, approval.decided_at = context.actor.user_id or 0, now
        if known is None:
            made.append(approval)
        else:
            known.version, known.updated_at = known.version + 1, now
            changed.append(known)
    PostingApproval.objects.bulk_create(made, batch_size=500)
    PostingApproval.objects.bulk_update(changed, _ANSWER_FIELDS, batch_size=500)
    record_many(context, [_entry(approval, before) for approval, before in entries])


def _former(rows: Iterable[Posting]) -> Mapping[tuple[int, str], PostingApproval]:
    found = PostingApproval.objects.filter(posting__in=[row.pk for row in rows])
    return {(each.posting_id, each.side): each for each in found}


def _entry(approval: PostingApproval, before: str | None) -> Entry:
    told = None if before is None else {"answer": before}
    return entry_of("dispatch.posting.answer", approval, told, {"side": approval.side, "answer": approval.answer})

"""Proposed needs: taken over as drafts, or put aside with a reason; gaps of the survey become drafts by themselves."""

from __future__ import annotations

from lianyi.accounts.access import covers, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext, creation_facts, record
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError, StateRefusedError
from lianyi.accounts.records import Provenance
from lianyi.dispatch.authority import plans
from lianyi.dispatch.commands.needs import MOST_PEOPLE, NewNeed, Origin, write_need
from lianyi.dispatch.models import DismissedProposal, Need, NeedOrigin, NeedReason
from lianyi.dispatch.needs_proposals import running_needs
from lianyi.errors import InvalidInputError
from lianyi.partnerships.need_sources import ProposedNeed
from lianyi.survey.commands import hand_gap_on
from lianyi.survey.models import Gap

REASON_OF_ORIGIN = {
    NeedOrigin.SURVEY_GAP: NeedReason.BELOW_STANDARD,
    NeedOrigin.WISN_GAP: NeedReason.TOO_FEW,
    NeedOrigin.READINESS_GAP: NeedReason.SKILL_MISSING,
    NeedOrigin.REFERRED_AWAY: NeedReason.REFERRED_AWAY,
    NeedOrigin.TRANSFER_BACK: NeedReason.RETURNS_NOT_TAKEN,
    NeedOrigin.CAPABILITY_CYCLE: NeedReason.SKILL_MISSING,
}


@command("dispatch.need.accept_proposal")
def accept_proposal(
    context: CommandContext, origin: NeedOrigin, proposed: ProposedNeed, gap: Gap | None = None
) -> Need:
    """Make a draft need of a proposal; what the figure does not tell stays open in the draft."""
    _require_own(context.actor, proposed)
    running = running_needs(origin).filter(origin_key=proposed.key).first()
    if running is not None:
        raise StateRefusedError(
            f"The need {running.code} was made of this proposal already.",
            reason="proposal-taken-over",
            need=running.code,
        )
    row = draft_from(context, origin, proposed, gap)
    if gap is not None:
        hand_gap_on(context, gap, handed_on_words(row))
    return row


@command("dispatch.need.dismiss_proposal")
def dismiss_proposal(context: CommandContext, origin: NeedOrigin, proposed: ProposedNeed) -> DismissedProposal:
    """Put a proposal aside. Who did it, why, and the figure of that day are kept."""
    _require_own(context.actor, proposed)
    if not context.reason.strip():
        raise InvalidInputError(
            "Putting a proposal aside needs a reason in words.", field="reason", reason="dismissing-without-reason"
        )
    row = DismissedProposal.objects.create(
        origin=origin,
        origin_key=proposed.key,
        place=proposed.place,
        institution=proposed.institution,
        specialty=proposed.specialty,
        origin_zh=proposed.words_zh,
        origin_en=proposed.words_en,
        reason=context.reason,
        dismissed_by_id=context.actor.user_id,
    )
    record(context, "dispatch.need.dismiss_proposal", row, before=None, after=creation_facts(row))
    return row


def draft_from(context: CommandContext, origin: NeedOrigin, proposed: ProposedNeed, gap: Gap | None) -> Need:
    """Write the draft of a proposal as part of a command."""
    words = f"{proposed.words_zh} / {proposed.words_en}"
    new = NewNeed(
        institution=proposed.institution,
        place=proposed.place,
        department_id=None if proposed.department is None else proposed.department.pk,
        people=None if proposed.people is None else min(proposed.people, MOST_PEOPLE),
        specialty=proposed.specialty,
        profession=proposed.profession,
        reason_code=REASON_OF_ORIGIN[origin],
        reason=words if gap is None or not gap.note else f"{words}\n{gap.note}",
        provenance=Provenance.SAMPLE if proposed.is_sample else Provenance.RECORDED,
    )
    return write_need(context, new, Origin(origin, proposed.key, proposed.words_zh, proposed.words_en, gap))


def handed_on_words(row: Need) -> str:
    return f"已生成派驻需求草稿 {row.code}。 / Draft need {row.code} was made from it."


def _require_own(actor: Actor, proposed: ProposedNeed) -> None:
    require(actor, "dispatch.write")
    node_id = proposed.place.pk if proposed.institution is None else proposed.institution.pk
    if not plans(actor) or not covers(actor, node_id):
        raise NotPermittedError(
            "A need is written for an institution that your affiliation covers, by its office or that of its region.",
            reason="need",
            permission="dispatch.write",
        )

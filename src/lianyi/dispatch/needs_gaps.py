"""Gaps of the survey as needs: a gap of people becomes a draft, and its page shows what became of that.

Gaps of buildings, beds and reach are no needs for people; they stay with the survey until somebody answers them.
"""

from __future__ import annotations

import math

from django.utils.translation import gettext_lazy as _

from lianyi.accounts.access import decide
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.dispatch.commands.need_proposals import draft_from, handed_on_words
from lianyi.dispatch.models import NeedOrigin
from lianyi.dispatch.needs_filling import standing
from lianyi.dispatch.needs_queries import needs_of_gap
from lianyi.dispatch.needs_texts import NEED_TONES, standing_word
from lianyi.partnerships.need_sources import Found, NeedSource, ProposedNeed, register_need_source
from lianyi.survey import queries
from lianyi.survey.commands import hand_gap_on
from lianyi.survey.handing import GapOutcome, register_gap_outcomes, register_gap_receiver
from lianyi.survey.models import Gap, Resource

# Profession and specialty of what a standard counts; where it counts several together the draft leaves them open.
PEOPLE = {
    Resource.DOCTORS: ("doctor", ""),
    Resource.NURSES: ("nurse", ""),
    Resource.CORE_STAFF: ("", ""),
    Resource.GENERAL_PRACTITIONERS: ("doctor", "02"),
}
LONGEST_WORDS = 400


def register() -> None:
    """Take gaps over from the survey; once, when the application starts."""
    register_gap_receiver(take_gap)
    register_gap_outcomes(outcomes)
    register_need_source(NeedSource(NeedOrigin.SURVEY_GAP, waiting_gaps, "survey:gaps", _reads_the_survey))


def take_gap(context: CommandContext, gap: Gap) -> None:
    """Make a draft need of a gap of people, inside the command that puts it forward."""
    if Resource(gap.resource) in PEOPLE:
        row = draft_from(context, NeedOrigin.SURVEY_GAP, proposal_of(gap), gap)
        hand_gap_on(context, gap, handed_on_words(row))


def proposal_of(gap: Gap) -> ProposedNeed:
    """Say a gap of people as a proposed need."""
    profession, specialty = PEOPLE[Resource(gap.resource)]
    missing, present, required = (f"{each.normalize():f}" for each in (gap.shortfall, gap.present, gap.required))
    zh = f"缺{missing}（现有{present}，应有{required}）；依据：{gap.basis_zh}"
    en = f"{missing} missing ({present} of {required}), counted against: {gap.basis_en or gap.basis_zh}"
    return ProposedNeed(
        key=f"gap:{gap.pk}",
        place=gap.place if gap.institution is None else gap.institution.place,
        institution=gap.institution,
        specialty=specialty,
        profession=profession,
        figure=math.ceil(gap.shortfall),
        people=math.ceil(gap.shortfall),
        words_zh=zh[:LONGEST_WORDS],
        words_en=en[:LONGEST_WORDS],
        counted_on=gap.counted_on,
        is_sample=gap.is_sample,
    )


def _reads_the_survey(actor: Actor) -> bool:
    return decide(actor, "registry.read").allowed


def waiting_gaps(actor: Actor) -> Found:
    """Propose the gaps of people that were put forward and that no need was made of."""
    if not _reads_the_survey(actor):
        return Found(why_nothing=_("The role in which you act does not read the survey."))
    rows = queries.gaps_waiting(actor).filter(resource__in=[str(each) for each in PEOPLE], needs__isnull=True)
    return Found(tuple(proposal_of(row) for row in rows.select_related("place", "institution__place")))


def outcomes(actor: Actor, gap: Gap) -> list[GapOutcome]:
    """Say on the page of a gap which needs were made of it and where they stand."""
    return [
        GapOutcome(
            str(_("Need %(code)s") % {"code": row.code}),
            standing_word(row),
            NEED_TONES[standing(row)],
            row.get_absolute_url(),
        )
        for row in needs_of_gap(actor, gap)
    ]

"""What the templates of referrals say in words: ``{% load referral_words %}``."""

from __future__ import annotations

from django import template

from lianyi.referrals import notice_words
from lianyi.referrals import problem_words as words
from lianyi.referrals.machine import BY_NAME
from lianyi.referrals.models import ClosingProposal, Journey

register = template.Library()


@register.filter
def failure_word(proposal: ClosingProposal) -> str:
    """Say why the program could not apply what another record shows."""
    return notice_words.failure_word(proposal.failure)


@register.filter
def step_word(name: str) -> str:
    """Name a step of the table; one that the table no longer has is shown as it stands."""
    return str(BY_NAME[name].label) if name in BY_NAME else name


@register.filter
def problem_words(journey: Journey) -> str:
    """Say what the problem is in the reader's language."""
    return words.problem_words(journey)

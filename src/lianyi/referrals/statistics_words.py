"""What the figures of referrals are called."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.referrals.states import Urgency
from lianyi.referrals.statistics_queries import AnswerKind

Text = str | Promise

FIGURE_WORDS: Mapping[str, Text] = {
    "acceptance": _("Accepted"),
    "refusal": _("Declined"),
    "no-response": _("Not answered in time, no answer at all"),
    "in-time": _("Answered within the clock"),
    f"in-time-{Urgency.EMERGENCY}": _("Green channel answered within the clock"),
    f"in-time-{Urgency.URGENT}": _("Urgent referrals answered within the clock"),
    f"in-time-{Urgency.ROUTINE}": _("Routine referrals answered within the clock"),
    "withdrawn": _("Withdrawn after acceptance"),
    "arrival": _("Accepted patients who arrived"),
    "never-came": _("Accepted patients who never came"),
    "feedback-7": _("Outcome read by the sender within 7 days of arrival"),
    "feedback-14": _("Outcome read by the sender within 14 days of arrival"),
    "feedback-30": _("Outcome read by the sender within 30 days of arrival"),
    "transfer-back": _("Transferred back, of patients who recovered enough"),
    "onward": _("Referred onward, of all outcomes"),
    "bounce-back": _("Referred up again soon after the return"),
    "results-said": _("Cases ended in which the receiver said what became of the results"),
    "results-repeated": _("Patients with a valid result for whom a test was made again"),
    "complete": _("Forms with every item that sending needs"),
    "complete-all": _("Forms with every item asked for, the further ones too"),
}
APART_WORDS: Mapping[AnswerKind, Text] = {
    AnswerKind.PASSED_OVER: _("Another hospital was quicker"),
    AnswerKind.CAME_FIRST: _("Patient came before any answer"),
    AnswerKind.TAKEN_BACK: _("Taken back or ended before an answer"),
}
LIST_WORDS: Mapping[str, Text] = {
    "sent-up": _("Sent up"),
    "sent-down": _("Sent back down"),
    "results-too-old": _("Patients with a result that was too old"),
    **{f"apart-{kind}": word for kind, word in APART_WORDS.items()},
}

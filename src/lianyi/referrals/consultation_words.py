"""Words that pages of consultations share: tones, facts, names of steps in the trail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from lianyi.pages.action_names import register_action_names
from lianyi.pages.names import in_language
from lianyi.referrals.consulting_calls import SIDE_WORDS
from lianyi.referrals.consulting_machine import STEPS
from lianyi.referrals.models import Consultation
from lianyi.referrals.models.consultations import ConsultationState as S
from lianyi.referrals.policies import policy_of
from lianyi.referrals.states import Side
from lianyi.registry.reference_names import reference_name
from lianyi.rules.referral_policy import PacketItem

STATE_TONES: Mapping[str, str] = {
    S.DRAFT: "neutral",
    S.ASKED: "info",
    S.AWAITING_INFORMATION: "warning",
    S.ACCEPTED: "good",
    S.SCHEDULED: "good",
    S.IN_SESSION: "good",
    S.NO_SHOW: "warning",
    S.OPINION_ISSUED: "good",
    S.READ: "good",
    S.CLOSED: "neutral",
    S.DECLINED: "bad",
    S.CANCELLED: "neutral",
    S.EXPIRED: "bad",
}
FACT_WORDS: Mapping[str, Any] = {
    "occurred_at": gettext_lazy("When it happened"),
    "reason_code": gettext_lazy("Reason"),
    "text": gettext_lazy("In words"),
    "due_at": gettext_lazy("Until when"),
    "scheduled_for": gettext_lazy("Time of the session"),
    "meeting": gettext_lazy("How to join (room or telephone)"),
    "absent_side": gettext_lazy("Which side did not come"),
    "specialty": gettext_lazy("Specialty"),
    "followed": gettext_lazy("Was the opinion followed?"),
}
TEXT_WORDS: Mapping[str, Any] = {
    "ask_information": gettext_lazy("Question"),
    "supply": gettext_lazy("Answer"),
    "close": gettext_lazy("Why (needed unless the opinion was followed in full)"),
    "accept": gettext_lazy("Note to the asking side"),
    "accept_with_time": gettext_lazy("Note to the asking side"),
}
OPINION_WORDS: Mapping[str, Any] = {
    "give_view": gettext_lazy("View of this specialty"),
    "sign_opinion": gettext_lazy("Opinion"),
    "add_addendum": gettext_lazy("Addendum"),
}
# Steps that end it or turn somebody away.
NEGATIVE = frozenset({"decline", "decline_unanswered", "withdraw", "cancel", "no_show"})


def side_word(side: str) -> str:
    return str(SIDE_WORDS[Side(side)]) if side in Side.values and Side(side) in SIDE_WORDS else side


def liability_text() -> str:
    """Return who decides and answers for the patient: it stands on every page and every paper of a consultation."""
    return _(
        "An opinion is advice. The asking side keeps the patient: it decides about the treatment and answers for it."
    )


def specialty_words(codes: Iterable[str]) -> str:
    between = pgettext("between the items of a list", ", ")
    return between.join(reference_name("specialties", code) for code in codes)


def condition_word(row: Consultation) -> str:
    """Return the condition of the green channel in the reader's language, or nothing."""
    found = policy_of(row.policy).condition(row.condition) if row.condition else None
    return "" if found is None else in_language(found.name.zh, found.name.en)


def item_value(item: PacketItem, value: Any) -> str:  # noqa: ANN401 - JSON values
    """Return the answer to an item of the form in words, with its unit."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    for choice in item.choices:
        if choice.code == value:
            return in_language(choice.zh, choice.en)
    unit = "" if item.unit is None else f" {in_language(item.unit.zh, item.unit.en)}"
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{shown}{unit}"


def register() -> None:
    """Tell the trail what the steps are called; once, when the application starts."""
    register_action_names(
        {
            **{f"referrals.consultation.{each.name}": each.label for each in STEPS},
            "referrals.consultation.change": gettext_lazy("Draft of a consultation changed"),
            "referrals.consultation.call": gettext_lazy("Somebody called because a consultation waits"),
            "referrals.consultation_packet.write": gettext_lazy("Content of a consultation written"),
            "referrals.consultation_packet.change": gettext_lazy("Content of a consultation changed"),
            "referrals.opinion.sign": gettext_lazy("Opinion signed"),
        }
    )

"""What refusals about remote consultations say to people."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Mapping[str, Promise] = {
    "not-permitted.consultation-side": _(
        "This step is not for your side of the consultation: %(step)s. It is taken by: %(sides)s."
    ),
    "opinion-signed.signed": _("A signed opinion is not changed. Write an addendum to it instead."),
    "referral-guard.consultation-incomplete": _(
        "The consultation lacks what its urgency asks. Fill it in and ask again."
    ),
    "referral-guard.no-consultation-consent": _(
        "A consultation needs the patient's or family's agreement. Tell them who is asked and what is sent, and tick "
        "it; only an emergency goes without."
    ),
    "referral-guard.expert-side-closed": _("%(institution)s is closed and gives no opinions. Choose another."),
    "referral-guard.agreement-joins-others": _(
        "The agreement named does not join the two institutions. Choose another, or none."
    ),
    "referral-guard.consultation-emergency": _(
        "In an emergency the clock does not stop for a question: telephone, and answer."
    ),
    "referral-guard.no-session": _("Written advice has no session: sign the opinion."),
    "referral-guard.one-specialty": _(
        "Only a consultation of several specialties collects the views of each: sign the opinion."
    ),
    "referral-guard.session-not-held": _("The opinion of a live consultation follows a session. Record that it began."),
    "referral-guard.session-to-come": _("The time of the session is not over yet."),
    "referral-guard.answer-to-come": _("The question may still be answered: its time is not over."),
    "referral-guard.converted-already": _("This consultation was made a referral already. Open it."),
    "referral-guard.may-not-refer": _("Your role does not write referrals. Ask a colleague who refers."),
    "referral-guard.consultation-ladder-open": _(
        "There is still time to answer, or somebody of the ladder was not called yet."
    ),
    "referral-guard.consultation-frozen": _(
        "The consultation is asked and frozen. Answer a question of the experts, or write a new one."
    ),
    "referral-facts.absent-side": _("Say which side did not come."),
    "referral-facts.followed-unknown": _("Say whether the opinion was followed: yes, in part or not."),
    "referral-facts.not-followed-why": _("Say why the opinion was not followed, or not in full."),
    "referral-facts.unanswered-reason": _(
        "A question that stayed open is declined because information is missing. Choose that reason."
    ),
    "referral-facts.specialty-not-asked": _("'%(given)s' is none of the specialties asked: %(accepted)s."),
    "referral-facts.session-in-the-past": _("%(given)s is over. Give a later time; a session that was held is begun."),
    "referral-facts.referral-missing": _("Say whom the patient is referred to."),
    "referral-facts.asking-side-closed": _(
        "The asking institution is closed. Choose the affiliation of an institution that works."
    ),
    "referral-facts.expert-side-unknown": _("Choose an open institution of the registry other than your own."),
    "referral-facts.emergency-mismatch": _(
        "An emergency is asked as an emergency consultation, and only an emergency is."
    ),
    "referral-facts.question-missing": _("Write what you want to know."),
    "referral-facts.specialties": _("Choose %(least)s to %(most)s specialties of the list, each once."),
}

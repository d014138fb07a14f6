"""What notices say: one sentence for each kind, and beside it what somebody who is called needs at once."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianyi.pages.action_names import register_action_names
from lianyi.pages.names import in_language
from lianyi.pages.values import shown
from lianyi.referrals import consulting_machine, machine
from lianyi.referrals.commands.calling import ESCALATION, QUESTION_REMINDER, REMINDER, ROSTER_HOLE, TELEPHONE
from lianyi.referrals.commands.repairing import IDENTITY_CORRECTED
from lianyi.referrals.commands.return_needs import NEED_ASKED, NEED_PROVIDED, NEED_REMINDER
from lianyi.referrals.commands.steps import PROPOSAL_FAILED
from lianyi.referrals.commands.visiting import VISIT_OVERDUE
from lianyi.referrals.consulting_calls import CALL, NOTICE_PREFIX
from lianyi.referrals.duty import GENERAL_DUTY
from lianyi.referrals.models import FollowUp, Notice
from lianyi.referrals.policies import COUNTRY, policy_book
from lianyi.referrals.states import Urgency
from lianyi.referrals.texts import CLOCK_WORDS
from lianyi.rules.referral_policy import LadderPost

Text = str | Promise

NOTICE_WORDS: Mapping[str, Text] = {
    "send": gettext_lazy("A referral has come"),
    "green_channel": gettext_lazy("Green channel: a patient is announced to you"),
    "urgent_referral": gettext_lazy("An urgent referral has come: you are on duty"),
    "route": gettext_lazy("The referral was passed to a department"),
    "ask": gettext_lazy("More information is asked"),
    "supply": gettext_lazy("The information asked for is there"),
    "decline_unanswered": gettext_lazy("Declined, because the question stayed unanswered"),
    "accept": gettext_lazy("Accepted"),
    "accept_to_waiting_list": gettext_lazy("Accepted, on the waiting list"),
    "accept_with_bed": gettext_lazy("Accepted, a bed is kept"),
    "accept_with_appointment": gettext_lazy("Accepted with an appointment"),
    "decline": gettext_lazy("Declined"),
    "time_out": gettext_lazy("Nobody answered in time: another way is needed"),
    "keep_bed": gettext_lazy("A bed is kept"),
    "book": gettext_lazy("An appointment is made"),
    "reschedule": gettext_lazy("The date was changed"),
    "cancel_booking": gettext_lazy("The bed or appointment was cancelled"),
    "release_bed": gettext_lazy("The bed is not kept any longer: its time was over and the patient has not come"),
    "record_no_show": gettext_lazy("The patient did not come"),
    "rebook": gettext_lazy("A new appointment is made"),
    "give_up": gettext_lazy("The patient will not come"),
    "withdraw": gettext_lazy("The receiver has withdrawn its acceptance"),
    "depart": gettext_lazy("The patient is on the way"),
    "arrive": gettext_lazy("The patient has arrived"),
    "arrive_unannounced": gettext_lazy("The patient has arrived before an answer"),
    "divert": gettext_lazy("The patient was taken elsewhere on the way"),
    "take_over": gettext_lazy("The patient was taken over"),
    "note": gettext_lazy("An interim note has come"),
    "hold": gettext_lazy("The case is paused"),
    "resume": gettext_lazy("The case goes on"),
    "propose_return": gettext_lazy("A transfer back is proposed"),
    "keep_in_care": gettext_lazy("The patient stays in care"),
    "end_care": gettext_lazy("The care has ended, the outcome will follow"),
    "let_care_go_on": gettext_lazy("The care goes on after all"),
    "send_outcome": gettext_lazy("The outcome has come: read it and close"),
    "acknowledge": gettext_lazy("The outcome was read, the case is closed"),
    "reopen": gettext_lazy("The case was reopened"),
    "cancel": gettext_lazy("The referral was cancelled"),
    "ask_to_cancel": gettext_lazy("The sender asks to cancel: confirm or refuse"),
    "confirm_cancel": gettext_lazy("The cancellation is confirmed"),
    "refuse_cancel": gettext_lazy("The cancellation is refused; the case goes on"),
    "record_death": gettext_lazy("A death was recorded"),
    "record_elsewhere": gettext_lazy("The patient is treated elsewhere"),
    "expire": gettext_lazy("The referral has expired"),
    "mark_error": gettext_lazy("The referral was entered in error"),
    "repair_error": gettext_lazy("The records steward found that the referral was entered in error"),
    IDENTITY_CORRECTED: gettext_lazy("The records steward corrected who the patient is: look at the case again"),
    "propose_closing": gettext_lazy("Another record shows something about the patient: say what follows"),
    PROPOSAL_FAILED: gettext_lazy("What another record shows could not be applied by itself: answer it"),
    "pass_over": gettext_lazy("Another hospital was quicker"),
    "depart_told_late": gettext_lazy("The patient had left, told afterwards"),
    "arrive_told_late": gettext_lazy("The patient had arrived, told afterwards"),
    "death_told_late": gettext_lazy("A death was told afterwards"),
    NEED_ASKED: gettext_lazy("The lower unit asks for help before it takes the patient back"),
    NEED_PROVIDED: gettext_lazy("The upper hospital provides what you lack"),
    NEED_REMINDER: gettext_lazy("A lower unit waits for your help before a transfer back"),
    "merge_conflict": gettext_lazy("A late entry contradicts the case: settle it"),
    "message": gettext_lazy("A message was written"),
    "exception": gettext_lazy("Somebody opened the record in an emergency"),
    ESCALATION: gettext_lazy("Overdue: you are called"),
    REMINDER: gettext_lazy("Reminder: something is overdue"),
    TELEPHONE: gettext_lazy("Not delivered: nobody there has read the referral. Telephone the receiver now"),
    QUESTION_REMINDER: gettext_lazy("Reminder: a question waits for your answer"),
    VISIT_OVERDUE: gettext_lazy("A visit or follow-up of a patient is due and not recorded"),
    ROSTER_HOLE: gettext_lazy("Nobody is on duty for the green channel"),
    CALL: gettext_lazy("Overdue consultation: you are called"),
}
# Why the program could not apply what another record shows, by the code of the refusal.
FAILURE_WORDS: Mapping[str, Text] = {
    "referral-step": gettext_lazy("the case had moved on; this step does not follow any more"),
    "referral-guard": gettext_lazy("something that the step rests on is missing"),
    "referral-facts": gettext_lazy("the time or the place in the other record cannot be right"),
}
POST_WORDS: Mapping[str, Text] = {
    LadderPost.DUTY_PERSON: gettext_lazy("person on duty"),
    LadderPost.DEPUTY: gettext_lazy("deputy on duty"),
    LadderPost.DEPARTMENT_HEAD: gettext_lazy("head of department"),
    LadderPost.HOSPITAL_DUTY: gettext_lazy("general duty of the hospital"),
    LadderPost.COORDINATOR: gettext_lazy("coordinator"),
    LadderPost.ALLIANCE_LEAD: gettext_lazy("lead of the alliance"),
}

_ACTIONS: Mapping[str, Text] = {
    "referrals.roster.create": gettext_lazy("Duty roster begun"),
    "referrals.roster.change": gettext_lazy("Duty roster changed"),
    "referrals.roster.publish": gettext_lazy("Duty roster published"),
    "referrals.roster.withdraw": gettext_lazy("Duty roster withdrawn"),
    "referrals.roster.alarm": gettext_lazy("Alarm: nobody on duty"),
    "referrals.slot.create": gettext_lazy("Duty put on a roster"),
    "referrals.slot.void": gettext_lazy("Duty taken off a roster"),
    "referrals.clock.call": gettext_lazy("Somebody called for an overdue clock"),
    "referrals.follow_up.call": gettext_lazy("Somebody told of an overdue visit"),
    "referrals.clock.wait": gettext_lazy("Next call put off"),
    "referrals.question.remind": gettext_lazy("Reminder of a question"),
    "referrals.return_need.remind": gettext_lazy("Reminder of help asked for a return"),
    "referrals.notice.see": gettext_lazy("Notice seen"),
    "referrals.webhook.add": gettext_lazy("Webhook added"),
    "referrals.webhook.retire": gettext_lazy("Webhook retired"),
    "referrals.delivery.replay": gettext_lazy("Delivery sent again"),
}


def register() -> None:
    """Give the pages the names of these commands; once, when the application starts."""
    register_action_names(_ACTIONS)


def notice_word(notice: Notice) -> str:
    """Say what happened; it names no patient."""
    if notice.kind in NOTICE_WORDS:
        return str(NOTICE_WORDS[notice.kind])
    step = consulting_machine.BY_NAME.get(notice.kind.removeprefix(NOTICE_PREFIX))
    if notice.kind.startswith(NOTICE_PREFIX) and step is not None:
        return _("Consultation: %(step)s") % {"step": step.label}
    return str(machine.BY_NAME[notice.kind].label) if notice.kind in machine.BY_NAME else notice.kind


def failure_word(code: str) -> str:
    """Say why a proposal could not be applied; nothing for one that did not fail."""
    return str(FAILURE_WORDS.get(code, _("the case does not allow it"))) if code else ""


def urgency_word(urgency: str) -> str:
    return str(Urgency(urgency).label) if urgency in Urgency.values else urgency


def channel_word(code: str) -> str:
    """Name a condition of the green channel as the policy of today does."""
    found = {each.code: each.name for policy in policy_book().policies for each in policy.conditions}
    name = found.get(code)
    if code == GENERAL_DUTY:
        return str(POST_WORDS[LadderPost.HOSPITAL_DUTY])
    return code if name is None else in_language(name.zh, name.en)


def channel_choices(day: datetime.date) -> list[tuple[str, str]]:
    """Return the green channels that a roster can be written for."""
    policy = policy_book().default_on(day, COUNTRY)
    channels = [(each.code, in_language(each.name.zh, each.name.en)) for each in policy.conditions]
    return [*channels, (GENERAL_DUTY, channel_word(GENERAL_DUTY))]


def notice_details(notice: Notice) -> list[str]:
    """Return what belongs to the sentence: condition, what is overdue, as what one is called, a telephone."""
    params = notice.params
    found = []
    if params.get("place_zh"):
        found.append(in_language(params["place_zh"], params["place_en"]))
    if params.get("condition"):
        found.append(channel_word(params["condition"]))
    if params.get("clock"):
        since = shown(_moment(params.get("due_at")))
        word = CLOCK_WORDS.get(params["clock"], params["clock"])
        found.append(_("%(clock)s, due since %(since)s") % {"clock": word, "since": since})
    if params.get("visit"):
        due_on = shown(datetime.date.fromisoformat(params["due_on"]))
        word = FollowUp.Kind(params["visit"]).label
        found.append(_("%(visit)s, due on %(day)s") % {"visit": word, "day": due_on})
    if params.get("from"):
        times = {"start": shown(_moment(params["from"])), "end": shown(_moment(params.get("to")))}
        found.append(_("from %(start)s to %(end)s") % times)
    if params.get("post"):
        found.append(_("called as: %(post)s") % {"post": POST_WORDS.get(params["post"], params["post"])})
    if params.get("phone"):
        found.append(_("duty telephone: %(phone)s") % {"phone": params["phone"]})
    return found


def _moment(text: object) -> datetime.datetime | None:
    return datetime.datetime.fromisoformat(text) if isinstance(text, str) and text else None

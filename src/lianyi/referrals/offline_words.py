"""What the page without network says. It has no server to ask, so all its words go with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.referrals.machine import BY_NAME
from lianyi.referrals.models import Consultation, FollowUp, PatientIdentity, Request, Sex
from lianyi.referrals.states import DeclineReason, Direction, LegState, Urgency

TEXTS: Mapping[str, Promise] = {
    "online": _("with network"),
    "offline": _("without network"),
    "no_https": _(
        "This browser cannot keep anything safely here: the site must be opened over HTTPS, with a current browser."
    ),
    "signed_out": _("You are not signed in. What you wrote stays on this device. Sign in to let it leave."),
    "sign_in": _("Sign in"),
    "other_person": _(
        "Somebody else is signed in. This device was set up by another person; that person's entries leave when that "
        "person signs in."
    ),
    "must_sign_in_first": _("Sign in once with the network before this device can be set up."),
    "ended": _(
        "This device was blocked, or your affiliation has ended. The cases were deleted from it. What you wrote and "
        "what has not left is still here: copy it by hand, then delete it."
    ),
    "wiped": _("Everything was deleted from this device."),
    "aged": _("The cases were deleted from this device: it had no contact for more than %(days)s days."),
    "wrong_code": _("The code is wrong."),
    "codes_differ": _("The two codes differ."),
    "code_short": _("A code has at least %(least)s characters."),
    "no_network_now": _("There is no network now. What you wrote is kept and leaves later."),
    "server_failed": _("The site did not answer as expected. It is tried again."),
    "exchanged": _("Exchanged at %(time)s."),
    "never": _("not yet"),
    "clock_wrong": _("The clock of this device differs by %(minutes)s minutes from the site's. Set it."),
    "not_left": _("%(count)s not left yet"),
    "nothing_waits": _("Everything has left."),
    "no_cases": _("No open case of yours is on this device."),
    "kept": _("It is kept on this device and leaves as soon as there is a network."),
    "waits": _("waits for the network"),
    "waits_for_referral": _("waits until its referral has been sent"),
    "refused": _("sent back"),
    "left_conflict": _("The case was decided already. The coordinator sees your decision and settles it."),
    "left_draft": _("It arrived, but could not be sent: it is kept as a draft. Open it and finish it."),
    "unreadable": _("This entry cannot be read any more."),
    "change": _("Change"),
    "delete": _("Delete"),
    "delete_question": _("Delete this entry? It has not left and exists nowhere else."),
    "wipe_question": _("Delete everything of this person from this device?"),
    "wipe_unsent_question": _(
        "%(count)s entries have not left and exist nowhere else. Delete them and everything else from this device?"
    ),
    "seen": _("Seen"),
    "open_case": _("Open the case"),
    "record": _("Keep"),
    "when": _("When it happened"),
    "spoken_by": _("Said on the telephone by"),
    "words": _("In words"),
    "contact": _("Contact at your side (name and telephone)"),
    "expected_at": _("Expected at"),
    "room": _("I have looked: there is room"),
    "to_coordinator": _("Hand over to the coordinator"),
    "reason": _("Reason"),
    "died_at": _("Time of death"),
    "done_on": _("Done on"),
    "what_came": _("What came of it"),
    "found": _("What was found on the visit"),
    "message": _("Message"),
    "milestone": _("Milestone"),
    "follow_up": _("Follow-up"),
    "due": _("due"),
    "no_identity": _("Who the patient is is not shown before you accept."),
    "optional": _("optional"),
    "choose": _("Choose"),
    "yes": _("yes"),
    "no": _("no"),
    "no_condition": _("no green channel"),
    "partners": _("Of the partnership"),
    "others": _("Others"),
    "missing": _("Still missing: %(items)s"),
    "other_problem": _("Something else, in words below"),
    "only_reading": _("Your role reads cases; it writes no referrals."),
    "referral": _("Referral"),
    "consultation": _("Consultation"),
    "field_log": _("Field log"),
    "log_of": _("Posting"),
    "log_day": _("Day"),
    "log_words": _("In words, without names of patients"),
    "log_warning": _("Only numbers. No names, telephone numbers or other data of patients."),
    "log_known": _("This day has an entry already. What you write now is kept as a newer version; the earlier stays."),
    "log_problem": _("Give a day of the posting that is not ahead, and whole numbers."),
    "left_log": _("It arrived beside an earlier entry for the same day. Both are kept; the later counts."),
    "open_consultation": _("Open the consultation"),
    "liability": _(
        "An opinion is advice. The asking side keeps the patient: it decides about the treatment and answers for it."
    ),
}

FIELDS: Mapping[str, Promise] = {
    "name": _("Patient's name"),
    "sex": _("Sex"),
    "born_on": _("Date of birth"),
    "phone": _("Telephone"),
    "id_kind": _("Identity document"),
    "id_number": _("Number of the document"),
    "direction": _("Direction"),
    "urgency": _("Urgency"),
    "condition": _("Green channel"),
    "problem_code": _("Problem"),
    "problem_text": _("Problem in words"),
    "reason": _("Why the patient is sent"),
    "question": _("What is asked of the receiver"),
    "receiver": _("Sent to"),
    "override_code": _("Why outside the partnership, or why a second referral"),
    "first_contact_at": _("First medical contact"),
    "has_consent": _("The patient or family agrees"),
    "kind": _("Kind"),
    "specialty": _("Specialty"),
    "consult_question": _("What you want to know"),
    "experts": _("Asked of"),
}
HEADINGS: Mapping[str, Promise] = {
    "patient": _("The patient"),
    "ask": _("What is asked"),
    "packet": _("The form of this case"),
}


# The views of several specialties need somebody who brings them together with the network.
KINDS_WITHOUT_NETWORK = (Consultation.Kind.ADVICE, Consultation.Kind.LIVE, Consultation.Kind.EMERGENCY)


def _labels(choices: type[TextChoices]) -> dict[str, str]:
    return {value: str(label) for value, label in choices.choices}


def page_words() -> dict[str, Any]:
    """Return every text of the page in the active language, and the names of the codes that it shows."""
    return {
        "texts": {key: str(text) for key, text in TEXTS.items()},
        "fields": {key: str(text) for key, text in FIELDS.items()},
        "headings": {key: str(text) for key, text in HEADINGS.items()},
        "states": _labels(LegState),
        "urgencies": _labels(Urgency),
        "directions": _labels(Direction),
        "sexes": _labels(Sex),
        "papers": _labels(PatientIdentity.IdKind),
        "reasons": _labels(Request.Reason),
        "kinds": {kind: str(Consultation.Kind(kind).label) for kind in KINDS_WITHOUT_NETWORK},
        "overrides": _labels(Request.Override),
        "declines": _labels(DeclineReason),
        "visits": _labels(FollowUp.Kind),
        "visit_states": {
            state: str(FollowUp.State(state).label) for state in (FollowUp.State.DONE, FollowUp.State.NOT_POSSIBLE)
        },
        "steps": {name: str(BY_NAME[name].label) for name in ("depart", "arrive", "record_death", "accept", "decline")},
    }

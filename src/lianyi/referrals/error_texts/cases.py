"""What refusals about the steps of a case say to people."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Mapping[str, Promise] = {
    "referral-step.not-following": _(
        "The state of this case is: %(state_label)s. This does not follow: %(step)s. Possible now for you: %(steps)s."
    ),
    "referral-step.patient-in-care": _(
        "This hospital has the patient in its care. Somebody who knows the patient says what follows."
    ),
    "not-permitted.referral-side": _(
        "This step is not for your side of the case: %(step)s. It is taken by: %(sides)s."
    ),
    "referral-guard.packet-incomplete": _("The referral lacks what its urgency asks. Fill it in and send again."),
    "referral-guard.no-consent": _(
        "The patient's or family's agreement is not recorded. Tick it; in an emergency choose that it could not be "
        "asked."
    ),
    "referral-guard.institution-closed": _(
        "%(institution)s is closed and takes no patients. Choose another institution."
    ),
    "referral-guard.no-relation": _(
        "No agreement joins the two institutions. Name the agreement, or say why the patient goes there all the same."
    ),
    "referral-facts.road-not-asked": _(
        "This patient was on the way. Ask the crew and the family first, and say whom you asked and what they know."
    ),
    "referral-guard.not-approved": _(
        "The agreement asks that somebody at your institution approves this referral first."
    ),
    "referral-guard.other-accepted": _(
        "Another hospital has accepted this patient already. Open the case: it shows where the patient goes."
    ),
    "referral-guard.green-channel": _(
        "In the green channel the clock does not stop for a question: write a message or telephone, and answer."
    ),
    "referral-guard.emergency": _(
        "An emergency is not put on a waiting list or given an appointment: accept it, or keep a bed."
    ),
    "referral-guard.not-routine": _("Only a routine referral may be declined because a question stayed unanswered."),
    "referral-guard.question-open": _(
        "The question may still be answered: its time must be over and one reminder sent."
    ),
    "referral-guard.ladder-open": _(
        "The receiver still has time to answer, or somebody of the ladder was not called yet."
    ),
    "referral-guard.receiver-books": _("Under this agreement the receiver makes the appointment."),
    "referral-guard.no-bed-free": _(
        "No bed is free here by the count of %(counted_at)s (%(minutes)s min ago). Count the beds anew, or make an "
        "appointment."
    ),
    "referral-guard.bed-kept": _("The bed is still kept for the patient."),
    "referral-facts.no-bed-counted": _(
        "No bed was free here by the count of %(counted_at)s (%(minutes)s min ago). Look, and confirm that there is "
        "room."
    ),
    "referral-guard.still-expected": _("The patient may still come: the expected time is not over."),
    "referral-guard.no-tries-left": _(
        "The patient did not come %(times)s times; no further appointment is foreseen. End the referral, or write a "
        "new one."
    ),
    "referral-guard.nothing-reserved": _(
        "Wait for the bed or the appointment: only the green channel sends a patient without one."
    ),
    "referral-guard.outcome-fresh": _("The sender still has time to read the outcome."),
    "referral-guard.too-late-to-reopen": _(
        "A case can be reopened for %(days)s days after its end. Write a new referral of the same journey."
    ),
    "referral-guard.still-valid": _("The referral is still valid."),
    "referral-guard.care-given": _(
        "The patient has arrived; what was done cannot be marked as an error. Record the outcome."
    ),
    "referral-facts.named-closed": _("%(institution)s is closed and takes no patients. Choose another institution."),
    "referral-facts.agreed-by-missing": _(
        "Say who at the institution named has agreed to take the patient: name and telephone."
    ),
    "referral-facts.transporter-unknown": _(
        "The institution named to drive the patient is not in the registry, or closed. Choose another one."
    ),
    "referral-facts.repair-reason": _("Say why the record is corrected. The list: %(accepted)s."),
    "referral-facts.repair-nothing": _("Nothing differs from what is recorded."),
    "referral-guard.authors-time-over": _(
        "The referral was sent more than %(hours)s hours ago: the privacy and records steward marks it as an error. If "
        "it is not needed any more, cancel it."
    ),
    "referral-guard.no-end-of-care": _(
        "Here no time for the outcome runs from the end of care: send the outcome when it is known."
    ),
    "referral-guard.care-not-ended": _("Nobody has said that the care has ended."),
    "referral-guard.cancel-asked": _("The sender has asked to cancel: confirm or refuse that first."),
    "referral-guard.no-cancel-asked": _("Nobody has asked to cancel this case."),
    "referral-facts.fact-missing": _("This step lacks something that it needs: %(step)s. Fill in every field marked."),
    "referral-facts.fact-not-taken": _("This step does not take what was sent with it: %(step)s. Open the page again."),
    "referral-facts.reason-missing": _("This step needs a reason from the list: %(step)s. The list: %(accepted)s."),
    "referral-facts.text-missing": _("This step needs a sentence beside its reason: %(step)s."),
    "referral-facts.version-missing": _(
        "The step was sent without the version of the case that it answers. Open the case again."
    ),
    "referral-facts.naive-time": _("The time %(given)s has no time zone. Give it with its offset."),
    "referral-facts.future": _("%(given)s is in the future; give when it happened."),
    "referral-facts.before-journey": _("%(given)s lies before the journey began (%(begun)s)."),
    "referral-facts.moment-impossible": _("%(given)s cannot be right here. Give a time from %(least)s to %(most)s."),
    "not-permitted.driver-has-no-say": _(
        "Whoever drives the patient does not say what follows: the sender, the receiver or the coordinator does."
    ),
    "not-permitted.milestone-side": _(
        "This milestone is told by the other side: %(sides)s. Ask it, or the coordinator, to record it."
    ),
    "referral-facts.milestone-impossible": _(
        "%(given)s contradicts another milestone (%(there)s): nothing happens before the onset, and nothing is done at "
        "the receiver before the patient is there. Correct whichever of the two is wrong."
    ),
    "referral-facts.milestone-order": _(
        "%(given)s is unusual beside another milestone (%(there)s). Look at both; if it was so, tick that the order is "
        "right."
    ),
    "referral-facts.due-before-step": _("%(given)s lies before the step itself (%(step_at)s). Give a later time."),
    "referral-facts.capacity-unknown": _("The count of free beds is old. Look, and confirm that there is room."),
    "referral-facts.needs-unmet": _(
        "These needs of the patient are not met: %(needs)s. Tick what you have, ask the upper hospital for the rest, "
        "or decline."
    ),
    "referral-facts.bare-decline": _(
        "This patient cannot be turned away without a way on: name an institution that has agreed to take the patient, "
        "or hand over to the coordinator."
    ),
    "referral-facts.tries-left": _(
        "The patient may be given another appointment. Say that the patient refused or is elsewhere, or make one."
    ),
    "referral-facts.not-stable": _("The patient is not ready to go back; these are not met: %(items)s."),
    "referral-facts.back-leg-open": _(
        "The lower unit has not declined. Say that the patient is worse, or wait for its answer."
    ),
    "referral-facts.disposition-unknown": _("'%(given)s' is not on the list of what became of the patient."),
    "referral-facts.no-accepted-return": _(
        "“Returned” needs a lower unit that has accepted the patient. Propose the transfer back first."
    ),
    "referral-facts.return-outside": _(
        "No agreement joins the two institutions. Say why the patient goes there all the same."
    ),
    "referral-facts.no-onward-leg": _(
        "“Referred onward” needs an onward referral that somebody has in hand. Write and send it first."
    ),
    "referral-facts.follow-up-open": _(
        "The first follow-up (due %(due_on)s) is not done. Record it, or why it was not possible."
    ),
    "referral-facts.department-elsewhere": _("The department named belongs to another institution."),
    "referral-facts.alternative-is-party": _(
        "The institution that takes the patient instead is neither you nor the sender. Name another one."
    ),
    "referral-facts.diverted-nowhere": _("Name the other hospital that the patient was taken to."),
    "not-permitted.referral-relation": _("Only the sender or the coordinator chooses another receiver."),
}

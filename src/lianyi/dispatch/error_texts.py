"""What refusals about postings say to people, by ``code.reason``; problems of publication stand in ``texts``."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.pages.errors import register_error_texts

PLAN_TEXTS: Mapping[str, Promise] = {
    "invalid-input.person-unknown": _("The person is not in the registry. Enter the person first."),
    "invalid-input.site-unknown": _("The receiving institution is not in the registry. Enter it first."),
    "invalid-input.posting-code-taken": _("The agreement has a posting '%(given)s' already; choose another number."),
    "invalid-input.posting-kind-unknown": _("'%(given)s' is not a kind of posting. Accepted: %(accepted)s."),
    "invalid-input.posting-to-itself": _(
        "A posting goes to another institution; both are the same here. Choose another one."
    ),
    "invalid-input.department-elsewhere": _("The department named belongs to another institution."),
    "invalid-input.predecessor-elsewhere": _("The predecessor belongs to another agreement."),
    "invalid-input.group-elsewhere": _("The %(group)s belongs to another agreement."),
    "invalid-input.no-draft-named": _("None of the lines named is a draft of this agreement."),
    "invalid-input.batch-number-taken": _("The agreement has a batch %(given)s already."),
    "invalid-input.team-code-taken": _("The agreement has a team '%(given)s' already."),
    "posting-dates.reversed": _("The posting ends on %(end)s, before it starts on %(start)s. Correct one of the days."),
    "posting-dates.batch-reversed": _(
        "The batch ends on %(end)s, before it starts on %(start)s. Correct one of the days."
    ),
    "posting-step.published": _(
        "The posting %(posting)s is published; extend, end, cancel or replace it instead of changing its line."
    ),
}

APPROVAL_TEXTS: Mapping[str, Promise] = {
    "invalid-input.approval-not-asked": _("The agreement does not ask: %(side)s. It asks: %(asked)s."),
    "invalid-input.refusing-without-reason": _("Refusing a posting needs a reason in words."),
    "not-permitted.approval-side-only": _("Only this side answers here: %(side)s. You act for another side."),
    "separation-of-duties.own-line": _("You wrote or changed this line of the plan; somebody else approves it."),
    "not-permitted.own-posting": _(
        "A posted person records what concerns the own posting, a team leader that of the own team. Ask the "
        "partnership office for the rest."
    ),
    "invalid-input.no-line-to-approve": _("No posting was chosen. Tick the lines to approve."),
    "approvals-refused": _("%(lines)s of %(all)s lines cannot be approved, so none was. Leave them out, or mend them."),
    "posting-step.side-answered": _("This side has answered already: %(side)s."),
    "posting-step.approvals-settled": _("The posting %(posting)s is not a draft any more; its approvals are settled."),
}

STEP_TEXTS: Mapping[str, Promise] = {
    "posting-step.not-following": _(
        "The state of the posting %(posting)s is: %(state_label)s. This does not follow: %(step)s. Possible now: "
        "%(steps)s."
    ),
    "posting-dates.future": _(
        "%(day)s is in the future; departure, arrival and leaving are recorded when they have happened."
    ),
    "posting-dates.extension-too-early": _("An extension ends later than %(planned)s; %(given)s was given."),
    "posting-dates.last-day-before-arrival": _("The last day %(last_day)s is before the arrival on %(arrived_on)s."),
    "posting-dates.arrival-misplaced": _(
        "%(day)s does not fit the posting %(posting)s, planned from %(start)s to %(end)s. Give a day from %(earliest)s "
        "to %(end)s, or change the plan."
    ),
    "posting-dates.still-elsewhere": _(
        "The person of %(posting)s is still recorded at %(institution)s by posting %(other)s, since %(since)s. Record "
        "the end of that stay first."
    ),
    "posting-dates.end-before-plan": _(
        "%(day)s is before the planned end of %(posting)s on %(planned)s. Record an early return, with its reason."
    ),
    "posting-dates.absence-left-outside": _(
        "An absence from %(start)s to %(end)s would lie outside the stay. Take it back first."
    ),
    "posting-step.nothing-to-correct": _(
        "Only days that are recorded are corrected; those of %(posting)s are not. Record the step itself."
    ),
    "invalid-input.day-correction-without-reason": _("Correcting a recorded day needs a reason in words."),
    "publication-refused.extension": _("The posting %(posting)s cannot be extended; this stands in the way:"),
    "publication-refused.correction": _("The days of %(posting)s cannot be corrected so; this stands in the way:"),
    "posting-dates.take-over-outside": _("The take-over on %(day)s lies outside the posting (%(start)s to %(end)s)."),
    "invalid-input.step-without-reason": _(
        "This step needs a reason from the list and a sentence: %(step)s. The list: %(accepted)s."
    ),
    "invalid-input.step-without-text": _("This step needs a text: %(step)s."),
    "invalid-input.step-one-by-one": _("This step is taken one by one: %(step)s."),
    "invalid-input.successor-unknown": _("Choose another person of the registry to take over."),
    "invalid-input.month": _("'%(given)s' is no month. Give it as year-month, for example 2024-05."),
    "invalid-input.day": _("'%(given)s' is no day. Give it as year-month-day, for example 2024-05-01."),
    "not-permitted.receiving-unit-only": _("The receiving unit writes the appraisal; you act for another institution."),
    "publication-refused.take-over": _("%(person)s cannot take over; this stands in the way:"),
}

ABSENCE_TEXTS: Mapping[str, Promise] = {
    "posting-step.absence-without-stay": _("The posting %(posting)s has not arrived; an absence needs a stay."),
    "posting-dates.absence-outside-stay": _(
        "The absence %(start)s to %(end)s must lie within the stay %(arrived_on)s to %(last_day)s."
    ),
    "posting-dates.absence-twice": _(
        "Part of %(start)s to %(end)s is noted as absence already. Give the other days only."
    ),
    "invalid-input.taking-back-without-reason": _("Taking back an absence needs a reason in words."),
}


def register() -> None:
    """Tell the pages; once, when the application starts."""
    for texts in (PLAN_TEXTS, APPROVAL_TEXTS, STEP_TEXTS, ABSENCE_TEXTS):
        register_error_texts(texts)

"""What is said to people about performance assessments: names of actions and refusals."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

Text = str | Promise
ACTION_NAMES: Mapping[str, Text] = {
    "indicators.performance.start": gettext_lazy("Performance assessment begun"),
    "indicators.performance.change": gettext_lazy("Performance assessment changed"),
    "indicators.performance.findings": gettext_lazy("Scores of a performance assessment saved"),
    "indicators.performance.finding": gettext_lazy("Score of an item saved"),
    "indicators.performance.evidence": gettext_lazy("Evidence attached"),
    "indicators.performance.evidence_change": gettext_lazy("Evidence corrected"),
    "indicators.performance.object": gettext_lazy("Objection raised"),
    "indicators.performance.answer": gettext_lazy("Objection answered"),
    "indicators.performance.self_score": gettext_lazy("Self-scoring done"),
    "indicators.performance.correct": gettext_lazy("Taken back to self-scoring"),
    "indicators.performance.submit": gettext_lazy("Submitted to the assessor"),
    "indicators.performance.send_back": gettext_lazy("Sent back to self-scoring"),
    "indicators.performance.score": gettext_lazy("Outside scoring done"),
    "indicators.performance.open": gettext_lazy("Opened for objection"),
    "indicators.performance.accept": gettext_lazy("Assessed side objects to nothing more"),
    "indicators.performance.close": gettext_lazy("Time for objections closed"),
    "indicators.performance.finish": gettext_lazy("Performance assessment made final"),
    "indicators.performance.freeze": gettext_lazy("Performance assessment frozen"),
    "indicators.performance.withdraw": gettext_lazy("Performance assessment withdrawn"),
}
STEP_WORDS: Mapping[str, Text] = {
    **{name.rpartition(".")[2]: text for name, text in ACTION_NAMES.items()},
    "own_findings": gettext_lazy("Self-scores saved"),
    "outside_findings": gettext_lazy("Outside scores saved"),
    "import": gettext_lazy("Brought in by a table"),
}
ERROR_TEXTS: Mapping[str, Text] = {
    "not-permitted.performance-start": gettext_lazy(
        "A round is begun by an office of the institution assessed, or by an assessor whose affiliation covers it."
    ),
    "not-permitted.performance-side": gettext_lazy(
        "The assessed side scores itself and objects; an assessor who belongs to neither side scores from outside, "
        "answers objections, finishes and freezes."
    ),
    "separation-of-duties.own-scores": gettext_lazy(
        "You gave outside scores in the round %(round)s; another assessor answers the objections to them."
    ),
    "performance-step.performance-elsewhere": gettext_lazy(
        "The state of the round %(round)s is: %(state_label)s. This is done in the state: %(states)s. A frozen round "
        "is corrected by a new round."
    ),
    "performance-step.performance-not-following": gettext_lazy(
        "The state of the round %(round)s is: %(state_label)s. This does not follow: %(step)s. Possible now: %(steps)s."
    ),
    "performance-findings": gettext_lazy(
        "%(count)s lines cannot be kept, so nothing was saved. Mend the lines that are marked and save again."
    ),
    "invalid-input.scheme-unknown": gettext_lazy("'%(given)s' is no assessment scheme."),
    "invalid-input.scheme-not-valid": gettext_lazy(
        "The scheme does not hold on %(on)s; it begins on %(valid_from)s. Choose another scheme or another period."
    ),
    "invalid-input.performance-period": gettext_lazy("The period ends on %(end)s, before it begins on %(start)s."),
    "invalid-input.performance-no-party": gettext_lazy(
        "The institution assessed has no part in this agreement. Choose another agreement, or none."
    ),
    "invalid-input.performance-no-member": gettext_lazy(
        "The institution assessed neither leads this alliance nor is a member of it."
    ),
    "invalid-input.performance-corrects": gettext_lazy(
        "A correction is a new round about a frozen round of the same institution."
    ),
    "invalid-input.performance-code-taken": gettext_lazy("There is a round '%(given)s' already; choose another code."),
    "invalid-input.performance-item-unknown": gettext_lazy("The scheme has no item '%(given)s'."),
    "invalid-input.performance-reason-long": gettext_lazy("At most %(most)s characters of a reason fit. Shorten it."),
    "invalid-input.performance-grade": gettext_lazy("'%(given)s' is no finding of this item. Accepted: %(accepted)s."),
    "invalid-input.performance-counted": gettext_lazy("The records of duties give this number. Leave it empty."),
    "invalid-input.performance-no-number": gettext_lazy("This item has no number; leave it empty."),
    "invalid-input.performance-one-number": gettext_lazy("This item has one number only; leave the others empty."),
    "invalid-input.performance-number-range": gettext_lazy("%(given)s is no number from %(least)s to %(most)s."),
    "invalid-input.performance-decimals": gettext_lazy("%(given)s has more than %(most)s decimals. Round it."),
    "invalid-input.performance-whole-number": gettext_lazy("%(given)s is no whole number."),
    "invalid-input.performance-both-numbers": gettext_lazy(
        "Give both numbers: how many, and out of how many (more than 0)."
    ),
    "invalid-input.performance-part-too-large": gettext_lazy("%(part)s is more than %(whole)s, of which it is a part."),
    "invalid-input.performance-difference": gettext_lazy(
        "The outside score differs from the self-score. Give the reason in words."
    ),
    "invalid-input.performance-step-without-reason": gettext_lazy("This step needs a reason in words: %(step)s."),
    "invalid-input.performance-purpose": gettext_lazy("Say what the frozen round is used for: %(accepted)s."),
    "invalid-input.performance-empty": gettext_lazy(
        "No item of the round %(round)s is self-scored yet. Score the items first."
    ),
    "invalid-input.performance-outside-lacking": gettext_lazy(
        "These items are self-scored and have no outside score yet: %(items)s."
    ),
    "invalid-input.performance-differences": gettext_lazy(
        "These outside scores differ from the self-scores without a reason: %(items)s."
    ),
    "invalid-input.performance-last-day": gettext_lazy("Give the last day of objections; it lies after today."),
    "invalid-input.performance-objections-open": gettext_lazy(
        "Objections that wait for an answer: %(count)s. Answer them first."
    ),
    "invalid-input.performance-not-over": gettext_lazy(
        "Objections may be raised until %(last_day)s. Close the time after that day, or let the assessed side say that "
        "it objects to nothing more."
    ),
    "invalid-input.performance-too-late": gettext_lazy("Objections could be raised until %(last_day)s."),
    "invalid-input.performance-objection-unsaid": gettext_lazy("Say what you object to and why."),
    "invalid-input.performance-objected-already": gettext_lazy(
        "There is an objection to this item already; each item takes one."
    ),
    "invalid-input.performance-answered-already": gettext_lazy("The objection is answered already."),
    "invalid-input.performance-answer": gettext_lazy("Choose an answer: %(accepted)s."),
    "invalid-input.performance-answer-unsaid": gettext_lazy("Answer in words."),
    "invalid-input.performance-answer-without-finding": gettext_lazy(
        "An objection that is upheld changes the score. Give what is found now."
    ),
    "invalid-input.performance-evidence-items": gettext_lazy("Tick at least one item that the evidence supports."),
    "invalid-input.performance-evidence-unsaid": gettext_lazy("Say what the evidence is and who holds it."),
    "invalid-input.performance-evidence-in-future": gettext_lazy("%(given)s is in the future."),
    "invalid-input.performance-evidence-duty": gettext_lazy("The duty is none of the agreement of this round."),
}
TITLE: Text = pgettext_lazy("of partnerships", "Performance assessments")

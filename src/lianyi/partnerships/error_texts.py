"""What refusals about partnerships, rule sets and calculations say to people, by ``code.reason`` or ``code``."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.pages.errors import register_error_texts

AGREEMENT_TEXTS: Mapping[str, Promise] = {
    "not-permitted.party-not-own": _(
        "An agreement is written down by one of its parties; yours is not among them. Add your institution."
    ),
    "not-found.no-document": _("The agreement has no signed document yet."),
    "invalid-input.agreement-code-taken": _("There is an agreement '%(given)s' already; choose another code."),
    "invalid-input.approval-unknown": _("'%(given)s' is not a side that can be asked. Accepted: %(accepted)s."),
    "invalid-input.fields-fixed": _("These cannot be changed here: %(fields)s."),
    "invalid-input.not-among-choices": _("'%(given)s' is not accepted. Accepted: %(accepted)s."),
    "invalid-input.party-unknown": _("A party is named that is not in the registry. Enter the institution first."),
    "invalid-input.side-unknown": _("'%(given)s' is not a side. Accepted: %(accepted)s."),
    "invalid-input.party-closed": _("%(institution)s closed on %(closed_on)s and cannot join from %(valid_from)s."),
    "invalid-input.party-twice": _("%(institution)s is a party already."),
    "invalid-input.refusing-part-without-reason": _("Refusing to take part needs a reason in words."),
    "not-permitted.part-of-another": _(
        "Only somebody who acts for the institution named answers whether it takes part."
    ),
    "not-found.nothing-asked": _("Nothing waits for your answer in this agreement."),
    "agreement-state.part-answered": _(
        "Nothing waits for your answer in the agreement %(agreement)s; it was answered already."
    ),
    "invalid-input.agreement-change-without-reason": _(
        "Changing an agreement that is in force needs a reason in words."
    ),
    "invalid-input.term-leaves-out": _(
        "The term %(start)s to %(end)s leaves out what was promised or planned: %(left_out)s. Change these first, or "
        "give a term that holds them."
    ),
    "invalid-input.last-day-before-joining": _(
        "The last day %(last_day)s is before the institution joined on %(joined_on)s. Give a later day."
    ),
    "invalid-input.ending-without-reason": _("Ending an agreement early needs a reason in words."),
    "invalid-input.last-day-outside-term": _("The last day %(last_day)s lies outside the term %(start)s to %(end)s."),
    "invalid-input.next-term-misplaced": _(
        "The next term %(start)s to %(end)s must start after %(former_start)s and end after it starts."
    ),
    "agreement-state.ended-early": _(
        "The agreement %(agreement)s was ended early; its text stays as it was. Draft a new one."
    ),
    "agreement-state.duties-settled": _("The agreement %(agreement)s was ended early; its duties stay as they were."),
    "agreement-state.not-a-draft": _(
        "Only a draft can be put in force; the state of the agreement %(agreement)s is: %(state)s."
    ),
    "agreement-state.not-in-force": _(
        "Only an agreement in force can be ended early; the state of %(agreement)s is: %(state)s."
    ),
    "agreement-state.renewed": _("The agreement %(agreement)s has a renewal already."),
    "agreement-incomplete.sides": _(
        "The agreement %(agreement)s cannot be put in force. It lacks a supporting and a supported party (or two that "
        "give and take, or an organiser and a site)."
    ),
    "agreement-incomplete.duties": _("The agreement %(agreement)s cannot be put in force. It lacks a duty."),
    "agreement-incomplete.sides-and-duties": _(
        "The agreement %(agreement)s cannot be put in force. It lacks a duty, and a supporting and a supported party "
        "(or two that give and take, or an organiser and a site)."
    ),
    "agreement-incomplete": _("The agreement %(agreement)s cannot be put in force; it lacks parties or duties."),
    "document-refused": _("'%(name)s' is not a PDF, PNG or JPEG file. Scan the signed document into one of these."),
}

DUTY_TEXTS: Mapping[str, Promise] = {
    "invalid-input.duty-of-nothing": _(
        "A duty promises more than nothing; %(given)s was given. Give a number above 0."
    ),
    "invalid-input.duty-code-taken": _("The agreement has a duty '%(given)s' already; choose another code."),
    "invalid-input.promise-change-without-reason": _("Changing a promise that is in force needs a reason in words."),
    "duty-period": _(
        "The duty runs from %(start)s to %(end)s; it must lie within the agreement's term %(term_start)s to "
        "%(term_end)s."
    ),
    "invalid-input.duty-elsewhere": _("The duty named belongs to another agreement."),
}

TIMELINE_TEXTS: Mapping[str, Promise] = {
    "state-refused.cycle-step-order": _("The next step of the cycle is: %(expected)s, not: %(given)s."),
    "state-refused.cycle-under-review": _(
        "Cycle %(cycle)s is under review; finish the review before a new cycle starts from it."
    ),
    "invalid-input.cycle-step-too-early": _(
        "The step starts on %(start)s, before the step before it started on %(former_start)s."
    ),
    "invalid-input.entry-code-taken": _("The time line has an entry '%(given)s' already."),
    "state-refused.entry-as-reported": _(
        "This entry stands as a published report tells it and is not changed. Add an entry that sets it right."
    ),
    "invalid-input.correction-without-reason": _("Correcting an entry needs a reason in words."),
}

ALLIANCE_TEXTS: Mapping[str, Promise] = {
    "invalid-input.lead-unknown": _("The lead institution is not in the registry. Enter it first."),
    "invalid-input.specialty-needed": _("A specialty alliance needs its specialty. Choose one."),
    "invalid-input.alliance-code-taken": _("There is an alliance '%(given)s' already; choose another code."),
    "invalid-input.last-day-before-founding": _(
        "The alliance was founded on %(founded_on)s, after %(last_day)s. Give a later day."
    ),
    "invalid-input.tightness-unknown": _("'%(given)s' is not a tightness. Accepted: %(accepted)s."),
    "invalid-input.membership-not-later": _(
        "The institution is a member since %(since)s; a change takes effect later than that."
    ),
}

RULE_TEXTS: Mapping[str, Promise] = {
    "unknown-rule-set": _("There is no rule set '%(given)s'. The nearest known ones are: %(nearest)s."),
    "expired-rule-set": _(
        "The rule set %(rule_set)s is not in force on %(on)s, but from %(valid_from)s to %(valid_to)s. Choose a set "
        "for that day, or ask the administrator to add the rules that hold now."
    ),
    "no-applicable-rule-set": _(
        "No rule set of the programme %(programme)s is in force in %(jurisdiction)s on %(on)s. Ask the administrator "
        "to add the rules that hold there."
    ),
    "unknown-rule-set.referral-policy": _(
        "There is no referral policy '%(given)s'. The nearest known ones are: %(nearest)s."
    ),
    "expired-rule-set.referral-policy-not-yet": _(
        "The referral policy %(rule_set)s is not in force on %(on)s: it begins on %(valid_from)s. Choose a policy for "
        "that day, or ask the administrator to add one."
    ),
    "expired-rule-set.referral-policy-over": _(
        "The referral policy %(rule_set)s is no longer in force on %(on)s: it ended on %(valid_to)s. Choose a policy "
        "for that day, or ask the administrator to add one."
    ),
    "no-applicable-rule-set.referral-policy": _(
        "No referral policy is in force in %(jurisdiction)s on %(on)s. Ask the administrator to add one that holds "
        "there."
    ),
    "no-applicable-rule-set.quality-limits": _(
        "No limits of data quality hold on %(on)s. Ask the administrator to add a file that does."
    ),
    "unknown-reference": _("'%(given)s' is not in the reference lists. Choose one of the offered values."),
}

METHOD_TEXTS: Mapping[str, Promise] = {
    "span-bounds": _("The two days cannot be used as they are: the first must be given and not lie after the second."),
    "calendar-period": _("There is no such year, quarter, month or week."),
    "period-unit": _("'%(given)s' is no period. Accepted: %(expected)s."),
    "negative-quantity": _("%(given)s cannot be: a quantity that counts something is 0 or more."),
    "absence-outside-stay": _("The absence has days that lie outside the stay. Correct one of the two."),
    "resident-population": _("A rate per resident needs the number of residents. State the population first."),
    "more-away-than-staff": _("%(away)s people are away, but the department has only %(staff)s. Correct the register."),
    "coordinate-range": _("The position is not a pair of degrees on the globe. Correct longitude or latitude."),
    "coordinate-system": _("'%(given)s' is not a known coordinate system. Accepted: %(expected)s."),
    "naive-datetime": _("The time %(given)s has no time zone. Give the zone with it."),
    "clock-order": _("It ends at %(end)s, before it begins at %(start)s. Correct one of the two times."),
    "clock-unit": _("'%(given)s' is not a unit of a time limit. Accepted: %(expected)s."),
    "clock-amount": _("A time limit of %(given)s is too short; it is at least 1."),
    "working-calendar": _("The working calendar contradicts itself at %(given)s. Correct its days or hours."),
    "probability": _("%(given)s is not between 0 and 1. Give a level such as 0.95."),
    "share-bounds": _("%(numerator)s of %(denominator)s is not a share. Correct one of the two counts."),
    "duplicate-candidate": _("'%(given)s' stands %(times)s times among the destinations. Name each of them once."),
    "travel-parameter": _("A travel time cannot be estimated with %(given)s. Correct the detour or the speed."),
}


def register() -> None:
    """Tell the pages; once, when the application starts."""
    for texts in (AGREEMENT_TEXTS, DUTY_TEXTS, TIMELINE_TEXTS, ALLIANCE_TEXTS, RULE_TEXTS, METHOD_TEXTS):
        register_error_texts(texts)

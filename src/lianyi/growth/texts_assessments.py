"""What is said to people about assessments: tones, refusals, names of actions."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianyi.growth.models import AssessmentKind, AssessmentState, ItemResultState
from lianyi.pages.names import in_language
from lianyi.rules import Checklist, ChecklistItem, Headline, ItemLevel, ItemUnit
from lianyi.rules.schema import Confidence, Words

Text = str | Promise
STATE_TONES: Mapping[str, str] = {
    AssessmentState.DRAFT: "neutral",
    AssessmentState.SUBMITTED: "warning",
    AssessmentState.CHECKED: "info",
    AssessmentState.FINAL: "good",
    AssessmentState.WITHDRAWN: "neutral",
}
KIND_TONES: Mapping[str, str] = {AssessmentKind.SELF: "neutral", AssessmentKind.OUTSIDE: "info"}
RESULT_TONES: Mapping[str, str] = {
    ItemResultState.MET: "good",
    ItemResultState.NOT_MET: "bad",
    ItemResultState.NOT_APPLICABLE: "neutral",
    ItemResultState.NOT_ASSESSED: "warning",
}
HEADLINE_WORDS: Mapping[Headline, Text] = {
    Headline.INDEX: gettext_lazy("Index (mean of the domains)"),
    Headline.ITEMS: gettext_lazy("Items met"),
    Headline.LEVELS: gettext_lazy("Items of the basic level met"),
}
LEVEL_WORDS: Mapping[str, Text] = {
    ItemLevel.BASIC: gettext_lazy("basic level"),
    ItemLevel.RECOMMENDED: gettext_lazy("recommended level"),
}
UNIT_WORDS: Mapping[str, Text] = {
    ItemUnit.MINUTE: gettext_lazy("minutes"),
    ItemUnit.SHARE: gettext_lazy("share, 0 to 1"),
    ItemUnit.COUNT: gettext_lazy("number"),
}
CONFIDENCE_WORDS: Mapping[str, Text] = {
    Confidence.SOURCED: gettext_lazy("from a source"),
    Confidence.UNCERTAIN: gettext_lazy("source uncertain"),
    Confidence.UNSOURCED: gettext_lazy("own proposal, no source"),
    Confidence.LOCAL: gettext_lazy("local rule"),
}
FIRST_DAY_WORDS: Mapping[Confidence, Text] = {
    Confidence.LOCAL: gettext_lazy("the day is one agreed locally"),
    Confidence.UNCERTAIN: gettext_lazy("the year is that of the document, the day is not known"),
    Confidence.UNSOURCED: gettext_lazy("no document gives the day; it is this project's own"),
}
CONFIDENCE_TONES: Mapping[str, str] = {
    Confidence.SOURCED: "good",
    Confidence.UNCERTAIN: "warning",
    Confidence.UNSOURCED: "warning",
    Confidence.LOCAL: "info",
}


def words_of(words: Words) -> str:
    return in_language(words.zh, words.en)


def checklist_title(checklist: Checklist) -> str:
    return words_of(checklist.title)


def limit_word(item: ChecklistItem) -> str:
    """Return what a measured item must reach, in words; nothing for one that is not measured."""
    if item.unit is None:
        return ""
    parts = [
        (_("at least %(value)s"), item.least),
        (_("at most %(value)s"), item.most),
        (_("below %(value)s"), item.below),
    ]
    return " · ".join(text % {"value": value_word(item, value)} for text, value in parts if value is not None)


def value_word(item: ChecklistItem, value: float | None) -> str:
    """Return a measured value with its unit: shares in percent."""
    if value is None:
        return ""
    if item.unit is ItemUnit.SHARE:
        return f"{100 * value:.4g} %"
    return _("%(value)s min") % {"value": f"{value:g}"} if item.unit is ItemUnit.MINUTE else f"{value:g}"


def percent(share: float | None) -> str:
    """Return a share as people read it; a dash where it is not known."""
    return "—" if share is None else f"{100 * share:.1f} %"


ACTION_NAMES: Mapping[str, Text] = {
    "growth.assessment.start": gettext_lazy("Assessment begun"),
    "growth.assessment.change": gettext_lazy("Assessment changed"),
    "growth.assessment.items": gettext_lazy("Items of an assessment saved"),
    "growth.assessment.item": gettext_lazy("Item of an assessment saved"),
    "growth.assessment.submit": gettext_lazy("Assessment submitted"),
    "growth.assessment.send_back": gettext_lazy("Assessment sent back"),
    "growth.assessment.check": gettext_lazy("Assessment confirmed"),
    "growth.assessment.finish": gettext_lazy("Assessment made final"),
    "growth.assessment.reopen": gettext_lazy("Assessment opened again"),
    "growth.assessment.withdraw": gettext_lazy("Assessment withdrawn"),
}
STEP_WORDS: Mapping[str, Text] = {name.rpartition(".")[2]: text for name, text in ACTION_NAMES.items()}

ERROR_TEXTS: Mapping[str, Text] = {
    "capability-weight": gettext_lazy("The weights of the ranking cannot be used. Tell the administrator."),
    "no-applicable-rule-set.gap-ranking": gettext_lazy("No ranking of gaps holds on %(on)s."),
    "not-permitted.assessment-start": gettext_lazy(
        "You may assess an institution that your affiliation covers, or one that an agreement in which you take part "
        "supports; a head of department the own department."
    ),
    "not-permitted.assessment-side": gettext_lazy(
        "A self-assessment is written by the institution itself, an outside assessment by somebody from outside; a "
        "head of department writes and decides about the own department. Ask the office that keeps the record."
    ),
    "invalid-input.assessment-code-taken": gettext_lazy(
        "There is an assessment '%(given)s' already; choose another code."
    ),
    "invalid-input.checklist-unknown": gettext_lazy("'%(given)s' is no checklist."),
    "invalid-input.checklist-not-valid": gettext_lazy(
        "The checklist does not hold on %(on)s; it begins on %(valid_from)s. Choose another checklist or another day."
    ),
    "invalid-input.assessed-in-future": gettext_lazy(
        "%(given)s is in the future; give the day on which somebody looked."
    ),
    "invalid-input.assessment-of-no-department": gettext_lazy("This checklist is about a department; name it."),
    "invalid-input.assessment-no-party": gettext_lazy(
        "The institution has no part in this agreement. Choose another agreement, or none."
    ),
    "invalid-input.assessment-step-without-reason": gettext_lazy("This step needs a reason in words: %(step)s."),
    "invalid-input.assessment-empty": gettext_lazy(
        "No item of the assessment %(assessment)s is assessed yet. Fill in what was found, then submit it."
    ),
    "invalid-input.item-unknown": gettext_lazy("The checklist has no item '%(given)s'."),
    "invalid-input.item-result-unknown": gettext_lazy("'%(given)s' is no result. Accepted: %(accepted)s."),
    "invalid-input.item-evidence-long": gettext_lazy("At most %(most)s characters of evidence fit. Shorten it."),
    "invalid-input.item-not-measured": gettext_lazy("This item is not measured; leave the value empty."),
    "invalid-input.item-value-range": gettext_lazy("%(given)s is no value from 0 to %(most)s."),
    "invalid-input.item-value-contradicts": gettext_lazy(
        "By the value %(given)s the item counts as: %(said)s. Correct the value or the result."
    ),
    "invalid-input.item-counted": gettext_lazy(
        "Referrals hold the times of this item: its value is counted from them. Leave the value empty."
    ),
    "assessment-items": gettext_lazy(
        "%(count)s items cannot be kept, so nothing was saved. Mend the lines that are marked and save again."
    ),
    "assessment-step.assessment-no-draft": gettext_lazy(
        "The assessment %(assessment)s is no draft any more (%(state_label)s); have it sent back or opened again "
        "before you change it."
    ),
    "assessment-step.assessment-not-following": gettext_lazy(
        "The state of the assessment %(assessment)s is: %(state_label)s. This does not follow: %(step)s. Possible now: "
        "%(steps)s."
    ),
    "separation-of-duties.own-assessment": gettext_lazy(
        "You wrote or submitted the assessment %(assessment)s; somebody else checks it."
    ),
}

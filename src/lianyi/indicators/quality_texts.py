"""What is said to people about quality control cases: tones, refusals, names of actions."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.indicators.models.quality import ChartFinding, QualityCase, QualityState
from lianyi.indicators.quality_machine import QUALITY_STEPS
from lianyi.indicators.values_definitions import versions_of
from lianyi.indicators.values_texts import definition_title

Text = str | Promise
STATE_TONES: Mapping[str, str] = {
    QualityState.OPEN: "warning",
    QualityState.OWNED: "info",
    QualityState.CAUSE_FOUND: "info",
    QualityState.ACTION_AGREED: "info",
    QualityState.ACTION_DONE: "warning",
    QualityState.CHECKING: "warning",
    QualityState.WORKED: "good",
    QualityState.NOT_WORKED: "bad",
    QualityState.CLOSED: "neutral",
    QualityState.DISMISSED: "neutral",
}
FINDING_WORDS: Mapping[str, Text] = {
    ChartFinding.TOO_EARLY: _(
        "Too early to tell. A signal needs three periods after the action at least; that nothing changed can be said "
        "after seven."
    ),
    ChartFinding.BETTER: _(
        "The chart shows a signal for the better since the action. That is no proof that the action brought it."
    ),
    ChartFinding.SETTLED: _(
        "The disturbance did not come back in seven periods or more. The level itself did not change detectably."
    ),
    ChartFinding.NO_CHANGE: _("No detectable change since the action."),
    ChartFinding.WORSE: _("The chart shows a signal for the worse since the action."),
}
FINDING_TONES: Mapping[str, str] = {
    ChartFinding.TOO_EARLY: "neutral",
    ChartFinding.BETTER: "info",
    ChartFinding.SETTLED: "info",
    ChartFinding.NO_CHANGE: "neutral",
    ChartFinding.WORSE: "warning",
}
STEP_WORDS: Mapping[str, Text] = {
    **{step.name: step.label for step in QUALITY_STEPS},
    "open": _("Case opened from a signal"),
    "import": _("Imported from a table"),
    "hand_over": _("Another owner or day"),
    "finish_action": _("An action is done"),
    "drop_action": _("An action is dropped"),
}
ACTION_NAMES: Mapping[str, Text] = {
    "indicators.quality.rebase": _("Chart begins anew"),
    "indicators.quality.withdraw_rebase": _("New beginning of a chart withdrawn"),
    "indicators.quality.open": _("Quality control case opened"),
    "indicators.quality.check": _("Check of a corrective action signed"),
    "indicators.quality.agree_action": _("Corrective action agreed"),
    "indicators.quality.finish_action": _("Corrective action done"),
    "indicators.quality.drop_action": _("Corrective action dropped"),
    "indicators.quality.hand_over": _("Quality control case handed over"),
    **{f"indicators.quality.{step.name}": _("Step of a quality control case taken") for step in QUALITY_STEPS},
}
ERROR_TEXTS: Mapping[str, Text] = {
    "not-permitted.quality-owner": _(
        "The owner says the cause and what was done. Hand the case over where the owner is away."
    ),
    "separation-of-duties.own-quality-case": _(
        "Whoever owns the case, said the cause, or owned or did an action does not check it; the check is signed by "
        "the person who took it up."
    ),
    "quality-step.quality-not-following": _(
        "The case stands at: %(state_label)s. This does not follow: %(step)s. Possible now: %(steps)s."
    ),
    "invalid-input.quality-reason": _("Give the reason in words."),
    "invalid-input.rebase-period": _(
        "%(on)s is no later period of this chart; it can begin anew from its second period on."
    ),
    "invalid-input.rebase-twice": _("The chart begins anew at %(on)s already."),
    "invalid-input.rebase-withdrawn": _("This new beginning is withdrawn already."),
    "invalid-input.quality-no-signal": _(
        "The chart shows no signal in the period from %(on)s. A case begins with a signal."
    ),
    "invalid-input.quality-signal-better": _(
        "The signal of the period from %(on)s is for the better and asks for no corrective action."
    ),
    "invalid-input.quality-case-open": _("The case %(case)s about this is open already. Go on with that one."),
    "invalid-input.quality-without-owner": _("Say who owns it and until when."),
    "invalid-input.quality-due-early": _("%(day)s lies before %(start)s, when the case was opened."),
    "invalid-input.quality-owner-elsewhere": _(
        "%(given)s does not write indicators of this unit and could not act on the case. Choose somebody else."
    ),
    "invalid-input.quality-cause-kind": _("'%(given)s' is no kind of cause. Choose one of the list."),
    "invalid-input.quality-cause-unsaid": _("Say the cause in words."),
    "invalid-input.quality-action-unsaid": _("Say what is done, by whom and until when."),
    "invalid-input.quality-action-over": _("This action is not open any more."),
    "invalid-input.quality-evidence-unsaid": _("Say what shows that it is done."),
    "invalid-input.quality-done-when": _("%(day)s lies before the signal of %(start)s, or has not come yet."),
    "invalid-input.quality-check-unsaid": _("Say what the check found."),
    "invalid-input.quality-too-early": _(
        "%(points)s periods since the action are too few to tell: a signal needs %(fewest)s, that nothing changed "
        "%(run)s. Wait for the next figures."
    ),
    "invalid-input.quality-no-improvement": _(
        "The chart says: %(finding)s. So nobody signs that it worked; sign that it did not, or wait for more periods."
    ),
    "no-applicable-rule-set.quality-control": _("No rules of quality control hold on %(on)s."),
}


def indicator_word(code: str) -> str:
    """Return the name of an indicator; of one whose file is gone its code."""
    versions = versions_of(code)
    return definition_title(versions[0]) if versions else code


def owner_word(row: QualityCase) -> str:
    """Return who owns a case: the person, and the words where they were given."""
    return " · ".join(part for part in (str(row.owner) if row.owner else "", row.owner_words) if part)

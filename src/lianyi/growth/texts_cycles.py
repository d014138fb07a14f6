"""What is said to people about capability cycles: tones, refusals, names of actions."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.growth.line_records import Progress
from lianyi.growth.models import LineState, ReviewResult

Text = str | Promise
RESULT_TONES: Mapping[str, str] = {
    ReviewResult.CLOSED: "good",
    ReviewResult.NARROWER: "info",
    ReviewResult.SAME: "warning",
    ReviewResult.WIDER: "bad",
    ReviewResult.NOT_ASSESSED_AGAIN: "neutral",
}
LINE_TONES: Mapping[str, str] = {
    LineState.PLANNED: "info",
    LineState.DONE: "good",
    LineState.DROPPED: "neutral",
    "late": "bad",
}
ACTION_NAMES: Mapping[str, Text] = {
    "growth.cycle.open": _("Capability cycle opened"),
    "growth.cycle.change": _("Capability cycle changed"),
    "growth.cycle.assess": _("Capability cycle: assessment begun"),
    "growth.cycle.prioritise": _("Capability cycle: gaps in order"),
    "growth.cycle.plan": _("Capability cycle: plan begun"),
    "growth.cycle.act": _("Capability cycle: work begun"),
    "growth.cycle.review": _("Capability cycle: review begun"),
    "growth.cycle.finish": _("Capability cycle: review finished"),
    "growth.gap.gather": _("Gap gathered"),
    "growth.gap.carry": _("Gap carried over from the last cycle"),
    "growth.gap.write": _("Gap written"),
    "growth.gap.move": _("Gap moved by hand"),
    "growth.gap.review": _("Gap looked back on"),
    "growth.gap.judge": _("Review of a gap judged"),
    "growth.gap_line.add": _("Line of a gap plan added"),
    "growth.gap_line.change": _("Line of a gap plan changed"),
    "growth.gap_line.end": _("Line of a gap plan done or dropped"),
}
PROGRESS_WORDS: Mapping[Progress, Text] = {
    Progress.NOT_BEGUN: pgettext_lazy("record behind a plan", "not begun"),
    Progress.BEGUN: pgettext_lazy("record behind a plan", "begun"),
    Progress.DELIVERED: pgettext_lazy("record behind a plan", "delivered"),
    Progress.STOPPED: pgettext_lazy("record behind a plan", "stopped"),
}
PROGRESS_TONES: Mapping[Progress, str] = {
    Progress.NOT_BEGUN: "neutral",
    Progress.BEGUN: "info",
    Progress.DELIVERED: "good",
    Progress.STOPPED: "warning",
}
ERROR_TEXTS: Mapping[str, Text] = {
    "invalid-input.gap-line-record-elsewhere": _(
        "'%(given)s' belongs to another agreement or institution; name a record of this partnership."
    ),
    "not-permitted.cycle-office": _("The cycle of a partnership is kept by its offices. Tell yours what is missing."),
    "capability-cycle-step.cycle-open-already": _(
        "Cycle %(number)s is open already; finish its review before the next one begins."
    ),
    "capability-cycle-step.cycle-not-following": _(
        "The cycle does not stand where this follows. Possible now: %(possible)s."
    ),
    "capability-cycle-step.cycle-elsewhere": _("This can be done in these steps of the cycle only: %(allowed)s."),
    "capability-cycle-step.cycle-nothing-assessed": _(
        "No supported institution has a final assessment yet and no gap is gathered. Assess first, or gather gaps."
    ),
    "capability-cycle-step.cycle-without-gaps": _("No gap is gathered yet. Gather the gaps, or write one."),
    "capability-cycle-step.cycle-without-plan": _("No gap has a line in the plan yet. Plan something first."),
    "capability-cycle-step.cycle-gaps-not-reviewed": _(
        "Gaps that were not looked back on: %(count)s. Review them all, then finish."
    ),
    "capability-cycle-step.gap-line-over": _("This line of the plan is done or dropped; add another one."),
    "invalid-input.cycle-review-too-early": _(
        "The review is due on %(due)s, before the cycle begins on %(start)s. Correct one of the days."
    ),
    "invalid-input.gap-no-party": _("A gap is one of an institution that the agreement supports. Choose another one."),
    "invalid-input.gap-code-unknown": _("'%(given)s' is no code that is known here."),
    "invalid-input.gap-without-words": _("Say in words what is missing."),
    "invalid-input.gap-part-range": _("%(given)s is no share from 0 to 1."),
    "invalid-input.gap-moved-without-reason": _("Moving a gap needs a reason in words."),
    "invalid-input.gap-place": _("%(given)s is no place from 1 to %(most)s."),
    "invalid-input.gap-line-code": _("'%(given)s' cannot be chosen here."),
    "invalid-input.gap-line-without-words": _("Say what is planned."),
    "invalid-input.gap-line-target": _("%(given)s is no target of 0 or more."),
    "invalid-input.gap-line-future": _("%(given)s is in the future; give the day on which it ended."),
    "invalid-input.gap-line-dropped-unsaid": _("Dropping a line of the plan needs a reason in words."),
    "invalid-input.gap-counted": _("What became of this gap is told by its assessment or its figure, not by hand."),
    "invalid-input.gap-goes-on-unsaid": _(
        "A gap that is not closed goes on, and a closed one does not. If you want it otherwise, say why."
    ),
}

"""What is said to people about evaluations: steps, names of actions and refusals."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.indicators.models import EvaluationState, UnitChoice

Text = str | Promise
STATE_TONES: Mapping[str, str] = {
    EvaluationState.DRAFT: "neutral",
    EvaluationState.FIXED: "info",
    EvaluationState.COMPUTED: "info",
    EvaluationState.REVIEWED: "info",
    EvaluationState.PUBLISHED: "good",
    EvaluationState.WITHDRAWN: "neutral",
}
CHOICE_TONES: Mapping[str, str] = {UnitChoice.OPEN: "warning", UnitChoice.CHOSEN: "info", UnitChoice.REFUSED: "neutral"}
ACTION_NAMES: Mapping[str, Text] = {
    "indicators.evaluation.start": _("Question of an evaluation begun"),
    "indicators.evaluation.change": _("Question of an evaluation changed"),
    "indicators.evaluation.choice": _("Unit for comparison decided"),
    "indicators.evaluation.choices": _("Units for comparison decided"),
    "indicators.evaluation.revise": _("New version of the question begun"),
    "indicators.evaluation.fix": _("Question of an evaluation fixed"),
    "indicators.evaluation.compute": _("Evaluation computed"),
    "indicators.evaluation.review": _("Evaluation reviewed"),
    "indicators.evaluation.return": _("Evaluation sent back"),
    "indicators.evaluation.publish": _("Evaluation published"),
    "indicators.evaluation.withdraw": _("Question of an evaluation withdrawn"),
}
STEP_WORDS: Mapping[str, Text] = {name.rpartition(".")[2]: text for name, text in ACTION_NAMES.items()}
STEP_INTROS: Mapping[str, Text] = {
    "fix": _(
        "From now on question, outcomes, times, units and choices stand. Nothing is computed before that. A later "
        "change is a new version with its reason, and the page tells it."
    ),
    "compute": _("The answer is computed from the figures as they are now and kept with all that it was made of."),
    "review": _("Say what you looked at: units, gaps in the figures, whether the words keep to the numbers."),
    "return": _("Say what is wrong with the figures or the words. The question stays fixed."),
    "publish": _("All parties of the agreement and everybody who reads indicators of this place can then read it."),
    "withdraw": _("Only a draft is withdrawn. What was fixed stays to be seen, whatever comes out."),
}
ERROR_TEXTS: Mapping[str, Text] = {
    "not-permitted.evaluation-analyst": _(
        "The indicator analyst of the place asks the question, chooses units for comparison and computes."
    ),
    "not-permitted.evaluation-reviewer": _("Another analyst of the place or an outside assessor reviews."),
    "separation-of-duties.own-evaluation": _("You asked, fixed or computed this evaluation; somebody else reviews it."),
    "evaluation-step.evaluation-not-following": _(
        "The state of the evaluation is: %(state_label)s. This does not follow: %(step)s. Possible now: %(steps)s."
    ),
    "evaluation-step.evaluation-not-draft": _(
        "The state of the evaluation is: %(state_label)s. Once the question is fixed, a change is a new version with "
        "its reason."
    ),
    "evaluation-step.evaluation-not-fixed": _(
        "The state of the evaluation is: %(state_label)s. A draft is changed itself; a new version follows a fixed "
        "question."
    ),
    "evaluation-step.evaluation-superseded": _("There is a newer version of this question already. Change that one."),
    "evaluation-question.evaluation-unsaid": _("Say in words what is asked."),
    "evaluation-question.evaluation-outcomes": _("Give one to %(most)s outcomes; named here: %(count)s."),
    "evaluation-question.evaluation-indicator": _(
        "'%(given)s' is no indicator with a figure for each period of this kind."
    ),
    "evaluation-question.evaluation-years": _(
        "Years are too few points to tell a change from chance. Choose indicators of months or quarters."
    ),
    "evaluation-question.evaluation-time": _(
        "'%(given)s' is no period of the kind that the indicators are told by. Write a month as 2024-05, a quarter as "
        "2024-Q2."
    ),
    "evaluation-question.evaluation-left-before-start": _("The team cannot have left before help began."),
    "evaluation-question.evaluation-unit-twice": _("%(given)s stands at two levels. Give each unit one level."),
    "evaluation-question.evaluation-no-helped": _(
        "The question names no unit that was helped. Give at least one lead hospital, recipient or village."
    ),
    "evaluation-question.evaluation-choice-unsaid": _(
        "Every choice and every refusal needs its reason. Missing for: %(units)s."
    ),
    "evaluation-question.evaluation-undecided": _(
        "Units that might be compared with and are neither chosen nor refused: %(count)s. Decide about each, with its "
        "reason, before any result is shown."
    ),
    "evaluation-question.evaluation-why-unsaid": _(
        "Units for comparison are chosen, and nothing says why they are comparable."
    ),
    "evaluation-question.evaluation-change-unsaid": _("Say why the question is changed."),
    "evaluation-question.evaluation-step-unsaid": _("This step needs words: %(step)s."),
    "evaluation-table.column-twice": _(
        "The column %(given)s is named for two things. Units, times, levels and each outcome have their own column."
    ),
    "evaluation-table.unit-at-two-levels": _("%(given)s stands at two levels. Give each unit one level."),
    "evaluation-table.no-helped-unit": _(
        "No row has a label of a helped level. The column of levels holds: %(there)s."
    ),
    "evaluation-table.too-many-units": _(
        "The table has %(count)s units; at most %(most)s are taken here. The command line takes more."
    ),
    "evaluation-not-computed.nothing-there": _(
        "No unit of the question has an accepted figure within your reach. Look at completeness, or at the units."
    ),
    "analysis-evaluation-question": _(
        "The question does not go together: name an outcome, and say why units for comparison are comparable."
    ),
    "analysis-evaluation-units": _(
        "The table does not hold one row for each unit and time, or no unit for comparison has a figure for every time."
    ),
    "analysis-time-value": _(
        "A time is missing or cannot be read: %(given)s. Write all times, start and end in one way, as 2024-05 or "
        "2024-Q2."
    ),
    "analysis-time-step": _("The times of the table do not lie equal steps apart. Give one row for each month."),
    "analysis-column-number": _("A column of figures holds something that is no number."),
    "analysis-table-column": _("The table has no column “%(field)s”."),
    "series-model": _(
        "The start lies outside the figures, or so near their end that nothing can be told. Give another start."
    ),
    "series-outcome": _("The figures do not suit the method: a figure is below 0."),
}

"""What is said to people about the pipeline: tones, refusals, names of actions and steps."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.growth.models import InnovationState
from lianyi.growth.pipeline_stages import stages_on
from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts
from lianyi.pages.names import in_language

Text = str | Promise
STATE_TONES: Mapping[str, str] = {
    InnovationState.RUNNING: "info",
    InnovationState.STOPPED: "warning",
    InnovationState.COMPLETED: "good",
}
STEP_WORDS: Mapping[str, Text] = {
    "complete": _("Stage completed"),
    "skip": _("Stage skipped"),
    "back": _("Back to the stage before"),
    "stop": _("Stopped in the pipeline"),
    "take_up": _("Taken up again in the pipeline"),
}
_ERRORS: Mapping[str, Text] = {
    "pipeline-step": _("“%(project)s” is: %(state_label)s. This step cannot be taken."),
    "pipeline-step.pipeline-not-following": _("“%(project)s” is: %(state_label)s. This step does not follow."),
    "pipeline-step.pipeline-stage-gone": _(
        "The stage of “%(project)s” stands in no catalogue of today. Tell the bureau."
    ),
    "pipeline-step.pipeline-first-stage": _("“%(project)s” stands at the first stage."),
    "pipeline-step.pipeline-not-skipped": _("This stage may not be skipped. Complete it, or stop the project."),
    "pipeline-step.pipeline-no-approval": _(
        "No ethics approval of “%(project)s” is valid on this day. Note the approval or its renewal first."
    ),
    "pipeline-step.pipeline-no-use": _("Note the first institution that uses it, with its day."),
    "no-applicable-rule-set.pipeline-stages": _("No catalogue of stages holds on %(on)s."),
    "not-permitted.pipeline-outside": _(
        "A project of the pipeline is written by the offices of its institution and partners, and by the head of its "
        "department."
    ),
    "not-permitted.pipeline-new": _(
        "A project of the pipeline is written by the office of its institution, by that of a partner under an "
        "agreement, or by the head of its department."
    ),
    "invalid-input.pipeline-partner-name": _(
        "Name an institution of the registry, or a company or university, not both."
    ),
    "invalid-input.pipeline-duty-other": _(
        "Choose a duty of the agreement of the project that counts stages of the pipeline or institutions that use "
        "results."
    ),
    "invalid-input.pipeline-shares": _("The shares of rights would be %(given)s %%. Together they are 100 %% at most."),
    "invalid-input.pipeline-correction": _("A line corrects another one of the same project."),
    "invalid-input.pipeline-quantity": _("%(given)s is no amount. Give a number of 0 or more."),
    "invalid-input.pipeline-stage": _("'%(given)s' is no stage of the pipeline."),
    "invalid-input.pipeline-evidence": _("Say what shows that the stage is done."),
    "invalid-input.pipeline-approval-twice": _("The approval %(given)s is noted already."),
    "invalid-input.pipeline-use-twice": _("This institution is noted already. Note a check instead."),
    "invalid-input.pipeline-check-twice": _("A check of %(day)s is noted already."),
}
_ACTIONS: Mapping[str, Text] = {
    "growth.innovation.create": _("Project of the pipeline written"),
    "growth.innovation.change": _("Project of the pipeline changed"),
    **{f"growth.innovation.{name}": word for name, word in STEP_WORDS.items()},
    "growth.innovation_step.write": _("Step in the pipeline written"),
    "growth.innovation_partner.add": _("Partner in the pipeline added"),
    "growth.innovation_partner.end": _("Partner in the pipeline left"),
    "growth.ethics_approval.add": _("Ethics approval noted"),
    "growth.innovation_gain.add": _("What the pipeline brought noted"),
    "growth.innovation_gain.correct": _("What the pipeline brought corrected"),
    "growth.innovation_use.add": _("Institution noted that uses it"),
    "growth.innovation_use.check": _("Use checked"),
}


def stage_word(stage_id: str) -> str:
    """Return a stage in the page's language; its code where no catalogue of today has it."""
    found = stages_on(timezone.localdate()).stage(stage_id)
    return stage_id if found is None else in_language(found.name.zh, found.name.en)


def register() -> None:
    """Give the pages the words of the pipeline."""
    register_error_texts(_ERRORS)
    register_action_names(_ACTIONS)

"""What the survey tells the shell when it starts: names of its actions, texts of its refusals, what waits at home."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts
from lianyi.pages.home import register_home_provider
from lianyi.survey.error_texts import METHOD_TEXTS
from lianyi.survey.home import items

ACTION_NAMES: Mapping[str, Promise] = {
    "survey.scenario.keep": _("Scenario kept"),
    "survey.scenario.rename": _("Scenario renamed"),
    "survey.scenario.withdraw": _("Scenario withdrawn"),
    "survey.gap.put_forward": _("Gap put forward"),
    "survey.gap.take_up": _("Gap taken up"),
    "survey.gap.withdraw": _("Gap withdrawn"),
}

ERROR_TEXTS: Mapping[str, Promise] = {
    "no-shortfall": _("%(present)s are present and %(required)s required, so nothing is missing."),
    "nothing-to-place": _("Nothing can be placed here: no candidate site, or nobody to serve, has a position."),
    "option-outdated": _("The option does not fit the records any more. Work it through again."),
    "state-refused.scenario-withdrawn": _("The scenario was withdrawn already."),
    "state-refused.gap-settled": _("The gap was answered or withdrawn already."),
    "no-applicable-rule-set.resource-groups": _(
        "No rule says what counts as which resource on %(on)s. Tell the administrator of this installation."
    ),
    "no-applicable-rule-set.readiness-thresholds": _(
        "No rule says how ready a service must be on %(on)s. Tell the administrator of this installation."
    ),
}


def register() -> None:
    """Tell the shell; once, when the application starts."""
    register_action_names(ACTION_NAMES)
    register_error_texts(ERROR_TEXTS)
    register_error_texts(METHOD_TEXTS)
    register_home_provider(items)

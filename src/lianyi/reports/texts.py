"""What is said to people about reports: refusals and names of actions."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
ACTION_NAMES: Mapping[str, Text] = {
    "reports.keep": _("Report kept"),
    "reports.keep_of_visit": _("Report about a visit kept"),
    "reports.keep_of_place": _("Report about a place kept"),
    "reports.ask_for_all": _("Reports of all agreements asked for"),
    "reports.line_done": _("Report made or refused"),
    "reports.schedule": _("Schedule of reports set"),
}
ERROR_TEXTS: Mapping[str, Text] = {
    "report-period": _("“%(given)s” is no period. Choose a year or a quarter of a year."),
    "form-period": _("“%(given)s” is no period of this form. Choose one of the list."),
    "nothing-to-report": _(
        "No agreement that you may write runs in this period and place, so there is no report to make."
    ),
    "report-not-begun": _("%(period)s begins on %(start)s, after today. Choose a period that has begun."),
    "report-outside-term": _("%(period)s lies outside the term of the agreement, %(start)s to %(end)s."),
}

"""What refusals of the methods of evaluation and assessment say to people, by ``code``."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

METHOD_TEXTS: Mapping[str, Promise] = {
    "assessment-figure": _("A figure of the assessment is below 0 or more than its whole. Correct it."),
    "assessment-rule": _("A rule of the assessment cannot be used: points, deductions and weights are above 0."),
    "case-table": _(
        "The table of cases contradicts itself. Look at the number of cases, the deaths and the low-risk groups."
    ),
    "criterion": _("A criterion cannot be used: give every unit a figure, and weights of 0 or more."),
    "event-count": _("A number of events is a whole number of 0 or more, and what it is related to is above 0."),
    "medicine-line": _(
        "A line of medicines cannot be used: essential is 1 or 0, the same in every line of a medicine."
    ),
    "no-applicable-rule-set.expected-numbers": _("No expected numbers of people are set on %(on)s."),
    "no-applicable-rule-set.medicine-shares": _("No shares of essential medicines are set on %(on)s."),
    "report-series": _("The monthly reports cannot be used: give one row for each unit and month, each month once."),
}

"""What refusals about results that came with a patient say to people."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Mapping[str, Promise] = {
    "referral-guard.recognition-not-agreed": _("The referral policy of this case says nothing of recognition."),
    "referral-guard.results-before-arrival": _(
        "Results are recorded by the hospital that a patient was sent to, once the patient is there."
    ),
    "referral-guard.result-not-there": _("There is no such entry to take back."),
    "referral-guard.results-there": _("Results of this patient are recorded already. Take those back first."),
    "referral-guard.none-brought-there": _("It is recorded that the patient brought no result. Take that back first."),
    "referral-facts.result-day-missing": _("Say on which day the sender made the test."),
    "referral-facts.ground-without-repeat": _("A ground belongs only to a test that was made again."),
    "not-permitted.receiver-says-results": _(
        "The receiver says what became of the results: it recognised them or made the tests again."
    ),
}

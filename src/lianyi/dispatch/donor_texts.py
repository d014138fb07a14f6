"""Words of the limits of sending hospitals: the action in the trail, and refusals."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts


def register() -> None:
    """Tell the pages; once, when the application starts."""
    register_action_names({"dispatch.donor_limits.set": _("Limits of a sending hospital written")})
    register_error_texts(
        {
            "invalid-input.donor-limit": _(
                "%(given)s is no number from 0 to %(most)s. Leave it empty where there is no limit."
            ),
            "invalid-input.donor-specialty": _("%(given)s is no code of the national list of specialties."),
            "invalid-input.donor-seniors": _(
                "%(seniors)s of senior title is more than %(people)s people in all. Correct one of the two."
            ),
            "not-permitted.donor-limits": _("The office that plans for the hospital says what it can miss."),
        }
    )

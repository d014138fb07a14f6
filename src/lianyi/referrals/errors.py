"""Reasons why something about a referral is refused."""

from __future__ import annotations

from lianyi.accounts.errors import StateRefusedError
from lianyi.errors import InvalidInputError


class CaseStepRefusedError(StateRefusedError):
    """The table has no such step here; ``params['allowed']`` lists the steps it has."""

    code = "referral-step"


class GuardRefusedError(StateRefusedError):
    """The step follows, but something it rests on is missing; ``params['reason']`` says what."""

    code = "referral-guard"


class FactsRefusedError(InvalidInputError):
    """What was said with a step is missing, impossible or of another kind than the table asks."""

    code = "referral-facts"


class LiveReferralError(InvalidInputError):
    """The patient has a live referral for this problem already; going on needs a reason."""

    code = "live-referral"


class AttachmentRefusedError(InvalidInputError):
    """A file is too large, of a kind that is not taken, or not what its name says."""

    code = "referral-attachment"


class RosterRefusedError(InvalidInputError):
    """A duty roster cannot be published as it stands; ``params['holes']`` names the hours."""

    code = "duty-roster"


class OpinionSignedError(StateRefusedError):
    """A signed opinion of a consultation is neither changed nor deleted."""

    code = "opinion-signed"

"""Reasons why something about a posting is refused."""

from __future__ import annotations

from lianyi.accounts.errors import StateRefusedError
from lianyi.errors import InvalidInputError


class StepRefusedError(StateRefusedError):
    """The posting's state has no such step; ``params['allowed']`` lists the steps it has."""

    code = "posting-step"


class PublicationRefusedError(InvalidInputError):
    """Lines of a plan cannot be published; ``params['problems']`` holds them by posting."""

    code = "publication-refused"


class ApprovalsRefusedError(InvalidInputError):
    """Lines cannot be approved together; ``params['refused']`` holds each with its reason."""

    code = "approvals-refused"


class PostingDatesError(InvalidInputError):
    """A day lies where it cannot: outside the term, before the arrival, in the future."""

    code = "posting-dates"


class CertificateRefusedError(StateRefusedError):
    """There are no days to certify; ``params['reason']`` says why."""

    code = "certificate-refused"


class NeedStepRefusedError(StateRefusedError):
    """Where the need stands has no such step; ``params['allowed']`` lists the steps it has."""

    code = "need-step"


class CandidacyStepRefusedError(StateRefusedError):
    """The candidacy's state has no such step; ``params['allowed']`` lists the steps it has."""

    code = "candidacy-step"


class CoupleStepRefusedError(StateRefusedError):
    """The couple's state has no such step."""

    code = "couple-step"


class ScenarioRefusedError(StateRefusedError):
    """Where the scenario stands, this cannot be done with it; ``params['reason']`` says why."""

    code = "scenario-refused"


class PairingRefusedError(StateRefusedError):
    """Where the pairing plan stands, this cannot be done with it; ``params['reason']`` says why."""

    code = "pairing-refused"


class PlanRunRefusedError(StateRefusedError):
    """Where the search stands, this cannot be done with it; ``params['reason']`` says why."""

    code = "plan-run"


class PlanLineRefusedError(InvalidInputError):
    """A person cannot be put there; ``params['reason']`` names the rule that forbids it."""

    code = "plan-line"


class RoundVisitRefusedError(StateRefusedError):
    """A crew cannot be at a stop then, or the visit has no such step; ``params['reason']`` says why."""

    code = "round-visit"


class RoundPlanRefusedError(InvalidInputError):
    """Lines of a plan of rounds cannot be; ``params['problems']`` holds them."""

    code = "round-plan"

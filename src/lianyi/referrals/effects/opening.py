"""Who may open the case and the identity of the patient after a step."""

from __future__ import annotations

import datetime

from lianyi.referrals import access
from lianyi.referrals.states import Direction
from lianyi.referrals.walk import Walk


def open_case(walk: Walk) -> None:
    walk.afterwards.append(lambda: access.open_case(walk.context, walk.leg))


def open_identity(walk: Walk) -> None:
    walk.change({"was_accepted": True})
    walk.afterwards.append(lambda: access.open_identity(walk.context, walk.leg))


def close_identity(walk: Walk) -> None:
    walk.afterwards.append(lambda: access.close_identity(walk.context, walk.leg))


def end_the_drive(walk: Walk) -> None:
    walk.afterwards.append(lambda: access.let_transport_run_out(walk.context, walk.leg))


def close_identity_of_absent(walk: Walk) -> None:
    """Hide who never came from the receiver again; a lower unit keeps it, because it visits the patient at home."""
    if walk.leg.request.direction != Direction.DOWN:
        close_identity(walk)


def close_all_access(walk: Walk) -> None:
    walk.afterwards.append(lambda: access.close_all(walk.context, walk.leg))


def let_access_run_out(walk: Walk) -> None:
    until = walk.now + datetime.timedelta(days=walk.policy.limits.grace_days)
    walk.afterwards.append(lambda: access.let_run_out(walk.context, walk.leg, until))

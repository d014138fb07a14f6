"""Every write about visits, points, actions and recognition."""

from __future__ import annotations

from lianyi.exchanges.commands.actions import (
    ActionFacts,
    NewAction,
    Ownership,
    change_action,
    hand_over_action,
    make_action,
    take_action_step,
)
from lianyi.exchanges.commands.points import NewPoint, change_point, raise_point, sort_point
from lianyi.exchanges.commands.recognitions import (
    NewRecognition,
    change_recognition,
    give_recognition,
    take_back_recognition,
)
from lianyi.exchanges.commands.visits import (
    HeldDays,
    NewVisit,
    add_part,
    change_part,
    change_visit,
    plan_visit,
    take_back_part,
    take_visit_step,
)

__all__ = [
    "ActionFacts",
    "HeldDays",
    "NewAction",
    "NewPoint",
    "NewRecognition",
    "NewVisit",
    "Ownership",
    "add_part",
    "change_action",
    "change_part",
    "change_point",
    "change_recognition",
    "change_visit",
    "give_recognition",
    "hand_over_action",
    "make_action",
    "plan_visit",
    "raise_point",
    "sort_point",
    "take_action_step",
    "take_back_part",
    "take_back_recognition",
    "take_visit_step",
]

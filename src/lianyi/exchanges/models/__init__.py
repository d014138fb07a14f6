"""What is kept of visits, points, actions and recognition."""

from __future__ import annotations

from lianyi.exchanges.models.actions import KEPT_STATES, Action, ActionEvent, ActionState
from lianyi.exchanges.models.points import OPEN_KINDS, Point, PointEvent, PointKind, PointState
from lianyi.exchanges.models.recognitions import Recognition, RecognitionKind
from lianyi.exchanges.models.visits import (
    HELD_STATES,
    Contribution,
    ExchangeVisit,
    ProgrammeLine,
    VisitEvent,
    VisitInstitution,
    VisitKind,
    VisitPart,
    VisitParticipant,
    VisitSide,
    VisitState,
)

__all__ = [
    "HELD_STATES",
    "KEPT_STATES",
    "OPEN_KINDS",
    "Action",
    "ActionEvent",
    "ActionState",
    "Contribution",
    "ExchangeVisit",
    "Point",
    "PointEvent",
    "PointKind",
    "PointState",
    "ProgrammeLine",
    "Recognition",
    "RecognitionKind",
    "VisitEvent",
    "VisitInstitution",
    "VisitKind",
    "VisitPart",
    "VisitParticipant",
    "VisitSide",
    "VisitState",
]

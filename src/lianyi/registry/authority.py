"""Who may decide about tier, grade and ownership: people at a place of prefecture level or above."""

from __future__ import annotations

from lianyi.accounts.access import require_acting_for
from lianyi.accounts.actors import Actor
from lianyi.registry.errors import SecondLevelNeededError
from lianyi.registry.models import Place, PlaceLevel

SECOND_LEVELS = (PlaceLevel.COUNTRY, PlaceLevel.PROVINCE, PlaceLevel.PREFECTURE)
SECOND_LEVEL_FIELDS = frozenset({"tier", "grade", "ownership"})


def holds_second_level(actor: Actor) -> bool:
    """Tell whether the actor acts for a place of prefecture level or above."""
    return actor.is_service or Place.objects.filter(pk=actor.node_id, level__in=SECOND_LEVELS).exists()


def require_second_level(actor: Actor, node_id: int) -> None:
    """Refuse unless the actor acts for a place of prefecture level or above that covers the node.

    Raises
    ------
    SecondLevelNeededError, NotPermittedError
    """
    if not holds_second_level(actor):
        raise SecondLevelNeededError(
            "Tier, grade and ownership are decided by a bureau at prefecture level or above. "
            "Propose the change; it goes to them after the first approval.",
            reason="level",
            permission="registry.decide",
        )
    require_acting_for(actor, node_id, "decide about tier, grade and ownership")

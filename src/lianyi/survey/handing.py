"""Where gaps go: an application that can do something about them registers who takes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lianyi.accounts.audit import CommandContext
from lianyi.survey.models import Gap

GapReceiver = Callable[[CommandContext, Gap], None]


@dataclass
class _Receivers:
    known: list[GapReceiver] = field(default_factory=list)


_RECEIVERS = _Receivers()


def register_gap_receiver(receiver: GapReceiver) -> None:
    """Let an application take every gap that is put forward, inside the command that puts it forward.

    Whoever plans postings sees the gap on the home page and in the list of gaps without any receiver.
    """
    if receiver not in _RECEIVERS.known:
        _RECEIVERS.known.append(receiver)


def tell_receivers(context: CommandContext, gap: Gap) -> None:
    for receiver in _RECEIVERS.known:
        receiver(context, gap)

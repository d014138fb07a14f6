"""What a table changes of lines that are there: which entries differ, who changed them, which answers lapse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lianyi.accounts.audit import CommandContext, snapshot
from lianyi.dispatch.commands.approvals import lapse_approvals
from lianyi.dispatch.commands.walking import note_of
from lianyi.dispatch.models import Posting, PostingEvent
from lianyi.registry.imports.kinds import RowPlan
from lianyi.registry.imports.planning import Values

IN_FILE = "predecessor_in_file"
_HOME = ("from_institution_id", "from_department_id")
# What happened is no part of the plan that was approved.
_FACTS = frozenset({"arrived_on", "left_on", "provenance"})


def differing(kept: Mapping[str, Any], values: Values) -> tuple[str, ...]:
    """Name what a table changes of a line.

    Where a person comes from was true when the line was written; a later transfer does not change it, another person
    does.
    """
    beside = {IN_FILE} if kept["staff_id"] != values["staff_id"] else {IN_FILE, *_HOME}
    return tuple(name for name, value in values.items() if name not in beside and kept[name] != value)


def note_changes(context: CommandContext, former: Mapping[Any, Posting], plans: Sequence[RowPlan]) -> None:
    """Name who changed a line by a table, and let the answers about the former line lapse."""
    names = {plan.existing_id: tuple(plan.values) for plan in plans}
    rows = Posting.objects.in_bulk(list(former))
    events, changed = [], []
    for pk, row in rows.items():
        before, after = snapshot(former[pk], names[pk]), snapshot(row, names[pk])
        differing = [name for name in names[pk] if before[name] != after[name]]
        events.append(
            note_of(
                context,
                row,
                "change",
                {name: before[name] for name in differing},
                {name: after[name] for name in differing},
            )
        )
        if set(differing) - _FACTS:
            changed.append(row)
    PostingEvent.objects.bulk_create(events, batch_size=1000)
    lapse_approvals(context, changed)

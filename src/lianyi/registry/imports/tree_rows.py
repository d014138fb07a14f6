"""Writing new records that have a node of their own, parents of the same file before what stands below them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone

from lianyi.accounts.audit import CommandContext
from lianyi.accounts.models import OrganisationNode
from lianyi.registry.history import events_of_changes, opening_events
from lianyi.registry.imports.kinds import RowAction, RowPlan
from lianyi.registry.imports.lookups import chunks
from lianyi.registry.imports.planning import CREATE_BATCH, RowStore, Written, batches, create_batch, with_action
from lianyi.registry.models import RegistryEvent

PARENT_IN_FILE = "parent_code_in_file"
"""Entry of a row's values that names a parent which is new in the same file."""

MakeNode = Callable[[Mapping[str, Any], Mapping[int, OrganisationNode]], OrganisationNode]


def generations(plans: Sequence[RowPlan]) -> Iterable[list[RowPlan]]:
    """Yield the rows to create so that every parent of the same file comes in an earlier list."""
    below: defaultdict[str, list[RowPlan]] = defaultdict(list)
    new_codes = {plan.values["code"] for plan in plans}
    generation = []
    for plan in plans:
        parent = plan.values.get(PARENT_IN_FILE)
        if parent is not None and parent in new_codes:
            below[parent].append(plan)
        else:
            generation.append(plan)
    while generation:
        yield generation
        generation = [child for plan in generation for child in below.get(plan.values["code"], ())]


def create_in_tree(
    store: RowStore,
    context: CommandContext,
    plans: Sequence[RowPlan],
    above: tuple[str, ...],
    make_node: MakeNode,
) -> dict[str, int]:
    """Write the new rows, nodes first, and return the keys of the new records by code.

    ``above`` are the fields that hold keys of nodes which the new node's paths depend on.
    """
    made: dict[str, int] = {}
    for generation in generations(with_action(plans, RowAction.CREATE)):
        for batch in batches(generation, CREATE_BATCH):
            values = [with_parent_key(plan.values, made) for plan in batch]
            nodes = nodes_by_key({row[name] for row in values for name in above if row.get(name) is not None})
            made_nodes = OrganisationNode.objects.bulk_create([make_node(row, nodes) for row in values])
            rows = [store.model(node_id=node.pk, **row) for node, row in zip(made_nodes, values, strict=True)]
            create_batch(store, context, rows)
            RegistryEvent.objects.bulk_create(opening_events(rows, context.reason))
            if store.key == ("code",):
                made.update({row["code"]: node.pk for node, row in zip(made_nodes, values, strict=True)})
    return made


def with_parent_key(values: Mapping[str, Any], made: Mapping[str, int]) -> dict[str, Any]:
    """Return the values with the key of a parent that was written before from the same file."""
    found = dict(values)
    parent = found.pop(PARENT_IN_FILE, None)
    if parent is not None:
        found["parent_id"] = made[parent]
    return found


def nodes_by_key(pks: set[int]) -> dict[int, OrganisationNode]:
    return {node.pk: node for chunk in chunks(pks) for node in OrganisationNode.objects.filter(pk__in=chunk)}


def write_change_events(context: CommandContext, written: Sequence[Written]) -> None:
    """Write the history of rows that an import changed: it takes effect on the day of the import."""
    day = timezone.localdate(context.occurred_at)
    events = []
    for each in written:
        kept = {name: value for name, value in each.after.items() if name not in ("provenance", "status")}
        if kept:
            events += events_of_changes(each.row, each.before, kept, day, context.reason)
    RegistryEvent.objects.bulk_create(events)

"""May this actor do this on that row, and which rows are within reach.

Two functions answer every question about permission: ``decide`` for one row and ``scoped`` for a list. Both walk the
same rule of the row's model, so a list can never hold a row that its page would refuse. An application registers one
``ScopeRule`` for each of its models; a model without a rule cannot be read at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError, NotPermittedError
from lianyi.accounts.models import Grant, GrantKind, NodeKind, OrganisationNode
from lianyi.accounts.roles import Act, Family, Permission, role_holds

NODE_TARGET = "accounts.node"
ALL_ACTS = frozenset(Act)
LARGEST_KEY = 2**63 - 1
"""What both databases can look up; an address may hold a longer number."""
READING = frozenset({Act.READ, Act.COUNT})

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class RelationPath:
    """A grant on ``target_type`` opens the rows whose ``lookup`` is the grant's target, for these acts.

    With ``serves_assigned``, what was granted to an institution also serves the people who are posted there or on
    duty there (grant G4).
    """

    target_type: str
    lookup: str
    acts: frozenset[Act] = ALL_ACTS
    serves_assigned: bool = False


@dataclass(frozen=True, slots=True)
class ScopeRule:
    """How the grants of an actor reach the rows of one model.

    ``nodes`` are lookups that give the id of an organisation node (grant G1); ``through`` gives a further condition
    for rows that hang on the node over a to-many relation; ``reference`` is the reason why everybody who is signed in
    may read (codes and names that are public anyway). ``confidential`` narrows what was reached by whatever way: it
    gives the condition of the rows that this actor may know of at all, and holds for whoever covers everything too.
    """

    family: Family
    nodes: tuple[str, ...] = ()
    relations: tuple[RelationPath, ...] = ()
    through: Callable[[QuerySet[OrganisationNode, Any]], Q] | None = None
    reference: str = ""
    person_level: bool = False
    confidential: Callable[[Actor], Q] | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, with its reason when refused and its basis when allowed."""

    allowed: bool
    reason: str = ""
    basis: str = ""
    basis_id: int | None = None


@dataclass
class _Registry:
    rules: dict[type[Model], ScopeRule] = field(default_factory=dict)


_REGISTRY = _Registry()


def register_scope(model: type[Model], rule: ScopeRule) -> None:
    """Give a model its rule; once, when its application starts."""
    if model in _REGISTRY.rules:
        raise ValueError(f"{model.__name__} has a scope rule already; an application registers each model once.")
    _REGISTRY.rules[model] = rule


def scope_rules() -> Mapping[type[Model], ScopeRule]:
    return dict(_REGISTRY.rules)


def scope_rule(model: type[Model]) -> ScopeRule:
    try:
        return _REGISTRY.rules[model]
    except KeyError:
        raise LookupError(
            f"{model.__name__} has no scope rule, so nobody may read it. Register one in its application's scopes.py."
        ) from None


def nodes_in_reach(actor: Actor) -> QuerySet[OrganisationNode, Any]:
    """Return the organisation nodes that the actor's affiliation covers."""
    nodes = OrganisationNode.objects.all()
    if actor.is_service:
        return nodes
    if not actor.inherits_down:
        return nodes.filter(pk__in=[actor.node_id])
    below = Q(path__startswith=actor.path)
    if not _is_place(actor):
        below |= Q(management_path__startswith=actor.management_path)
    return nodes.filter(below)


def _is_place(actor: Actor) -> bool:
    # A place stands in the line of command by its own path; an institution starts a line of its own.
    return actor.path == actor.management_path


def covers(actor: Actor, node_id: int | None) -> bool:
    """Tell whether the actor's own affiliation (G1) covers the node, so that they may act for it."""
    return node_id is not None and nodes_in_reach(actor).filter(pk=node_id).exists()


def active_grants(actor: Actor, target_type: str) -> QuerySet[Grant, Any]:
    """Return the relation grants (G2 to G5) on one kind of target that are open to the actor now."""
    now = timezone.now()
    # Parties are institutions; a bureau that covers a party's place stands behind it.
    holders = nodes_in_reach(actor).filter(kind=NodeKind.INSTITUTION).values("pk")
    return Grant.objects.filter(
        Q(holder_user_id=actor.user_id) | Q(holder_node_id__in=holders),
        Q(valid_to__isnull=True) | Q(valid_to__gt=now),
        target_type=target_type,
        valid_from__lte=now,
        revoked_at__isnull=True,
    )


def assigned_nodes(actor: Actor) -> QuerySet[Grant, Any]:
    """Return the grants that make the person, beside their affiliations, one of an institution's own for now (G4)."""
    now = timezone.now()
    return Grant.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=now),
        kind=GrantKind.ASSIGNMENT,
        holder_user_id=actor.user_id,
        target_type=NODE_TARGET,
        valid_from__lte=now,
        revoked_at__isnull=True,
    )


def serves(actor: Actor, node_id: int | None) -> bool:
    """Tell whether the actor works for the node: by the own affiliation (G1), or posted or on duty there (G4)."""
    if covers(actor, node_id):
        return True
    return node_id is not None and assigned_nodes(actor).filter(target_id=node_id).exists()


def _grants_of(actor: Actor, path: RelationPath) -> QuerySet[Grant, Any]:
    own = active_grants(actor, path.target_type)
    if not path.serves_assigned:
        return own
    now = timezone.now()
    theirs = Grant.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=now),
        holder_node_id__in=assigned_nodes(actor).values("target_id"),
        target_type=path.target_type,
        valid_from__lte=now,
        revoked_at__isnull=True,
    )
    return own | theirs


def _own_rows(actor: Actor, rule: ScopeRule) -> Q:
    nodes = nodes_in_reach(actor)
    condition = Q(pk__in=[])
    for lookup in rule.nodes:
        condition |= Q(**{f"{lookup}__in": nodes.values("pk")})
    if rule.through is not None:
        condition |= rule.through(nodes)
    return condition


def granted_rows(actor: Actor, path: RelationPath) -> Q:
    """Return the condition of the rows that grants open: one short list of targets for each way to hold a grant.

    Grants that ended stay in the table for ever. Each list is found by an index of those that have not, so a large
    hospital does not walk through its whole past on every page.
    """
    now = timezone.now()
    standing = Grant.objects.filter(target_type=path.target_type, valid_from__lte=now, revoked_at__isnull=True)
    holders = nodes_in_reach(actor).filter(kind=NodeKind.INSTITUTION).values("pk")
    of_nodes = [standing.filter(holder_node_id__in=holders)]
    if path.serves_assigned:
        of_nodes.append(standing.filter(holder_node_id__in=assigned_nodes(actor).values("target_id")))
    lists = [standing.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now), holder_user_id=actor.user_id)]
    for held in of_nodes:
        lists += [held.filter(valid_to__isnull=True), held.filter(valid_to__gt=now)]
    condition = Q(pk__in=[])
    for each in lists:
        condition |= Q(**{f"{path.lookup}__in": each.values("target_id")})
    return condition


def scoped(actor: Actor, rows: QuerySet[Row, Any], act: Act = Act.READ) -> QuerySet[Row, Any]:
    """Return those of ``rows`` on which the actor may do ``act``: the only way a page or an interface reads."""
    return scoped_for(actor, rows, Permission(scope_rule(rows.model).family, act))


def scoped_for(actor: Actor, rows: QuerySet[Row, Any], permission: Permission) -> QuerySet[Row, Any]:
    """Return those of ``rows`` that the permission reaches, also one of another family than the rows' own.

    To plan postings one needs ``dispatch.write`` on the agreement, whoever may write the agreement itself.
    """
    rule = scope_rule(rows.model)
    if actor.is_service:
        return rows
    if not role_holds(actor.role, permission):
        return rows.none()
    if rule.confidential is not None:
        rows = rows.filter(rule.confidential(actor))
    if actor.covers_everything or (rule.reference and permission.act is Act.READ):
        return rows
    condition = _own_rows(actor, rule)
    for path in rule.relations:
        if permission.act in path.acts:
            condition |= granted_rows(actor, path)
    return rows.filter(condition)


def decide(actor: Actor, permission: str, row: Model | None = None) -> Decision:
    """Answer whether the actor may do this on that row, and on which basis.

    Parameters
    ----------
    actor
        The person through their chosen affiliation.
    permission
        ``family.act``, for example ``dispatch.decide``. The family may differ from the row's own: to create a posting
        one asks for ``dispatch.write`` on the agreement it belongs to.
    row
        The row the act is about; None asks only whether the role holds the permission at all.
    """
    asked = Permission.parse(permission)
    if actor.is_service:
        return Decision(allowed=True, basis=GrantKind.ORGANISATION)
    if not role_holds(actor.role, asked):
        return Decision(allowed=False, reason="role")
    if row is None:
        return Decision(allowed=True, basis=GrantKind.ORGANISATION, basis_id=actor.affiliation_id)
    return _basis_on_row(actor, asked, row)


def _basis_on_row(actor: Actor, asked: Permission, row: Model) -> Decision:
    rule = scope_rule(type(row))
    own = Decision(allowed=True, basis=GrantKind.ORGANISATION, basis_id=actor.affiliation_id)
    rows = type(row)._default_manager.filter(pk=row.pk)
    if rule.confidential is not None and not rows.filter(rule.confidential(actor)).exists():
        return Decision(allowed=False, reason="relation")
    if actor.covers_everything or (rule.reference and asked.act is Act.READ):
        return own
    if rows.filter(_own_rows(actor, rule)).exists():
        return own
    for path in rule.relations:
        if asked.act not in path.acts:
            continue
        targets = list(rows.values_list(path.lookup, flat=True))
        grant = _grants_of(actor, path).filter(target_id__in=targets).order_by("pk").first()
        if grant is not None:
            return Decision(allowed=True, basis=grant.kind, basis_id=grant.pk)
    return Decision(allowed=False, reason="relation")


_WORDS = {
    "role": "the role in which you act does not include it",
    "relation": "your institution has no part in this record",
}


def require(actor: Actor, permission: str, row: Model | None = None) -> Decision:
    """Return the decision when allowed.

    Raises
    ------
    NotPermittedError
        When the role or the relation is missing.
    """
    decision = decide(actor, permission, row)
    if not decision.allowed:
        raise NotPermittedError(
            f"You may not do this ({permission}): {_WORDS[decision.reason]}. "
            "Choose another of your affiliations, or ask the office that keeps the record.",
            reason=decision.reason,
            permission=permission,
        )
    return decision


def require_acting_for(actor: Actor, node_id: int | None, what: str) -> None:
    """Refuse unless the actor's own affiliation covers the node.

    Raises
    ------
    NotPermittedError
        Naming what only that institution may do.
    """
    if not covers(actor, node_id):
        raise NotPermittedError(
            f"Only the institution concerned may {what}; your affiliation does not cover it.",
            reason="relation",
            permission=what,
        )


def get_in_scope(actor: Actor, rows: QuerySet[Row, Any], pk: int, act: Act = Act.READ) -> Row:
    """Return one row that the actor may see.

    Raises
    ------
    NotFoundInScopeError
        Whether it does not exist or is out of reach: the answer does not tell which.
    """
    row: Row | None = scoped(actor, rows, act).filter(pk=pk).first() if pk <= LARGEST_KEY else None
    if row is None:
        raise NotFoundInScopeError("There is no such record within your reach.", model=rows.model.__name__)
    return row

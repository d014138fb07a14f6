"""Where each record stands in the tree that scopes hang on, and what happens to the tree when records move."""

from __future__ import annotations

import secrets
import string
from collections.abc import Collection, Iterable

from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Concat, Substr

from lianyi.accounts.models import NodeKind, OrganisationNode
from lianyi.registry.errors import TooDeepError
from lianyi.registry.models import Department, Institution

KEY_LENGTH = 10
BATCH = 2000
_ALPHABET = string.digits + string.ascii_lowercase
_KEYS = len(_ALPHABET) ** KEY_LENGTH
_LONGEST_PATH = 160
MAXIMUM_DEPTH = (_LONGEST_PATH - 1) // (KEY_LENGTH + 1) - 1
"""Most institutions in one line of command; below the last a department still fits."""


def new_key() -> str:
    """Return ten random letters and digits that name a node in paths for ever."""
    number, letters = secrets.randbelow(_KEYS), []
    for _position in range(KEY_LENGTH):
        number, rest = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[rest])
    return "".join(letters)


def new_place_node(parent: OrganisationNode | None, code: str, name_zh: str, name_en: str) -> OrganisationNode:
    """Return an unsaved node; a place stands in the line of command by its own path."""
    key = new_key()
    path = f"{'/' if parent is None else parent.path}{key}/"
    return OrganisationNode(
        key=key,
        kind=NodeKind.PLACE,
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        parent=parent,
        path=path,
        management_path=path,
    )


def new_institution_node(
    place: OrganisationNode, parent: OrganisationNode | None, code: str, name_zh: str, name_en: str
) -> OrganisationNode:
    """Return an unsaved node: by path in its place, by management path below its parent institution, if any."""
    key = new_key()
    return OrganisationNode(
        key=key,
        kind=NodeKind.INSTITUTION,
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        parent=place,
        path=f"{place.path}{key}/",
        management_path=_fitting(f"{'/' if parent is None else parent.management_path}{key}/"),
    )


def new_department_node(institution: OrganisationNode, code: str, name_zh: str, name_en: str) -> OrganisationNode:
    """Return an unsaved node below the institution's, by both paths."""
    key = new_key()
    return OrganisationNode(
        key=key,
        kind=NodeKind.DEPARTMENT,
        code=department_node_code(institution.code, code),
        name_zh=name_zh,
        name_en=name_en,
        parent=institution,
        path=f"{institution.path}{key}/",
        management_path=f"{institution.management_path}{key}/",
    )


def department_node_code(institution_code: str, code: str) -> str:
    return f"{institution_code}/{code}"


def move_place_node(node: OrganisationNode, parent: OrganisationNode | None) -> None:
    """Hang a place below another; everything below follows in one statement."""
    old, new = node.path, f"{'/' if parent is None else parent.path}{node.key}/"
    OrganisationNode.objects.filter(pk=node.pk).update(parent=parent)
    if old == new:
        return
    OrganisationNode.objects.filter(path__startswith=old).update(
        path=_with_new_beginning("path", old, new),
        management_path=Case(
            When(kind=NodeKind.PLACE, then=_with_new_beginning("management_path", old, new)),
            default=F("management_path"),
        ),
    )
    node.refresh_from_db()


def _with_new_beginning(field: str, old: str, new: str) -> Concat:
    return Concat(Value(new), Substr(field, len(old) + 1))


def replant_institutions(pks: Collection[int]) -> None:
    """Bring the paths of these institutions, their branches at any depth and all their departments up to date.

    Their places and parents are read from the institutions' rows, so it is called after the rows were saved. The number
    of queries depends on the depth of branches, never on the number of institutions.
    """
    rank: dict[int, int] = {}
    for depth, level in enumerate(_levels_of_branches(pks)):
        rank.update(dict.fromkeys(level, depth))
    rows = {row.pk: row for row in _in_batches(Institution.objects.select_related("node"), rank)}
    outside = {row.parent_id for row in rows.values() if row.parent_id is not None and row.parent_id not in rows}
    places = {row.place_id for row in rows.values()}
    standing = {node.pk: node for node in _in_batches(OrganisationNode.objects.all(), outside | places)}
    for pk in sorted(rows, key=rank.__getitem__):
        row = rows[pk]
        place, parent = standing[row.place_id], None if row.parent_id is None else standing[row.parent_id]
        row.node.parent = place
        row.node.path = f"{place.path}{row.node.key}/"
        row.node.management_path = _fitting(f"{'/' if parent is None else parent.management_path}{row.node.key}/")
        standing[pk] = row.node
    changed = [row.node for row in rows.values()]
    OrganisationNode.objects.bulk_update(changed, ["parent", "path", "management_path"], batch_size=BATCH)
    _replant_departments({node.pk: node for node in changed})


def _replant_departments(institutions: dict[int, OrganisationNode]) -> None:
    departments: list[OrganisationNode] = []
    for chunk in batches(list(institutions)):
        departments += OrganisationNode.objects.filter(kind=NodeKind.DEPARTMENT, parent_id__in=chunk)
    for node in departments:
        above = institutions[node.parent_id or 0]
        node.path = f"{above.path}{node.key}/"
        node.management_path = f"{above.management_path}{node.key}/"
    OrganisationNode.objects.bulk_update(departments, ["path", "management_path"], batch_size=BATCH)


def _levels_of_branches(pks: Collection[int]) -> Iterable[set[int]]:
    """Yield the institutions, then their branches, then the branches of those; a branch counts at its lowest level."""
    level = set(pks)
    for _depth in range(MAXIMUM_DEPTH + 1):
        if not level:
            return
        yield level
        below: set[int] = set()
        for chunk in batches(list(level)):
            below.update(Institution.objects.filter(parent_id__in=chunk).values_list("pk", flat=True))
        level = below


def rename_nodes(names: dict[int, tuple[str, str, str]]) -> None:
    """Give nodes the code, Chinese and English name that their records have now."""
    nodes = list(_in_batches(OrganisationNode.objects.all(), names))
    for node in nodes:
        node.code, node.name_zh, node.name_en = names[node.pk]
    OrganisationNode.objects.bulk_update(nodes, ["code", "name_zh", "name_en"], batch_size=BATCH)


def recode_departments(institution: Institution) -> None:
    """Give the nodes of an institution's departments their codes again after the institution's own code changed."""
    rows = Department.objects.filter(institution=institution).select_related("node")
    rename_nodes({row.pk: (department_node_code(institution.code, row.code), row.name_zh, row.name_en) for row in rows})


def batches(pks: list[int], size: int = BATCH) -> Iterable[list[int]]:
    for start in range(0, len(pks), size):
        yield pks[start : start + size]


def _in_batches(rows: QuerySet, pks: Collection[int]) -> Iterable:  # type: ignore[type-arg]
    for chunk in batches(list(pks)):
        yield from rows.filter(pk__in=chunk)


def _fitting(path: str) -> str:
    depth = path.count("/") - 1
    if depth > MAXIMUM_DEPTH:
        raise TooDeepError(
            f"The institution would be number {depth} in a line of institutions placed under one another; "
            f"at most {MAXIMUM_DEPTH} fit. Place it under one that stands higher.",
            depth=depth,
            maximum=MAXIMUM_DEPTH,
        )
    return path

"""What visits and actions show on pages of others: of an agreement, an institution, a person and a posting.

Nothing of a member's difficulty stands there, whoever looks: those pages print and lie open on desks.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianyi.accounts.actors import Actor
from lianyi.dispatch.models import Posting
from lianyi.exchanges.beside import with_a_side_among
from lianyi.exchanges.machines.actions import OVER
from lianyi.exchanges.models import ActionState
from lianyi.exchanges.partnership import agreements_in_line
from lianyi.exchanges.queries import actions, recognitions, visits
from lianyi.exchanges.standing import standing_in
from lianyi.exchanges.tables.actions import ActionTable
from lianyi.exchanges.tables.recognitions import RecognitionTable
from lianyi.exchanges.tables.visits import VisitTable
from lianyi.pages.sections import PageSection, filled, register_section_source, section
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Institution, Staff

Rows = QuerySet[Any, Any]


def register() -> None:
    register_section_source(Institution, of_institution)
    register_section_source(Staff, of_person)
    register_section_source(Posting, of_posting)


def of_agreement(actor: Actor, row: Agreement) -> list[PageSection]:
    """Return the visits under an agreement and those in line with it, what is still to do, and who was thanked."""
    line = agreements_in_line(row)
    under = {"agreement": row.code}
    return [
        _visits(visits.visits(actor).filter(agreement_id__in=line), under),
        _to_do(actions.open_actions(actor).filter(point__visit__agreement_id__in=line), under),
        _thanks(recognitions.recognitions(actor).filter(agreement_id__in=line), under),
    ]


def of_institution(actor: Actor, row: Institution) -> list[PageSection]:
    """Return the visits that an institution paid and received, and what it still has to do."""
    return filled(
        [
            _visits(
                visits.visits(actor).filter(with_a_side_among(Institution.objects.filter(pk=row.pk))),
                {"institution": row.code},
            ),
            _to_do(actions.open_actions(actor).filter(owner=row), {"owner": row.code}),
        ]
    )


def of_person(actor: Actor, row: Staff) -> list[PageSection]:
    """Return the recognition and thanks to a person."""
    return filled([_thanks(recognitions.recognitions(actor).filter(to_staff=row), None)])


def of_posting(actor: Actor, row: Posting) -> list[PageSection]:
    """Return the recognition and thanks to a person for this posting: under its agreement, from its first day on."""
    rows = recognitions.recognitions(actor).filter(to_staff=row.staff_id, agreement=row.agreement_id)
    return filled([_thanks(rows.filter(given_on__gte=row.arrived_on or row.starts_on), None)])


def _visits(rows: Rows, asked: dict[str, str]) -> PageSection:
    columns = ("starts_on", "title", "kind", "guest", "host", "state", "point_count")
    return section(pgettext("visit", "Visits"), VisitTable, rows, columns=columns, url=_list("exchanges:visits", asked))


def _to_do(rows: Rows, asked: dict[str, str]) -> PageSection:
    columns = ("code", "title", "standing", "due_on", "owner", "recurrence_count")
    found = standing_in(rows, [state for state in ActionState if state not in OVER])
    return section(_("Open actions"), ActionTable, found, columns=columns, url=_list("exchanges:actions", asked))


def _thanks(rows: Rows, asked: dict[str, str] | None) -> PageSection:
    columns = ("given_on", "kind", "to", "what_for", "given_by", "gift")
    url = "" if asked is None else _list("exchanges:recognitions", asked)
    return section(_("Recognition and thanks"), RecognitionTable, rows, columns=columns, url=url)


def _list(name: str, asked: dict[str, str]) -> str:
    return f"{reverse(name)}?{urlencode(asked)}"

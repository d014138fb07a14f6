"""Many lines approved with one press: all of them, or none with the reason of each."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianyi.accounts.models import AuditEvent
from lianyi.dispatch import board_queries, commands
from lianyi.dispatch.commands import AskedAnswer
from lianyi.dispatch.errors import ApprovalsRefusedError
from lianyi.dispatch.models import Posting, PostingApproval
from lianyi.errors import InvalidInputError
from lianyi.partnerships.models import Agreement
from tests.cast import Scene, acting_as, actor_for, make_staff
from tests.dispatch.page_parts import client_of, page_of, send, words
from tests.dispatch.test_pages_postings import running_agreement, today_and

RECEIVING = "receiving_unit"


def drafts(scene: Scene, agreement: Agreement, number: int) -> list[Posting]:
    people = [make_staff(scene.jia, f"T{each}", f"样例{each}") for each in range(number)]
    return [scene.draft(agreement, person, today_and(10), today_and(60)) for person in people]


def asked(rows: list[Posting], side: str = RECEIVING) -> list[AskedAnswer]:
    return [AskedAnswer(row.pk, side) for row in rows]


def answers() -> list[tuple[str, str, int]]:
    return list(PostingApproval.objects.order_by("posting__code").values_list("posting__code", "answer", "version"))


def test_lines_approved_together_leave_the_rows_and_the_trail_of_single_answers(scene: Scene) -> None:
    agreement = running_agreement(scene, approvals=(RECEIVING,))
    rows = drafts(scene, agreement, 3)
    commands.approve_postings(acting_as(scene.office_shan), asked(rows))
    assert answers() == [(row.code, "approved", 1) for row in rows]
    told = AuditEvent.objects.filter(action="dispatch.posting.answer").order_by("pk")
    assert [event.after for event in told] == [{"side": RECEIVING, "answer": "approved"}] * 3


def test_an_answer_that_lapsed_is_given_again_on_the_same_row(scene: Scene) -> None:
    agreement = running_agreement(scene, approvals=(RECEIVING,))
    rows = drafts(scene, agreement, 2)
    commands.approve_postings(acting_as(scene.office_shan), asked(rows))
    commands.change_posting(acting_as(scene.office_jia), rows[0], {"tasks": "带教"}, rows[0].version)
    assert [answer for _code, answer, _version in answers()] == ["lapsed", "approved"]
    commands.approve_postings(acting_as(scene.office_shan), asked(rows[:1]))
    assert answers() == [(rows[0].code, "approved", 3), (rows[1].code, "approved", 1)]


def test_one_line_that_cannot_be_approved_stops_all_and_each_says_why(scene: Scene) -> None:
    agreement = running_agreement(scene, approvals=(RECEIVING,))
    good, answered, own, elsewhere = drafts(scene, agreement, 4)
    commands.answer_posting(acting_as(scene.office_shan), answered, RECEIVING, approves=True)
    Posting.objects.filter(pk=elsewhere.pk).update(to_institution=scene.xiang)
    commands.change_posting(acting_as(scene.office_shan), own, {"tasks": "查房"}, own.version)
    wanted = [*asked([good, answered, own, elsewhere]), AskedAnswer(good.pk, "home_hospital")]
    with pytest.raises(ApprovalsRefusedError, match="4 of 5 lines") as caught:
        commands.approve_postings(acting_as(scene.office_shan), wanted)
    refused = {(each.code, each.error.params.get("reason")) for each in caught.value.params["refused"]}  # type: ignore[attr-defined]
    assert refused == {
        (answered.code, "side-answered"),
        (own.code, "own-line"),
        (elsewhere.code, "approval-side-only"),
        (good.code, "approval-not-asked"),
    }
    assert [code for code, _answer, _version in answers()] == [answered.code]


def test_a_line_out_of_reach_is_not_named(scene: Scene) -> None:
    row = drafts(scene, running_agreement(scene, approvals=(RECEIVING,)), 1)[0]
    with pytest.raises(ApprovalsRefusedError) as caught:
        commands.approve_postings(acting_as(scene.office_lin), asked([row]))
    assert [(each.code, each.person) for each in caught.value.params["refused"]] == [("", "")]  # type: ignore[attr-defined]
    with pytest.raises(InvalidInputError, match="No line was named"):
        commands.approve_postings(acting_as(scene.office_lin), [])


def test_the_same_press_twice_answers_once(scene: Scene) -> None:
    rows = drafts(scene, running_agreement(scene, approvals=(RECEIVING,)), 2)
    context = acting_as(scene.office_shan)
    for _press in range(2):
        assert commands.approve_postings(context, asked(rows)).pk == rows[0].pk
    assert AuditEvent.objects.filter(action="dispatch.posting.answer").count() == 2


def test_many_lines_cost_no_more_queries_than_few(scene: Scene) -> None:
    agreement = running_agreement(scene, approvals=(RECEIVING,))
    rows = drafts(scene, agreement, 12)
    costs = []
    for part in (rows[:2], rows[2:]):
        with CaptureQueriesContext(connection) as captured:
            commands.approve_postings(acting_as(scene.office_shan), asked(part))
        costs.append(len(captured))
    assert costs[0] == costs[1] <= 25


def test_whoever_speaks_for_two_sides_answers_for_the_side_that_was_shown(scene: Scene) -> None:
    agreement = running_agreement(scene, approvals=("home_hospital", RECEIVING))
    row = drafts(scene, agreement, 1)[0]
    both = actor_for("province", scene.city.parent_id, "lead_office")
    assert {side for side, found in board_queries.waiting_at(both, [row.pk]).items() if found} == {
        "home_hospital", RECEIVING,
    }  # fmt: skip
    commands.approve_postings(acting_as(both), asked([row]))
    assert list(row.approvals.values_list("side", "answer")) == [(RECEIVING, "approved")]


def test_the_page_says_of_each_line_why_none_was_approved(scene: Scene) -> None:
    agreement = running_agreement(scene, approvals=(RECEIVING,))
    first, second = drafts(scene, agreement, 2)
    client = client_of(scene.office_shan)
    assert f'value="{first.pk}:{RECEIVING}"' in page_of(client, "dispatch:approvals")
    ticked = [f"{row.pk}:{RECEIVING}" for row in (first, second)]
    commands.answer_posting(acting_as(scene.office_shan), first, RECEIVING, approves=True)
    send(client, "dispatch:approvals", ids=ticked)
    text = words(page_of(client, "dispatch:approvals"))
    assert "1 of 2 lines cannot be approved, so none was." in text
    assert f"{first.code} This side has answered already: receiving unit." in text
    send(client, "dispatch:approvals", ids=[ticked[1], "x:y"])
    assert "1 posting is approved." in words(page_of(client, "dispatch:approvals"))
    send(client, "dispatch:approvals")
    assert "No posting was chosen. Tick the lines to approve." in words(page_of(client, "dispatch:approvals"))


def test_what_the_filter_leaves_is_approved_together(scene: Scene) -> None:
    agreement = running_agreement(scene, approvals=(RECEIVING,))
    rows = drafts(scene, agreement, 3)
    client = client_of(scene.office_shan)
    html = page_of(client, "dispatch:approvals", q="样例1")
    assert "Approve 1 line" in html
    assert '<input type="hidden" name="q" value="样例1">' in html
    # The button above the list names what the filter leaves, so the page is loaded whole.
    form = re.search(r'<form[^>]*class="filter-row"[^>]*>', html)
    assert form is not None
    assert "hx-get" not in form[0]
    send(client, "dispatch:approvals", all="1", q="样例1")
    assert [code for code, _answer, _version in answers()] == [rows[1].code]

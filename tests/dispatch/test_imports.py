"""Tables of agreements and postings in and out."""

from __future__ import annotations

import pytest

from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.models import AuditEvent
from lianyi.dispatch.imports import settle_imported_postings
from lianyi.dispatch.models import Posting, PostingEvent
from lianyi.partnerships.models import Agreement
from lianyi.registry.errors import ImportRefusedError
from lianyi.registry.imports import running
from lianyi.registry.imports.exporting import export_table
from lianyi.registry.imports.kinds import RowAction
from lianyi.registry.models import ImportRun
from tests.cast import Scene, acting_as, as_service, day, make_staff

SPRING = ("2024-03-01", "2024-06-10")
HEADER = (
    "agreement_code,code,kind,staff_institution_code,staff_code,to_institution_code,to_department_code,specialty,"
    "batch_number,team_code,predecessor_code,starts_on,ends_on,arrived_on,left_on,tasks,provenance\n"
)


def load(context: CommandContext, kind: str, text: str) -> ImportRun:
    return running.import_table(context, preview_of(context.actor, kind, text).source)


def preview_of(actor: Actor, kind: str, text: str) -> running.ImportPreview:
    return running.preview_table(actor, kind, text.encode(), f"{kind}.csv", "en")


def only_reason(preview: running.ImportPreview) -> str:
    """Return why the one refused row of a file is refused."""
    (refused,) = preview.refused
    return " ".join(preview.reasons(refused))


def line(code: str, staff: str, start: str, end: str, **more: str) -> str:
    facts = {"to": "SHAN", "came": "", "left": "", "before": "", **more}
    return (
        f"JS-2024,{code},team,JIA1,{staff},{facts['to']},,,,,{facts['before']},{start},{end},"
        f"{facts['came']},{facts['left']},,recorded\n"
    )


def test_lines_come_in_as_drafts_with_home_specialty_and_predecessor_of_the_same_file(scene: Scene) -> None:
    scene.agreement()
    text = (
        HEADER
        + line("Q2", "C1", "2024-06-01", "2024-08-31", before="Q1")
        + line("Q1", "A1", "2024-03-01", "2024-06-10")
    )
    run = load(acting_as(scene.office_jia), "postings", text)
    assert (run.rows_created, run.rows_refused) == (2, 0)
    first, second = Posting.objects.order_by("code")
    assert (second.predecessor, first.from_department, first.specialty) == (first, scene.emergency, "20")
    assert {first.state, second.state} == {"draft"}
    assert PostingEvent.objects.filter(step="draft").count() == 2


def test_the_same_file_again_changes_nothing_and_leaves_no_trace_but_the_run(scene: Scene) -> None:
    scene.agreement()
    text = (
        HEADER
        + line("Q1", "A1", "2024-03-01", "2024-06-10")
        + line("Q2", "C1", "2024-06-01", "2024-08-31", before="Q1")
    )
    load(acting_as(scene.office_jia), "postings", text)
    about_postings = AuditEvent.objects.filter(object_type="dispatch.posting").count()
    run = load(acting_as(scene.office_jia), "postings", text)
    assert (run.rows_created, run.rows_updated, run.rows_unchanged) == (0, 0, 2)
    assert AuditEvent.objects.filter(object_type="dispatch.posting").count() == about_postings


def test_one_bad_line_keeps_the_whole_file_out(scene: Scene) -> None:
    scene.agreement()
    text = HEADER + line("Q1", "A1", "2024-03-01", "2024-06-10") + line("Q2", "ZZ", "2024-06-01", "2024-08-31")
    with pytest.raises(ImportRefusedError):
        load(acting_as(scene.office_jia), "postings", text)
    assert Posting.objects.count() == 0


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (line("Q1", "ZZ", "2024-03-01", "2024-06-10"), "ZZ"),
        (line("Q1", "A1", "2024-06-10", "2024-03-01"), "2024-03-01 is before 2024-06-10"),
        (line("Q1", "A1", "2024-03-01", "2024-06-10", to="LIN"), "LIN"),
        (line("Q1", "A1", "2024-03-01", "2024-06-10", to="JIA1"), "works at “JIA1” already"),
        (line("Q1", "A1", "2024-03-01", "2024-06-10", left="2024-05-01"), "Give arrived_on first"),
        (line("Q1", "A1", "2024-03-01", "2024-06-10", before="Q7"), "Q7"),
    ],
)
def test_a_bad_line_says_what_is_wrong_with_it(scene: Scene, row: str, said: str) -> None:
    scene.agreement()
    preview = preview_of(scene.office_jia, "postings", HEADER + row)
    assert said in only_reason(preview)


def test_somebody_elses_agreement_is_unknown_to_an_outsider(scene: Scene) -> None:
    scene.agreement()
    make_staff(scene.lin, "L1", "样例邻")
    row = "JS-2024,Q1,team,LIN,L1,SHAN,,,,,,2024-03-01,2024-06-10,,,,recorded\n"
    preview = preview_of(scene.office_lin, "postings", HEADER + row)
    assert "JS-2024" in only_reason(preview)


def test_a_published_line_is_not_changed_by_a_table(scene: Scene) -> None:
    agreement = scene.agreement()
    load(acting_as(scene.office_jia), "postings", HEADER + line("Q1", "A1", "2024-03-01", "2024-06-10"))
    settle_imported_postings(acting_as(scene.office_jia), agreement)
    preview = preview_of(scene.office_jia, "postings", HEADER + line("Q1", "A1", "2024-03-01", "2024-07-10"))
    assert "is published" in only_reason(preview)


def test_publishing_records_the_arrivals_and_leavings_that_the_table_told(scene: Scene) -> None:
    agreement = scene.agreement()
    text = (
        HEADER
        + line("Q1", "A1", "2024-03-01", "2024-06-10", came="2024-03-04", left="2024-06-10")
        + line("Q2", "C1", "2024-03-01", "2024-08-31", came="2024-03-01", left="2024-05-20")
        + line("Q3", "D1", "2024-03-01", "2024-12-31", came="2024-03-02")
    )
    load(acting_as(scene.office_jia), "postings", text)
    settle_imported_postings(acting_as(scene.office_jia), agreement)
    rows = {row.code: row for row in Posting.objects.all()}
    assert {code: row.state for code, row in rows.items()} == {"Q1": "ended", "Q2": "returned_early", "Q3": "on_site"}
    assert (rows["Q1"].arrived_on, rows["Q1"].left_on) == (day("2024-03-04"), day("2024-06-10"))
    steps = PostingEvent.objects.filter(posting=rows["Q2"]).order_by("pk").values_list("step", "happened_on")
    assert list(steps)[2:] == [("arrive", day("2024-03-01")), ("return_early", day("2024-05-20"))]


def test_an_export_reads_back_as_unchanged(scene: Scene) -> None:
    scene.agreement()
    load(acting_as(scene.office_jia), "postings", HEADER + line("Q1", "A1", "2024-03-01", "2024-06-10"))
    for kind in ("agreements", "agreement_parties", "duties", "postings"):
        content = export_table(scene.office_jia, kind, "xlsx", "zh-hans")
        preview = running.preview_table(scene.office_jia, kind, content, f"{kind}.xlsx", "zh-hans")
        assert len(preview.plans) == preview.counts[RowAction.UNCHANGED] > 0, kind


def test_a_new_agreement_comes_by_its_page_except_for_the_installer(scene: Scene) -> None:
    text = "code,title_zh,kind,starts_on,ends_on\nNEW,新协议,cooperation,2024-01-01,2024-12-31\n"
    assert "drafted on their page" in only_reason(preview_of(scene.office_jia, "agreements", text))
    load(as_service(), "agreements", text)
    assert Agreement.objects.get().state == "draft"


def test_agreements_of_one_file_may_renew_each_other(scene: Scene) -> None:
    text = (
        "code,title_zh,kind,starts_on,ends_on,renews_code\n"
        "TWO,续签,cooperation,2025-01-01,2025-12-31,ONE\nONE,协议,cooperation,2024-01-01,2024-12-31,\n"
    )
    load(as_service(), "agreements", text)
    assert Agreement.objects.get(code="TWO").renews == Agreement.objects.get(code="ONE")
    assert load(as_service(), "agreements", text).rows_unchanged == 2

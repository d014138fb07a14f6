"""The pages of evaluations: asked, compared, fixed, computed, reviewed, published, read; files and veiled counts."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from lianyi.indicators.models import Evaluation
from tests.cast import Scene
from tests.dispatch.page_parts import client_of, page_of, queries_for, send, status_of, version_in, words
from tests.indicators.evaluation_story import USUAL, Evaluating, evaluating, table_bytes, visits

pytestmark = pytest.mark.django_db


@pytest.fixture
def asking(scene: Scene) -> Evaluating:
    return evaluating(scene)


@pytest.fixture
def analyst(asking: Evaluating) -> Client:
    return client_of(asking.analyst)


def sent_question(asking: Evaluating, **more: Any) -> dict[str, Any]:
    return {
        "question": "Did the visits of the county hospital change?",
        "node": asking.scene.county.code,
        "agreement": str(asking.agreement.pk),
        "starts": "2021-01",
        "left": "2022-12",
        "phase_in": "0",
        "file": SimpleUploadedFile("panel.csv", table_bytes(USUAL)),
        "unit": "unit", "time": "month", "level": "level", "outcomes": "visits, days",
        "lead": "lead", "recipient": "recipient", "village": "village", "comparison": "comparison",
        **more,
    }  # fmt: skip


def test_a_question_to_a_table_goes_from_draft_to_published(asking: Evaluating, analyst: Client) -> None:
    response = send(analyst, "indicators:evaluation-new-table", **sent_question(asking))
    row = Evaluation.objects.get()
    assert response.url == reverse("indicators:evaluation-comparison", args=[row.pk])
    html = page_of(analyst, "indicators:evaluation-comparison", row.pk)
    assert "邻县一院" in html
    assert "24 / 24" in html, "two years before the start and nothing later"
    first, second = (asking.unit(row, name).pk for name in ("邻县一院", "邻县二院"))
    sent = {
        f"c-{first}": "chosen", f"r-{first}": "same size", "others": "refused", "others_reason": "too small",
        "why_comparable": "same province, same course", "expected_version": version_in(html),
    }  # fmt: skip
    assert send(analyst, "indicators:evaluation-comparison", row.pk, **sent).status_code == 302
    assert asking.unit(row, "邻县二院").reason == "too small"
    assert second
    for name in ("fix", "compute"):
        row.refresh_from_db()
        assert (
            send(analyst, "indicators:evaluation-step", row.pk, name, expected_version=row.version).status_code == 302
        )
    text = words(page_of(analyst, "indicators:evaluation", row.pk))
    assert "somebody else reviews it" in text
    assert "lianyi evaluate partnership EV0001.1.csv" in text
    assessor = client_of(asking.assessor)
    assert "Evaluation waits for your review" in words(page_of(assessor, "home"))
    row.refresh_from_db()
    said = {"expected_version": row.version, "reason": "looked at the gaps"}
    assert send(assessor, "indicators:evaluation-step", row.pk, "review", **said).status_code == 302
    row.refresh_from_db()
    assert (
        send(analyst, "indicators:evaluation-step", row.pk, "publish", expected_version=row.version).status_code == 302
    )
    answer = words(page_of(client_of(asking.reader), "reports:evaluation", row.pk))
    assert re.search(r"Recipient: we see a change of \+\d", answer)
    assert "Lead hospital: no detectable change." in answer
    assert "looked at the gaps" in answer


def test_the_answer_stands_first_and_says_what_it_cannot_say(asking: Evaluating) -> None:
    row = asking.published()
    text = words(page_of(client_of(asking.reader), "reports:evaluation", row.pk))
    places = [
        text.index(each)
        for each in (
            "The answer", "lead hospital · visits", "All outcomes beside one another", "After the team left",
            "Evenness inside the county", "Compared with", "Would another look give another answer?",
            "What the answer is made of", "What this cannot say",
        )
    ]  # fmt: skip
    assert places == sorted(places)
    assert "reports a change in 5, 6, 8 of 100 series, Newey–West in 17, 22, 23" in text
    assert "A change is not a success by itself" in text
    assert "邻县二院" in text
    assert "规模太小" in text
    assert "2023-12: rose" in text


def test_numbers_of_the_page_are_those_of_the_kept_result(asking: Evaluating) -> None:
    row = asking.published()
    kept = row.results.get().document["result"]["outcomes"][0]["levels"]
    text = words(page_of(client_of(asking.reader), "reports:evaluation", row.pk))
    for level in kept:
        relative = level["series"]["effect"][-1]["relative"]
        shown = "{:+,.1f} % ({:+,.1f} % to {:+,.1f} %)".format(
            *(100 * relative[name] for name in ("estimate", "low", "high"))
        )
        assert shown in text


def test_the_files_hold_the_words_of_the_page(asking: Evaluating) -> None:
    row = asking.published()
    reader = client_of(asking.reader)
    pdf = reader.get(reverse("reports:evaluation-file", args=[row.pk, "pdf"]))
    assert pdf.content.startswith(b"%PDF")
    docx = reader.get(reverse("reports:evaluation-file", args=[row.pk, "docx"]))
    with zipfile.ZipFile(io.BytesIO(docx.content)) as parts:
        document = parts.read("word/document.xml").decode()
        pictures = [name for name in parts.namelist() if name.startswith("word/media/")]
    assert "What this cannot say" in document
    assert len(pictures) == 3, "one chart for each level"
    assert status_of(reader, "reports:evaluation-file", row.pk, "odt") == 404


def test_a_question_changed_after_results_says_so_to_every_reader(asking: Evaluating) -> None:
    from lianyi.indicators.commands import evaluations as commands  # noqa: PLC0415
    from tests.cast import acting_as  # noqa: PLC0415

    first = asking.computed()
    second = commands.revise_evaluation(acting_as(asking.analyst, "other outcome asked"), first)
    for name in ("fix", "compute"):
        second = asking.step(second, name)
    second = asking.step(asking.step(second, "review", asking.assessor, "seen"), "publish")
    reader = client_of(asking.reader)
    assert "This question was changed after results were seen." in words(
        page_of(reader, "indicators:evaluation", second.pk)
    )
    assert "The question was changed after results were seen" in words(page_of(reader, "reports:evaluation", second.pk))
    assert status_of(reader, "indicators:evaluation", first.pk) == 404


def test_small_counts_are_hidden_from_those_who_only_read(asking: Evaluating) -> None:
    few = {**USUAL, "村0": ("village", [float(2 + month % 2) for month in range(60)])}
    row = asking.published(table=_table(few))
    reader, analyst = client_of(asking.reader), client_of(asking.analyst)
    shown = words(page_of(analyst, "indicators:evaluation-rows", row.pk, words="村0"))
    veiled = words(page_of(reader, "indicators:evaluation-rows", row.pk, words="村0"))
    assert "fewer than 5" not in shown
    assert "fewer than 5" in veiled
    assert status_of(reader, "indicators:evaluation-panel", row.pk) == 404
    assert status_of(analyst, "indicators:evaluation-panel", row.pk) == 200
    assert "60 times with small counts are not drawn." in words(page_of(reader, "reports:evaluation", row.pk))
    assert "not drawn" not in words(page_of(analyst, "reports:evaluation", row.pk))


def _table(units: Any) -> Any:
    from lianyi.indicators.commands.evaluations import NewTable  # noqa: PLC0415
    from tests.indicators.evaluation_story import LABELS  # noqa: PLC0415

    return NewTable(name="few.csv", content=table_bytes(units), unit="unit", time="month", level="level", labels=LABELS)


def test_the_list_is_filtered_exported_and_costs_no_more_for_more_rows(asking: Evaluating, analyst: Client) -> None:
    asking.asked()
    before = queries_for(analyst, "indicators:evaluations")
    for lift in (1, 2):
        asking.asked(question=f"第{lift}问", units={**USUAL, "县医院": ("recipient", visits(2, lift=lift))})
    assert queries_for(analyst, "indicators:evaluations") == before
    assert "第1问" not in words(page_of(analyst, "indicators:evaluations", words="第2问"))
    assert "第2问" in words(page_of(analyst, "indicators:evaluations", state="draft"))
    export = analyst.get(reverse("indicators:evaluations"), {"export": "csv"})
    assert "EV0002.1" in export.content.decode()


def test_a_wrong_form_is_told_at_its_field(asking: Evaluating, analyst: Client) -> None:
    response = send(analyst, "indicators:evaluation-new-table", **sent_question(asking, outcomes="nothing"))
    assert response.status_code == 422
    assert "nothing" in words(response.content.decode())
    response = send(analyst, "indicators:evaluation-new-table", **sent_question(asking, recipient="受援方", lead="",
                                                                                village=""))  # fmt: skip
    assert "No row has a label of a helped level" in words(response.content.decode())
    assert not Evaluation.objects.exists()


def test_only_analysts_are_offered_a_question(asking: Evaluating, analyst: Client) -> None:
    assert "Ask a table of your own" in words(page_of(analyst, "indicators:evaluations"))
    reader = client_of(asking.reader)
    assert "Ask a table of your own" not in words(page_of(reader, "indicators:evaluations"))
    assert status_of(reader, "indicators:evaluation-new-table") == 403


def test_an_agreement_has_its_evaluations_as_a_tab(asking: Evaluating, analyst: Client) -> None:
    row = asking.published()
    asking.asked(agreement=None, question="Another place without agreement")
    html = page_of(client_of(asking.reader), "indicators:evaluations-of", asking.agreement.pk)
    assert reverse("indicators:evaluation", args=[row.pk]) in html
    assert 'aria-current="page">Evaluations' in html
    text = words(page_of(analyst, "indicators:evaluations-of", asking.agreement.pk))
    assert "Another place without agreement" not in text

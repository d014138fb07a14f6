"""The pages of techniques: list, ladder, one technique, forms, rows behind a duty, home page."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from lianyi.accounts.access import decide
from lianyi.growth.models import DepartmentTechnique, PreconditionAttestation, TechniqueCase
from lianyi.growth.technique_home import items
from tests.cast import Scene, actor_for
from tests.dispatch.page_parts import client_of, page_of, queries_for, send, status_of, version_in, words
from tests.growth.techniques_story import Learning, learning

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(scene: Scene) -> Learning:
    return learning(scene)


@pytest.fixture
def home(story: Learning) -> Client:
    return client_of(story.home)


@pytest.fixture
def office(story: Learning) -> Client:
    return client_of(story.office)


def test_a_technique_is_chosen_taught_proposed_and_signed_on_its_pages(
    story: Learning, office: Client, home: Client
) -> None:
    start = office.get(reverse("growth:technique-agreement"), {"agreement": story.agreement.pk})
    assert start.url == reverse("growth:technique-new", args=[story.agreement.pk])  # type: ignore[attr-defined]
    chosen = {"department": story.scene.shan_emergency.pk, "chosen_on": "2024-01-08", "duty": story.duty.pk}
    wrong = send(office, "growth:technique-new", story.agreement.pk, **chosen)
    assert (wrong.status_code, "or give its name" in wrong.content.decode()) == (422, True)
    send(office, "growth:technique-new", story.agreement.pk, **chosen, name_zh="样例洗胃")
    row = DepartmentTechnique.objects.get(name_zh="样例洗胃")
    story.technique = row
    page = page_of(home, "growth:technique-step", row.pk, "confirm_ready")
    send(home, "growth:technique-step", row.pk, "confirm_ready", on="2024-01-09", expected_version=version_in(page))
    people = {"local_staff": story.local.pk, "posting": story.teacher.pk}
    for on, part, count in (
        ("2024-01-15", "observed", 2),
        ("2024-02-05", "assisted", 2),
        ("2024-03-04", "supervised", 5),
    ):
        said = {"done_on": on, "part": part, "count": count, **people}
        assert send(home, "growth:technique-case-new", row.pk, **said).status_code == 302
    again = send(home, "growth:technique-case-new", row.pk, done_on="2024-01-15", part="observed", count=1, **people)
    assert (again.status_code, "have cases on record for 2024-01-15" in again.content.decode()) == (422, True)
    page = page_of(office, "growth:technique-step", row.pk, "propose")
    send(office, "growth:technique-step", row.pk, "propose", on="2024-04-01", expected_version=version_in(page))
    assert "a person of the home side signs" in page_of(office, "growth:technique", row.pk)
    assert status_of(office, "growth:technique-step", row.pk, "sign") == 403
    page = page_of(home, "growth:technique-step", row.pk, "sign")
    assert "Done alone from 2024-04-01, proposed by 样例 office-jia" in words(page)
    send(home, "growth:technique-step", row.pk, "sign", expected_version=version_in(page))
    text = words(page_of(home, "growth:technique", row.pk))
    assert "Signed by 样例 office-shan" in text
    assert "Lapsed on 2024-10-01" in text
    assert "not sustained" in text


def test_the_ladder_shows_every_technique_of_a_department_on_its_rungs(story: Learning, home: Client) -> None:
    story.alone()
    text = words(page_of(home, "growth:ladder", story.scene.shan_emergency.pk))
    assert "山县人民医院 · 急诊科" in text
    assert "1 techniques chosen" in text
    assert "Chosen 2024-01-08 Preconditions met 2024-01-10 Seen 2024-01-15 Assisted 2024-02-05" in text
    assert "Under supervision 2024-03-20 Alone 2024-04-01 After 6 months 2024-10-01" in text


def test_the_list_is_narrowed_by_what_is_computed(story: Learning, home: Client) -> None:
    story.alone()
    name = "Sample technique"
    assert name in page_of(home, "growth:techniques", standing="lapsed", team="lapsed", institution="SHAN")
    assert name not in page_of(home, "growth:techniques", standing="sustained_6")
    assert name not in page_of(home, "growth:techniques", team="kept")
    export = b"".join(home.get(reverse("growth:techniques"), {"export": "csv"})).decode("utf-8-sig")
    assert "Sample technique" in export
    assert "lapsed after the team left" in export


def test_the_list_costs_no_more_queries_with_more_techniques(story: Learning, home: Client) -> None:
    before = queries_for(home, "growth:techniques")
    for number in range(5):
        story.chosen(name_zh=f"样例{number}")
    assert queries_for(home, "growth:techniques") == before


def test_cases_are_taken_back_with_a_reason_and_stay_in_sight(story: Learning, home: Client) -> None:
    case = story.case("2024-02-05", "assisted", 2)
    assert send(home, "growth:technique-case-take-back", case.pk, reason="").status_code == 422
    send(home, "growth:technique-case-take-back", case.pk, reason="样例：重复")
    assert TechniqueCase.objects.filter(reverses=case).count() == 1
    text = words(page_of(home, "growth:technique", story.technique.pk))
    assert "takes back: 样例：重复" in text
    assert "−2" in text


def test_a_signature_whose_cases_were_taken_back_is_told(story: Learning, home: Client) -> None:
    story.alone()
    case = TechniqueCase.objects.get(done_on="2024-03-20")
    send(home, "growth:technique-case-take-back", case.pk, reason="样例")
    assert "cases that this rested on were taken back" in page_of(home, "growth:technique", story.technique.pk)


def test_a_precondition_is_attested_from_the_page(story: Learning, home: Client, office: Client) -> None:
    row = story.chosen(item="stemi-thrombolysis")
    assert "Attest</a>" not in page_of(office, "growth:technique", row.pk)
    assert "Attest</a>" in page_of(home, "growth:technique", row.pk)
    send(home, "growth:technique-attest", row.pk, "equipment-monitor", evidence="样例：台账2024-3")
    assert PreconditionAttestation.objects.get().evidence == "样例：台账2024-3"
    assert "台账2024-3" in page_of(home, "growth:technique", row.pk)
    page = page_of(home, "growth:technique-step", row.pk, "confirm_ready")
    refused = send(
        home, "growth:technique-step", row.pk, "confirm_ready", on="2024-01-09", expected_version=version_in(page)
    )
    assert (refused.status_code, "not met or not attested: 5" in refused.content.decode()) == (422, True)


def test_the_rows_behind_a_duty_are_its_techniques(story: Learning, home: Client) -> None:
    story.alone()
    text = words(page_of(home, "growth:technique-evidence", story.duty.pk, "2024-01-01"))
    assert "1 techniques done alone, counted in this period" in text
    assert "Sample technique" in page_of(home, "growth:technique-evidence", story.duty.pk, "2024-01-01")
    assert status_of(home, "growth:technique-evidence", story.duty.pk, "2024-02-01") == 404


def test_the_home_page_tells_signatures_and_lapses(story: Learning) -> None:
    story.taught()
    assert [item.text for item in items(story.home)] == []
    story.step("propose", story.office, "2024-04-01")
    [waiting] = items(story.home)
    assert (waiting.text, waiting.count) == ("Technique proposed as done alone waits for your signature", 1)
    assert waiting.url == story.technique.get_absolute_url()
    assert items(story.office) == []
    story.step("sign", story.home)
    assert [(item.text, item.tone) for item in items(story.office)] == [("Technique has lapsed", "bad")]


def test_who_only_watches_gets_no_small_counts_and_no_names(story: Learning) -> None:
    story.taught()
    watcher = actor_for("watch-shan", story.scene.county.pk, "commission_viewer")
    assert not decide(watcher, "growth.write").allowed
    text = words(page_of(client_of(watcher), "growth:technique", story.technique.pk))
    assert "fewer than" in text
    assert "样例山一" not in text
    assert "Record cases" not in text


def test_the_catalogue_says_what_it_asks_for_and_where_that_comes_from(home: Client) -> None:
    text = words(page_of(home, "growth:technique-catalogue"))
    assert "Craniotomy for removal of a haematoma" in text
    assert "CT scanner, working units: 1" in text
    assert "unsourced" in text

"""The partnership pages, as a browser gets them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from lianyi.accounts.models import AuditEvent, User
from lianyi.partnerships.models import Agreement, Duty, TimelineFact
from tests.cast import Scene, day


@pytest.fixture
def client_jia(scene: Scene) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    user = User.objects.get(username="office-jia")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(client: Client, name: str, *args: object) -> str:
    response = client.get(reverse(f"partnerships:{name}", args=args))
    assert response.status_code == 200, response.content.decode()[:500]
    return " ".join(response.content.decode().split())


def test_the_agreement_page_sets_promised_against_delivered(scene: Scene, client_jia: Client) -> None:
    agreement = scene.agreement()
    scene.duty(agreement, "D02", "training_sessions", "12", "session")
    scene.stayed(agreement, scene.an, "2024-03-01", "2024-08-31")
    page = text_of(client_jia, "agreement", agreement.pk)
    assert "Jia supports Shan" in page
    assert '<td class="numeric">5 persons</td> <td class="numeric">1</td>' in page
    assert "not kept" in page
    assert "not measured yet" in page
    assert "term over" in page


def test_the_duty_page_leads_from_the_number_to_its_rows(scene: Scene, client_jia: Client) -> None:
    agreement = scene.agreement()
    posting = scene.stayed(agreement, scene.an, "2024-03-01", "2024-08-31")
    duty = agreement.duties.get()
    page = text_of(client_jia, "duty", duty.pk)
    rows = reverse("dispatch:evidence", args=[duty.pk, "2024-01-01"])
    assert rows in page
    assert posting.code in client_jia.get(rows).content.decode()


def test_time_line_map_cycle_and_sites_open(scene: Scene, client_jia: Client) -> None:
    agreement = scene.agreement()
    scene.stayed(agreement, scene.an, "2024-03-01", "2024-08-31")
    assert "1 arrived on site" in text_of(client_jia, "timeline", agreement.pk)
    assert "team posting" in text_of(client_jia, "map", agreement.pk)
    assert "needs assessment" in text_of(client_jia, "cycle", agreement.pk)
    assert "no other place is named" in text_of(client_jia, "sites", agreement.pk)


def test_a_new_agreement_is_written_completed_and_put_in_force_by_its_forms(scene: Scene, client_jia: Client) -> None:
    form = client_jia.get(reverse("partnerships:agreement-new"))
    key = form.context["form"]["command_key"].value()
    facts = {
        "command_key": key,
        "code": "NEW-1",
        "title_zh": "新协议",
        "kind": "cooperation",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "first_party": "JIA1",
        "first_side": "supporting",
        "second_party": "SHAN",
        "second_side": "supported",
        "approvals": ["receiving_unit"],
    }
    for _sent_twice in range(2):
        response = client_jia.post(reverse("partnerships:agreement-new"), facts)
    agreement = Agreement.objects.get()
    assert response["Location"] == reverse("partnerships:agreement", args=[agreement.pk])
    assert AuditEvent.objects.filter(action="partnerships.agreement.draft").count() == 1
    assert agreement.approvals == ["receiving_unit"]
    duty = {
        "command_key": "duty-key",
        "code": "D01",
        "title_zh": "覆盖",
        "evidence_kind": "specialties_covered",
        "quantity": "2",
        "unit": "specialty",
        "period": "year",
        "owner_side": "supporting",
    }
    address = reverse("partnerships:duty-add", args=[agreement.pk])
    refused = client_jia.post(address, duty)
    assert refused.status_code == 422
    assert "Choose the specialties" in refused.content.decode()
    client_jia.post(address, {**duty, "specialties": ["20", "05"]})
    assert Duty.objects.get().parameters == {"specialties": ["20", "05"]}
    force = reverse("partnerships:agreement-force", args=[agreement.pk])
    client_jia.post(force, {"command_key": "force-key", "expected_version": "1"})
    agreement.refresh_from_db()
    assert agreement.state == "in_force"


def test_two_people_who_save_the_same_duty_get_both_versions(scene: Scene, client_jia: Client) -> None:
    agreement = scene.agreement(in_force=False)
    duty = agreement.duties.get()
    address = reverse("partnerships:duty-change", args=[duty.pk])
    facts = {
        "title_zh": "职责",
        "evidence_kind": "persons_posted",
        "unit": "person",
        "period": "year",
        "owner_side": "supporting",
        "expected_version": "1",
    }
    client_jia.post(address, {**facts, "command_key": "one", "quantity": "6"})
    answer = client_jia.post(address, {**facts, "command_key": "two", "quantity": "8"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "6" in page
    assert "8" in page
    assert 'name="expected_version" value="2"' in page
    assert Duty.objects.get(pk=duty.pk).quantity == 6


def test_an_event_is_put_on_the_time_line_and_corrected_with_a_reason(scene: Scene, client_jia: Client) -> None:
    agreement = scene.agreement()
    facts = {"kind": "visit", "happened_on": "2024-05-06", "precision": "day", "statement_zh": "来访", "unit": ""}
    client_jia.post(reverse("partnerships:fact-add", args=[agreement.pk]), {**facts, "command_key": "a"})
    fact = TimelineFact.objects.get()
    address = reverse("partnerships:fact-correct", args=[fact.pk])
    without = client_jia.post(address, {**facts, "command_key": "b", "expected_version": "1"})
    assert without.status_code == 422
    told = {**facts, "happened_on": "2024-05-07", "reason": "记错日期", "command_key": "c", "expected_version": "1"}
    client_jia.post(address, told)
    fact.refresh_from_db()
    assert fact.happened_on == day("2024-05-07")
    assert AuditEvent.objects.get(action="partnerships.fact.correct").reason == "记错日期"


def test_the_signed_document_goes_in_and_comes_out(scene: Scene, client_jia: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415

    agreement = scene.agreement()
    file = SimpleUploadedFile("signed.pdf", b"%PDF-1.7 signed")
    address = reverse("partnerships:document-attach", args=[agreement.pk])
    client_jia.post(address, {"document": file, "command_key": "d", "expected_version": str(agreement.version)})
    got = client_jia.get(reverse("partnerships:document", args=[agreement.pk]))
    assert (got.content, got["Content-Disposition"]) == (b"%PDF-1.7 signed", 'attachment; filename="signed.pdf"')
    agreement.refresh_from_db()
    agreement.document.storage.delete(agreement.document.name)


def test_lists_are_filtered_and_exported(scene: Scene, client_jia: Client) -> None:
    scene.agreement("JS-2024")
    scene.agreement("JS-2025", starts_on="2025-01-01", ends_on="2025-12-31")
    address = reverse("partnerships:agreements")
    assert "JS-2024" not in client_jia.get(address + "?running_on=2025-06-01").content.decode()
    table = client_jia.get(address + "?export=csv&q=JS-2024").content.decode("utf-8-sig")
    assert table.count("\n") == 2
    assert "甲市第一医院 (supports); 山县人民医院 (is supported)" in table


@pytest.mark.parametrize("number", [3, 30])
def test_the_list_of_agreements_costs_a_fixed_number_of_queries(
    scene: Scene, client_jia: Client, number: int, django_assert_max_num_queries: object
) -> None:
    for each in range(number):
        scene.agreement(f"N-{each}", in_force=False)
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        client_jia.get(reverse("partnerships:agreements") + "?per_page=50")


@pytest.mark.parametrize("number", [2, 20])
def test_the_agreement_page_costs_a_fixed_number_of_queries(
    scene: Scene, client_jia: Client, number: int, django_assert_max_num_queries: object
) -> None:
    agreement = scene.agreement()
    scene.stayed(agreement, scene.an, "2024-03-01", "2024-08-31")
    for each in range(number):
        scene.duty(agreement, f"X{each}", "person_days_on_site", "10", "day", "month")
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        client_jia.get(reverse("partnerships:agreement", args=[agreement.pk]))


def test_a_running_agreement_asks_on_its_form_why_it_changes(scene: Scene, client_jia: Client) -> None:
    agreement = scene.agreement()
    address = reverse("partnerships:agreement-change", args=[agreement.pk])
    facts = {
        "command_key": "a",
        "expected_version": str(agreement.version),
        "title_zh": "新名",
        "kind": "counterpart_support",
        "starts_on": "2024-01-01",
        "ends_on": "2024-12-31",
    }
    without = client_jia.post(address, facts)
    assert without.status_code == 422
    assert "needs a reason in words" in without.content.decode()
    assert client_jia.post(address, {**facts, "reason": "更名"}).status_code == 302
    agreement.refresh_from_db()
    assert agreement.title_zh == "新名"

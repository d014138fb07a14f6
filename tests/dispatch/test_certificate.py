"""A person's record and certificates of service: figures, languages, refusal, verification."""

from __future__ import annotations

import datetime
import io
import re

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from lianyi.accounts.models import ReadEvent
from lianyi.accounts.records import Provenance
from lianyi.dispatch import commands
from lianyi.dispatch.certificates import agrees, certificate_of, parts_of
from lianyi.dispatch.errors import CertificateRefusedError
from lianyi.dispatch.models import Posting
from lianyi.pages.documents import FONTS
from tests.cast import Scene, acting_as, day
from tests.dispatch.page_parts import client_of, page_of, status_of, words

TODAY = day("2026-06-01")


def ended(scene: Scene, **more: object) -> Posting:
    row = scene.stayed(scene.agreement(), scene.ding, "2024-02-01", "2024-04-30", **more)
    commands.add_absence(acting_as(scene.office_jia), row, day("2024-03-10"), day("2024-03-16"), "home_leave")
    return row


def running(scene: Scene) -> Posting:
    agreement = scene.agreement("JS-25", starts_on="2025-01-01", ends_on="2027-12-31")
    row = scene.published(agreement, scene.ding, "2025-05-01", "2027-05-01")
    return scene.step(row, "arrive", "2025-05-02")


def test_a_certificate_holds_exact_days_and_gaps(scene: Scene) -> None:
    certificate = certificate_of(ended(scene), TODAY)
    assert (certificate.arrived_on, certificate.until) == (day("2024-02-01"), day("2024-04-30"))
    assert (certificate.calendar_days, certificate.present_days, certificate.absent_days) == (90, 83, 7)
    assert [(str(each.span.start), str(each.span.end), each.kind) for each in certificate.absences] == [
        ("2024-03-10", "2024-03-16", "home_leave")
    ]
    assert certificate.is_interim is False


def test_a_running_posting_gives_an_interim_certificate_up_to_today(scene: Scene) -> None:
    certificate = certificate_of(running(scene), day("2025-05-31"))
    assert (certificate.is_interim, certificate.until, certificate.present_days) == (True, day("2025-05-31"), 30)


def test_a_certificate_is_refused_before_the_arrival(scene: Scene) -> None:
    row = scene.published(scene.agreement(), scene.ding, "2024-02-01", "2024-04-30")
    with pytest.raises(CertificateRefusedError) as refused:
        certificate_of(row, TODAY)
    assert refused.value.params == {"posting": row.code, "reason": "not-arrived"}
    for name in ("dispatch:certificate", "dispatch:certificate-pdf"):
        response = client_of(scene.office_jia).get(reverse(name, args=[row.pk]))
        assert response.status_code == 422
        assert "no arrival is recorded" in response.content.decode()


def test_a_cancelled_posting_gives_no_certificate(scene: Scene) -> None:
    row = scene.published(scene.agreement(), scene.ding, "2024-02-01", "2024-04-30")
    row = scene.step(row, "cancel", "2024-02-01", reason="样例原因", reason_code="plan_changed")
    with pytest.raises(CertificateRefusedError) as refused:
        certificate_of(row, TODAY)
    assert refused.value.params["reason"] == "void"


def test_the_page_holds_both_languages_and_the_one_asked_for(scene: Scene) -> None:
    row = ended(scene)
    client = client_of(scene.office_jia)
    both = words(page_of(client, "dispatch:certificate", row.pk))
    assert "派驻服务证明 / Certificate of service" in both
    assert "兹证明样例丁受甲市第一医院派遣，于2024-02-01至2024-04-30在山县人民医院工作，在岗83天。" in both
    assert "This is to certify that 样例丁, sent by 甲市第一医院, served at 山县人民医院 from 2024-02-01" in both
    assert "在岗天数 Days on site 83" in both
    assert "离岗记录 Days away from the site 2024-03-10 – 2024-03-16" in both
    english = words(page_of(client, "dispatch:certificate", row.pk, language="en"))
    assert "兹证明" not in english
    assert "Days on site 83" in english
    chinese = words(page_of(client, "dispatch:certificate", row.pk, language="zh-hans"))
    assert "This is to certify" not in chinese
    assert "在岗天数 83" in chinese


def test_a_title_is_chinese_only_in_chinese(scene: Scene) -> None:
    scene.ding.title = "主任医师"
    scene.ding.save()
    row = ended(scene)
    client = client_of(scene.office_jia)
    both = words(page_of(client, "dispatch:certificate", row.pk))
    assert "职称 Title 主任医师 / Senior" in both
    english = words(page_of(client, "dispatch:certificate", row.pk, language="en"))
    assert "Title Senior" in english
    assert "主任医师" not in english
    for name, pk in (("dispatch:posting", row.pk), ("dispatch:person", scene.ding.pk)):
        text = words(page_of(client, name, pk))
        assert "Senior" in text
        assert "主任医师" not in text


def test_an_interim_certificate_is_named_so(scene: Scene) -> None:
    text = words(page_of(client_of(scene.office_jia), "dispatch:certificate", running(scene).pk))
    today = timezone.localdate().isoformat()
    assert "派驻服务中期证明 / Interim certificate of service" in text
    assert f"The posting is still running; counted up to {today}" in text


def test_a_certificate_of_sample_data_says_so(scene: Scene) -> None:
    row = ended(scene, provenance=Provenance.SAMPLE)
    text = words(page_of(client_of(scene.office_jia), "dispatch:certificate", row.pk))
    assert "样例数据，并非真实人员 / Sample data: no real person" in text


@pytest.mark.skipif(not any(FONTS.glob("*.ttf")), reason="the fonts of the documents were not built (make assets)")
@pytest.mark.parametrize("language", ["both", "zh-hans", "en"])
def test_the_pdf_says_the_same_in_selectable_text(scene: Scene, language: str) -> None:
    row = ended(scene)
    address = reverse("dispatch:certificate-pdf", args=[row.pk])
    response = client_of(scene.office_jia).get(address, {"language": language})
    assert response["Content-Type"] == "application/pdf"
    assert f"certificate-JS-2024-{row.code}.pdf" in response["Content-Disposition"]
    reader = PdfReader(io.BytesIO(response.content))
    text = re.sub(r"\s+", "", "".join(page.extract_text() for page in reader.pages))
    assert len(reader.pages) == 1
    assert certificate_of(row, TODAY).code in text
    assert "2024-03-10–2024-03-16" in text
    assert ("兹证明样例丁" in text) is (language != "en")
    assert ("ThisistocertifythatD样例丁".replace("D", "") in text) is (language != "zh-hans")
    assert "83" in text
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    }
    assert fonts
    assert all("NotoSansSC" in font for font in fonts)


def test_the_check_code_is_verified_for_who_may_see_the_posting(scene: Scene) -> None:
    row = ended(scene)
    code = certificate_of(row, TODAY).code
    text = words(page_of(client_of(scene.office_shan), "dispatch:verify", code))
    assert "The certificate agrees with the record" in text
    assert "样例丁" in text


def test_who_holds_the_paper_but_may_not_see_the_posting_learns_only_that_it_agrees(scene: Scene) -> None:
    code = certificate_of(ended(scene), TODAY).code
    text = words(page_of(client_of(scene.office_lin), "dispatch:verify", code.lower()))
    assert "The certificate agrees with the record" in text
    assert "样例丁" not in text
    assert "山县" not in text


@pytest.mark.parametrize("change", ["digest", "day", "posting", "form"])
def test_a_code_that_was_changed_is_not_known(scene: Scene, change: str) -> None:
    code = certificate_of(ended(scene), TODAY).code
    posting, until, digest = code.split("-")
    changed = {
        "digest": f"{posting}-{until}-{'0' * len(digest)}",
        "day": f"{posting}-20240429-{digest}",
        "posting": f"ZZZ-{until}-{digest}",
        "form": "not-a-code",
    }[change]
    assert status_of(client_of(scene.office_lin), "dispatch:verify", changed) == 404


def test_a_certificate_does_not_agree_after_the_record_was_corrected(scene: Scene) -> None:
    row = ended(scene)
    code = certificate_of(row, TODAY).code
    commands.add_absence(acting_as(scene.office_jia), row, day("2024-04-01"), day("2024-04-02"), "sick")
    parts = parts_of(code)
    assert parts is not None
    assert agrees(row, code, parts.until, TODAY) is False
    text = words(page_of(client_of(scene.office_jia), "dispatch:verify", code))
    assert "does not agree with the record as it stands" in text


def test_an_interim_certificate_still_agrees_after_the_posting_ended(scene: Scene) -> None:
    row = running(scene)
    code = certificate_of(row, day("2025-08-31")).code
    row = scene.step(row, "return_early", "2026-01-31", reason="家中有事", reason_code="family")
    parts = parts_of(code)
    assert parts is not None
    assert parts.until == day("2025-08-31")
    assert agrees(row, code, parts.until, TODAY) is True
    assert certificate_of(row, TODAY).code != code


def test_names_may_be_corrected_without_making_certificates_false(scene: Scene) -> None:
    row = ended(scene)
    code = certificate_of(row, TODAY).code
    type(row.staff).objects.filter(pk=row.staff_id).update(name_zh="样例订正")
    row = Posting.objects.get(pk=row.pk)
    assert agrees(row, code, row.left_on or TODAY, TODAY) is True


def test_a_persons_record_adds_up_the_days_served(scene: Scene) -> None:
    row = ended(scene)
    scene.stayed(row.agreement, scene.ding, "2024-06-01", "2024-06-10", to=scene.xiang)
    text = words(page_of(client_of(scene.office_jia), "dispatch:person", scene.ding.pk))
    assert "Days served in all 93" in text
    assert "83 days 7" in text
    assert "10 days 0" in text


def test_reading_a_persons_record_is_noted_with_its_basis(scene: Scene) -> None:
    row = ended(scene)
    for actor in (scene.office_jia, scene.office_shan):
        page_of(client_of(actor), "dispatch:person", scene.ding.pk)
    noted = list(
        ReadEvent.objects.filter(page="dispatch:person").order_by("pk").values_list("object_type", "object_id", "basis")
    )
    assert noted == [("registry.staff", scene.ding.pk, "G1"), ("dispatch.posting", row.pk, "G1")]


def test_a_partner_sees_a_person_only_through_shared_postings(scene: Scene) -> None:
    ended(scene)
    text = words(page_of(client_of(scene.office_shan), "dispatch:person", scene.ding.pk))
    assert "You see this person through the postings to which your institution is a party" in text
    assert status_of(client_of(scene.office_shan), "dispatch:person", scene.an.pk) == 404


def test_the_paper_says_who_made_it_and_when(scene: Scene) -> None:
    row = ended(scene)
    client = client_of(scene.office_jia)
    with time_machine.travel(datetime.datetime.now(datetime.UTC), tick=False):
        now = timezone.localtime()
        text = words(page_of(client, "dispatch:certificate", row.pk))
    assert f"出具时间 Issued at {now:%Y-%m-%d %H:%M}" in text
    assert "出具单位 Issued by 甲市第一医院 出具人 Person 样例 office-jia" in text

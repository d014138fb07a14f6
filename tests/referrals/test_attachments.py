"""Files are what they say, or are refused; nobody outside the record opens them, and no browser shows them inside."""

from __future__ import annotations

import contextlib
import hashlib
import struct
import zlib
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from lianyi.accounts.access import scoped
from lianyi.accounts.errors import NotFoundInScopeError, NotPermittedError
from lianyi.accounts.models import AuditEvent, ReadEvent
from lianyi.referrals import policies
from lianyi.referrals.commands.attachments import MEGABYTE, NewAttachment, add_attachment, void_attachment
from lianyi.referrals.errors import AttachmentRefusedError, GuardRefusedError
from lianyi.referrals.file_checks import KINDS, kind_of
from lianyi.referrals.models import Attachment
from tests.cast import acting_as
from tests.referrals.story import Story
from tests.referrals.test_new_referral import signed_in

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xda\x00\x04cd" + b"\x12\xff\x00\x34\xff\xd0\x56" + b"\xff\xd9"
DICOM = b"\x00" * 128 + b"DICM" + b"\x02\x00\x00\x00UL\x04\x00\x00\x00\x00\x00"


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(b"\x00\x00"))
    + chunk(b"IEND", b"")
)
HTML = b"<html><script>alert(1)</script></html>"
ZIP = b"PK\x03\x04\x14\x00\x00\x00"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("report.pdf", PDF, "application/pdf"),
        ("ecg.JPG", JPEG, "image/jpeg"),
        ("two-in-one.jpeg", JPEG + JPEG, "image/jpeg"),
        ("padded.jpg", JPEG + b"\x00" * 9, "image/jpeg"),
        ("film.png", PNG, "image/png"),
        ("series.dcm", DICOM, "application/dicom"),
        ("1.2.840.10008", DICOM, "application/dicom"),
        ("IMG0001", DICOM, "application/dicom"),
        ("note.txt", "样例记录\n心率 88".encode(), "text/plain"),
        ("old.txt", "样例记录".encode("gb18030"), "text/plain"),
    ],
)
def test_what_a_hospital_sends_is_taken(name: str, content: bytes, kind: str) -> None:
    assert kind_of(name, content).content_type == kind


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.pdf", b"", "empty"),
        ("program.exe", b"MZ\x90\x00\x03", "kind-not-taken"),
        ("report.pdf", b"MZ\x90\x00\x03", "kind-not-taken"),
        ("table.xlsx", ZIP, "kind-not-taken"),
        ("moving.gif", b"GIF89a\x01\x00\x01\x00\x00", "kind-not-taken"),
        ("ecg.jpg", PNG, "not-what-it-says"),
        ("report.pdf.html", PDF, "not-what-it-says"),
        ("page.html", "样例".encode(), "not-what-it-says"),
        ("film.jpg", "样例".encode(), "not-what-it-says"),
        ("page.txt", HTML, "markup-inside"),
        ("page.txt", b"\xef\xbb\xbf  <!DOCTYPE HTML>", "markup-inside"),
        ("run.txt", b"#!/bin/sh\necho", "markup-inside"),
        ("cut.pdf", PDF[:40], "broken"),
        ("both.pdf", PDF + HTML, "more-than-one"),
        ("both.pdf", PDF.replace(b"endobj", b"<script>x</script>endobj"), "markup-inside"),
        ("active.pdf", PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(x)>>"), "active-pdf"),
        ("parcel.pdf", PDF.replace(b"/Catalog", b"/Catalog/Names<</EmbeddedFiles 2 0 R>>"), "active-pdf"),
        ("cut.jpg", JPEG[:-2], "broken"),
        ("both.jpg", JPEG + ZIP, "more-than-one"),
        ("both.jpg", JPEG + HTML, "more-than-one"),
        ("comment.jpg", b"\xff\xd8\xff\xfe" + struct.pack(">H", 2 + len(HTML)) + HTML + JPEG[2:], "markup-inside"),
        ("cut.png", PNG[:-3], "broken"),
        ("changed.png", PNG.replace(b"IDAT", b"IDAX"), "broken"),
        ("both.png", PNG + HTML, "more-than-one"),
        ("text.png", PNG[:33] + chunk(b"tEXt", HTML) + PNG[33:], "markup-inside"),
        ("program.dcm", b"MZ" + DICOM[2:], "more-than-one"),
        ("cut.dcm", DICOM[:132] + b"\x08\x00", "broken"),
    ],
)
def test_what_is_disguised_broken_or_twofold_is_refused(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(AttachmentRefusedError) as refusal:
        kind_of(name, content)
    assert refusal.value.params["reason"] == reason


@given(st.binary(max_size=400), st.sampled_from([b"", PDF[:9], JPEG[:6], PNG[:30], DICOM[:140]]))
def test_whatever_comes_is_taken_or_refused_and_never_breaks_the_look(tail: bytes, head: bytes) -> None:
    with contextlib.suppress(AttachmentRefusedError):
        assert kind_of("file", head + tail) in KINDS


def note(content: bytes = JPEG, name: str = "../../ecg 样例姓名.jpg") -> NewAttachment:
    return NewAttachment(name=name, kind="tracing", content=content)


def test_a_file_is_kept_under_a_name_that_tells_nothing(story: Story) -> None:
    row = story.draft()
    kept = add_attachment(acting_as(story.doctor_shan), row.pk, note())
    assert kept.name == "ecg 样例姓名.jpg"
    assert "样例" not in kept.file.name
    assert "." not in Path(kept.file.name).name
    assert kept.sha256 == hashlib.sha256(JPEG).hexdigest()
    with default_storage.open(kept.file.name) as stored:
        assert stored.read() == JPEG
    trail = " ".join(str(each.after) for each in AuditEvent.objects.all())
    assert "样例姓名" not in trail


def test_size_and_number_are_those_of_the_policy(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    row = story.draft()
    limits = policies.policy_of(row.policy).limits
    big = b"x" * (limits.attachment_megabytes * MEGABYTE + 1)
    with pytest.raises(AttachmentRefusedError, match="at most 20 MB"):
        add_attachment(acting_as(story.doctor_shan), row.pk, note(big, "big.txt"))
    Attachment.objects.bulk_create(
        Attachment(
            request=row,
            name="x",
            file="x",
            content_type="text/plain",
            size=1,
            sha256="",
            added_by_id=story.doctor_shan.user_id,
        )
        for _each in range(limits.attachments_per_request)
    )
    with pytest.raises(AttachmentRefusedError, match="has 20 files already"):
        add_attachment(acting_as(story.doctor_shan), row.pk, note())


def test_files_open_with_acceptance_and_not_before(story: Story) -> None:
    row = story.draft()
    kept = add_attachment(acting_as(story.doctor_shan), row.pk, note())
    leg = story.step(row.legs.get(), "send", story.doctor_shan)
    assert not scoped(story.duty_jia, Attachment.objects.all()).exists()
    with pytest.raises(NotPermittedError):
        add_attachment(acting_as(story.duty_jia), row.pk, note())
    assert signed_in("duty-jia").get(reverse("referrals:attachment", args=[kept.pk])).status_code == 404
    story.step(leg, "accept", story.duty_jia, contact="样例", capacity_confirmed=True)
    assert add_attachment(acting_as(story.duty_jia), row.pk, note()).added_by_id == story.duty_jia.user_id
    with pytest.raises(NotFoundInScopeError):
        add_attachment(acting_as(story.duty_lin), row.pk, note())


def test_a_file_is_taken_along_and_never_shown(story: Story) -> None:
    kept = add_attachment(acting_as(story.doctor_shan), story.draft().pk, note())
    answer = signed_in("doctor-shan").get(reverse("referrals:attachment", args=[kept.pk]))
    assert answer.content == JPEG
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{kept.request.journey.number}-')
    assert "样例" not in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "private, no-store"
    assert ReadEvent.objects.filter(object_type="referrals.attachment", object_id=kept.pk, basis="G1").exists()


def test_a_wrong_file_is_struck_out_and_stays(story: Story) -> None:
    row = story.draft()
    kept = add_attachment(acting_as(story.doctor_shan), row.pk, note())
    void_attachment(acting_as(story.doctor_shan), kept.pk, kept.version)
    kept.refresh_from_db()
    assert kept.is_void
    with pytest.raises(GuardRefusedError):
        void_attachment(acting_as(story.doctor_shan), kept.pk, kept.version)
    page = signed_in("doctor-shan").get(reverse("referrals:draft", args=[row.pk])).content.decode()
    assert "attachment-void" in page


def test_several_files_are_added_together_or_not_at_all(story: Story) -> None:
    row = story.draft()
    client, address = signed_in("doctor-shan"), reverse("referrals:attachment-add", args=[row.pk])
    assert client.get(address).status_code == 200
    good, bad = SimpleUploadedFile("a.jpg", JPEG), SimpleUploadedFile("b.jpg", HTML)
    refused = client.post(address, {"command_key": "f-1", "kind": "image", "uploads": [good, bad]})
    assert refused.status_code == 422
    assert not Attachment.objects.exists()
    good.seek(0)
    two = [good, SimpleUploadedFile("c.png", PNG)]
    assert client.post(address, {"command_key": "f-1", "kind": "image", "uploads": two}).status_code == 302
    assert Attachment.objects.count() == 2

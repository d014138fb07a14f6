"""Files of a referral: added after a look at what they really are, never changed, void when entered in error."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from lianyi.accounts.access import get_in_scope, require_acting_for, serves
from lianyi.accounts.audit import CommandContext, record
from lianyi.accounts.commanding import command
from lianyi.accounts.records import save_changes
from lianyi.referrals.errors import AttachmentRefusedError, GuardRefusedError
from lianyi.referrals.file_checks import kind_of
from lianyi.referrals.models import Attachment, Request
from lianyi.referrals.policies import policy_of
from lianyi.referrals.record_access import require_record

MEGABYTE = 1024 * 1024
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAttachment:
    """A file as it was sent: the name that people see, its kind in the record, and its bytes."""

    name: str
    kind: str
    content: bytes


@command("referrals.attachment.add")
def add_attachment(context: CommandContext, request_id: int, new: NewAttachment) -> Attachment:
    """Keep a file with the record of a request, under a name that tells nothing."""
    request = get_in_scope(context.actor, Request.objects.all(), request_id)
    require_record(context.actor, request)
    _check_kind(new)
    _check_limits(request, new)
    found = kind_of(new.name, new.content)
    stored = default_storage.save(
        f"referrals/{timezone.localdate():%Y/%m}/{uuid.uuid4().hex}", ContentFile(new.content)
    )
    try:
        row = Attachment.objects.create(
            request=request,
            kind=new.kind,
            file=stored,
            name=_shown_name(new.name),
            content_type=found.content_type,
            size=len(new.content),
            sha256=hashlib.sha256(new.content).hexdigest(),
            added_by_id=context.actor.user_id,
            provenance=request.provenance,
        )
        # The name may tell who the patient is; the trail keeps what proves the content.
        facts = {"request": request.pk, "kind": row.kind, "content_type": row.content_type, "sha256": row.sha256}
        record(context, "referrals.attachment.add", row, before=None, after=facts)
    except BaseException:
        default_storage.delete(stored)
        raise
    return row


def _check_kind(new: NewAttachment) -> None:
    if new.kind not in Attachment.Kind.values:
        raise AttachmentRefusedError(
            f"'{new.kind}' is no kind of attachment. Accepted: {', '.join(Attachment.Kind.values)}.",
            field="kind",
            reason="choice-unknown",
            given=new.kind,
            accepted=list(Attachment.Kind.values),
        )


def _check_limits(request: Request, new: NewAttachment) -> None:
    limits = policy_of(request.policy).limits
    if len(new.content) > limits.attachment_megabytes * MEGABYTE:
        raise AttachmentRefusedError(
            f"The file has {len(new.content) / MEGABYTE:.1f} MB; at most {limits.attachment_megabytes} MB are taken. "
            "Send a smaller picture.",
            field="file",
            reason="too-large",
            given=round(len(new.content) / MEGABYTE, 1),
            most=limits.attachment_megabytes,
        )
    there = Attachment.objects.filter(request=request, is_void=False).count()
    if there >= limits.attachments_per_request:
        raise AttachmentRefusedError(
            f"The referral has {there} files already; at most {limits.attachments_per_request} are kept.",
            field="file",
            reason="too-many",
            given=there,
            most=limits.attachments_per_request,
        )


def _shown_name(name: str) -> str:
    """Return the name without folders and without characters that draw nothing."""
    plain = "".join(letter for letter in name.replace("\\", "/").rpartition("/")[2] if letter.isprintable()).strip()
    return plain[-LONGEST_NAME:] or "file"


@command("referrals.attachment.void")
def void_attachment(context: CommandContext, attachment_id: int, expected_version: int) -> Attachment:
    """Mark a file as entered in error; only the institution of whoever added it may, and nothing is deleted."""
    row = get_in_scope(context.actor, Attachment.objects.select_related("request"), attachment_id)
    require_record(context.actor, row.request)
    if row.added_by_id != context.actor.user_id and not serves(context.actor, row.request.from_institution_id):
        require_acting_for(context.actor, row.request.from_institution_id, "take back a file of the sender")
    if row.is_void:
        raise GuardRefusedError("This file is marked as entered in error already.", reason="attachment-void")
    save_changes(row, {"is_void": True}, expected_version)
    record(context, "referrals.attachment.void", row, before={"is_void": False}, after={"is_void": True})
    return row

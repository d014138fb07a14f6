"""Files that come with a form, several at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from lianyi.pages.forms import CommandForm
from lianyi.referrals.commands.attachments import NewAttachment
from lianyi.referrals.file_checks import ENDINGS, JPEG, PNG
from lianyi.referrals.models import Attachment

ACCEPT = ",".join(f".{ending}" for ending in ENDINGS)


class SeveralFilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; the command looks at what each really is."""

    widget = SeveralFilesInput

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of every field
        options.setdefault("help_text", _("PDF, JPEG, PNG, DICOM or plain text."))
        super().__init__(**options)
        self.widget.attrs["accept"] = ACCEPT

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:  # noqa: ANN401 - Django's signature
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if not given:
            super().clean(None, initial)
        return [super(FilesField, self).clean(each, initial) for each in given]


def new_attachments(files: list[UploadedFile[Any]], kind: str = "") -> tuple[NewAttachment, ...]:
    """Return uploaded files as the command takes them; pictures are pictures where nobody said what they are."""
    return tuple(
        NewAttachment(name=each.name or "file", kind=kind or _likely_kind(each.name or ""), content=each.read())
        for each in files
    )


def _likely_kind(name: str) -> str:
    is_picture = name.rpartition(".")[2].lower() in (*JPEG.endings, *PNG.endings)
    return Attachment.Kind.IMAGE if is_picture else Attachment.Kind.REPORT


class AttachmentForm(CommandForm):
    """Files that are added to a referral."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Attachment.Kind.choices)
    uploads = FilesField(label=_("Files"))

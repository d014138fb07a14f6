"""Forms of the import pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from lianyi.errors import LianyiError
from lianyi.pages.errors import message_of
from lianyi.pages.names import in_language
from lianyi.registry.imports.kinds import TableKind

Result = TypeVar("Result")
BYTES_IN_MEGABYTE = 1024 * 1024


def title_of(kind: TableKind) -> str:
    return in_language(kind.title_zh, kind.title_en)


class UploadForm(forms.Form):
    """A kind of table and a file."""

    kind = forms.ChoiceField(label=_("Kind of table"))
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "Excel (.xlsx, .xls), OpenDocument (.ods) or text (.csv). What the file holds counts, not its name."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv,.txt,.tsv"}),
    )

    def __init__(self, kinds: Sequence[TableKind], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["kind"] = forms.ChoiceField(
            label=_("Kind of table"), choices=[(kind.name, title_of(kind)) for kind in kinds]
        )

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        most = settings.CONFIG.upload_megabytes
        if (file.size or 0) > most * BYTES_IN_MEGABYTE:
            raise forms.ValidationError(
                _("The file has %(size).1f MB; at most %(most)d MB are taken here. Split it, or use the command line."),
                params={"size": (file.size or 0) / BYTES_IN_MEGABYTE, "most": most},
            )
        return file

    def attempt(self, run: Callable[[], Result]) -> Result | None:
        """Read the file; what cannot be read becomes an error beside the field."""
        try:
            return run()
        except LianyiError as error:
            self.add_error("file", message_of(error))
            return None

"""Documents as PDF, set by typst with the fonts that come with the package, so they look the same on every machine.

A template is a file ``<app>/templates/<app>/documents/<name>.typ``. It reads its data with
``#let data = json(bytes(sys.inputs.data))`` and may import ``/web/templates/web/documents/sheet.typ``, their sheet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.utils.http import content_disposition_header
from django.utils.translation import get_language

import lianyi
from lianyi.errors import LianyiError

PACKAGE = Path(lianyi.__file__).resolve().parent
FONTS = PACKAGE / "web" / "fonts"
PICTURE = "web/documents/picture.typ"
DOTS_PER_INCH = 192


class FontsMissingError(LianyiError):
    """The fonts of the documents were never put into the package."""

    code = "fonts-missing"


class DocumentTemplateError(LianyiError):
    """There is no such document template, or it cannot be set."""

    code = "document-template"


def _template_path(name: str) -> Path:
    for engine in engines.all():
        if not isinstance(engine, DjangoTemplates):
            continue
        for loader in engine.engine.template_loaders:
            for origin in loader.get_template_sources(name):
                if Path(origin.name).is_file():
                    return Path(origin.name)
    raise DocumentTemplateError(
        f"There is no document template '{name}'. It is expected at <app>/templates/{name}.", template=name
    )


def _fonts() -> Path:
    if not any(FONTS.glob("*.ttf")):
        raise FontsMissingError(
            f"The fonts of the documents are missing in {FONTS}. Run `make assets` once; an installed wheel has them.",
            folder=str(FONTS),
        )
    return FONTS


def render_pdf(template_name: str, data: Mapping[str, Any]) -> bytes:
    """Return the document as the bytes of a PDF.

    Parameters
    ----------
    template_name
        For example ``dispatch/documents/certificate.typ``.
    data
        What the template shows; dates and decimals become text. ``language`` is added from the page.

    Raises
    ------
    FontsMissingError
        When the package was never given its fonts.
    DocumentTemplateError
        When the template is missing or refuses the data; the message holds typst's own.
    """
    facts = json.dumps({"language": get_language() or "en", **data}, cls=DjangoJSONEncoder, ensure_ascii=False)
    path, fonts = _template_path(template_name), _fonts()
    try:
        return typst.compile(
            str(path), root=str(PACKAGE), font_paths=[str(fonts)], ignore_system_fonts=True, sys_inputs={"data": facts}
        )
    except typst.TypstError as error:
        raise DocumentTemplateError(
            f"The document template '{template_name}' could not be set: {error.message}", template=template_name
        ) from error


def render_png(svg: str) -> bytes:
    """Return a drawing as a picture of dots, set with the package's own fonts, for documents that take no SVG."""
    path = _template_path(PICTURE)
    found = typst.compile(
        str(path),
        root=str(PACKAGE),
        font_paths=[str(_fonts())],
        ignore_system_fonts=True,
        sys_inputs={"picture": svg},
        format="png",
        ppi=DOTS_PER_INCH,
    )
    return found if isinstance(found, bytes) else b"".join(found)


def pdf_response(template_name: str, data: Mapping[str, Any], file_name: str) -> HttpResponse:
    """Return the document as a file to keep; ``file_name`` without its ending."""
    response = HttpResponse(render_pdf(template_name, data), content_type="application/pdf")
    response.headers["Content-Disposition"] = attachment(f"{file_name}.pdf")
    return response


def attachment(file_name: str) -> str:
    """Return the header that names a file, with whatever characters it has."""
    return content_disposition_header(as_attachment=True, filename=file_name) or ""

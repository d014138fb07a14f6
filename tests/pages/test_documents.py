from __future__ import annotations

import io

import pytest
from django.template import engines
from pypdf import PdfReader

from lianyi.pages import documents
from lianyi.pages.documents import DocumentTemplateError, FontsMissingError, pdf_response, render_pdf

TEMPLATE = """#import "/sheet.typ": sheet
#let data = json(bytes(sys.inputs.data))
#show: sheet.with(language: data.language, title: data.title)
= #data.title
#data.name #data.at("day", default: "")
"""


@pytest.fixture
def template(tmp_path, monkeypatch):
    """Put a document into a folder of its own beside the common sheet."""
    sheet = documents.PACKAGE / "web" / "templates" / "web" / "documents" / "sheet.typ"
    (tmp_path / "sheet.typ").write_text(sheet.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "letter.typ").write_text(TEMPLATE, encoding="utf-8")
    monkeypatch.setattr(documents, "PACKAGE", tmp_path)
    monkeypatch.setattr(documents, "_template_path", lambda name: tmp_path / name)
    return "letter.typ"


needs_fonts = pytest.mark.skipif(not any(documents.FONTS.glob("*.ttf")), reason="`make assets` was not run")


@needs_fonts
@pytest.mark.parametrize(("language", "footer"), [("zh-hans", "第1页/共1页"), ("en", "Page1of1")])
def test_a_document_holds_chinese_text_and_numbered_pages(template, language, footer):
    content = render_pdf(template, {"language": language, "title": "派驻证明", "name": "样例甲"})
    reader = PdfReader(io.BytesIO(content))
    text = "".join(page.extract_text() for page in reader.pages).replace(" ", "")
    assert "派驻证明" in text
    assert "样例甲" in text
    assert footer in text
    fonts = {str(font["/BaseFont"]) for page in reader.pages for font in page["/Resources"]["/Font"].values()}
    assert fonts
    assert all("NotoSansSC" in name.replace("-", "") for name in fonts)


@needs_fonts
def test_a_document_is_sent_as_a_file_with_its_name(template):
    answer = pdf_response(template, {"title": "t", "name": "n"}, "证明")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "%E8%AF%81%E6%98%8E.pdf" in answer.headers["Content-Disposition"]


@needs_fonts
def test_data_that_a_document_cannot_show_is_told(template):
    with pytest.raises(DocumentTemplateError, match=r"letter\.typ"):
        render_pdf(template, {"title": "t"})


def test_missing_fonts_are_told_with_what_to_do(template, tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "FONTS", tmp_path / "nowhere")
    with pytest.raises(FontsMissingError, match="make assets"):
        render_pdf(template, {"title": "t", "name": "n"})


def test_a_document_that_does_not_exist_is_told():
    assert engines.all()
    with pytest.raises(DocumentTemplateError, match=r"dispatch/documents/nothing\.typ"):
        render_pdf("dispatch/documents/nothing.typ", {})

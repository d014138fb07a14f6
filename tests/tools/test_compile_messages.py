from __future__ import annotations

import gettext

import compile_messages
import polib
import pytest


def entry(msgid, msgstr, *flags):
    return polib.POEntry(msgid=msgid, msgstr=msgstr, flags=list(flags))


@pytest.mark.parametrize(
    ("msgid", "msgstr", "flag"),
    [
        ("%(count)d postings", "%(count)d 人次派驻", "python-format"),
        ("{name} of {total}", "共 {total}，{name}", "python-brace-format"),
        ("100 %", "百分之百", ""),
    ],
)
def test_a_translation_with_the_same_placeholders_is_accepted(msgid, msgstr, flag):
    assert compile_messages.faults(entry(msgid, msgstr, flag)) == []


def test_a_translation_with_another_placeholder_is_refused_with_both_named():
    wrong = entry("%(count)d postings", "%(number)d 人次派驻", "python-format")

    assert compile_messages.faults(wrong) == [
        "'%(count)d postings': placeholders ['number'] in '%(number)d 人次派驻', expected ['count']"
    ]


def test_the_compiled_file_holds_the_translations_but_not_the_uncertain_ones(tmp_path, monkeypatch):
    monkeypatch.setattr(compile_messages, "ROOT", tmp_path)
    source = tmp_path / "django.po"
    messages = polib.POFile()
    messages.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    messages += [entry("Home", "首页"), entry("Duty", "职责？", "fuzzy")]
    messages.save(str(source))

    wrong = compile_messages.compile_file(source, tmp_path / "django.mo")

    with (tmp_path / "django.mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)
    assert wrong == []
    assert (catalogue.gettext("Home"), catalogue.gettext("Duty")) == ("首页", "Duty")

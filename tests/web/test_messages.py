"""The Chinese catalogue is whole: nothing empty, nothing guessed, nothing of the code missing, no placeholder lost."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import compile_messages
import make_messages
import polib
import pytest
from django.apps import apps
from django.contrib.auth.password_validation import password_validators_help_texts
from django.forms import DateField, IntegerField
from django.utils import translation

import lianyi
from lianyi.web.navigation import SECTIONS

CATALOGUE = Path(lianyi.__file__).parent / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Names and signs that are the same in both languages.
COORDINATES = {"WGS 84", "WGS-84", "CGCS2000", "GCJ-02", "BD-09"}
SAME_IN_CHINESE = frozenset({*COORDINATES, "lianyi", ", ", "%(people)s: %(why)s", "%(names)s: %(why)s"})
EXCLAMATION = re.compile(r"[!！]")


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(CATALOGUE), encoding="utf-8", check_for_duplicates=True)


def _texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def _placeholders(text: str) -> set[str]:
    return set(compile_messages.placeholders(text.replace("%%", "")))


def _in_chinese(catalogue: polib.POFile, english: str) -> list[str]:
    return [text for entry in catalogue if english in (entry.msgid, entry.msgid_plural) for text in _texts(entry)]


def test_no_entry_is_empty_fuzzy_or_obsolete(catalogue):
    assert [entry.msgid for entry in catalogue if not all(_texts(entry))] == []
    assert [entry.msgid for entry in catalogue if entry.fuzzy or entry.obsolete] == []


def _asked_in_f_strings(source: str) -> set[tuple[str | None, str]]:
    """Return the texts asked for inside f-strings, which the collector of texts does not see."""
    found = set()
    for joined in ast.walk(ast.parse(source)):
        for call in ast.walk(joined) if isinstance(joined, ast.JoinedStr) else ():
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
                continue
            texts = [each.value for each in call.args if isinstance(each, ast.Constant)]
            if call.func.id in ("_", "gettext", "ngettext") and texts:
                found.add((None, texts[0]))
            elif call.func.id == "pgettext" and len(texts) > 1:
                found.add((texts[0], texts[1]))
    return found


def test_what_is_asked_for_inside_an_f_string_stands_in_the_catalogue(catalogue):
    known = {(entry.msgctxt, entry.msgid) for entry in catalogue}
    package = Path(lianyi.__file__).parent
    asked = {
        (path.relative_to(package).as_posix(), *text)
        for path in package.rglob("*.py")
        for text in _asked_in_f_strings(path.read_text(encoding="utf-8"))
    }
    assert len(asked) > 5
    assert sorted(each for each in asked if each[1:] not in known) == []


def test_chinese_has_one_plural_form(catalogue):
    assert catalogue.metadata["Plural-Forms"] == "nplurals=1; plural=0;"
    assert [entry.msgid for entry in catalogue if entry.msgid_plural and list(entry.msgstr_plural) != [0]] == []


def test_every_translation_keeps_the_placeholders(catalogue):
    differing = [
        (entry.msgid, text)
        for entry in catalogue
        for text in _texts(entry)
        if _placeholders(text) != _placeholders(entry.msgid_plural or entry.msgid)
    ]
    assert differing == []


def test_every_translation_is_chinese_and_calm(catalogue):
    unchanged = [
        entry.msgid
        for entry in catalogue
        for text in _texts(entry)
        if not CHINESE.search(text) and entry.msgid not in SAME_IN_CHINESE
    ]
    assert unchanged == []
    assert [text for entry in catalogue for text in _texts(entry) if EXCLAMATION.search(text)] == []


def test_the_catalogue_holds_every_text_of_the_code(monkeypatch):
    if shutil.which("xgettext") is None:
        pytest.skip("GNU gettext is not installed: NOBODY CHECKS HERE that the catalogue holds every text of the code.")
    # The collection runs in a process and a folder of its own, which knows no settings of the tests.
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    missing = [line for line in make_messages.differences() if ": missing:" in line]
    assert missing == [], "Run `make messages` and translate what is new."


def _choice_labels() -> set[str]:
    with translation.override("en"):
        return {
            str(label)
            for model in apps.get_models()
            if model.__module__.startswith("lianyi.")
            for field in model._meta.get_fields()
            for _value, label in getattr(field, "flatchoices", ())
        }


def test_the_word_of_every_choice_of_a_record_is_translated(catalogue):
    labels = _choice_labels() - SAME_IN_CHINESE
    assert len(labels) > 100
    assert sorted(label for label in labels if not _in_chinese(catalogue, label)) == []


def _names_of_records() -> set[str]:
    with translation.override("en"):
        return {
            str(getattr(model._meta, name))
            for model in apps.get_models()
            if model.__module__.startswith("lianyi.")
            for name in ("verbose_name", "verbose_name_plural")
            if name in model._meta.original_attrs
        }


def test_the_name_of_every_kind_of_record_is_translated(catalogue):
    assert sorted(name for name in _names_of_records() if not _in_chinese(catalogue, name)) == []


# Their rows are the trail itself, or are never told of in it.
UNTOLD = ("AuditEvent", "ChainHead", "CommandReceipt", "ReadEvent", "OrganisationNode")


def _names_of_fields() -> set[str]:
    with translation.override("en"):
        return {
            str(field.verbose_name)
            for model in apps.get_models()
            if model.__module__.startswith("lianyi.") and model.__name__ not in UNTOLD
            for field in model._meta.concrete_fields
            if not field.auto_created
        }


def test_the_name_of_every_field_of_a_record_is_translated(catalogue):
    django = {"ID"}
    assert sorted(name for name in _names_of_fields() - django if not _in_chinese(catalogue, name)) == []


def test_every_entry_of_the_navigation_is_translated(catalogue):
    with translation.override("en"):
        labels = {str(entry.label) for section in SECTIONS for entry in section.entries}
        labels |= {str(section.label) for section in SECTIONS if section.label}
    assert len(labels) > 10
    assert sorted(label for label in labels if not _in_chinese(catalogue, label)) == []


@pytest.mark.parametrize(
    "text",
    [
        "This field is required.",
        "Select a valid choice. That choice is not one of the available choices.",
        "Enter a valid date.",
        "Enter a valid email address.",
        "Unknown",
        "Yes",
        "No",
    ],
)
def test_what_django_says_in_forms_appears_in_chinese(text):
    with translation.override("zh-hans"):
        assert CHINESE.search(translation.gettext(text))


def test_the_password_policy_is_told_in_chinese():
    with translation.override("zh-hans"):
        texts = password_validators_help_texts()
    assert texts
    assert [text for text in texts if not CHINESE.search(text)] == []


def test_dates_and_numbers_are_refused_in_chinese():
    with translation.override("zh-hans"):
        errors = [str(each) for field in (DateField(), IntegerField()) for each in field.error_messages.values()]
    assert [text for text in errors if not CHINESE.search(text)] == []


def test_the_messages_of_the_table_library_are_in_chinese():
    from django_tables2.paginators import LazyPaginator  # noqa: PLC0415 - an untyped library, only for this

    with translation.override("zh-hans"), pytest.raises(Exception, match=CHINESE.pattern):
        LazyPaginator([1, 2], 1).validate_number("x")


def test_chinese_is_written_with_chinese_punctuation(catalogue):
    beside = re.compile(r"[\u4e00-\u9fff）”][,:;?]|[,;?][\u4e00-\u9fff]|[\u4e00-\u9fff]\(|\([\u4e00-\u9fff]")
    assert [text for entry in catalogue for text in _texts(entry) if beside.search(text)] == []

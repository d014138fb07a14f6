"""Texts of the patient's slip: every language is whole, a hospital adds its own, a fault is named with its place."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from lianyi.rules import load_slip_texts
from lianyi.rules.errors import OverlappingRuleSetsError, RuleFileError
from lianyi.rules.slip_texts import FOLDER, TEXTS, parse_slip_texts

DAY = datetime.date(2026, 11, 22)


def written(**changed: str) -> str:
    """Return a file in Swahili letters that stand for themselves."""
    texts = {key: " ".join(["maneno", *(f"{{{name}}}" for name in sorted(names))]) for key, names in TEXTS.items()}
    lines = [f'{key} = "{text}"' for key, text in (texts | changed).items()]
    head = [
        'language = "sw"', 'name = "Kiswahili"', 'direction = "ltr"', "valid_from = 2026-03-01",
        'source = "sample"', 'emergency_telephone = "999"',
    ]  # fmt: skip
    return "\n".join([*head, "[texts]", *lines])


def test_the_package_brings_seven_languages_of_which_one_reads_from_the_right() -> None:
    found = load_slip_texts().on(DAY)
    assert {code: each.direction.value for code, each in found.items()} == {
        "ar": "rtl", "en": "ltr", "es": "ltr", "fr": "ltr", "pt": "ltr", "ru": "ltr", "zh-hans": "ltr",
    }  # fmt: skip


def test_what_nobody_checked_says_so() -> None:
    assert [each.checked_by for each in load_slip_texts().found] == [""] * 7


def test_a_hospital_adds_a_language_as_a_file(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "sw.toml").write_text(written(), encoding="utf-8")
    book = load_slip_texts([tmp_path])
    added = book.on(DAY)["sw"]
    assert (added.name, added.text("number", number="J26-1")) == ("Kiswahili", "maneno J26-1")
    assert "sw" not in book.on(datetime.date(2026, 2, 28))


def test_a_later_file_of_a_language_stands_for_the_one_of_the_package(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    own = written().replace('"sw"', '"EN"').replace("Kiswahili", "English, ours")
    (tmp_path / FOLDER / "en.toml").write_text(own, encoding="utf-8")
    book = load_slip_texts([tmp_path])
    assert book.on(DAY)["en"].name == "English, ours"
    assert book.on(datetime.date(2026, 1, 1))["en"].name == "English"


def test_two_files_of_one_language_and_day_are_refused(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    for name in ("one", "two"):
        (tmp_path / FOLDER / f"{name}.toml").write_text(written(), encoding="utf-8")
    with pytest.raises(OverlappingRuleSetsError, match="later day"):
        load_slip_texts([tmp_path])


@pytest.mark.parametrize(
    ("changed", "given", "accepted"),
    [
        ({"note": "maneno"}, "a text without braces", "a text with {emergency_telephone}"),
        ({"number": "{numbre}"}, "a text with {numbre}", "a text with {number}"),
        ({"title": "{number}"}, "a text with {number}", "a text without braces"),
        ({"number": "{number"}, "braces that do not close", "a text with {number}"),
        ({"number": "{number!r}"}, "braces that do not close, or hold more", "a text with {number}"),
        ({"number": "{number.real}"}, "a text with {number.real}", "a text with {number}"),
    ],
)
def test_a_missing_or_strange_placeholder_is_refused(changed: dict[str, str], given: str, accepted: str) -> None:
    with pytest.raises(RuleFileError) as refusal:
        parse_slip_texts("sw.toml", written(**changed).encode())
    assert str(refusal.value).startswith(f"sw.toml, texts.{next(iter(changed))}: given {given}")
    assert str(refusal.value).endswith(f"accepted: {accepted}.")


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ('\ntitle = "maneno"', "texts.title"),
        ('direction = "ltr"', "direction"),
        ('emergency_telephone = "999"', "emergency_telephone"),
    ],
)
def test_a_missing_text_is_refused_with_its_place(line: str, place: str) -> None:
    with pytest.raises(RuleFileError, match=f"sw.toml, {place}: given nothing"):
        parse_slip_texts("sw.toml", written().replace(line, "").encode())


@pytest.mark.parametrize("tag", ["a language", "sw-Latn-KE-x", "عربي"])
def test_a_tag_that_cannot_be_kept_is_refused(tag: str) -> None:
    with pytest.raises(RuleFileError, match="a tag of at most 10 letters"):
        parse_slip_texts("sw.toml", written().replace('"sw"', f'"{tag}"').encode())

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.similarity import (
    NameParts,
    best_name_similarity,
    name_similarity,
    normalise_name,
    split_name_and_alias,
)

names = st.text(alphabet="样例县人民医院中心卫生室第一二AaＢ（）() 【】-·", max_size=14)


@pytest.mark.parametrize(
    ("written", "normalised"),
    [
        ("样例县人民医院", "样例县人民医院"),
        ("　样例县 人民医院 ", "样例县人民医院"),
        ("样例县人民医院（新院）", "样例县人民医院(新院)"),
        ("样例县人民医院【新院】", "样例县人民医院(新院)"),
        ("样例县人民医院〔新院〕", "样例县人民医院(新院)"),
        ("ＳＡＭＰＬＥ　Ｈｏｓｐｉｔａｌ　Ｎｏ．１", "samplehospitalno1"),
        ("St. Sample's Hospital", "stsampleshospital"),
    ],
)
def test_names_are_brought_to_one_way_of_writing(written, normalised):
    assert normalise_name(written) == normalised


def test_other_names_in_brackets_are_split_off():
    assert split_name_and_alias("样例县人民医院（样例大学附属医院）（样例县急救中心）") == NameParts(
        "样例县人民医院", ("样例大学附属医院", "样例县急救中心")
    )


@pytest.mark.parametrize("part", ["东院区", "城南分院", "本部", "East Campus"])
def test_a_part_of_the_institution_is_no_other_name(part):
    assert split_name_and_alias(f"样例县人民医院({part})").aliases == ()


def test_a_name_that_is_all_in_brackets_is_the_name():
    assert split_name_and_alias("(样例村卫生室)") == NameParts("样例村卫生室", ())
    assert split_name_and_alias("()") == NameParts("", ())


def test_similarity_is_the_dice_coefficient_of_character_pairs():
    # night: ni ig gh ht; nacht: na ac ch ht; one pair shared: 2 x 1 / (4 + 4) = 0.25, the usual textbook example.
    assert name_similarity("night", "nacht") == 0.25
    # 样例县人民医院: 样例 例县 县人 人民 民医 医院; 样例县中医医院: 样例 例县 县中 中医 医医 医院: 2 x 3 / 12.
    assert name_similarity("样例县人民医院", "样例县中医医院") == 0.5


def test_repeated_pairs_count_as_often_as_they_stand():
    # aaaa has aa three times, aa once: 2 x 1 / (3 + 1).
    assert name_similarity("aaaa", "aa") == 0.5


@pytest.mark.parametrize(("a", "b"), [("", ""), ("", "样例"), ("--", "--"), ("样", "样例"), ("样", "例")])
def test_names_too_short_to_compare_are_not_alike(a, b):
    assert name_similarity(a, b) == 0.0


def test_a_name_equals_itself_written_otherwise():
    assert name_similarity("样例县人民医院（新院）", "样例县人民医院 新院") == 1.0
    assert name_similarity("样", "样") == 1.0


def test_an_other_name_finds_its_double():
    written = "样例县人民医院（样例大学附属医院）"
    assert best_name_similarity(written, "样例县人民医院") == 1.0
    assert best_name_similarity(written, "样例大学附属医院") == 1.0
    assert name_similarity(written, "样例大学附属医院") < 1.0


def test_the_same_campus_does_not_make_two_hospitals_doubles():
    assert best_name_similarity("样例县人民医院(东院区)", "甲乙市妇幼保健院(东院区)") < 0.6


@given(names, names)
def test_similarity_is_symmetric_and_between_0_and_1(a, b):
    assert 0 <= name_similarity(a, b) <= 1
    assert name_similarity(a, b) == name_similarity(b, a)
    assert best_name_similarity(a, b) == best_name_similarity(b, a)
    assert name_similarity(a, b) <= best_name_similarity(a, b) <= 1


@given(names)
def test_normalising_twice_changes_nothing(name):
    assert normalise_name(normalise_name(name)) == normalise_name(name)
